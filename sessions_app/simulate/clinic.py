"""The clinics of a made-up registry, opened by the actions of the pages: people, certification, policy, cabinet."""

from datetime import datetime
from functools import cache
from unittest import mock

from django.contrib.auth.hashers import make_password

from clinic.actions.delivery import record_supplier
from clinic.actions.entry import Submission
from clinic.actions.staff import add_person
from clinic.models import Organisation, User
from clinic.models.cabinet import cabinets_of
from clinic.rules.roles import Role
from sessions_app.actions import contact
from sessions_app.demo.clinic import SUPPLIER, Clinic, hire, open_clinic
from sessions_app.demo.seed import PASSWORD
from sessions_app.models.edition import edition_for
from sessions_app.models.program import policies_in_force
from sessions_app.simulate.courses import MONITORED
from sessions_app.simulate.ledger import Person
from sessions_app.simulate.place import PROGRAM, Place

REGISTRY = "Simulated registry"
ADDRESS = {"address_1": "1 Mill Lane", "address_2": "", "city": "Wrenfield", "state": "NY", "zip_code": "12553"}
NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gum", "Hazel", "Ilex", "Juniper", "Larch", "Maple")


def open_registry(*, opened: datetime) -> tuple[Organisation, User]:
    """The organisation, and who runs its clinics."""
    organisation = Organisation.objects.create(name=REGISTRY)
    with _hashed_once():
        ada = add_person(username="ada", password=PASSWORD, printed_name="Ada Alder", by=None, now=opened)
    return organisation, ada


def open_place(organisation: Organisation, administrator: User, number: int, *, opened: datetime) -> Place:
    """A certified clinic with three nurses, a prescriber and a front desk."""
    name = f"{NAMES[number % len(NAMES)]} clinic {number + 1}"
    with _hashed_once():
        clinic = open_clinic(organisation, name, administrator=administrator, now=opened, address="1 Mill Lane")
        for username, printed, credential, role in (
            ("nora", "Nora Nightjar", "RN", Role.NURSE),
            ("nils", "Nils Quince", "RN", Role.NURSE),
            ("nell", "Nell Nuthatch", "RN", Role.NURSE),
            ("paul", "Paul Penstemon", "MD", Role.PRESCRIBER),
            ("fred", "Fred Finch", "", Role.FRONT_DESK),
        ):
            unique = username if not number else f"{username}{number + 1}"
            person = hire(clinic, unique, printed, role, password=PASSWORD, now=opened, credential=credential)
            clinic.people[username] = person
    clinic = Clinic.of(clinic.facility)
    fred = next(person for person in clinic.people.values() if person.printed_name == "Fred Finch")
    clinic.certify(fred, f"REMS-{1000 + number}", now=opened)
    clinic.list_chairs("12345", now=opened)
    extra = tuple(minute for minute in MONITORED if minute != 40)
    clinic.set_policy(now=opened, reason="As opened.", extra_checks=extra)
    clinic.check_oximeter("OX-01", now=opened)
    return _place(clinic, opened=opened)


def _place(clinic: Clinic, *, opened: datetime) -> Place:
    facility, people = clinic.facility, _by_name(clinic)
    nurses = tuple(people[name] for name in ("Nora Nightjar", "Nils Quince", "Nell Nuthatch"))
    said = {"facility": facility, "by": clinic.administrator, "now": opened}
    contact.record_facility_contact(**ADDRESS, entry=Submission(), **said)  # type: ignore[arg-type]
    for name in ("Nora Nightjar", "Nils Quince", "Nell Nuthatch"):
        first, last = name.split()
        reached = {"first_name": first, "last_name": last, "phone": "(555) 555-0142", "email": "nurse@example.org"}
        contact.record_person_contact(holder=people[name], **reached, entry=Submission(), **said)  # type: ignore[arg-type]
    supplier = record_supplier(facility=facility, **SUPPLIER, entry=Submission(), by=nurses[0], now=opened)
    policy = policies_in_force(facility)[PROGRAM]
    edition = edition_for(facility, PROGRAM, opened.date())
    if edition is None:
        raise ValueError("there is no edition of the form")
    cabinet = cabinets_of(facility).get()
    return Place(
        facility_id=str(facility.pk),
        organisation_id=str(facility.organisation_id),
        name=facility.name,
        zone=facility.zone,
        cabinet_id=str(cabinet.pk),
        supplier_id=str(supplier.pk),
        policy_id=str(policy.pk),
        program_version_id=str(policy.program_version_id),
        minimum_stay_minutes=policy.minimum_stay_minutes,
        final_check_window_minutes=policy.final_check_window_minutes,
        edition_id=str(edition.pk),
        edition_fields=tuple(each.code for each in edition.edition.fields),
        due_days=edition.edition.due_days,
        nurses=tuple(_person(each) for each in nurses),
        prescriber=_person(people["Paul Penstemon"]),
        front_desk=_person(people["Fred Finch"]),
        opened=opened.astimezone(facility.zone).date(),
        address=tuple((f"setting_{name.removesuffix('_code')}", value) for name, value in ADDRESS.items()),
        products=policy.program_version.program.products,
    )


def _by_name(clinic: Clinic) -> dict[str, User]:
    return {person.printed_name: person for person in clinic.people.values()}


def _person(user: User) -> Person:
    return Person(str(user.pk), user.printed_name, user.credential)


def _hashed_once() -> mock._patch:
    return mock.patch("django.contrib.auth.models.make_password", _hash)


_hash = cache(make_password)
