"""Sample data: made-up people at made-up clinics, made by the actions of the pages, so that every screen has
something to show. The same every time, but for the clock it is told."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from clinic.actions.entry import Submission
from clinic.actions.staff import add_person, grant_role
from clinic.models import Organisation, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.roles import Role
from sessions_app.actions import site
from sessions_app.demo.clinic import Clinic, hire, month_end, open_clinic
from sessions_app.demo.patients import DAYS_OF_PAST_SESSIONS, OTIS, add_patients
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.demo.visit import Visit

PASSWORD = "made-up-people-only"  # noqa: S105  (printed by the demo beside the address)
WRENFIELD, NORTH, HARBOUR = "Wrenfield Clinic", "Wrenfield North", "Harbourlight Clinic"


class SignIn(NamedTuple):
    username: str
    password: str
    role: str
    facility: str


SIGN_INS = [
    SignIn("nora", PASSWORD, "nurse", WRENFIELD),
    SignIn("paul", PASSWORD, "prescriber", WRENFIELD),
    SignIn("fred", PASSWORD, "front desk", WRENFIELD),
    SignIn("ada", PASSWORD, "administrator", f"{WRENFIELD} and {NORTH}"),
    SignIn("ines", PASSWORD, "inspector", f"{WRENFIELD} and {NORTH}"),
    SignIn("nils", PASSWORD, "second nurse", WRENFIELD),
    SignIn("otto", PASSWORD, "nurse and administrator", f"{HARBOUR} (another organisation)"),
]

OPENED_DAYS_AGO = 60


def seed_demo(*, now: datetime) -> None:
    """Everything up to ``now``: a certified clinic with a full day, a suspended one, and one of another
    organisation that the REMS has not confirmed. Runs on an empty database, as the application."""
    base = now.replace(second=0, microsecond=0)
    timeline, opening = Timeline(), base - timedelta(days=OPENED_DAYS_AGO)
    clinic = _wrenfield(timeline, opening, base)
    _staff_on_site(clinic, timeline, base)
    add_patients(clinic, timeline, registered=opening + timedelta(days=20), base=base)
    _harbourlight(timeline, opening, base)
    timeline.run()


# --- clinics --------------------------------------------------------------------------------------


def _wrenfield(timeline: Timeline, opening: datetime, base: datetime) -> Clinic:
    organisation = Organisation.objects.create(name="Wrenfield Group")
    ada = add_person(username="ada", password=PASSWORD, printed_name="Ada Alder", by=None, now=opening)
    clinic = open_clinic(
        organisation,
        WRENFIELD,
        administrator=ada,
        now=opening,
        address="12 Plover Lane, Wrenfield",
        phone="(555) 555-0100",
    )
    for username, name, credential, role in (
        ("nora", "Nora Nightjar", "RN", Role.NURSE),
        ("nils", "Nils Quince", "RN", Role.NURSE),
        ("paul", "Paul Penstemon", "MD", Role.PRESCRIBER),
        ("fred", "Fred Finch", "", Role.FRONT_DESK),
        ("ines", "Ines Iris", "", Role.INSPECTOR),
    ):
        person = hire(clinic, username, name, role, password=PASSWORD, now=opening, credential=credential)
        clinic.people[username] = person
    clinic.certify("Ivo Saltmarsh", "REMS-0417", now=opening)
    clinic.set_policy(now=opening, reason="Opening: the programme's own numbers.")
    for tag in ("OX-01", "OX-02", "OX-03"):
        clinic.check_oximeter(tag, now=opening)
    _fill_cabinet(clinic, opening, base)
    timeline.at(
        base - timedelta(days=30),
        lambda at: clinic.set_policy(
            now=at,
            reason="Review of the first month: more checks, a higher SpO₂ floor.",
            overrides={"spo2_floor_percent": 94, "patient_stock_days": 30},
            extra_checks=(20, 60, 90),
        ),
    )
    _wrenfield_north(organisation, ada, clinic.people["ines"], timeline, opening, base)
    return clinic


def _fill_cabinet(clinic: Clinic, opening: datetime, base: datetime) -> None:
    """Bulk devices for every session below and about twenty more, in lots."""
    expires = [month_end(clinic.day_of(base) + timedelta(days=days)) for days in (200, 330, 420)]
    for number in range(1, 54):
        lot = 0 if number <= 20 else 1 if number <= 36 else 2
        clinic.receive(f"W-{1000 + number}", f"L-{77 + lot}", expires[lot], now=opening + minutes(number))


def _wrenfield_north(
    organisation: Organisation, ada: User, ines: User, timeline: Timeline, opening: datetime, base: datetime
) -> None:
    """A second facility of the same organisation, suspended, so that there is one to choose."""
    north = open_clinic(organisation, NORTH, administrator=ada, now=opening, address="3 Heron Street, Wrenfield")
    grant_role(person=ines, facility=north.facility, role=Role.INSPECTOR, by=None, now=opening)
    north.certify("Una Umber", "REMS-0533", now=opening)
    north.set_policy(now=opening, reason="Opening: the programme's own numbers.")
    timeline.at(
        base - timedelta(days=12),
        lambda at: site.stop_facility(
            facility=north.facility,
            program_code=north.version.code,
            status=CertificationStatus.SUSPENDED,
            reason="Training records incomplete at the REMS's audit.",
            entry=Submission(),
            by=ada,
            now=at,
        ),
    )


def _harbourlight(timeline: Timeline, opening: datetime, base: datetime) -> None:
    """Another organisation, its confirmation still to come: its patient waits, and nobody here clears that."""
    organisation = Organisation.objects.create(name="Harbourlight Group")
    said = {"username": "otto", "password": PASSWORD, "printed_name": "Otto Osprey", "credential": "RN"}
    otto = add_person(**said, by=None, now=opening)
    clinic = open_clinic(organisation, HARBOUR, administrator=otto, now=opening, address="1 Quay Road, Ternport")
    grant_role(person=otto, facility=clinic.facility, role=Role.NURSE, by=None, now=opening)
    clinic.people["nurse"] = otto
    clinic.designate("Rhea Quill", now=opening)
    clinic.set_policy(now=opening, reason="Opening: the programme's own numbers.")
    clinic.check_oximeter("HL-1", now=opening)
    course = clinic.start_course(OTIS, now=opening + timedelta(days=20))
    visit = Visit(clinic, timeline, course, base, chair="1").check_in(-25)
    visit.ask_intake(-20)
    timeline.at(base - minutes(25), lambda at: clinic.arrive(otto, now=at))


def _staff_on_site(clinic: Clinic, timeline: Timeline, base: datetime) -> None:
    """The list of who is here is the calendar day's. Shortly after midnight today's sessions began yesterday, and
    whoever was here then still is."""
    today = clinic.day_of(base)
    midnight = clinic.local(today, time.min)
    began = max(midnight, min(clinic.local(today, time(7, 0)), base - timedelta(hours=6)))
    for day in sorted({today - timedelta(days=ago) for ago in (1, *DAYS_OF_PAST_SESSIONS)}):
        for person in (clinic.nurse, clinic.prescriber):
            _arrive(clinic, timeline, person, clinic.local(day, time(7, 0)))
    for username in ("nora", "paul", "nils", "fred"):
        _arrive(clinic, timeline, clinic.people[username], began)
    for tag, working in (("OX-01", True), ("OX-02", True), ("OX-03", False)):
        _check(clinic, timeline, tag, working, began)


def _check(clinic: Clinic, timeline: Timeline, tag: str, working: bool, when: datetime) -> None:
    timeline.at(when, lambda at: clinic.check_oximeter(tag, working=working, now=at))


def _arrive(clinic: Clinic, timeline: Timeline, person: User, when: datetime) -> None:
    timeline.at(when, lambda at: clinic.arrive(person, now=at))
