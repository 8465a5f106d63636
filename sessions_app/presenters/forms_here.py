"""How a clinic files: address, people who monitor, editions, mail."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import FacilityContact, PersonContact, User
from clinic.models.contact import contact_of
from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models.edition import FormsHere


def forms_page(here: FormsHere, *, permissions: frozenset[Permission]) -> dict[str, Any]:
    """Context of ``facility_forms.html``."""
    at_site, manages = Permission.MANAGE_SITE in permissions, Permission.MANAGE_FACILITY in permissions
    return {
        "facility_name": here.facility.name,
        "address": _address(here.contact),
        "contact_url": reverse("sessions_app:record-facility-contact") if at_site else "",
        "monitors": [_monitor(person, contact, at_site) for person, contact in here.monitors],
        "editions": _editions(here),
        "switches": [
            _("%(edition)s from %(day)s, entered by %(who)s")
            % {
                "edition": row.edition.edition.label,
                "day": calendar_day(row.from_date),
                "who": row.performed_by.printed_name,
            }
            for row in here.switches
        ],
        "switch_url": reverse("sessions_app:switch-edition") if manages else "",
        "digest_to": here.digest_to.label,
        "digest_url": reverse("sessions_app:choose-digest") if manages else "",
    }


def _address(contact: FacilityContact | None) -> list[str]:
    if contact is None:
        return []
    lines = [contact.address_1, contact.address_2, f"{contact.city}, {contact.state} {contact.zip_code}"]
    return [line for line in lines if line]


def _monitor(person: User, contact: PersonContact | None, may_enter: bool) -> dict[str, Any]:
    missing = [
        word
        for word, value in (
            (_("no phone"), contact.phone if contact else ""),
            (_("no e-mail"), contact.email if contact else ""),
        )
        if not value
    ]
    return {
        "name": str(person),
        "reached": ", ".join(filter(None, (contact.phone, contact.email))) if contact else "",
        "missing": ", ".join(missing),
        "url": reverse("sessions_app:record-person-contact", args=[person.pk]) if may_enter else "",
    }


def _editions(here: FormsHere) -> list[dict[str, Any]]:
    """Each edition, and whether it is the one for a treatment of today."""
    lines = []
    for row in here.editions:
        used = here.in_use(row.program_code, here.today)
        lines.append(
            {
                "label": row.edition.label,
                "title": row.edition.title,
                "note": row.edition.note,
                "badge": {"word": _("In use"), "kind": "ready"} if used == row else None,
            }
        )
    return lines


def initial_contact(contact: FacilityContact | None) -> dict[str, str]:
    """What is on record of the clinic's address."""
    names = ("address_1", "address_2", "city", "state", "zip_code")
    return {name: getattr(contact, name) for name in names} if contact else {}


def initial_person(person: User, contact: PersonContact | None) -> dict[str, str]:
    """What is on record; else the names as they are printed."""
    return {name: getattr(contact_of(person, contact), name) for name in ("first_name", "last_name", "phone", "email")}
