"""Every action of a session on the cabinet, ready to be tried."""

from typing import Any

from sessions_app.actions import cabinet
from sessions_app.rules.states import State
from tests.attempts import CARE, STOCK, Attempt
from tests.clinic.actions.cabinet_attempts import as_made, waste
from tests.factories import Cast, make_device
from tests.sessions_app.actions.attempt_scenes import HALF_PAST, at, of_session


def _corrected(cast: Cast) -> dict[str, Any]:
    device = make_device(cast)
    waste(cast, device)
    return {"facility": cast.facility, "device": device, "reason": "It was another one."}


TAKING_ATTEMPTS = (
    Attempt(
        cabinet.take_devices,
        CARE,
        at(State.CLEARED),
        of_session(devices=lambda walk: [make_device(walk.cast)]),
        now=HALF_PAST,
        allowed=(State.CLEARED, State.DOSING),
    ),
    Attempt(
        cabinet.put_back_devices,
        CARE,
        at(State.CLEARED, lambda walk: walk.take(HALF_PAST)),
        of_session(devices=lambda walk: walk.taken()),
        now=HALF_PAST,
    ),
    Attempt(
        cabinet.waste_taken_devices,
        CARE,
        at(State.CLEARED, lambda walk: walk.take(HALF_PAST)),
        of_session(devices=lambda walk: walk.taken(), reason="It fell."),
        now=HALF_PAST,
    ),
)

PUTTING_RIGHT = (Attempt(cabinet.correct_movement, STOCK, _corrected, as_made),)
