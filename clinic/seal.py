"""Seals: where every chain stood at a moment, signed, in a small file that is kept elsewhere. Whoever rewrites the
record afterwards, or cuts its end, cannot make the old seal say so (docs/verify.md)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from clinic.canonical import canonical
from clinic.models import AuditChain, AuditEvent

FORMAT = "vigil-seal-1"


class NotASeal(Exception):
    """The file is none, is of another key, or was changed since it was signed."""


def new_key() -> tuple[str, str]:
    """A private key, to be kept secret, and its public one, to be given to whoever checks; both in hexadecimal."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex()


def seal(*, key: str, now: datetime) -> str:
    """The text of a seal over every chain as it stands. Raises ValueError for a key that is none."""
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key))
    with transaction.atomic():
        chains = AuditChain.objects.filter(last_sequence__gt=0).order_by("pk")
        heads = [{"chain": each.pk, "sequence": each.last_sequence, "link": each.last_link} for each in chains]
    said = canonical({"format": FORMAT, "sealed_at": now, "heads": heads})
    signed = {
        "public_key": private.public_key().public_bytes_raw().hex(),
        "signature": private.sign(said.encode()).hex(),
        "seal": json.loads(said),
    }
    return json.dumps(signed, indent=1, sort_keys=True) + "\n"


def newest_seal() -> bytes | None:
    """The last one made, where SEALS_FOLDER says that seals are kept here too."""
    if not settings.SEALS_FOLDER:
        return None
    files = sorted(Path(settings.SEALS_FOLDER).glob("*.json"), key=lambda file: file.stat().st_mtime)
    return files[-1].read_bytes() if files else None


def read_seal(text: str, *, public_key: str) -> list[dict[str, Any]]:
    """The heads that were sealed. Raises NotASeal."""
    try:
        signed = json.loads(text)
        said = signed["seal"]
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signed["signature"]), canonical(said).encode())
        if said["format"] != FORMAT:
            raise NotASeal
        heads: list[dict[str, Any]] = said["heads"]
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise NotASeal from error
    return heads


def broken_seals(heads: list[dict[str, Any]]) -> list[str]:
    """What was sealed and is not there any more."""
    wrong = []
    for head in heads:
        event = AuditEvent.objects.filter(chain=head["chain"], sequence=head["sequence"]).first()
        if event is None or event.link != head["link"]:
            what = "was rewritten" if event else _cut(head)
            wrong.append(f"chain {head['chain']}: what was sealed up to event {head['sequence']} {what}")
    return wrong


def _cut(head: dict[str, Any]) -> str:
    """How much of a chain is gone since it was sealed: what a restore to an earlier moment lost."""
    last = AuditEvent.objects.filter(chain=head["chain"]).aggregate(last=Max("sequence"))["last"] or 0
    if last >= head["sequence"]:
        return "is not there"
    return f"was cut off: {head['sequence'] - last} events are missing after {last}"
