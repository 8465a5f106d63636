"""Forms of sessions, and what leads to them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sessions_app.actions import contact, filing
from sessions_app.models import Filing, FilingVersion
from sessions_app.models.filing import filing_of
from sessions_app.models.filing_record import FilingRecord
from sessions_app.models.record import Record
from tests.factories import STAY_ENDS, Cast, Walk, entry, minutes

LATER = STAY_ENDS + minutes(60)
NEXT_WEEK = LATER + timedelta(days=6)
ADDRESS = {
    "address_1": "12 Plover Lane",
    "address_2": "",
    "city": "Wrenfield",
    "state": "PA",
    "zip_code": "18015",
}
NORA = {"first_name": "Nora", "last_name": "Nightjar", "phone": "(555) 555-0101", "email": "nora@example.org"}


def reach(cast: Cast, now: datetime = LATER) -> None:
    """The clinic's address, and how whoever monitored is reached."""
    said: dict[str, Any] = {"facility": cast.facility, "by": cast.nora, "now": now}
    contact.record_facility_contact(**ADDRESS, entry=entry(), **said)
    contact.record_person_contact(holder=cast.nora, **NORA, entry=entry(), **said)


def form_of(walk: Walk) -> Filing:
    found = filing_of(walk.dosing_session)
    assert found is not None
    return found


def stands(walk: Walk, at: datetime = LATER) -> FilingRecord:
    return FilingRecord(form_of(walk), Record(walk.refresh()), at=at)


def value(walk: Walk, code: str) -> str:
    found = stands(walk).field(code)
    assert found is not None
    return found.value


def answer(walk: Walk, code: str, value: str, reason: str = "", **fields: Any) -> Any:
    return filing.answer_field(code=code, value=value, reason=reason, **{**walk.envelope(LATER), **fields})


def complete(walk: Walk) -> None:
    """Nothing is missing any more."""
    reach(walk.cast)
    answer(walk, "ready_minutes", "60")


def newest(walk: Walk) -> UUID | None:
    """The submission that somebody who opens the form now sees."""
    found = filing_of(walk.dosing_session)
    sent = FilingRecord(found, Record(walk.refresh()), at=LATER).submitted if found else None
    return sent.pk if sent else None


def submit(walk: Walk, now: datetime = LATER, *, why: str = "", **fields: Any) -> FilingVersion:
    said = {"route": FilingVersion.Route.PORTAL, "confirmation": "C-1", "incomplete_reason": why, "seen": newest(walk)}
    said |= fields
    return filing.submit_filing(**said, **{**walk.envelope(now), "entry": said.pop("form", None) or entry()})
