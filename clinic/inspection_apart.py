"""Opens one file with the libraries that know its kind, in a process of its own (``clinic/inspection.py``) with little
time and memory and nothing in its environment: what breaks a parser breaks nothing else. Run as a script, so that it
imports nothing of ours: the kind as its argument, the file as its input, one word as its answer."""

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

FINE, UNREADABLE, ACTIVE, ENCRYPTED = "fine", "file_unreadable", "file_active", "file_encrypted"

# What a PDF may do besides being read: run, start, send, carry.
ACTIVE_KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
ACTIVE_VALUES = {
    "/S": {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/RichMediaExecute",
    },
    "/Type": {"/EmbeddedFile"},
    "/Subtype": {"/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"},
}


def answer(media_type: str, content: bytes) -> str:
    """``fine``, or why the file is not kept."""
    try:
        return pdf_answer(content) if media_type == "application/pdf" else picture_answer(media_type, content)
    except Exception:  # whatever a parser raises at a file: it cannot be read
        return UNREADABLE


def picture_answer(media_type: str, content: bytes) -> str:
    """Decoded to the last line, a JPEG in small: so a broken one is found, and a bomb meets the limits."""
    import warnings

    from PIL import Image

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    kind = media_type.removeprefix("image/").upper()
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        picture.draft(None, (max(1, picture.width // 8), max(1, picture.height // 8)))
        picture.load()
    return FINE


def pdf_answer(content: bytes) -> str:
    """Every object of the file, whether a page shows it or not."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        return ENCRYPTED
    if any(is_active(found) for item in pdf_objects(reader) for found in dictionaries(item)):
        return ACTIVE
    return FINE if len(reader.pages) else UNREADABLE


def pdf_objects(reader: Any) -> Iterator[Any]:
    from pypdf.generic import IndirectObject

    yield reader.trailer
    numbered = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbered |= {(number, 0) for number in reader.xref_objStm}
    for number, generation in sorted(numbered):
        yield reader.get_object(IndirectObject(number, generation, reader))


def dictionaries(item: Any) -> Iterator[Any]:
    """Those inside this object; what it only points at is an object itself."""
    waiting = [item]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting += dict.values(found)
        elif isinstance(found, list):
            waiting += list.__iter__(found)


def is_active(found: Any) -> bool:
    return bool(ACTIVE_KEYS & set(found)) or any(
        str(dict.get(found, key)) in values for key, values in ACTIVE_VALUES.items()
    )


def limit(*, seconds: int, memory: int) -> None:
    """No more time, memory or files than these, where the system can say so."""
    with suppress(ImportError):
        import resource

        # Some systems know a limit and do not let it be set.
        for which, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0)):
            with suppress(ValueError, OSError):
                resource.setrlimit(which, (most, most))


if __name__ == "__main__":
    limit(seconds=int(sys.argv[2]), memory=int(sys.argv[3]))
    logging.disable()
    sys.stdout.write(answer(sys.argv[1], sys.stdin.buffer.read()))
