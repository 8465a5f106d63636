"""Sample data: made-up people at made-up clinics, made by the actions of the pages, so that every screen has
something to show. The same every time, but for the clock it is told."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from clinic.actions.entry import Submission
from clinic.actions.staff import add_person, grant_role
from clinic.models import Organisation, Sex, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.roles import Role
from sessions_app.actions import booking, site
from sessions_app.demo.clinic import Clinic, Somebody, hire, month_end, open_clinic
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.demo.visit import AWAKE, DROWSY, Visit, reading
from sessions_app.models import Course

PASSWORD = "only made-up people"  # noqa: S105  (printed by the demo beside the address)
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

BOOKED = Somebody("Rosalind", "Tamarack", date(1982, 9, 3), Sex.FEMALE, "W-004417")
CHECKED_IN = Somebody("Hugo", "Hawthorn", date(1975, 6, 14), Sex.MALE, "W-004502")
DOSING = Somebody("Greta", "Gentian", date(1990, 2, 27), Sex.FEMALE, "W-004519")
MONITORED = Somebody("Maud", "Larkspur", date(1979, 1, 22), Sex.FEMALE, "W-004583", "GAD")
OVERDUE = Somebody("Silas", "Sorrel", date(1968, 11, 5), Sex.MALE, "W-004590")
HELD = Somebody("Felix", "Fennel", date(1961, 4, 30), Sex.MALE, "W-004461")
READY = Somebody("Opal", "Plover", date(1987, 12, 9), Sex.FEMALE, "W-004318")
HOME = Somebody("Theo", "Teasel", date(1994, 8, 18), Sex.MALE, "W-004377")
WITHOUT_PAPERS = Somebody("Wilma", "Woodruff", date(1971, 3, 11), Sex.FEMALE, "W-004611", "SAD")
WITHOUT_ANTIDEPRESSANT = Somebody("Juno", "Juniper", date(2001, 5, 2), Sex.OTHER, "W-004620", "MDSI", enrolled=False)
ELSEWHERE = Somebody("Otis", "Overland", date(1984, 7, 7), Sex.MALE, "H-000105")

RATIONALE = "Three adequate trials (sertraline, venlafaxine, buspirone) without response; severe impairment at work."
PAST_DAYS = (24, 21, 17, 7, 3)
NOT_DOSED_DAY, LEFT_EARLY_DAY, CANCELLED_DAY = 14, 10, 5
OPENED_DAYS_AGO = 60


def seed_demo(*, now: datetime) -> None:
    """Everything up to ``now``: a certified clinic with a full day, a suspended one, and one of another
    organisation that the REMS has not confirmed. Runs on an empty database, as the application."""
    base = now.replace(second=0, microsecond=0)
    timeline, opening = Timeline(), base - timedelta(days=OPENED_DAYS_AGO)
    clinic = _wrenfield(timeline, opening, base)
    days = [clinic.day_of(base) - timedelta(days=ago) for ago in (*PAST_DAYS, NOT_DOSED_DAY, LEFT_EARLY_DAY, 4)]
    _staff_on_site(clinic, timeline, days, base)
    _day_of_patients(clinic, timeline, opening + timedelta(days=20), base)
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
    for number in (1, 2, 3):
        clinic.check_oximeter(f"OX-0{number}", now=opening)
    _cabinet(clinic, timeline, opening, base)
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


def _cabinet(clinic: Clinic, timeline: Timeline, opening: datetime, base: datetime) -> None:
    """Bulk devices for every session below and about twenty more, in lots."""
    expires = [month_end(clinic.day_of(base) + timedelta(days=days)) for days in (200, 330, 420)]
    for number in range(1, 51):
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
    course = clinic.start_course(ELSEWHERE, now=opening + timedelta(days=20))
    visit = Visit(clinic, timeline, course, base, chair="1").check_in(-25)
    visit.ask_intake(-20)
    timeline.at(base - minutes(25), lambda at: clinic.arrive(otto, now=at))


def _staff_on_site(clinic: Clinic, timeline: Timeline, days: list[date], base: datetime) -> None:
    """The list of who is here is the calendar day's. Shortly after midnight today's sessions began yesterday, and
    whoever was here then still is."""
    today = clinic.day_of(base)
    midnight = clinic.local(today, time.min)
    began = max(midnight, min(clinic.local(today, time(7, 0)), base - timedelta(hours=6)))
    for day in {*days, today - timedelta(days=1)}:
        for person in (clinic.nurse, clinic.prescriber):
            _arrive(clinic, timeline, person, clinic.local(day, time(7, 0)))
    for username in ("nora", "paul", "nils", "fred"):
        _arrive(clinic, timeline, clinic.people[username], began)
    for number, working in ((1, True), (2, True), (3, False)):
        tag = f"OX-0{number}"
        timeline.at(began, lambda at, tag=tag, working=working: clinic.check_oximeter(tag, working=working, now=at))


def _arrive(clinic: Clinic, timeline: Timeline, person: User, when: datetime) -> None:
    timeline.at(when, lambda at: clinic.arrive(person, now=at))


# --- patients -------------------------------------------------------------------------------------


def _day_of_patients(clinic: Clinic, timeline: Timeline, registered: datetime, base: datetime) -> None:
    def course_of(somebody: Somebody) -> Course:
        return clinic.start_course(somebody, now=registered)

    def visit(course: Course, last_device: float, chair: str, **said: object) -> Visit:
        return Visit(clinic, timeline, course, base + minutes(last_device), chair, **said)  # type: ignore[arg-type]

    def past(course: Course, days_ago: int, *, first: bool = False, **said: object) -> Visit:
        at = clinic.local(clinic.day_of(base) - timedelta(days=days_ago), time(11, 0))
        return Visit(clinic, timeline, course, at, "3", **said).prepare(first_here=first)  # type: ignore[arg-type]

    book(clinic, timeline, course_of(BOOKED), _later_today(clinic, base), "6", booked_at=base - timedelta(days=2))

    here = visit(course_of(CHECKED_IN), 26, "1").check_in(-22 - 26)
    here.ask_intake(-18 - 26)
    here.verify(-15 - 26)

    course = course_of(DOSING)
    past(course, 4, first=True).clear().dose().watch(CALM_CHECKS).get_ready(95, 117).leave(122)
    visit(course, 2, "2").prepare().clear((118, 76)).give(-5)

    course = course_of(MONITORED)
    clinic.justify(course, RATIONALE, now=registered + timedelta(days=1))
    anxious = visit(course, -50, "3", reason="Off-label course; first dose as on the label.", escort="Odette Larkspur")
    anxious.prepare(first_here=True).clear((126, 81)).dose()
    anxious.watch({20: reading(138, 86, spo2=97, **DROWSY), 40: reading(139, 88, spo2=97, **DROWSY)})

    visit(course_of(OVERDUE), -43, "4", nurse=clinic.people["nils"]).prepare(first_here=True).clear(
        (131, 84)
    ).dose().watch({20: reading(137, 88, **DROWSY)})

    course = course_of(HELD)
    past(course, 4, first=True).clear((136, 85)).dose().watch(CALM_CHECKS).get_ready(95, 117).leave(122)
    _held_by_pressure(visit(course, -130, "5", devices=3, escort="Fay Fennel"))

    course = course_of(READY)
    _history(course, past)
    book(clinic, timeline, course, _day_ago(clinic, base, CANCELLED_DAY), "2", booked_at=registered, cancelled=True)
    calm = {minute: reading(*pressure) for minute, pressure in ((20, (129, 80)), (40, (134, 84)), (60, (128, 80)))}
    late = {90: reading(126, 79), 124: reading(122, 78)}
    visit(course, -126, "7").prepare().clear().dose().watch({**calm, **late}).get_ready(100, 125)

    course = course_of(HOME)
    past(course, 7, first=True).clear().dose().watch(CALM_CHECKS).get_ready(95, 117).leave(122)
    visit(course, -242, "8").go_home_as_usual()

    in_two_days = _later_today(clinic, base) + timedelta(days=2)
    book(clinic, timeline, course_of(WITHOUT_PAPERS), in_two_days, "", booked_at=base - timedelta(days=1))
    course = course_of(WITHOUT_ANTIDEPRESSANT)
    for number, somebody in ((1, course.patient), (2, course.patient)):
        clinic.receive(
            f"WP-{200 + number}",
            "L-81",
            month_end(clinic.day_of(base) + timedelta(days=300)),
            now=base - timedelta(days=9),
            patient=somebody,
        )
