"""The start gate (gate.md, "Start gate"): may this patient be cleared, and may this device be handed over now?

Asked at clearing and before each device. Ages of baseline, food, drink and spray count at the first device only.
"""

from collections.abc import Iterator, Set
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.rules.certification import certification_refusals
from clinic.rules.enrolment import enrolment_refusals
from clinic.rules.refusals import ClearedBy, Refusal, state_refusal
from clinic.rules.stock import StockDevice, device_refusals
from sessions_app.rules.baseline import (
    baseline_pressure_refusals,
    baseline_refusals,
    baseline_state_refusals,
    oximeter_refusals,
)
from sessions_app.rules.contraindication import contraindication_refusals
from sessions_app.rules.course import dose_refusals, is_off_label
from sessions_app.rules.eligibility import age_refusals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SessionFacts, SignEventKind, StartFacts
from sessions_app.rules.program import ENTRY_GRACE
from sessions_app.rules.readings import (
    SignReading,
    after_dose,
    blood_pressures,
    sign_readings,
    spo2s,
)
from sessions_app.rules.recovery import sign_before
from sessions_app.rules.signs import Sign
from sessions_app.rules.states import State, transition_refusals
from sessions_app.rules.way_home import way_home_refusals

_PRESCRIBER = (ClearedBy.PRESCRIBER,)
_PRESCRIBER_OR_MEASUREMENT = (ClearedBy.PRESCRIBER, ClearedBy.MEASUREMENT)
_DOCUMENTATION = (ClearedBy.DOCUMENTATION,)
_INTAKE_NUMBERS = {
    Intake.FOOD: ("FASTING", "food_minutes"),
    Intake.LIQUID: ("LIQUID", "liquid_minutes"),
    Intake.NASAL_SPRAY: ("NASAL", "nasal_spray_minutes"),
}


def clearing_refusals(facts: SessionFacts, *, now: datetime) -> tuple[Refusal, ...]:
    """Why this patient may not be cleared for dosing at ``now``; empty means the prescriber's order may go ahead."""
    return transition_refusals(facts.state, State.CLEARED) or tuple(_start_refusals(facts, now))


def administration_refusals(
    facts: SessionFacts,
    *,
    device: StockDevice | None,
    at: datetime,
    now: datetime,
    then: StartFacts | None = None,
) -> tuple[Refusal, ...]:
    """Why this device may not be handed over; ``at`` is the minute it is said to be handed over, ``device`` None
    while none is chosen. Empty means the patient may take it.

    A time typed back is judged as it is now and as it was then: what a check or a prescriber said only afterwards
    does not make the gate to have been open. ``then``: the facility as it was at that time.
    """
    if facts.state is not State.DOSING and (refusals := transition_refusals(facts.state, State.DOSING)):
        return refusals
    if facts.cleared_at is not None and at < facts.cleared_at - ENTRY_GRACE:
        # Handed over before anybody cleared the patient: that is a fact to record, not a permission to give.
        out_of_turn = Refusal("OUT_OF_TURN", {"state": State.CHECKED_IN.value}, None, _DOCUMENTATION)
        return (out_of_turn, *_device(facts, device, max(at, now)))
    refusals = tuple(_administration_refusals(facts, device, at, now))
    return refusals or tuple(_administration_refusals(_as_of(facts, at, then), device, at, min(at, now)))


def _as_of(facts: SessionFacts, at: datetime, then: StartFacts | None) -> SessionFacts:
    """What had been measured and decided by then, with the grace that entered times have; and whether the facility
    was certified, the patient enrolled, a prescriber and an oximeter there."""
    by, start = at + ENTRY_GRACE, facts.start
    if start is not None and then is not None:
        start = replace(
            start,
            certification=then.certification,
            enrolment=then.enrolment,
            prescriber_on_site=then.prescriber_on_site,
            oximeter_on_site=then.oximeter_on_site,
        )
    return replace(
        facts,
        start=start,
        checks=tuple(check for check in facts.checks if check.occurred_at <= by),
        decisions=tuple(decision for decision in facts.decisions if decision.occurred_at <= by),
    )


def _administration_refusals(
    facts: SessionFacts, device: StockDevice | None, at: datetime, now: datetime
) -> Iterator[Refusal]:
    yield from _start_refusals(facts, now)
    yield from _device(facts, device, max(at, now))
    yield from _rest(facts, at, now)
    yield from _count(facts)
    yield from _new_sign(facts)


def _device(facts: SessionFacts, device: StockDevice | None, at: datetime) -> tuple[Refusal, ...]:
    days = facts.program.value("patient_stock_days")
    return device_refusals(device, today=_day(facts, at), patient_stock_days=days) if device else ()


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _day(facts: SessionFacts, at: datetime) -> date:
    return at.astimezone(ZoneInfo(facts.time_zone)).date()


def _start(facts: SessionFacts) -> StartFacts:
    if facts.start is None:
        raise ValueError("the start gate needs facts loaded with start=True")
    return facts.start


def _start_refusals(facts: SessionFacts, now: datetime) -> Iterator[Refusal]:
    # The dosing table is read on the day of check-in, so that midnight alone changes no phase and closes nothing.
    start, today, table_day = _start(facts), _day(facts, now), _day(facts, facts.checked_in_at)
    yield from certification_refusals(start.certification)
    yield from enrolment_refusals(start.enrolment, setting=facts.setting, today=today)
    yield from age_refusals(start.birth_date, facts.program, on=today)
    yield from contraindication_refusals(facts, start)
    if missing := [code for code in facts.program.medicines if start.medicines.get(code) is None]:
        yield Refusal("MEDICINES", {"missing": tuple(missing)}, None, _DOCUMENTATION)
    if is_off_label(start.course, facts.program) and not start.course.off_label_documented:
        yield Refusal("OFF_LABEL", {"indication": start.course.indication}, None, _PRESCRIBER)
    if start.course.indication in facts.program.antidepressant_required and not start.course.antidepressant_recorded:
        yield Refusal("MDSI_ANTIDEPRESSANT", {"indication": start.course.indication}, None, _PRESCRIBER)
    yield from dose_refusals(start.course, start.order, program=facts.program, today=table_day)
    if not start.prescriber_on_site:
        yield Refusal("PRESCRIBER_ABSENT", {}, None, (ClearedBy.OTHER,))
    yield from oximeter_refusals(facts, oximeter_on_site=start.oximeter_on_site)
    yield from baseline_refusals(facts, now=now)
    yield from baseline_pressure_refusals(facts)
    yield from baseline_state_refusals(facts)
    for intake in Intake:
        yield from _intake(facts, start, intake, now)
    yield from way_home_refusals(facts.way_home, facts.program, facts.setting)
    if not start.course.counselled and not start.course.dosed_here:
        yield Refusal("COUNSELLING", {}, None, _DOCUMENTATION)
    if start.emergency_since is not None:
        # [D], beyond the gate's table: nobody is cleared or handed a device in the middle of an emergency.
        yield Refusal("EMERGENCY", {"since": start.emergency_since}, None, _DOCUMENTATION)


def _intake(facts: SessionFacts, start: StartFacts, intake: Intake, now: datetime) -> Iterator[Refusal]:
    """Food 2 h, liquids 30 min, nasal corticosteroid or decongestant 1 h before [P]. "Does not know" refuses
    until that long after check-in."""
    code, number = _INTAKE_NUMBERS[intake]
    row = start.intake.get(intake)
    if row is None:
        yield Refusal(code, {"problem": "not_asked"}, None, _DOCUMENTATION)
        return
    if row.answer is IntakeAnswer.NONE or facts.first_device_at is not None:
        return
    clears_at = (row.last_at or _minute(facts.checked_in_at)) + facts.program.minutes(number)
    if now < clears_at and not facts.decision_on(code, {row.id}):
        problem = "too_recent" if row.answer is IntakeAnswer.AT else "unknown"
        params = {"problem": problem, "last_at": row.last_at, "bound_ids": frozenset({row.id})}
        yield Refusal(code, params, clears_at, (ClearedBy.TIME, ClearedBy.PRESCRIBER))


def _rest(facts: SessionFacts, at: datetime, now: datetime) -> Iterator[Refusal]:
    """5 minutes of rest between devices [P], in whole minutes; a time typed ahead of now gains nothing, and one
    typed late counts from its entry here too."""
    if not facts.delivered:
        return
    last_at = max(_minute(device.counted_at) for device in facts.delivered)
    clears_at = last_at + facts.program.minutes("rest_between_devices_minutes")
    if min(at, now) < clears_at:
        yield Refusal("DEVICE_INTERVAL", {"last_at": last_at}, clears_at, (ClearedBy.TIME,))


def _count(facts: SessionFacts) -> Iterator[Refusal]:
    """Delivered devices stay below the order; a failed one is replaced only by the prescriber."""
    order = _start(facts).order
    if order is None:
        return
    failed = [device for device in facts.devices if device.outcome is Outcome.FAILED]
    not_replaced = [device for device in failed if not facts.decision_on("DEVICE_COUNT", {device.id})]
    delivered = len(facts.delivered)
    if delivered >= order.devices:
        yield Refusal("DEVICE_COUNT", {"given": delivered, "ordered": order.devices}, None, _PRESCRIBER)
    elif not_replaced and delivered + len(not_replaced) >= order.devices:
        params = {"given": delivered, "ordered": order.devices, "bound_ids": frozenset({not_replaced[-1].id})}
        yield Refusal("DEVICE_COUNT", params, None, _PRESCRIBER)


def devices_left(facts: SessionFacts) -> int:
    """How many devices are still to be given, as ordered."""
    order = _start(facts).order
    return max(order.devices - len(facts.delivered), 0) if order else 0


def _is_new(facts: SessionFacts, sign: Sign, reading: SignReading) -> bool:
    return bool(reading.present) and not reading.no_worse_than(sign_before(facts, sign), sign)


def _new_sign(facts: SessionFacts) -> Iterator[Refusal]:
    """From the second device on: no new sedation, respiratory depression or serious event, nor SpO2 below the
    floor or BP above the line at their latest reading since. The prescriber decides, or dosing stops."""
    if facts.first_device_at is None:
        return
    since_dose = after_dose(facts)
    for sign in facts.program.signs:
        if not sign.stops_dosing:
            continue
        ids = {
            row_id
            for reading in sign_readings(since_dose, sign, facts.program)
            if _is_new(facts, sign, reading)
            for row_id in reading.ids
        }
        ids |= {
            event.id
            for event in facts.sign_events
            if event.code == sign.code
            and event.kind is SignEventKind.ONSET
            and event.occurred_at >= facts.first_device_at
        }
        yield from _new(facts, sign.code, ids)
    for concern in facts.serious_events:
        yield from _new(facts, "serious_event", {concern.id})
    saturation = spo2s(since_dose)
    if saturation and saturation[-1].percent < facts.program.value("spo2_floor_percent"):
        yield from _new(facts, "spo2", saturation[-1].ids, _PRESCRIBER_OR_MEASUREMENT)
    pressure = blood_pressures(since_dose)
    line = (facts.program.value("systolic_line_mmhg"), facts.program.value("diastolic_line_mmhg"))
    if pressure and pressure[-1].above(*line):
        yield from _new(facts, "blood_pressure", pressure[-1].ids, _PRESCRIBER_OR_MEASUREMENT)


def _new(
    facts: SessionFacts, measure: str, ids: Set[UUID], way: tuple[ClearedBy, ...] = _PRESCRIBER
) -> Iterator[Refusal]:
    decided = any(
        decision.code == "NEW_SIGN"
        and decision.measure == measure
        and decision.bound_ids >= ids
        and facts.standing(decision)
        for decision in facts.decisions
    )
    if ids and not decided:
        yield Refusal("NEW_SIGN", {"measure": measure, "bound_ids": frozenset(ids)}, None, way)


def finishing_refusals(facts: SessionFacts) -> tuple[Refusal, ...]:
    """Why dosing cannot be called finished: the state, or a device without its outcome."""
    if facts.state is not State.DOSING:  # the table's ways back to MONITORING from an end are not this one
        return (state_refusal(facts.state, State.MONITORING),)
    return _pending_refusals(facts)


def _pending_refusals(facts: SessionFacts) -> tuple[Refusal, ...]:
    pending = next((device.id for device in facts.devices if device.outcome is None), None)
    return (Refusal("DEVICE_OUTCOME", {"administration_id": pending}, None, _DOCUMENTATION),) if pending else ()


def not_dosed_refusals(facts: SessionFacts) -> tuple[Refusal, ...]:
    """Why a session cannot end as not dosed: its state, or a device that delivered a spray."""
    if refusals := transition_refusals(facts.state, State.NOT_DOSED):
        return refusals
    if any(device.outcome is not None for device in facts.delivered):
        return (Refusal("SPRAY_DELIVERED"),)
    return _pending_refusals(facts)
