"""Does a booking find its place: is the clinic open, the chair free, and the patient nowhere else?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules.local_time import moment
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.program import ENTRY_GRACE, Program

STEP = timedelta(minutes=15)  # the diary's lines, and what another time is looked for by [D]
MOST_WEEKS, MOST_DATES = 26, 60  # of one series [D]
LONGEST = timedelta(hours=12)  # of a block: what a day's diary looks back for [D]
# Where a clinic keeps no opening hours another time is looked for between these [D].
USUAL = (time(7), time(20))


@dataclass(frozen=True)
class Block:
    """What a booking takes of a chair and of its patient. Half-open: the next may begin in the minute this one ends."""

    begins: datetime
    ends: datetime

    def meets(self, other: "Block") -> bool:
        return self.begins < other.ends and other.begins < self.ends

    def covers(self, at: datetime) -> bool:
        return self.begins <= at < self.ends


def block_of(
    scheduled_at: datetime, *, devices: int, program: Program, stay_minutes: int, preparation: int, margin: int
) -> Block:
    """Preparation, the devices with the rests between them, the minimum stay from the last one (domain.md section 3),
    and a margin. Preparation and margin are the clinic's own [D]."""
    dosing = (devices - 1) * program.value("rest_between_devices_minutes")
    ends = scheduled_at + timedelta(minutes=dosing + stay_minutes + margin)
    return Block(scheduled_at - timedelta(minutes=preparation), ends)


@dataclass(frozen=True)
class OpeningHours:
    """By day of the week, Monday first; None: closed that day."""

    opens: tuple[time | None, ...]
    closes: tuple[time | None, ...]

    def of(self, day: date) -> tuple[time, time] | None:
        opens, closes = self.opens[day.weekday()], self.closes[day.weekday()]
        return (opens, closes) if opens and closes else None


@dataclass(frozen=True)
class ClosedDays:
    """The clinic is closed, first and last day included."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class Taken:
    """A chair and a person, by a booking or by somebody who sits there. ``where``: another facility's name."""

    block: Block
    chair: str
    person_id: UUID
    who: str
    where: str = ""
    session_id: UUID | None = None


@dataclass(frozen=True)
class DiaryFacts:
    """A facility's diary over some days. ``hours`` None: none are kept; ``chairs`` empty: no list of them."""

    zone: ZoneInfo
    chairs: tuple[str, ...]
    hours: OpeningHours | None
    closed: tuple[ClosedDays, ...]
    taken: tuple[Taken, ...]

    def and_then(self, taken: Taken) -> "DiaryFacts":
        return replace(self, taken=(*self.taken, taken))


@dataclass(frozen=True)
class Slot:
    """Where a booking would stand."""

    scheduled_at: datetime
    chair: str
    block: Block


def slot_refusals(slot: Slot, facts: DiaryFacts, *, person_id: UUID, now: datetime) -> tuple[Refusal, ...]:
    """Why nobody, or not this person, can be booked there."""
    return tuple(_slot_refusals(slot, facts, person_id, now))


def _slot_refusals(slot: Slot, facts: DiaryFacts, person_id: UUID, now: datetime) -> Iterator[Refusal]:
    if slot.scheduled_at < now - ENTRY_GRACE:
        yield Refusal("BOOKING_PAST", {"at": slot.scheduled_at})
        return
    yield from closed_refusals(slot.block, facts)
    if slot.chair and facts.chairs and slot.chair not in facts.chairs:
        yield Refusal("CHAIR_GONE", {"chair": slot.chair}, None, (ClearedBy.OTHER,))
    for taken in facts.taken:
        if not taken.block.meets(slot.block):
            continue
        if taken.person_id == person_id:
            yield Refusal("PATIENT_BOOKED", _said(taken), None, (ClearedBy.OTHER,))
        elif slot.chair and taken.chair == slot.chair and not taken.where:
            yield Refusal("CHAIR_BOOKED", _said(taken), None, (ClearedBy.OTHER,))


def _said(taken: Taken) -> dict[str, object]:
    said = {"chair": taken.chair, "who": taken.who, "where": taken.where}
    return {**said, "begins": taken.block.begins, "ends": taken.block.ends}


def closed_refusals(block: Block, facts: DiaryFacts) -> Iterator[Refusal]:
    """Closed on one of its days, or outside the hours of the day it begins on."""
    begins, ends = block.begins.astimezone(facts.zone), block.ends.astimezone(facts.zone)
    first, last = begins.date(), ends.date()
    closed = next((each for each in facts.closed if each.first <= last and first <= each.last), None)
    if closed is not None:
        said = {"reason": closed.reason, "first": closed.first, "last": closed.last}
        yield Refusal("CLINIC_CLOSED", said, None, (ClearedBy.OTHER,))
    elif facts.hours is not None:
        hours = facts.hours.of(first)
        if hours is None:
            yield Refusal("OUTSIDE_HOURS", {"day": first}, None, (ClearedBy.OTHER,))
        elif begins.time() < hours[0] or (last, ends.time()) > (first, hours[1]):
            said = {"day": first, "opens": hours[0], "closes": hours[1]}
            said |= {"begins": block.begins, "ends": block.ends}
            yield Refusal("OUTSIDE_HOURS", said, None, (ClearedBy.OTHER,))


Slots = Callable[[datetime, str], Slot]


def nearest_free(
    day: date, wanted: time, chair: str, *, slot: Slots, facts: DiaryFacts, person_id: UUID, now: datetime
) -> Slot | None:
    """The free place of that day nearest to the time that was wanted: at that time in another chair before another
    time, and the chair that was wanted before the others."""
    chairs = sorted(facts.chairs, key=lambda each: each != chair) if facts.chairs else [chair]
    return next(
        free_slots(_near(day, wanted, facts), chairs, slot=slot, facts=facts, person_id=person_id, now=now), None
    )


def free_slots(
    times: Iterable[datetime],
    chairs: Sequence[str],
    *,
    slot: Slots,
    facts: DiaryFacts,
    person_id: UUID,
    now: datetime,
) -> Iterator[Slot]:
    """At most one of each time, in the order of the times and of the chairs."""
    for at in times:
        tried = (slot(at, chair) for chair in chairs)
        free = next((each for each in tried if not slot_refusals(each, facts, person_id=person_id, now=now)), None)
        if free is not None:
            yield free


def _near(day: date, wanted: time, facts: DiaryFacts) -> list[datetime]:
    found = [at for at in (local_moment(day, clock, facts.zone) for clock in (wanted, *quarters(day, facts))) if at]
    return sorted(dict.fromkeys(found), key=lambda at: (abs(at - found[0]), at))


def quarters(day: date, facts: DiaryFacts) -> Iterator[time]:
    """The diary's lines of a day while the clinic is open."""
    opens, closes = (facts.hours.of(day) if facts.hours else USUAL) or USUAL
    for number in range(timedelta(days=1) // STEP):
        minute = number * (STEP // timedelta(minutes=1))
        clock = time(minute // 60, minute % 60)
        if opens <= clock < closes:
            yield clock


def local_moment(day: date, clock: time, zone: ZoneInfo) -> datetime | None:
    """None in the hour that never was; of one that came twice the first."""
    return moment(clock, day=day, zone=zone, second_time=False, name="scheduled_time")[0]


# --- a series -----------------------------------------------------------------------------------------


def series_days(first: date, *, weekdays: Iterable[int], weeks: int) -> tuple[date, ...]:
    """These days of the week, from the first day on, for so many weeks."""
    wanted = set(weekdays)
    days = (first + timedelta(days=number) for number in range(7 * weeks))
    return tuple(day for day in days if day.weekday() in wanted)


def series_refusals(*, weekdays: Sequence[int], weeks: int) -> tuple[Refusal, ...]:
    """FIELD: some day of the week, and no more than anybody can mean."""
    if not weekdays:
        return (field_refusal("weekdays", "no_weekday"),)
    if not 1 <= weeks <= MOST_WEEKS or len(set(weekdays)) * weeks > MOST_DATES:
        return (field_refusal("weeks", "series_too_long", weeks=MOST_WEEKS, dates=MOST_DATES),)
    return ()


# --- the clinic's own numbers -------------------------------------------------------------------------

MOST_MINUTES = 120  # of preparation or margin [D]


def hours_refusals(opens: Sequence[time | None], closes: Sequence[time | None]) -> tuple[Refusal, ...]:
    """FIELD: both times of a day or neither, and it closes after it opens."""
    refusals = []
    for number, (first, last) in enumerate(zip(opens, closes, strict=True)):
        if (first is None) != (last is None):
            refusals.append(field_refusal(f"opens_{number}", "both_hours"))
        elif first is not None and last is not None and last <= first:
            refusals.append(field_refusal(f"closes_{number}", "closes_before"))
    return tuple(refusals)


def closure_refusals(first: date, last: date, reason: str, *, today: date) -> tuple[Refusal, ...]:
    """FIELD: days to come, in their order, and why."""
    if last < first:
        return (field_refusal("last_date", "ends_before"),)
    if last < today:
        return (field_refusal("last_date", "day_over"),)
    return () if reason.strip() else (field_refusal("reason", "reason_missing"),)


def no_show_refusals(scheduled_at: datetime, *, now: datetime) -> tuple[Refusal, ...]:
    """Nobody failed to come before it was time."""
    if now >= scheduled_at:
        return ()
    return (Refusal("NOT_YET_DUE", {"at": scheduled_at}, scheduled_at, (ClearedBy.TIME,)),)


def most_at_once(blocks: Iterable[Block]) -> int:
    """How many patients are there at the fullest moment."""
    blocks = list(blocks)
    return max((sum(each.covers(block.begins) for each in blocks) for block in blocks), default=0)


# --- who waits ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """When somebody who waits could come; no weekdays: any of them."""

    first: date
    last: date
    weekdays: frozenset[int]
    earliest: time | None
    latest: time | None

    def suits(self, day: date) -> bool:
        return self.first <= day <= self.last and (not self.weekdays or day.weekday() in self.weekdays)

    def suits_time(self, clock: time) -> bool:
        return (self.earliest is None or self.earliest <= clock) and (self.latest is None or clock <= self.latest)


def wish_refusals(wish: Wish, *, today: date) -> tuple[Refusal, ...]:
    """FIELD: days to come, and times in their order."""
    if wish.last < wish.first:
        return (field_refusal("last_date", "ends_before"),)
    if wish.last < today:
        return (field_refusal("last_date", "day_over"),)
    if wish.earliest and wish.latest and wish.latest < wish.earliest:
        return (field_refusal("latest", "ends_before"),)
    return ()


def slot_for(wish: Wish, day: date, *, slot: Slots, facts: DiaryFacts, person_id: UUID, now: datetime) -> Slot | None:
    """The first free place of that day for somebody who waits."""
    if not wish.suits(day):
        return None
    clocks = (clock for clock in quarters(day, facts) if wish.suits_time(clock))
    times = filter(None, (local_moment(day, clock, facts.zone) for clock in clocks))
    chairs = facts.chairs or ("",)
    return next(free_slots(times, chairs, slot=slot, facts=facts, person_id=person_id, now=now), None)
