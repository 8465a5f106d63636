"""A file somebody sent becomes a file that may be kept: its content is looked at here and nowhere else."""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from clinic.rules.document import FileProblem, MediaType, clean_name, document_refusals, media_type_of
from clinic.rules.refusals import ActionRefused, field_refusal

# For opening one file. [D]
SECONDS, MEMORY = 10, 1024**3
APART = Path(__file__).with_name("inspection_apart.py")


@dataclass(frozen=True)
class CheckedFile:
    """A PDF, JPEG or PNG that was found to be one. Made by ``inspected`` alone."""

    given_name: str
    name: str
    media_type: MediaType
    content: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def inspected(*, name: str, content: bytes, declared: str = "", field: str = "document") -> CheckedFile:
    """Raise ActionRefused, at ``field``, for what may not be kept (``rules/document.py``)."""
    limit = settings.DOCUMENT_MEGABYTES
    refusals = document_refusals(content=content, name=name, declared=declared, megabytes=limit, field=field)
    media_type = media_type_of(content)
    if refusals or media_type is None:
        raise ActionRefused(refusals)
    if problem := opened_apart(media_type, content):
        raise ActionRefused((field_refusal(field, problem),))
    return CheckedFile(name.replace("\x00", "")[:255], clean_name(name, media_type), media_type, content)


def opened_apart(media_type: MediaType, content: bytes) -> FileProblem | None:
    """What the libraries say of it, in a process of its own; one that takes too long or dies has said enough."""
    command = [sys.executable, "-I", str(APART), media_type, str(SECONDS), str(MEMORY)]
    try:
        # Waited for a little longer than it may work, for a machine that is busy.
        done = subprocess.run(  # noqa: S603  (a script of ours; the file is its input, never its command)
            command, input=content, capture_output=True, env={}, timeout=3 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return FileProblem.UNREADABLE
    said = done.stdout.decode(errors="replace")
    if done.returncode != 0 or said not in ("fine", *FileProblem):
        return FileProblem.UNREADABLE
    return None if said == "fine" else FileProblem(said)
