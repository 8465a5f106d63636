"""Keys: time-ordered UUIDs (version 7), made in Python so that a row knows its key before it is written."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A version 7 UUID. Keys made later sort later (to the millisecond)."""
    return uuid_utils.compat.uuid7()


def read_id(said: str) -> uuid.UUID | None:
    """As an address or a form says it; None where it says something else."""
    try:
        return uuid.UUID(said)
    except ValueError:
        return None
