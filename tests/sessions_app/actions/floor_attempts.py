"""Every action about the people, the chairs and an emergency of one dosing session, ready to be tried."""

from clinic.rules.roles import Role
from sessions_app.actions import emergency, floor
from sessions_app.models import Emergency, EmergencyCall, PrescriberContact
from sessions_app.rules.states import OPEN, State
from tests.attempts import CARE, DESK, Attempt
from tests.factories import LAST_DEVICE, Walk, minutes, one_more
from tests.sessions_app.actions.session_attempts import CHARTED, FORTY_LATER, at, of_session


def alarmed(walk: Walk) -> None:
    emergency.raise_emergency(kind=Emergency.Kind.SEIZURE, **walk.envelope(LAST_DEVICE + minutes(30)))


FLOOR_ATTEMPTS = (
    Attempt(floor.take_watch, CARE, at(State.MONITORING), of_session(), now=FORTY_LATER, allowed=OPEN),
    Attempt(
        floor.hand_over,
        CARE,
        at(State.MONITORING),
        of_session(receiver=lambda walk: one_more(walk.cast, Role.NURSE), written_state="Drowsy."),
        now=FORTY_LATER,
        allowed=OPEN,
    ),
    Attempt(floor.move_chair, DESK, at(State.MONITORING), of_session(to_chair="12"), now=FORTY_LATER, allowed=OPEN),
    Attempt(
        floor.contact_prescriber,
        CARE,
        at(State.MONITORING),
        of_session(prescriber=lambda walk: walk.cast.paul, how=PrescriberContact.How.ARRIVED),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        emergency.raise_emergency,
        DESK,
        at(State.MONITORING),
        of_session(kind=Emergency.Kind.SEIZURE, calls={EmergencyCall.Whom.AMBULANCE: ""}),
        now=FORTY_LATER,
        allowed=OPEN,
    ),
    Attempt(
        emergency.record_emergency_call,
        DESK,
        at(State.MONITORING, alarmed),
        of_session(whom=EmergencyCall.Whom.AMBULANCE),
        now=FORTY_LATER,
        allowed=CHARTED,
    ),
    Attempt(
        emergency.end_emergency,
        CARE,
        at(State.MONITORING, alarmed),
        of_session(note="Awake, no pain."),
        now=FORTY_LATER,
        allowed=OPEN,
    ),
)
