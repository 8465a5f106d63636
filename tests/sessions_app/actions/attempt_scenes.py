"""What leads to an attempt on one dosing session, and what it is given."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sessions_app.actions import correction, intake
from sessions_app.models import Check, DeviceAdministration
from sessions_app.models.alarm_state import alarm_state
from sessions_app.models.record import Record
from sessions_app.rules.facts import Intake, IntakeAnswer, WayHomeKind
from sessions_app.rules.states import OPEN, State
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, full_check, in_state, minutes

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


def alarm_cause(walk: Walk, code: str, now: datetime) -> str:
    """The one cause of this kind that holds."""
    (found,) = [held.key for held in alarm_state(Record(walk.refresh()), at=now).holding if held.code == code]
    return found
