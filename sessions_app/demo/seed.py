"""Sample data: made-up people at made-up clinics, made by the actions of the pages, so that every screen has
something to show. The same every time, but for the clock it is told."""

from datetime import datetime, time, timedelta
from functools import cache, partial
from itertools import groupby
from random import Random
from typing import NamedTuple
from unittest import mock

from django.contrib.auth.hashers import make_password

from clinic.actions.pin import set_pin
from clinic.actions.staff import add_person
from clinic.models import Device, Facility, Organisation
from clinic.rules.local_time import day_span
from clinic.rules.roles import Role
from sessions_app.demo import adverse, appointments, counted, coursed, elsewhere, filings, reviewed, shown, stocked
from sessions_app.demo.clinic import Clinic, hire, month_end, open_clinic
from sessions_app.demo.elsewhere import HARBOUR, NORTH, OPENED, SOUTH, open_harbourlight, open_north, open_south
from sessions_app.demo.finished import Finished
from sessions_app.demo.opened import open_pages
from sessions_app.demo.people import OPAL
from sessions_app.demo.reviewed import EAST, open_east
from sessions_app.demo.scenes import LONGEST, REVIEWED, SEED, Scenes
from sessions_app.demo.simulate import plan_course
from sessions_app.demo.timeline import Timeline

PASSWORD = "made-up-people-only"  # noqa: S105  (printed by the demo beside the address)
PIN = "284617"  # at Wrenfield, on a tablet that was enrolled by hand
WRENFIELD = "Wrenfield Clinic"
SPARE_DEVICES = 20
SHIFT = timedelta(hours=4)  # nothing of the day lies further back


INSPECTED = timedelta(days=60)


class SignIn(NamedTuple):
    username: str
    password: str
    role: str
    facility: str


SIGN_INS = [
    SignIn("nora", PASSWORD, "nurse", WRENFIELD),
    SignIn("paul", PASSWORD, "prescriber", WRENFIELD),
    SignIn("fred", PASSWORD, "front desk", WRENFIELD),
    SignIn("ada", PASSWORD, "administrator", f"{WRENFIELD}, {NORTH}, {SOUTH} and {EAST}"),
    SignIn("ines", PASSWORD, f"inspector, for {INSPECTED.days} days", WRENFIELD),
    SignIn("nils", PASSWORD, "second nurse", WRENFIELD),
    SignIn("ivo", PASSWORD, "Authorized Representative", WRENFIELD),
    SignIn("nell", PASSWORD, "nurse", NORTH),
    SignIn("wall", PASSWORD, "display on the wall", WRENFIELD),
    SignIn("otto", PASSWORD, "nurse and administrator", f"{HARBOUR} (another organisation)"),
]


def seed_demo(*, now: datetime, history: int = LONGEST) -> None:
    """Everything up to ``now``, on an empty database and as the application: the clinics, as many past sessions as
    ``history`` says, and a day that has come to this minute."""
    base = now.replace(second=0, microsecond=0)
    timeline = Timeline()
    course = plan_course(Random(f"{SEED} {OPAL.mrn}"), history + 1)  # noqa: S311
    opening = base - max(timedelta(days=course[-1].day), REVIEWED) - timedelta(days=25)
    hashed_once = cache(make_password)
    with (
        mock.patch("django.contrib.auth.models.make_password", hashed_once),
        mock.patch("clinic.actions.pin.make_password", hashed_once),
    ):
        # One password and one PIN, hashed once: for everybody each would be a third of the whole.
        _open_clinics(timeline, opening, base)
    adverse.told_of(Clinic.of(Facility.objects.get(name=WRENFIELD)), timeline, base=base)
    delivered = opening + timedelta(days=1)
    counted.count_past(Clinic.of(Facility.objects.get(name=WRENFIELD)), timeline, base=base, delivered=delivered)
    begin_day(
        timeline,
        base=base,
        registered=base - timedelta(days=5),
        delivered=delivered,
        history=history,
    )


def begin_day(timeline: Timeline, *, base: datetime, registered: datetime, delivered: datetime, history: int) -> None:
    """A day at every clinic, as far as it has come at ``base``. New patients register at ``registered``; devices
    that are missing come at ``delivered``."""
    wrenfield, north, harbour = (
        Scenes(Clinic.of(Facility.objects.get(name=name)), timeline, base=base, registered=registered, history=history)
        for name in (WRENFIELD, NORTH, HARBOUR)
    )
    for scenes, people in (
        (wrenfield, ("nora", "paul", "nils", "fred")),
        (north, ("nell", "pia")),
        (harbour, ("otto",)),
    ):
        _on_site(scenes, people)
    _oximeters(wrenfield)
    shown.show(wrenfield.clinic, today=wrenfield.clinic.day_of(base), now=registered)
    appointments.begin(wrenfield.clinic, timeline, registered=registered, morning=base - SHIFT, base=base)
    wrenfield.all()
    Finished(wrenfield).all()
    elsewhere.day_at_north(north)
    elsewhere.day_at_harbourlight(harbour)
    for day in wrenfield.past_days:
        _arrive(wrenfield, ("nora", "paul"), wrenfield.clinic.local(day, time(7)))
    _fill_cabinet(wrenfield, "W", delivered)
    _fill_cabinet(north, "N", delivered)
    stocked.show(wrenfield.clinic, now=delivered)
    wrenfield.clinic.open_cabinet(wrenfield.clinic.day_of(base))
    timeline.at(base - timedelta(hours=20), lambda at: coursed.show(wrenfield.clinic, OPAL.mrn, now=at))
    timeline.run()
    for scenes in (wrenfield, north, harbour):
        open_pages(scenes.clinic.facility, until=base)


# --- clinics --------------------------------------------------------------------------------------


def _open_clinics(timeline: Timeline, opening: datetime, base: datetime) -> None:
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
        ("ivo", "Ivo Saltmarsh", "", Role.FRONT_DESK),
    ):
        person = hire(clinic, username, name, role, password=PASSWORD, now=opening, credential=credential)
        set_pin(person=person, pin=PIN, by=person, now=opening)
    term = day_span(clinic.day_of(base) + INSPECTED, clinic.facility.zone)[1]
    hire(clinic, "ines", "Ines Iris", Role.INSPECTOR, password=PASSWORD, now=opening, ends_at=term)
    clinic = Clinic.of(clinic.facility)
    shown.show(clinic, today=clinic.day_of(base), now=opening)
    shown.come_and_go(clinic, timeline, base=base, opening=opening)
    clinic.certify(clinic.people["ivo"], "REMS-0417", now=opening)
    reviewed.attest(clinic, now=opening)
    reviewed.show(clinic, reviewed.SHOWN | reviewed.OURS, now=opening, base=base)
    timeline.at(base - REVIEWED, lambda at: reviewed.review(clinic, now=at))
    clinic.list_chairs("12345678", now=opening)
    clinic.add_display("wall", PASSWORD, now=opening)
    clinic.set_policy(now=opening, reason=OPENED)
    for tag in ("OX-01", "OX-02", "OX-03"):
        clinic.check_oximeter(tag, now=opening)
    filings.reach(clinic, now=opening)
    timeline.at(base - REVIEWED, lambda at: filings.use_newer(clinic, now=at))
    timeline.at(
        base - REVIEWED,
        lambda at: clinic.set_policy(
            now=at,
            reason="Review: more checks, a higher SpO₂ floor.",
            overrides={"spo2_floor_percent": 94, "patient_stock_days": 30},
            extra_checks=(20, 60, 90),
            adverse_event_days=10,
        ),
    )
    open_north(organisation, ada, password=PASSWORD, now=opening)
    open_south(organisation, ada, timeline, password=PASSWORD, now=opening)
    open_harbourlight(password=PASSWORD, now=opening)
    open_east(organisation, ada, timeline, password=PASSWORD, base=base, now=opening)


def _fill_cabinet(scenes: Scenes, prefix: str, delivered: datetime) -> None:
    """Bulk devices for every session of the day and of the pasts, and about twenty more, in lots."""
    clinic, today = scenes.clinic, scenes.clinic.day_of(scenes.base)
    clinic.open_cabinet(today)
    had = Device.objects.filter(facility=clinic.facility, patient__isnull=True).count()
    missing = scenes.devices_needed + SPARE_DEVICES - len(clinic.devices_at_hand())
    for lot, numbers in groupby(range(had + 1, had + missing + 1), key=lambda number: number // 24):
        expires = month_end(today + timedelta(days=200 + 60 * (lot % 5)))
        named = [f"{prefix}-{1000 + number}" for number in numbers]
        clinic.receive(named, f"L-{77 + lot}", expires, now=delivered)
    clinic.open_cabinet(today)


def _on_site(scenes: Scenes, people: tuple[str, ...]) -> None:
    """The list of who is here is the calendar day's. Shortly after midnight today's sessions began yesterday, and
    whoever was here then still is."""
    clinic, shift_began = scenes.clinic, scenes.base - SHIFT
    midnight = clinic.local(clinic.day_of(scenes.base), time.min)
    _arrive(scenes, people, max(midnight, shift_began))
    if shift_began < midnight:
        _arrive(scenes, people, shift_began)


def _arrive(scenes: Scenes, people: tuple[str, ...], when: datetime) -> None:
    for username in people:
        scenes.timeline.at(when, partial(_arrives, scenes.clinic, username))


def _arrives(clinic: Clinic, username: str, now: datetime) -> None:
    clinic.arrive(clinic.people[username], now=now)


def _oximeters(scenes: Scenes) -> None:
    for tag, working in (("OX-01", True), ("OX-02", True), ("OX-03", False)):
        scenes.timeline.at(scenes.base - SHIFT, partial(_looked_at, scenes.clinic, tag, working))


def _looked_at(clinic: Clinic, tag: str, working: bool, now: datetime) -> None:
    clinic.check_oximeter(tag, working=working, now=now)
