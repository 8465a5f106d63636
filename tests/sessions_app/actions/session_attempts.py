"""Every action on one dosing session, ready to be tried."""

from sessions_app.actions import adverse_event, booking, decision, dosing, intake, monitoring
from sessions_app.actions.alarm import acknowledge_alarm
from sessions_app.models import AdverseEvent, AdverseEventReport, MedicineGiven, SeriousEvent
from sessions_app.rules.facts import Outcome, SignEventKind
from sessions_app.rules.states import OPEN, UNDER_WATCH, State
from tests.attempts import CARE, DESK, PRESCRIBE, Attempt
from tests.factories import NINE, Walk, full_check, make_device, minutes
from tests.sessions_app.actions.attempt_scenes import (
    CHARTED,
    FORTY_LATER,
    HALF_PAST,
    NONE_TODAY,
    TEN_PAST,
    WAY_HOME,
    alarm_cause,
    at,
    checks,
    high_reading,
    last_device,
    late_device,
    of_session,
    to_check_in,
)
from tests.sessions_app.actions.leaving_attempts import LEAVING
from tests.sessions_app.actions.right_attempts import RIGHT

BEFORE_THE_DOSE = (
    Attempt(booking.check_in, DESK, at(State.SCHEDULED), to_check_in, "fred", allowed=(State.SCHEDULED,)),
    Attempt(
        booking.cancel_booking,
        DESK,
        at(State.SCHEDULED),
        of_session(reason="Not coming."),
        "fred",
        allowed=(State.SCHEDULED,),
    ),
    Attempt(
        intake.report_intake, DESK, at(State.CHECKED_IN), of_session(reports=NONE_TODAY), now=TEN_PAST, allowed=OPEN
    ),
    Attempt(
        intake.answer_questions, CARE, at(State.CHECKED_IN), of_session(anything_new=False), now=TEN_PAST, allowed=OPEN
    ),
    Attempt(intake.verify_enrolment, DESK, at(State.CHECKED_IN), of_session(how="PORTAL"), now=TEN_PAST, allowed=OPEN),
    Attempt(intake.arrange_way_home, DESK, at(State.CHECKED_IN), of_session(**WAY_HOME), now=TEN_PAST, allowed=OPEN),
    Attempt(intake.counsel_patient, CARE, at(State.CHECKED_IN), of_session(), now=TEN_PAST, allowed=OPEN),
    Attempt(
        dosing.order_dose, PRESCRIBE, at(State.CHECKED_IN), of_session(mg=56, devices=2), now=TEN_PAST, allowed=OPEN
    ),
    Attempt(
        decision.decide,
        PRESCRIBE,
        at(State.CHECKED_IN, high_reading),
        of_session(
            code="BASELINE_BP",
            bound_ids=lambda walk: [check.pk for check in checks(walk)],
            reason="Known for years.",
        ),
        now=NINE + minutes(25),
        allowed=OPEN,
    ),
    Attempt(
        dosing.clear_for_dosing,
        CARE,
        at(
            State.CHECKED_IN,
            lambda walk: walk.answer(TEN_PAST),
            lambda walk: walk.check(TEN_PAST),
            lambda walk: walk.order(TEN_PAST),
        ),
        of_session(prescriber=lambda walk: walk.cast.paul),
        now=TEN_PAST,
        allowed=(State.CHECKED_IN,),
    ),
    Attempt(dosing.end_not_dosed, CARE, at(State.CLEARED), of_session(reason="Ate."), now=HALF_PAST, allowed=OPEN),
)
DOSING = (
    Attempt(
        dosing.administer_device,
        CARE,
        at(State.CLEARED),
        of_session(device=lambda walk: make_device(walk.cast)),
        now=HALF_PAST,
        allowed=(State.CLEARED, State.DOSING),
    ),
    Attempt(
        dosing.record_outcome,
        CARE,
        at(State.DOSING),
        of_session(administration=last_device, outcome=Outcome.PARTIAL),
        now=HALF_PAST,
        allowed=(*UNDER_WATCH, State.DISCHARGED, State.LEFT_EARLY, State.TRANSFERRED, State.NOT_DOSED),
    ),
    Attempt(
        dosing.confirm_device_time,
        CARE,
        at(State.DOSING, late_device),
        of_session(administration=last_device),
        "nils",
        now=NINE + minutes(55),
        allowed=UNDER_WATCH,
    ),
    Attempt(
        dosing.finish_dosing,
        CARE,
        at(State.DOSING),
        of_session(stopped_early_reason="Unwell."),
        now=HALF_PAST,
        allowed=(State.DOSING,),
    ),
    Attempt(
        monitoring.record_check,
        CARE,
        at(State.MONITORING),
        of_session(check=full_check()),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        monitoring.record_sign,
        CARE,
        at(State.MONITORING),
        of_session(code="sedation", kind=SignEventKind.ONSET),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        monitoring.give_medicine,
        CARE,
        at(State.MONITORING),
        of_session(drug="Ondansetron", dose="4 mg", route=MedicineGiven.Route.ORAL),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        monitoring.report_serious_event,
        CARE,
        at(State.MONITORING),
        of_session(what="Fainted."),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
)
MILD = adverse_event.Account((), "A headache.", "PATIENT", "RECOVERING")


def fainted(walk: Walk) -> SeriousEvent:
    """Called serious at the chair; in a session without one, any."""
    if walk.rows("Transition")[-1].to_state not in CHARTED:
        return SeriousEvent()
    return monitoring.report_serious_event(what="Fainted.", **walk.envelope(FORTY_LATER))


def told(walk: Walk) -> AdverseEvent:
    if walk.rows("Transition")[-1].to_state not in CHARTED:
        return AdverseEvent()
    return adverse_event.record_adverse_event(
        what="Headache", began_at=FORTY_LATER, account=MILD, **walk.envelope(FORTY_LATER)
    )


ADVERSE_EVENTS = (
    Attempt(
        adverse_event.record_adverse_event,
        CARE,
        at(State.MONITORING),
        of_session(what="Headache", began_at=FORTY_LATER, account=MILD),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        adverse_event.describe_serious_event,
        CARE,
        at(State.MONITORING),
        of_session(serious_event=fainted, account=MILD),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        adverse_event.follow_up_adverse_event,
        CARE,
        at(State.MONITORING),
        of_session(event=told, account=MILD),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        adverse_event.report_adverse_event,
        CARE,
        at(State.MONITORING),
        of_session(event=told, recipient=AdverseEventReport.Recipient.MEDWATCH, reported_date=NINE.date()),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
)
ALARMS = (
    Attempt(
        acknowledge_alarm,
        CARE,
        at(State.MONITORING),
        of_session(cause=lambda walk: alarm_cause(walk, "CHECK_OVERDUE", FORTY_LATER + minutes(1))),
        now=FORTY_LATER + minutes(1),
    ),
)
SESSION_ATTEMPTS = (*BEFORE_THE_DOSE, *DOSING, *ADVERSE_EVENTS, *ALARMS, *LEAVING, *RIGHT)
