"""A whole number as somebody typed or sent it."""

_DIGITS = 9


def whole_number(said: str) -> int | None:
    """None for anything but up to nine of our own digits: no count, minute or page of ours is longer, and Python itself
    refuses one of five thousand."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= _DIGITS else None
