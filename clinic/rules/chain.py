"""How the audit's events hang together (docs/verify.md says the same to whoever checks it with code of their own)."""

from hashlib import sha256
from uuid import UUID


def sha256_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def start_of(chain_id: UUID) -> str:
    """What the first event of a chain hangs on."""
    return sha256_of(str(chain_id))


def link_of(*, previous: str, sequence: int, digest: str) -> str:
    """An event's link: over the one before, its own number, and the digest of its payload. Whoever has digests alone
    can follow the chain, and so read one patient's events in it without anybody else's."""
    return sha256_of(f"{previous}\n{sequence}\n{digest}")
