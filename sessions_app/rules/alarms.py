"""Which alarms hold for one session at a moment. An alarm asks somebody to look and never opens or closes a gate: it is
read from what the board and the gates themselves say, so that none of them disagrees with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, check_schedule
from sessions_app.rules.discharge import discharge_refusals, peak_window
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.readings import after_dose, sign_readings
from sessions_app.rules.recovery import blood_pressure_refusals, final_check, sign_refusals, spo2_refusals
from sessions_app.rules.states import UNDER_WATCH, State


class AlarmCode(StrEnum):
    """What it is about, the most urgent first."""

    RESPIRATORY = "RESPIRATORY"
    SPO2 = "SPO2"
    SAFETY_ALERT = "SAFETY_ALERT"
    CHECK_MISSED = "CHECK_MISSED"
    CHECK_OVERDUE = "CHECK_OVERDUE"
    BP = "BP"
    FOLLOW_UP = "FOLLOW_UP"
    PRESCRIBER_ABSENT = "PRESCRIBER_ABSENT"
    OXIMETER = "OXIMETER"
    GATE_WOULD_HAVE_REFUSED = "GATE_WOULD_HAVE_REFUSED"
    FACILITY = "FACILITY"
    ENROLMENT = "ENROLMENT"
    CHECK_DUE = "CHECK_DUE"
    CHECK_DUE_SOON = "CHECK_DUE_SOON"


class Level(IntEnum):
    """SOON is shown and keeps quiet; DUE calls once softly; LOUD calls until somebody has it, then the prescriber."""

    SOON = 0
    DUE = 1
    LOUD = 2


URGENCY = {code: place for place, code in enumerate(AlarmCode)}
LEVELS = {AlarmCode.CHECK_DUE_SOON: Level.SOON, AlarmCode.CHECK_DUE: Level.DUE}
# What stops around the chairs, for everybody at once; while somebody is watched it is a deviation too (gate.md).
AROUND = (AlarmCode.PRESCRIBER_ABSENT, AlarmCode.OXIMETER, AlarmCode.FACILITY, AlarmCode.ENROLMENT)
# Nothing that happens later takes it back: it stays until somebody has it.
UNTIL_ACKNOWLEDGED = (AlarmCode.GATE_WOULD_HAVE_REFUSED,)
_MINUTE = timedelta(minutes=1)


def level_of(code: str) -> Level:
    return LEVELS.get(AlarmCode(code), Level.LOUD)


@dataclass(frozen=True)
class Condition:
    """An alarm that holds. ``key`` names the cause within its session, so that it is raised once and a newer check or
    reading is a new cause; ``params`` are plain values, as they are kept with the alarm."""

    code: AlarmCode
    key: str
    since: datetime
    params: dict[str, object] = field(default_factory=dict, compare=False)

    @property
    def level(self) -> Level:
        return level_of(self.code)


@dataclass(frozen=True)
class Cause:
    """What came about around the chairs: the row that says so, and when it did."""

    row: str
    since: datetime


@dataclass(frozen=True)
class Surroundings:
    """What stopped around the chairs, None where it did not; ``left``: the patient left early or was called since, and
    nobody was reached."""

    prescriber_gone: Cause | None = None
    oximeter_gone: Cause | None = None
    facility_stopped: Cause | None = None
    enrolment_withdrawn: Cause | None = None
    left: Cause | None = None


@dataclass(frozen=True)
class AlarmMinutes:
    """The clinic's own [D], pinned with the session's policy."""

    due_soon: timedelta
    escalation: timedelta
    follow_up: timedelta


# Least and most of each, as the database holds them too.
ALARM_MINUTES = {"due_soon_minutes": (1, 30), "escalation_minutes": (1, 30), "follow_up_minutes": (5, 240)}


def alarm_minutes_refusals(minutes: Mapping[str, int]) -> tuple[Refusal, ...]:
    """Why these cannot be a clinic's minutes."""
    return tuple(
        field_refusal(name, "impossible", value=value, low=low, high=high)
        for name, value in minutes.items()
        for low, high in (ALARM_MINUTES[name],)
        if not low <= value <= high
    )


def alarm_conditions(
    facts: SessionFacts, around: Surroundings, minutes: AlarmMinutes, *, now: datetime
) -> tuple[Condition, ...]:
    """Everything that wants a look now, the most urgent first: of a session under watch, and of a patient who left
    early until somebody was reached."""
    found: list[Condition] = []
    if facts.state in UNDER_WATCH:
        readings = [*_readings(facts, now), *_safety_alerts(facts)]
        found = [*readings, *around_conditions(around), *_checks(facts, minutes, now)]
    elif facts.state is State.LEFT_EARLY and around.left and now >= around.left.since + minutes.follow_up:
        since = around.left.since + minutes.follow_up
        found = [Condition(AlarmCode.FOLLOW_UP, f"{AlarmCode.FOLLOW_UP}:{around.left.row}", since)]
    return tuple(sorted(found, key=lambda condition: (URGENCY[condition.code], condition.since)))


def alarm_turns(
    facts: SessionFacts, around: Surroundings, minutes: AlarmMinutes, *, now: datetime
) -> Iterator[datetime]:
    """Past and future moments at which time alone brings an alarm of this session, besides the turning points of its
    checks (rules/floor.py)."""
    if facts.state in UNDER_WATCH:
        yield from (point.due_at - minutes.due_soon for point in check_schedule(facts, now=now))
    elif around.left:
        yield around.left.since + minutes.follow_up


def escalates_at(code: str, *, raised_at: datetime, minutes: AlarmMinutes) -> datetime | None:
    """When the prescriber is told, should nobody have it by then; never of a check that is not late."""
    return raised_at + minutes.escalation if level_of(code) is Level.LOUD else None


def acknowledgement_refusals(
    *, holds: bool, taken_by: str = "", taken_at: datetime | None = None
) -> tuple[Refusal, ...]:
    """Why nobody can have this alarm any more: its cause is gone, or somebody was faster."""
    if not holds:
        return (Refusal("ALARM_GONE"),)
    return (Refusal("ALARM_TAKEN", {"name": taken_by, "at": taken_at}, None, (ClearedBy.OTHER,)),) if taken_by else ()


def around_conditions(around: Surroundings) -> Iterator[Condition]:
    """What stopped around the chairs while this patient is watched."""
    for code, cause in (
        (AlarmCode.PRESCRIBER_ABSENT, around.prescriber_gone),
        (AlarmCode.OXIMETER, around.oximeter_gone),
        (AlarmCode.FACILITY, around.facility_stopped),
        (AlarmCode.ENROLMENT, around.enrolment_withdrawn),
    ):
        if cause:
            yield Condition(code, f"{code}:{cause.row}", cause.since)


# --- out of policy ------------------------------------------------------------------------------------


def _readings(facts: SessionFacts, now: datetime) -> Iterator[Condition]:
    """The last blood pressure, saturation and breathing since the dose, where the discharge gate refuses it. (Signs
    that the medicine brings to most patients are no alarm; how they were before the dose, the start gate judged.)"""
    final = final_check(facts)
    refusals = [*spo2_refusals(facts, final), *blood_pressure_refusals(facts, final, now=now)]
    for sign in facts.program.signs:
        answers = sign_readings(facts.checks, sign, facts.program)
        if sign.refusal_code == AlarmCode.RESPIRATORY and answers and answers[-1].present:
            refusals += sign_refusals(facts, sign, final)
    since_dose = {check.id: check for check in after_dose(facts)}
    for refusal in refusals:
        ids = sorted(refusal.params.get("bound_ids", ()))  # type: ignore[call-overload]
        if not ids or not since_dose.keys() >= set(ids):
            continue
        said = {name: refusal.params[name] for name in _SAID if name in refusal.params}
        key = f"{refusal.code}:{ids[-1]}:{len(ids)}"
        yield Condition(AlarmCode(refusal.code), key, since_dose[ids[0]].occurred_at, said)


def _safety_alerts(facts: SessionFacts) -> Iterator[Condition]:
    """A score that wants the prescriber's plan before the patient leaves."""
    for alert in facts.open_alerts:
        yield Condition(AlarmCode.SAFETY_ALERT, f"{AlarmCode.SAFETY_ALERT}:{alert.id}", alert.occurred_at)


_SAID = ("systolic", "diastolic", "rising", "percent", "floor", "score")


# --- checks -------------------------------------------------------------------------------------------


def _checks(facts: SessionFacts, minutes: AlarmMinutes, now: datetime) -> Iterator[Condition]:
    """Each check of the schedule at one level: due soon, due in this minute, overdue; and the last one missed as long
    as nobody has charted a check since it opened, nor said why."""
    window = peak_window(facts)
    if window is None:
        return
    watched = facts if facts.state is State.MONITORING else replace(facts, state=State.MONITORING)
    missing = {refusal.code for refusal in discharge_refusals(watched, now=now)}
    missed: Checkpoint | None = None
    late = set()
    for point in check_schedule(facts, now=now):
        if point.state is CheckState.MISSED:
            missed = point
        elif found := _level(point, facts, minutes, now):
            code, since = found
            late.add(code)
            yield _of_check(code, point, window.device_id, since)
    if missed is None or missed.closes_at is None or AlarmCode.CHECK_OVERDUE in late:
        return
    excused = missed.purpose is Purpose.PEAK and "PEAK_CHECK" not in missing
    if not excused and not any(check.occurred_at >= missed.opens_at for check in after_dose(facts)):
        yield _of_check(AlarmCode.CHECK_MISSED, missed, window.device_id, missed.closes_at + _MINUTE)


def _level(
    point: Checkpoint, facts: SessionFacts, minutes: AlarmMinutes, now: datetime
) -> tuple[AlarmCode, datetime] | None:
    if point.state is CheckState.OVERDUE:
        return AlarmCode.CHECK_OVERDUE, _overdue_since(point, facts)
    if point.state is CheckState.DONE or now < point.due_at - minutes.due_soon:
        return None
    if now < point.due_at:
        return AlarmCode.CHECK_DUE_SOON, point.due_at - minutes.due_soon
    return AlarmCode.CHECK_DUE, point.due_at


def _overdue_since(point: Checkpoint, facts: SessionFacts) -> datetime:
    """The end of its minute; a final check that was made in time is missing again when it has become stale."""
    since = point.due_at + _MINUTE
    final = final_check(facts) if point.purpose is Purpose.FINAL else None
    return max(since, final.occurred_at + facts.program.minutes("final_check_age_minutes")) if final else since


def _of_check(code: AlarmCode, point: Checkpoint, device_id: object, since: datetime) -> Condition:
    params: dict[str, object] = {
        "purpose": point.purpose.value,
        "minute": point.minute,
        "due_at": point.due_at.isoformat(),
    }
    return Condition(code, check_key(code, point, device_id), since, params)


def check_key(code: AlarmCode, point: Checkpoint, device_id: object) -> str:
    """What names the alarm of a check."""
    return f"{code}:{point.purpose}:{point.minute}:{device_id}"
