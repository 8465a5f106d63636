"""Where a device is, and how it may go from there: the two ends of every movement of the cabinet's ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal


class Place(StrEnum):
    """Every device is in exactly one: its newest movement led there."""

    SUPPLIER = "SUPPLIER"  # not here, as far as the books go: where a receipt comes from
    CABINET = "CABINET"
    DRAWN = "DRAWN"  # in the hands of a dosing session
    ADMINISTERED = "ADMINISTERED"
    FAILED = "FAILED"  # handed over, and no spray came
    WASTED = "WASTED"
    RETURNED = "RETURNED"  # to a reverse distributor
    LOST = "LOST"


# To somebody; away for good, or until it is put right.
GIVEN = frozenset({Place.ADMINISTERED, Place.FAILED})
GONE = frozenset({Place.SUPPLIER, Place.WASTED, Place.RETURNED, Place.LOST})


class Move(StrEnum):
    """What happened to a device."""

    RECEIVED = "RECEIVED"
    MOVED = "MOVED"
    DRAWN = "DRAWN"
    ADMINISTERED = "ADMINISTERED"
    FAILED = "FAILED"
    PUT_BACK = "PUT_BACK"
    WASTED = "WASTED"
    RETURNED = "RETURNED"
    LOST = "LOST"
    FOUND = "FOUND"
    CORRECTED = "CORRECTED"  # back to where a movement came from that was recorded wrongly


# From where, to where. A correction goes back the way of the movement it undoes.
WAYS: dict[Move, tuple[frozenset[Place], Place]] = {
    Move.RECEIVED: (frozenset({Place.SUPPLIER}), Place.CABINET),
    Move.MOVED: (frozenset({Place.CABINET}), Place.CABINET),
    Move.DRAWN: (frozenset({Place.CABINET}), Place.DRAWN),
    Move.ADMINISTERED: (frozenset({Place.DRAWN}), Place.ADMINISTERED),
    Move.FAILED: (frozenset({Place.ADMINISTERED}), Place.FAILED),
    Move.PUT_BACK: (frozenset({Place.DRAWN}), Place.CABINET),
    Move.WASTED: (frozenset({Place.CABINET, Place.DRAWN, Place.FAILED}), Place.WASTED),
    Move.RETURNED: (frozenset({Place.CABINET, Place.FAILED}), Place.RETURNED),
    Move.LOST: (frozenset({Place.CABINET, Place.DRAWN, Place.FAILED}), Place.LOST),
    Move.FOUND: (frozenset({Place.LOST}), Place.CABINET),
}

# Why it happened is asked, where it is no part of every day.
REASONED = (Move.WASTED, Move.LOST, Move.FOUND, Move.CORRECTED)
# A clinic may ask a second person for these. Witnesses are a matter of state or facility policy (domain.md section 6,
# [G]), so by default none is asked for; never on the way to a patient.
WITNESSED = (Move.RECEIVED, Move.WASTED, Move.RETURNED, Move.LOST)
# Undone from the cabinet's own page. What a session did to a device is put right in the session.
CORRECTABLE = frozenset({Move.RECEIVED, Move.MOVED, Move.WASTED, Move.RETURNED, Move.LOST, Move.FOUND})


@dataclass(frozen=True)
class Step:
    """One movement as the rules see it; ``undoes`` names the step that a correction takes back."""

    number: int
    kind: Move
    undoes: int | None = None


def steps_in_force(steps: Iterable[Step]) -> list[Step]:
    """Those that nobody took back, in their order; corrections are no longer among them."""
    standing: list[Step] = []
    for step in steps:
        if step.kind is Move.CORRECTED:
            standing = [each for each in standing if each.number != step.undoes]
        else:
            standing.append(step)
    return standing


def was_given(steps: Iterable[Step]) -> bool:
    """To a patient, wherever it is now: lost and found again it is nobody else's."""
    return any(step.kind is Move.ADMINISTERED for step in steps_in_force(steps))


def move_refusals(kind: Move, *, number: str, place: Place, missed: bool = False) -> tuple[Refusal, ...]:
    """A device goes only from where it is, and only a way there is. What a session under way has, it settles itself;
    ``missed``: the session is over, and nobody said what became of it."""
    if place not in WAYS[kind][0]:
        return (moved_meanwhile(number, place),)
    if place is Place.DRAWN and not missed:
        return (Refusal("WITH_A_SESSION", {"number": number}, None, (ClearedBy.OTHER,)),)
    return ()


def moved_meanwhile(number: str, place: Place | None) -> Refusal:
    """It is somewhere else; None where somebody moved it at the same moment."""
    return Refusal("MOVEMENT", {"number": number, "place": place}, None, (ClearedBy.OTHER,))


def correction_refusals(steps: Iterable[Step], *, number: str) -> tuple[Refusal, ...]:
    """Only what happened last is taken back; before it, what came after it."""
    standing = steps_in_force(steps)
    last = standing[-1] if standing else None
    if last is None or last.kind not in CORRECTABLE:
        return (Refusal("NOT_CORRECTED_HERE", {"number": number}, None, (ClearedBy.OTHER,)),)
    return ()
