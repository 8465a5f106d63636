"""Who takes the patient home? Asked at both gates."""

from collections.abc import Iterator

from clinic.rules.enrolment import Setting
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.facts import WayHome, WayHomeKind
from sessions_app.rules.program import Program


def way_home_refusals(way_home: WayHome | None, program: Program, setting: Setting) -> Iterator[Refusal]:
    """A person, a ride service if policy allows, or the ward; name and phone; "will not drive" confirmed.
    No driving until the next day after restful sleep [P]. Asked at both gates."""
    if way_home is None:
        missing = "way_home"
    elif way_home.kind is WayHomeKind.RIDE_SERVICE and not program.ride_service_allowed:
        missing = "ride_service"
    elif way_home.kind is WayHomeKind.WARD and setting is not Setting.INPATIENT:
        missing = "ward"
    elif not way_home.name.strip() or not way_home.phone.strip():
        missing = "name_and_phone"
    elif not way_home.will_not_drive:
        missing = "will_not_drive"
    else:
        return
    yield Refusal("SAFE_WAY_HOME", {"missing": missing}, None, (ClearedBy.DOCUMENTATION,))
