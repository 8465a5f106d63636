"""Every action on one dosing session, ready to be tried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sessions_app.actions import booking, correction, decision, departure, discharge, dosing, intake, monitoring
from sessions_app.models import Check, DeviceAdministration, Impairment, Transfer
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind, WayHomeKind
from sessions_app.rules.states import OPEN, UNDER_WATCH, State
from tests.attempts import CARE, DESK, PRESCRIBE, Attempt
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    full_check,
    in_state,
    make_device,
    minutes,
)

CHARTED = (*OPEN, State.DISCHARGED, State.LEFT_EARLY, State.TRANSFERRED, State.NOT_DOSED)
NOT_IN_ERROR = tuple(state for state in State if state is not State.ENTERED_IN_ERROR)


def at(state: State, *steps: Callable[[Walk], Any]) -> Callable[[Cast], Walk]:
    """The walk to this state, and these steps on."""

    def scene(cast: Cast) -> Walk:
        walk = in_state(cast, state)
        for step in steps:
            step(walk)
        return walk

    return scene


def of_session(**fields: Any) -> Callable[[Walk], dict[str, Any]]:
    """``dosing_session`` and these; a function among them is asked of the walk."""

    def made(walk: Walk) -> dict[str, Any]:
        asked = {name: value(walk) if callable(value) else value for name, value in fields.items()}
        return {"dosing_session": walk.dosing_session, **asked}

    return made


def to_check_in(walk: Walk) -> dict[str, Any]:
    session = walk.dosing_session
    return {"course": session.course, "booked": session, "identifiers": ("name", "birth_date")}


def last_device(walk: Walk) -> DeviceAdministration:
    """The device given last; in a session without one, any."""
    given = DeviceAdministration.objects.filter(dosing_session=walk.dosing_session).order_by("order").last()
    return given or DeviceAdministration(facility=walk.cast.facility)


def checks(walk: Walk) -> list[Check]:
    return list(Check.objects.filter(dosing_session=walk.dosing_session).order_by("order"))


def high_reading(walk: Walk) -> None:
    walk.check(NINE + minutes(20), full_check(150, 80))


def late_device(walk: Walk) -> None:
    walk.give(NINE + minutes(50), at=NINE + minutes(36), outcome=None)


def ready(walk: Walk) -> None:
    walk.check(LAST_DEVICE + minutes(40))
    walk.instruct(LAST_DEVICE + minutes(60))
    walk.check(STAY_ENDS - minutes(5))
    walk.assess(STAY_ENDS - minutes(4))


def propose(walk: Walk) -> None:
    correction.propose_in_error(reason="The wrong patient.", **walk.envelope(NINE + minutes(5)))


NONE_TODAY = dict.fromkeys(Intake, intake.IntakeReportEntry(IntakeAnswer.NONE))
WAY_HOME = {"kind": WayHomeKind.PERSON, "name": "Basil Tamarack", "phone": "555", "will_not_drive": True}
TEN_PAST, HALF_PAST = NINE + minutes(10), NINE + minutes(30)
FORTY_LATER = LAST_DEVICE + minutes(40)
LEFT = {
    "last_seen_at": FORTY_LATER - minutes(5),
    "found_gone_at": FORTY_LATER,
    "impaired": Impairment.NO,
    "prescriber_told": "Paul",
    "contact_told": "Basil",
}

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
        intake.answer_questions, DESK, at(State.CHECKED_IN), of_session(anything_new=False), now=TEN_PAST, allowed=OPEN
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
        monitoring.report_serious_event,
        CARE,
        at(State.MONITORING),
        of_session(what="Fainted."),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
)
LEAVING = (
    Attempt(
        discharge.record_deviation,
        CARE,
        at(State.MONITORING),
        of_session(code="PEAK_CHECK", reason="Another patient needed help."),
        now=LAST_DEVICE + minutes(60),
        allowed=UNDER_WATCH,
    ),
    Attempt(
        discharge.extend_stay,
        PRESCRIBE,
        at(State.MONITORING),
        of_session(stay=timedelta(minutes=150), reason="Hepatic impairment."),
        now=FORTY_LATER,
        allowed=OPEN,
    ),
    Attempt(
        discharge.assess_readiness, CARE, at(State.MONITORING), of_session(), now=STAY_ENDS, allowed=(State.MONITORING,)
    ),
    Attempt(
        discharge.give_instructions, DESK, at(State.MONITORING), of_session(how="PRINTED"), now=STAY_ENDS, allowed=OPEN
    ),
    Attempt(
        discharge.discharge_patient,
        CARE,
        at(State.MONITORING, ready),
        of_session(handed_over_to="Basil Tamarack"),
        now=STAY_ENDS,
        allowed=(State.MONITORING,),
    ),
    Attempt(
        departure.record_left_early,
        CARE,
        at(State.MONITORING),
        of_session(**LEFT),
        now=FORTY_LATER,
        allowed=UNDER_WATCH,
    ),
    Attempt(
        departure.transfer_patient,
        CARE,
        at(State.MONITORING),
        of_session(destination=Transfer.Destination.HOSPITAL, place="Wrenfield General", handed_over="everything"),
        now=FORTY_LATER,
        allowed=UNDER_WATCH,
    ),
    Attempt(
        departure.reopen_session,
        CARE,
        at(State.DISCHARGED),
        of_session(reason="Came back dizzy."),
        now=STAY_ENDS + minutes(30),
        allowed=(State.DISCHARGED, State.LEFT_EARLY),
    ),
    Attempt(
        correction.void_row,
        CARE,
        at(State.MONITORING),
        of_session(row_kind="Check", row_id=lambda walk: checks(walk)[0].pk, reason="Another patient's."),
        now=FORTY_LATER,
    ),
    Attempt(
        correction.propose_in_error,
        CARE,
        at(State.CHECKED_IN),
        of_session(reason="The wrong patient."),
        now=TEN_PAST,
        allowed=NOT_IN_ERROR,
    ),
    Attempt(
        correction.enter_in_error,
        CARE,
        at(State.CHECKED_IN, propose),
        of_session(),
        "paul",
        now=TEN_PAST,
        allowed=NOT_IN_ERROR,
    ),
)
SESSION_ATTEMPTS = (*BEFORE_THE_DOSE, *DOSING, *LEAVING)
