"""Scenes in front of the start gate: for each of its rows the ways to be refused, and what clears each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import EnrolmentFacts
from clinic.rules.refusals import ClearedBy
from clinic.rules.stock import StockKind
from sessions_app.rules.facts import DoseOrder, Intake, IntakeAnswer, IntakeRow, Outcome
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import (
    FIRST_DEVICE,
    LAST_DEVICE,
    NOT_OBTAINED,
    TODAY,
    WITH_A_FRIEND,
    at,
    baseline,
    check,
    concern,
    course,
    device,
    ident,
    onset,
    ready_for_second_device,
    ready_to_dose,
    score,
    scored,
    second_device_minute,
    stock,
    with_check,
    with_start,
)
from tests.sessions_app.rules.escapes import Scene, dosing

Making = Callable[[Program], Scene]
TIME, MEASUREMENT, DOCUMENTATION = ClearedBy.TIME, ClearedBy.MEASUREMENT, ClearedBy.DOCUMENTATION
PRESCRIBER, OTHER = ClearedBy.PRESCRIBER, ClearedBy.OTHER


def first(**changes: Any) -> Making:
    """The first device, with something else in what the gate asks."""
    return lambda program: dosing(ready_to_dose(program, start_changes=changes))


def before(**changes: Any) -> Making:
    """The first device, with another baseline."""
    return lambda program: dosing(ready_to_dose(program, checks=(baseline(program, **changes),)))


def second(*more: Any, **changes: Any) -> Making:
    """The second device when the rest is over; ``more`` are checks made from them since the first."""

    def make(program: Program) -> Scene:
        facts = ready_for_second_device(program, **changes)
        facts = with_check(facts, *(make_check(program) for make_check in more))
        return dosing(facts, minute=second_device_minute(program))

    return make


def since(**changes: Any) -> Callable[[Program], Any]:
    """A check two minutes after the first device."""
    return lambda program: check(program, 20, 2, **changes)


def on_course(**changes: Any) -> Making:
    return lambda program: first(course=course(program, **changes))(program)


def ordering(devices: int, *, mg: int | None = None, reason: str = "", **changes: Any) -> Making:
    def make(program: Program) -> Scene:
        order = DoseOrder(devices * program.mg_per_device if mg is None else mg, devices, reason)
        return first(order=order, course=course(program, **changes))(program)

    return make


def asked_days_ago(days: int) -> Making:
    """The contraindications, where the clinic asks them again after 30 days."""

    def make(program: Program) -> Scene:
        dates = dict.fromkeys(program.contraindications, TODAY - timedelta(days=days))
        return first(contraindications_asked=dates)(replace(program, contraindication_review_days=30))

    return make


def asked(intake: Intake, answer: IntakeAnswer | None, *, minutes_short: int = 1) -> Making:
    """Food, drink or spray, so many minutes too recent; or unknown, so many minutes too soon after check-in."""
    number = {Intake.FOOD: "food_minutes", Intake.LIQUID: "liquid_minutes", Intake.NASAL_SPRAY: "nasal_spray_minutes"}

    def make(program: Program) -> Scene:
        facts = ready_to_dose(program)
        assert facts.start is not None
        since = at(minutes_short - program.value(number[intake]))
        rows = dict(facts.start.intake)
        del rows[intake]
        if answer is not None:
            rows[intake] = IntakeRow(ident(70), answer, since if answer is IntakeAnswer.AT else None)
        return dosing(replace(with_start(facts, intake=rows), checked_in_at=since))

    return make


def way_home(**changes: Any) -> Making:
    return lambda program: dosing(ready_to_dose(program, way_home=replace(WITH_A_FRIEND, **changes)))


def with_device(**changes: Any) -> Making:
    return lambda program: replace(dosing(ready_to_dose(program)), device=stock(**changes))


def above(number: str, by: int = 1) -> Callable[[Program], int]:
    return lambda program: program.value(number) + by


def high_before(systolic: bool) -> Making:
    line = "systolic_line_mmhg" if systolic else "diastolic_line_mmhg"
    return lambda program: before(bp=(above(line)(program), 75) if systolic else (120, above(line)(program)))(program)


def old_baseline(program: Program) -> Scene:
    minute = -program.value("baseline_age_minutes") - 1
    return dosing(ready_to_dose(program, checks=(baseline(program, minute=minute),)))


def sign_before(program: Program) -> Scene:
    sign = scored(program)
    return before(signs={sign.code: (False, score(program, sign, worse_by=1))})(program)


def sign_not_obtained(program: Program) -> Scene:
    return before(signs={program.signs[-1].code: None})(program)


def interval(program: Program) -> Scene:
    return dosing(ready_for_second_device(program), minute=second_device_minute(program) - 1)


def two_given(outcome: Outcome | None) -> Making:
    """Both ordered devices given, the last with this outcome, and a third asked for."""

    def make(program: Program) -> Scene:
        minute = second_device_minute(program)
        rows = (device(FIRST_DEVICE, 0), device(LAST_DEVICE, minute, outcome))
        return dosing(ready_for_second_device(program, devices=rows), minute=2 * minute)

    return make


def stopping_sign(program: Program) -> Scene:
    sign = next(sign for sign in program.signs if sign.stops_dosing)
    return second(since(signs={sign.code: True}))(program)


def stopping_onset(program: Program) -> Scene:
    sign = next(sign for sign in program.signs if sign.stops_dosing)
    return second(sign_events=(onset(sign.code, 20, 2),))(program)


def second_without_baseline(program: Program) -> Scene:
    return second(checks=())(program)


def second_high_baseline(program: Program) -> Scene:
    """A baseline above the line that was charted late, after the first device."""
    late = baseline(program, 21, -1, bp=(above("systolic_line_mmhg")(program), 75))
    return second(checks=(baseline(program), late))(program)


def low(program: Program) -> int:
    return program.value("spo2_floor_percent") - 1


LAST_TIME = TODAY - timedelta(days=1)
UNCONFIRMED = CertificationFacts(None, representative_current=True)
SUSPENDED = CertificationFacts(CertificationStatus.SUSPENDED, representative_current=True)
WITHDRAWN = CertificationFacts(CertificationStatus.WITHDRAWN, representative_current=True)
NO_REPRESENTATIVE = CertificationFacts(CertificationStatus.CERTIFIED, representative_current=False)

# code, scene, what clears it. Each row of the gate, in its order.
CASES: dict[str, tuple[str, Making, set[ClearedBy]]] = {
    "never confirmed": ("FACILITY", first(certification=UNCONFIRMED), set()),
    "suspended": ("FACILITY", first(certification=SUSPENDED), set()),
    "withdrawn": ("FACILITY", first(certification=WITHDRAWN), set()),
    "a new representative": ("AUTHORIZED_REP", first(certification=NO_REPRESENTATIVE), set()),
    "not enrolled": ("ENROLMENT", first(enrolment=EnrolmentFacts(False, None)), {DOCUMENTATION}),
    "not verified": ("ENROLMENT", first(enrolment=EnrolmentFacts(True, None)), {DOCUMENTATION}),
    "verified yesterday": ("ENROLMENT", first(enrolment=EnrolmentFacts(True, LAST_TIME)), {DOCUMENTATION}),
    "a child": ("AGE", first(birth_date=date(2010, 1, 1)), set()),
    "never asked": ("CONTRAINDICATION", first(contraindications={}), {DOCUMENTATION}),
    "anything new not asked": ("CONTRAINDICATION", first(anything_new=None), {DOCUMENTATION}),
    "something new, not asked again": ("CONTRAINDICATION", first(anything_new=True), {DOCUMENTATION}),
    "asked too long ago": ("CONTRAINDICATION", lambda program: asked_days_ago(31)(program), {DOCUMENTATION}),
    "a contraindication": (
        "CONTRAINDICATION",
        lambda program: first(contraindications=dict.fromkeys(program.contraindications, True))(program),
        set(),
    ),
    "medicines not asked": ("MEDICINES", first(medicines={}), {DOCUMENTATION}),
    "off-label, undocumented": ("OFF_LABEL", on_course(off_label=True), {PRESCRIBER}),
    "no antidepressant": (
        "MDSI_ANTIDEPRESSANT",
        lambda program: on_course(indication=min(program.antidepressant_required), antidepressant_recorded=False)(
            program
        ),
        {PRESCRIBER},
    ),
    "no order": ("DOSE_ORDER", first(order=None), {PRESCRIBER}),
    "off the table": ("DOSE_ORDER", ordering(3), {PRESCRIBER}),
    "off-label without a reason": ("DOSE_ORDER", on_course(off_label=True), {PRESCRIBER}),
    "too soon": ("DOSE_ORDER", ordering(2, first_dose_date=LAST_TIME, last_dose_date=LAST_TIME), {PRESCRIBER}),
    "a dose of other devices": ("DOSE_ORDER", ordering(5, mg=60, reason="wanted"), {PRESCRIBER}),
    "no prescriber": ("PRESCRIBER_ABSENT", first(prescriber_on_site=False), {OTHER}),
    "no oximeter": ("OXIMETER", first(oximeter_on_site=False), {OTHER}),
    "no SpO2 before": ("OXIMETER", before(spo2=None), {MEASUREMENT}),
    "no baseline": ("BASELINE", lambda program: dosing(ready_to_dose(program, checks=())), {MEASUREMENT}),
    "no BP before": ("BASELINE", before(bp=None), {MEASUREMENT}),
    "no signs before": ("BASELINE", before(signs=()), {MEASUREMENT}),
    "BP not obtained": ("BASELINE", before(bp=NOT_OBTAINED), {MEASUREMENT}),
    "a sign not obtained": ("BASELINE", sign_not_obtained, {MEASUREMENT}),
    "an old baseline": ("BASELINE", old_baseline, {MEASUREMENT}),
    "systolic above the line": ("BASELINE_BP", high_before(systolic=True), {PRESCRIBER, MEASUREMENT}),
    "diastolic above the line": ("BASELINE_BP", high_before(systolic=False), {PRESCRIBER, MEASUREMENT}),
    "a sign before": ("BASELINE_STATE", sign_before, {PRESCRIBER, MEASUREMENT}),
    "low SpO2 before": (
        "BASELINE_STATE",
        lambda program: before(spo2=low(program))(program),
        {PRESCRIBER, MEASUREMENT},
    ),
    "food not asked": ("FASTING", asked(Intake.FOOD, None), {DOCUMENTATION}),
    "food too recent": ("FASTING", asked(Intake.FOOD, IntakeAnswer.AT), {TIME, PRESCRIBER}),
    "food unknown": ("FASTING", asked(Intake.FOOD, IntakeAnswer.UNKNOWN), {TIME, PRESCRIBER}),
    "drink not asked": ("LIQUID", asked(Intake.LIQUID, None), {DOCUMENTATION}),
    "drink too recent": ("LIQUID", asked(Intake.LIQUID, IntakeAnswer.AT), {TIME, PRESCRIBER}),
    "drink unknown": ("LIQUID", asked(Intake.LIQUID, IntakeAnswer.UNKNOWN), {TIME, PRESCRIBER}),
    "spray not asked": ("NASAL", asked(Intake.NASAL_SPRAY, None), {DOCUMENTATION}),
    "spray too recent": ("NASAL", asked(Intake.NASAL_SPRAY, IntakeAnswer.AT), {TIME, PRESCRIBER}),
    "spray unknown": ("NASAL", asked(Intake.NASAL_SPRAY, IntakeAnswer.UNKNOWN), {TIME, PRESCRIBER}),
    "no way home": ("SAFE_WAY_HOME", way_home(name=""), {DOCUMENTATION}),
    "may drive": ("SAFE_WAY_HOME", way_home(will_not_drive=False), {DOCUMENTATION}),
    "an emergency under way": (
        "EMERGENCY",
        lambda program: dosing(with_start(ready_to_dose(program), emergency_since=at(-1))),
        {DOCUMENTATION},
    ),
    "not counselled": ("COUNSELLING", on_course(counselled=False), {DOCUMENTATION}),
    "an expired device": ("DEVICE", with_device(expires_date=LAST_TIME), {OTHER}),
    "a device given before": ("DEVICE", with_device(given=True), {OTHER}),
    "somebody else's device": ("DEVICE", with_device(kind=StockKind.PATIENT_SPECIFIC), {OTHER}),
    "a device past its use-by": (
        "DEVICE",
        with_device(kind=StockKind.PATIENT_SPECIFIC, for_this_patient=True, received_date=date(2024, 12, 1)),
        {OTHER},
    ),
    "too soon after the last device": ("DEVICE_INTERVAL", interval, {TIME}),
    "every ordered device delivered": ("DEVICE_COUNT", two_given(Outcome.PARTIAL), {PRESCRIBER}),
    "an outcome not charted yet": ("DEVICE_COUNT", two_given(None), {PRESCRIBER}),
    "a failed device to replace": ("DEVICE_COUNT", two_given(Outcome.FAILED), {PRESCRIBER}),
    "a new sign": ("NEW_SIGN", stopping_sign, {PRESCRIBER}),
    "the onset of a new sign": ("NEW_SIGN", stopping_onset, {PRESCRIBER}),
    "a serious event": ("NEW_SIGN", second(serious_events=(concern(20, 2),)), {PRESCRIBER}),
    "low SpO2 since": (
        "NEW_SIGN",
        lambda program: second(since(spo2=low(program)))(program),
        {PRESCRIBER, MEASUREMENT},
    ),
    "BP above the line since": (
        "NEW_SIGN",
        lambda program: second(since(bp=(above("systolic_line_mmhg")(program), 75)))(program),
        {PRESCRIBER, MEASUREMENT},
    ),
    "no baseline, one device given": ("BASELINE", second_without_baseline, {DOCUMENTATION}),
    "no SpO2 before, one device given": ("OXIMETER", second_without_baseline, {DOCUMENTATION}),
    "a high baseline charted late": ("BASELINE_BP", second_high_baseline, {PRESCRIBER, DOCUMENTATION}),
}
