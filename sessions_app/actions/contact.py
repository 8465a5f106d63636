"""How people at work and facilities are reached. Forms that waited for it are brought to where they stand by that."""

from datetime import datetime
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import ClinicalRow, Facility, FacilityContact, PersonContact, User
from clinic.models.staff import ever_of
from clinic.rules.contact import address_refusals, person_contact_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import beside, lock_all
from sessions_app.models.dosing_session import DosingSessionQuerySet
from sessions_app.models.filing import sessions_not_filed

Contact = TypeVar("Contact", bound=ClinicalRow)


@repeatable
@transaction.atomic
def record_person_contact(
    *,
    holder: User,
    facility: Facility,
    first_name: str,
    last_name: str,
    phone: str,
    email: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> PersonContact:
    """The names of somebody who works or worked here, and how they are reached, wherever in the organisation they
    monitored. Raises ActionRefused (FIELD)."""
    action = "record_person_contact"
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if first := first_result(PersonContact, facility=facility, entry=entry, action=action, by=by, subject=holder):
        return first
    if not ever_of(facility).filter(pk=holder.pk).exists():
        raise PermissionDenied("nobody of their staff")

    said = {"first_name": first_name.strip(), "last_name": last_name.strip(), "email": email.strip()}
    refuse(*person_contact_refusals(**said))

    contact = row(
        PersonContact, facility=facility, entry=entry, by=by, now=now, holder=holder, phone=phone.strip(), **said
    )
    anywhere = {"facility__organisation": facility.organisation_id, "filing__person": holder}
    waiting = sessions_not_filed().filter(**anywhere)
    return _write(contact, waiting, action, facility=facility, subject=holder, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def record_facility_contact(
    *,
    facility: Facility,
    address_1: str,
    address_2: str,
    city: str,
    state: str,
    zip_code: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> FacilityContact:
    """The facility's address in its parts. Raises ActionRefused (FIELD)."""
    action = "record_facility_contact"
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if first := first_result(FacilityContact, facility=facility, entry=entry, action=action, by=by):
        return first

    said = {
        "address_1": address_1.strip(),
        "city": city.strip(),
        "state": state.strip().upper(),
        "zip_code": zip_code.strip(),
    }
    refuse(*address_refusals(**said))

    contact = row(FacilityContact, facility=facility, entry=entry, by=by, now=now, address_2=address_2.strip(), **said)
    waiting = sessions_not_filed().for_facility(facility)
    return _write(contact, waiting, action, facility=facility, subject=facility, entry=entry, by=by, now=now)


def _write(
    contact: Contact,
    waiting: DosingSessionQuerySet,
    action: str,
    *,
    facility: Facility,
    subject: User | Facility,
    entry: Submission,
    by: User,
    now: datetime,
) -> Contact:
    """With the sessions locked whose forms may be waiting for it, and then those brought to where they stand."""
    locked = lock_all(waiting)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=subject, rows=(contact,))
    for dosing_session in locked:
        review_filing(beside(dosing_session, action, entry.request_id, by, now))
    return contact
