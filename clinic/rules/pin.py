"""The six digits with which a person comes in at an enrolled tablet, and the pause after wrong ones."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal

LENGTH = 6  # [D]
MOST_FAILURES = 5  # [D]
WINDOW = timedelta(minutes=5)  # [D]


def is_pin(text: str) -> bool:
    """Six digits and nothing else; no password is so short."""
    return re.fullmatch(rf"[0-9]{{{LENGTH}}}", text) is not None


def pin_refusals(pin: str) -> tuple[Refusal, ...]:
    """Six digits that nobody tries first: no run, nothing repeated, no date. [D]"""
    if not is_pin(pin):
        return (field_refusal("pin", "pin_six_digits"),)
    if len(set(pin)) < 3 or _is_run(pin) or _repeats(pin):
        return (field_refusal("pin", "pin_obvious"),)
    if _is_date(pin):
        return (field_refusal("pin", "pin_date"),)
    return ()


def _is_run(pin: str) -> bool:
    """123456, 987654, 890123, and 112233."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps <= {0, 1} or steps <= {0, 9}


def _repeats(pin: str) -> bool:
    """123123, 123321, and 121212 (which has two digits only)."""
    return pin[:3] in (pin[3:], pin[:2:-1])


def _is_date(pin: str) -> bool:
    """A day and a month with a year after or before them, in the orders people write them."""
    first, second, third = (int(pin[at : at + 2]) for at in (0, 2, 4))
    return any(
        1 <= day <= 31 and 1 <= month <= 12 for day, month in ((first, second), (second, first), (third, second))
    )


def pin_lock_refusals(failures: Iterable[datetime], *, now: datetime) -> tuple[Refusal, ...]:
    """PIN_LOCKED while five wrong PINs of this person lie within the last five minutes. Clears with time, or when
    they sign in with their password."""
    recent = sorted(at for at in failures if now < at + WINDOW)
    if len(recent) < MOST_FAILURES:
        return ()
    clears_at = recent[-MOST_FAILURES] + WINDOW
    return (Refusal("PIN_LOCKED", {}, clears_at, (ClearedBy.TIME, ClearedBy.DOCUMENTATION)),)
