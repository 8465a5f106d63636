"""A clinic in many states, its annex, a clinic of somebody else's, and everybody who may knock: each signed in."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import Resolver404, resolve

from clinic.actions.facility import open_facility
from clinic.matrix import opens
from clinic.models import Device, Organisation, User
from clinic.rules.count import Lot
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Audience, Role
from clinic.rules.stock import StockKind
from sessions_app.rules.states import State
from sessions_app.views.scope import FACILITY_KEY
from tests.clinic.actions.cabinet_attempts import a_supplier, lose, one_more_cabinet, waste
from tests.clock import clock_at
from tests.counted import counted_and_differs, counted_and_recalled
from tests.factories import (
    NINE,
    OPENING,
    PIN,
    Cast,
    Walk,
    booked,
    checked_in,
    cleared,
    employ,
    full_check,
    give_pin,
    in_monitoring,
    in_state,
    make_cast,
    make_course,
    make_device,
    make_patient,
    make_person,
    make_tablet,
    minutes,
    ready_to_leave,
)
from tests.filings import form_of
from tests.fuzz.forms import Shown
from tests.fuzz.hostile import SCRIPT
from tests.fuzz.meant import MEANT, NOW, Meant
from tests.pages import Page, every_page, things_of
from tests.sessions_app.rich import rich_session

# What stands in everything of the other clinic's that has a name, and what stands in ours.
THEIRS = b"Zyzzogeton"
OURS = (b"Rosalind", b"Wrenfield")
SECRET = "what-only-this-tablet-knows"

# Who knocks: the role they hold, if any, and whether at ours. On the tablet a nurse came in with her PIN.
WHO: dict[str, tuple[Role | None, bool]] = {
    "nobody": (None, False),
    **{role.value: (role, True) for role in Role},
    "tablet": (Role.NURSE, True),
    "annex": (Role.PRESCRIBER, False),
    "other nurse": (Role.NURSE, False),
    "other administrator": (Role.ADMINISTRATOR, False),
}


@dataclass
class House:
    """``things``: what stands in addresses, of each session of ours by its name; ``theirs``: of the other clinic's."""

    walks: dict[str, Walk]
    things: dict[str, dict[str, Any]]
    theirs: list[dict[str, Any]]
    devices: list[Device]
    asked_of_the_prescriber: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    pages: list[Page] = field(default_factory=every_page)

    def client(self, who: str) -> Client:
        """As whoever this is, in a browser that remembers nothing of another request; what goes wrong inside is told
        by the answer and the log."""
        return Client(HTTP_COOKIE=self.cookies[who], raise_request_exception=False)

    @staticmethod
    def is_ours(who: str) -> bool:
        return WHO[who][1] or who in ("nobody", "annex")

    def may(self, page: Page, who: str) -> bool:
        role, ours = WHO[who]
        if role is None:
            return page.takes is Audience.EVERYBODY
        return opens(role, page.takes) and (ours or not page.of_a_record)

    @property
    def cast(self) -> Cast:
        return self.walks["monitoring"].cast

    def meant(self, page: Page) -> Meant | None:
        """How this page is filled in by somebody who means it, where this house has the session for it."""
        meant = MEANT.get(page.name)
        return meant if meant and (not meant.at or meant.at in self.things) else None

    def readers(self, page: Page) -> list[str]:
        return [who for who in WHO if self.may(page, who)]

    def urls(self, page: Page, *, theirs: bool = False) -> list[str]:
        ours = dict.fromkeys(page.url(things) for things in self.things.values())
        return [url for url in dict.fromkeys(map(page.url, self.theirs)) if url not in ours] if theirs else list(ours)


def make_house(*, whole: bool) -> House:
    """Inside a transaction that is taken back afterwards, the clock at NOW. ``whole``: a session in every state."""
    cast = make_cast()
    walks = {"monitoring": in_monitoring(cast), "rich": rich_session(cast)}
    if whole:
        walks |= {
            "checked in": checked_in(cast),
            "ready": ready_to_leave(cast),
            "booked": booked(cast),
            "ordered": _ordered(cast),
            "high": checked_in(cast),
            "cleared": cleared(cast, now=NOW - minutes(30)),
            "dosing": in_state(cast, State.DOSING),
            "told late": in_state(cast, State.DOSING),
            "left early": in_state(cast, State.LEFT_EARLY),
            "off label": checked_in(cast, of_course=make_course(cast, indication="GAD")),
        }
        walks["monitoring"].check(NINE + minutes(100))
        by_himself = {"exception_reason": "He took it by himself.", "outcome": None}
        walks["cleared"].take(NOW - minutes(2), count=2)
        walks["told late"].give(NOW - minutes(1), at=NOW - minutes(20), **by_himself)
        counted_and_recalled(cast)
    devices = [make_device(cast) for _number in range(4)]
    things = {name: things_of(walk) for name, walk in walks.items()}
    house = House(walks, things, [things_of(walk) for walk in _other_clinic()], devices)
    if whole:
        reading = walks["high"].check(NOW - minutes(5), full_check(150, 80))
        house.asked_of_the_prescriber = urlencode({"code": "BASELINE_BP", "bound": str(reading.pk)})
        course = make_course(cast, patient=make_patient(cast, name=("Linden", "Tamarack")))
        things["second cabinet"] = {**things["monitoring"], "cabinet_id": one_more_cabinet(cast).pk}
        a_supplier(cast)
        found = counted_and_differs(cast, Lot("esketamine", "L-77", StockKind.BULK))
        things["differs"] = {**things["monitoring"], "count_id": found.pk}
        wasted, lost = make_device(cast), make_device(cast)
        waste(cast, wasted)
        lose(cast, lost)
        things["wasted"] = {**things["monitoring"], "device_id": wasted.pk}
        version = form_of(walks["rich"]).filingversions.get()
        things["sent"] = {**things["rich"], "row_kind": "FilingVersion", "row_id": version.pk}
        things["with a course"] = {**things["monitoring"], "patient_id": course.patient_id, "course_id": course.pk}
    never = make_patient(cast, name=("Aster", "Tamarack"))
    things["never treated"] = {**things["monitoring"], "patient_id": never.pk, "attestation_code": "ENROLLED"}
    house.theirs.append({**things["rich"], **_rows_of(house.theirs[0])})  # of theirs, under a session of ours
    _sign_in(house, walks["monitoring"])
    return house


def _ordered(cast: Cast) -> Walk:
    """Everything that is asked before the dose is answered, and nobody has cleared it yet."""
    walk = checked_in(cast, now=NOW - minutes(40))
    walk.answer(NOW - minutes(30))
    walk.check(NOW - minutes(20))
    walk.order(NOW - minutes(20))
    return walk


def _rows_of(things: dict[str, Any]) -> dict[str, Any]:
    above = ("session_id", "patient_id", "person_id")
    return {name: value for name, value in things.items() if name.endswith("_id") and name not in above}


def _other_clinic() -> list[Walk]:
    name = THEIRS.decode()
    group = Organisation.objects.create(name=f"{name} Group")
    cast = make_cast(facility_name=f"{name} Clinic", organisation=group, suffix="-elsewhere")
    for role in (Role.NURSE, Role.ADMINISTRATOR):
        employ(make_person(f"other {role.value}", f"{name} {role.value.title()}"), cast.facility, role)
    courses = [make_course(cast, patient=make_patient(cast, name=(name, name))) for _each in range(2)]
    make_tablet(cast, name=f"{name} tablet")
    return [in_monitoring(cast, of_course=courses[0]), booked(cast, of_course=courses[1])]


def _sign_in(house: House, walk: Walk) -> None:
    cast = walk.cast
    annex = open_facility(
        organisation=cast.facility.organisation,
        name=f"{SCRIPT} Annex",
        setting=Setting.OUTPATIENT,
        time_zone="America/New_York",
        address=SCRIPT,
        by=None,
        now=OPENING,
    )
    people = {role.value: make_person(f"one {role}", f"One {role}") for role in Role}
    for role in Role:
        employ(people[role.value], cast.facility, role)
    employ(people["administrator"], annex, Role.ADMINISTRATOR)
    people["annex"] = make_person("annexed", "Annexed")
    employ(people["annex"], annex, Role.PRESCRIBER)
    people |= {who: User.objects.get(username=who) for who in ("other nurse", "other administrator")}
    house.cookies["nobody"] = ""
    for who, person in people.items():
        client = Client()
        client.force_login(person)
        if who == "administrator":  # of the annex too, whose name comes first
            session = client.session
            session[FACILITY_KEY] = str(cast.facility.pk)
            session.save()
        house.cookies[who] = client.cookies.output(header="", sep=";")
    give_pin(cast.nora)
    make_tablet(cast, name="Room 7", secret=SECRET)
    at_tablet = Client()
    at_tablet.cookies[settings.TABLET_COOKIE_NAME] = SECRET
    came_in = at_tablet.post("/tablet/", {"person": str(cast.nora.pk), "pin": PIN})
    assert came_in.status_code == 302, came_in.content
    house.cookies["tablet"] = at_tablet.cookies.output(header="", sep=";")
    shown = at_tablet.get("/patients/").content.decode()
    house.token = shown.partition('data-author="')[2].partition('"')[0]
    assert house.token


@contextmanager
def apart() -> Iterator[None]:
    """Taken back at its end; what wants a transaction of its own inside takes this one for the test's."""
    with transaction.atomic() as _nothing, from_testcase():
        yield
        transaction.set_rollback(True)


@contextmanager
def from_testcase() -> Iterator[None]:
    connection.atomic_blocks[-1]._from_testcase = True
    yield


def sequence() -> int:
    """How much was ever written, at any facility."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(last_sequence), 0) FROM clinic_auditchain")
        return int(cursor.fetchone()[0])


def leads(house: House, whos: tuple[str, ...]) -> dict[str, list[str]]:
    """Where the pages of these people lead, by the name of the address: with the queries that our own links have."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    asked: set[str] = set()
    for who in whos:
        for page in house.pages:
            for url in house.urls(page)[:2] if house.may(page, who) else ():
                if (who, url) in asked or page.name == "account_logout":
                    continue
                asked.add((who, url))
                for link in Shown.of(house.client(who).get(url)).links:
                    if name := _name_of(link):
                        found[name][link] = None
    return {name: list(links) for name, links in found.items()}


def _name_of(link: str) -> str:
    try:
        return str(resolve(urlsplit(link).path).url_name)
    except Resolver404:
        return ""


@contextmanager
def open_house(*, whole: bool) -> Iterator[House]:
    """Taken back at its end. However long it stands, nobody is signed out of the tablet for leaving it alone."""
    with apart(), override_settings(TABLET_LOCK_MINUTES=0):
        with clock_at(NOW):
            made = make_house(whole=whole)
        yield made
