"""A facility changes to another edition of a form, from a day on."""

from datetime import date, datetime

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, User
from clinic.rules.refusals import field_refusal
from clinic.rules.roles import Permission
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import beside, lock_all
from sessions_app.models import FacilityEdition, FormEdition
from sessions_app.models.edition import edition_for
from sessions_app.models.filing import sessions_not_filed


@repeatable
@transaction.atomic
def switch_edition(
    *, facility: Facility, edition: FormEdition, from_date: date, entry: Submission, by: User, now: datetime
) -> FacilityEdition:
    """Treatments from that day on are filed by this edition. A form that was sent before keeps the one it was sent by;
    one that was not is filed by the edition of its treatment's day. Raises ActionRefused (FIELD)."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(FacilityEdition, facility=facility, entry=entry, action="switch_edition", by=by):
        return first

    in_use = edition_for(facility, edition.program_code, from_date)
    refuse(*((field_refusal("edition", "used_already"),) if in_use == edition else ()))

    switched = row(
        FacilityEdition,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        program_code=edition.program_code,
        edition=edition,
        from_date=from_date,
    )
    locked = lock_all(sessions_not_filed().for_facility(facility).filter(filing__treatment_date__gte=from_date))
    write(action="switch_edition", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(switched,))
    for dosing_session in locked:
        review_filing(beside(dosing_session, "switch_edition", entry.request_id, by, now))
    return switched
