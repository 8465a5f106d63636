"""The check schedule: what is due next, and what was missed. Display only; the gates never read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.discharge import peak_window
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import ENTRY_GRACE
from sessions_app.rules.recovery import final_check, final_check_opens_at, readings_after_dose


class CheckState(StrEnum):
    """Where a scheduled check stands at a moment."""

    UPCOMING = "UPCOMING"
    DUE = "DUE"
    OVERDUE = "OVERDUE"
    DONE = "DONE"
    MISSED = "MISSED"


class Purpose(StrEnum):
    """Why a check is on the schedule: the clinic's own, the one at about 40 minutes, or the one before leaving."""

    EXTRA = "EXTRA"
    PEAK = "PEAK"
    FINAL = "FINAL"


@dataclass(frozen=True)
class Checkpoint:
    """A check of the schedule. ``minute`` counts from the anchor's typed time; ``closes_at`` None never closes."""

    purpose: Purpose
    minute: int
    opens_at: datetime
    due_at: datetime
    closes_at: datetime | None
    state: CheckState
    done_at: datetime | None = None


_MINUTE = timedelta(minutes=1)


def state_of_check(
    *, now: datetime, opens_at: datetime, due_at: datetime, closes_at: datetime | None, done_at: datetime | None
) -> CheckState:
    """DUE from its opening, OVERDUE after its due minute, MISSED after its closing minute; whole minutes, so each
    boundary is the end of that minute."""
    if done_at is not None:
        return CheckState.DONE
    if now < opens_at:
        return CheckState.UPCOMING
    if now < due_at + _MINUTE:
        return CheckState.DUE
    if closes_at is None or now < closes_at + _MINUTE:
        return CheckState.OVERDUE
    return CheckState.MISSED


def check_schedule(facts: SessionFacts, *, now: datetime) -> tuple[Checkpoint, ...]:
    """Every check of this session by due time: BP again at about 40 minutes, then as the clinic's policy asks, and
    a full check before leaving (domain.md section 3, [P]; windows [D])."""
    return facts.once(
        ("check_schedule", now),
        lambda: tuple(sorted(_checkpoints(facts, now), key=lambda checkpoint: checkpoint.due_at)),
    )


def next_checkpoint(facts: SessionFacts, *, now: datetime) -> Checkpoint | None:
    """The earliest check that is neither done nor missed."""
    waiting = (CheckState.UPCOMING, CheckState.DUE, CheckState.OVERDUE)
    return next((point for point in check_schedule(facts, now=now) if point.state in waiting), None)


@dataclass(frozen=True)
class LateCheck:
    """A check taken after its checkpoint had closed."""

    checkpoint: Checkpoint
    taken_at: datetime

    @property
    def late(self) -> timedelta:
        """Since the checkpoint closed."""
        return self.taken_at - (self.checkpoint.closes_at or self.taken_at)


def late_checks(facts: SessionFacts, *, now: datetime) -> tuple[LateCheck, ...]:
    """For each checkpoint that closed without a check, the first blood pressure after it, as long as the next one was
    not due yet: from then on it is that one's."""
    pressures = [reading.occurred_at for reading in readings_after_dose(facts)]
    schedule, found = check_schedule(facts, now=now), []
    for point, following in pairwise(schedule):
        if point.state is CheckState.MISSED and point.closes_at is not None:
            taken = [at for at in pressures if point.closes_at < at < following.due_at]
            found += [LateCheck(point, taken[0])] if taken else []
    return tuple(found)


def _checkpoints(facts: SessionFacts, now: datetime) -> Iterator[Checkpoint]:
    window = peak_window(facts)
    if window is None:
        return
    pressures = [reading.occurred_at for reading in readings_after_dose(facts)]

    def point(
        purpose: Purpose,
        minute: int,
        opens_at: datetime,
        due_at: datetime,
        closes_at: datetime | None,
        taken: list[datetime],
    ) -> Checkpoint:
        done_at = min((at for at in taken if opens_at <= at and (closes_at is None or at <= closes_at)), default=None)
        state = state_of_check(now=now, opens_at=opens_at, due_at=due_at, closes_at=closes_at, done_at=done_at)
        return Checkpoint(purpose, minute, opens_at, due_at, closes_at, state, done_at)

    peak_minute = facts.program.value("peak_check_due_minutes")
    start = window.due_at - timedelta(minutes=peak_minute)
    yield point(Purpose.PEAK, peak_minute, window.opens_at, window.due_at, window.closes_at, pressures)
    margin = facts.program.minutes("extra_check_window_minutes")
    for minute in facts.program.extra_checks:
        due_at = start + timedelta(minutes=minute)
        if due_at + margin < (facts.stay_ends_at or due_at):
            yield point(Purpose.EXTRA, minute, due_at - margin, due_at, due_at + margin, pressures)
    opens_at, ends_at = final_check_opens_at(facts), facts.stay_ends_at
    if opens_at is not None and ends_at is not None:
        final = final_check(facts)
        fresh = final is not None and now - final.occurred_at <= facts.program.minutes("final_check_age_minutes")
        minute = int((ends_at - start) / _MINUTE)
        taken = [final.occurred_at] if final is not None and fresh else []
        yield point(Purpose.FINAL, minute, opens_at, max(ends_at, opens_at), None, taken)


def occurred_refusals(
    at: datetime, *, now: datetime, not_before: datetime | None, first_device_at: datetime | None = None
) -> tuple[Refusal, ...]:
    """Why a charted time cannot be: still to come (2 minutes' grace [D]), before check-in, or, for a check after
    the dose, before the first device."""
    if at > now + ENTRY_GRACE:
        return (field_refusal("occurred_time", "future", at=at, now=now),)
    if not_before is not None and at < not_before.replace(second=0, microsecond=0):
        return (field_refusal("occurred_time", "before_check_in", at=at, not_before=not_before),)
    if first_device_at is not None and at < first_device_at:
        return (field_refusal("occurred_time", "before_first_device", at=at, first_device_at=first_device_at),)
    return ()


@dataclass(frozen=True)
class Vitals:
    """Numbers as entered at one check; None is not entered."""

    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    pulse_bpm: int | None = None
    spo2_percent: int | None = None


# What no living patient shows, and what one rarely does: [D], the second only asks once to confirm.
POSSIBLE = {"systolic_mmhg": (40, 300), "diastolic_mmhg": (20, 200), "pulse_bpm": (20, 250), "spo2_percent": (30, 100)}
_LIKELY = {"systolic_mmhg": (85, 200), "diastolic_mmhg": (45, 120), "pulse_bpm": (45, 130), "spo2_percent": (85, 100)}


def impossible_values(vitals: Vitals) -> tuple[Refusal, ...]:
    """Values that cannot be: refused at their field, with what was typed kept."""
    refusals = []
    for name, (low, high) in POSSIBLE.items():
        value = getattr(vitals, name)
        if value is not None and not low <= value <= high:
            refusals.append(field_refusal(name, "impossible", value=value, low=low, high=high))
    systolic, diastolic = vitals.systolic_mmhg, vitals.diastolic_mmhg
    if (systolic is None) != (diastolic is None):
        refusals.append(field_refusal("diastolic_mmhg" if diastolic is None else "systolic_mmhg", "pair"))
    elif systolic is not None and diastolic is not None and diastolic >= systolic:
        refusals.append(field_refusal("diastolic_mmhg", "not_below_systolic", systolic=systolic, diastolic=diastolic))
    return tuple(refusals)


def unlikely_values(vitals: Vitals) -> tuple[str, ...]:
    """The fields whose values are possible but rare: the form asks once to confirm."""
    return tuple(
        name
        for name, (low, high) in _LIKELY.items()
        if (value := getattr(vitals, name)) is not None and not low <= value <= high
    )
