"""What the cabinet shows beside the day's sessions: a second cabinet, and a device that fell."""

from datetime import datetime
from typing import Any

from clinic.actions.cabinet import add_cabinet, move_devices, waste_devices
from clinic.actions.entry import Submission
from clinic.models.cabinet import cabinets_of
from sessions_app.demo.clinic import Clinic

ROOM = "Room 2"


def show(clinic: Clinic, *, now: datetime) -> None:
    """Once: what is spare goes to the second cabinet."""
    facility = clinic.facility
    if cabinets_of(facility).count() > 1 or len(clinic.devices_at_hand()) < 8:
        return
    common: dict[str, Any] = {"facility": facility, "now": now}
    room = add_cabinet(**common, name=ROOM, entry=Submission(), by=clinic.administrator)
    *_, fallen = spare = clinic.devices_at_hand()[-7:]
    move_devices(**common, devices=spare[:6], cabinet=room, entry=Submission(), by=clinic.nurse)
    reason = "It fell and broke; destroyed in the kit for it."
    waste_devices(**common, devices=[fallen], reason=reason, entry=Submission(), by=clinic.nurse)
