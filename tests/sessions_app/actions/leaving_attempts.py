"""Every action that leads to an end of a dosing session, or follows it, ready to be tried."""

from datetime import timedelta

from sessions_app.actions import correction, departure, discharge, follow_up
from sessions_app.models import FollowUpCall, Impairment, Transfer
from sessions_app.rules.states import OPEN, UNDER_WATCH, State
from tests.attempts import CARE, PRESCRIBE, Attempt
from tests.factories import LAST_DEVICE, STAY_ENDS, minutes
from tests.sessions_app.actions.attempt_scenes import (
    FORTY_LATER,
    NOT_IN_ERROR,
    TEN_PAST,
    at,
    checks,
    of_session,
    propose,
    ready,
)

LEFT = {
    "last_seen_at": FORTY_LATER - minutes(5),
    "found_gone_at": FORTY_LATER,
    "impaired": Impairment.NO,
    "prescriber_told": "Paul",
    "contact_told": "Basil",
}

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
        discharge.give_instructions,
        CARE,
        at(State.MONITORING),
        of_session(how="PRINTED", language="es"),
        now=STAY_ENDS,
        allowed=OPEN,
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
        follow_up.record_follow_up_call,
        CARE,
        at(State.LEFT_EARLY),
        of_session(outcome=FollowUpCall.Outcome.REACHED, spoke_to="Rosalind Tamarack", said="At home, awake."),
        now=STAY_ENDS,
        allowed=(State.LEFT_EARLY,),
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
