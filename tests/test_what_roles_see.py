"""The front desk and the administrator do their work without the chart: on every page they can open, nothing of what
was measured, seen, asked, decided or given stands, not even hidden."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import User
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.counted import counted_and_recalled
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Cast,
    Walk,
    booked,
    checked_in,
    employ,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
)
from tests.pages import Page, pages, things_of
from tests.scene import as_next_request, scene
from tests.sessions_app.rich import rich_session

pytestmark = pytest.mark.django_db
NOW = STAY_ENDS + minutes(90)

# What was charted in this clinic, and the words of a chart.
CHARTED = (
    "150/80",
    "151/93",
    "150/92",
    "180/95",
    "128/82",
    "Ondansetron",
    "Fainted",
    "Hepatic",
    "asleep",
    "by himself",
)
WORDS = (
    r"\bBP\b",
    "SpO₂",
    "MOAA",
    "edation",
    "issociation",
    "ontraindication",
    "neurysm",
    "56 mg",
    "ff-label",
    "nxiety",
)
# Not about anybody: the clinic's own numbers, what may be entered, what a blank sheet asks.
ABOUT_NOBODY = (
    "facility",
    "set-policy",
    "blank-sheet",
    "start-course",
    "permissions",
    "portfolio",
    "facility-forms",
    "insight",
    "switch-edition",
    "raise-emergency",
    "record-allergy",
    "record-consent",
)


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cast, list[dict[str, Any]]]]:
    """Somebody held by a reading that alarms, somebody gone after an eventful day, one waiting, one booked."""
    with scene(django_db_blocker):
        cast = make_cast()
        rich = rich_session(cast)
        held = in_monitoring(cast)
        held.check(LAST_DEVICE + minutes(40), full_check(150, 92))
        held.check(STAY_ENDS, full_check(151, 93, spo2=88))
        counted_and_recalled(cast)
        off_label = make_course(cast, indication="GAD")
        walks: list[Walk] = [rich, held, checked_in(cast), booked(cast, of_course=off_label)]
        yield cast, [things_of(walk) for walk in walks]


def opened(client: Client, page: Page, things: dict[str, Any]) -> str:
    """The page as sent; empty for one that is not shown to this person, or is no page."""
    with clock_at(NOW):
        answer = client.get(page.url(things))
    shown = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if shown else ""


def person_of(cast: Cast, name: str) -> User:
    person: User = getattr(as_next_request(cast), name)
    return person


@pytest.mark.parametrize("name", ["fred", "ada"])
def test_nothing_of_the_chart_stands_on_any_page_of_theirs(clinic: Any, client: Client, name: str) -> None:
    cast, house = clinic
    client.force_login(person_of(cast, name))

    found, seen, asked = [], set(), set()
    for page in pages():
        for things in house:
            if page.url(things) in asked:  # it is about nobody, or about nothing that stands here
                continue
            asked.add(page.url(things))
            text = opened(client, page, things)
            seen |= {page.name} if text else set()
            words = CHARTED if page.name in ABOUT_NOBODY else (*CHARTED, *WORDS)
            found += [(page.name, word) for word in words if re.search(word, text)]

    assert found == []
    assert {"floor", "dosing-session", "patient-page", "patients", "facility"} <= seen


@pytest.mark.parametrize("name", ["nora", "paul", "ines"])
def test_whoever_treats_or_inspects_reads_it(clinic: Any, client: Client, name: str) -> None:
    cast, house = clinic
    client.force_login(person_of(cast, name))
    by_name = {page.name: page for page in pages()}

    assert "151/93" in opened(client, by_name["floor"], house[1])
    for expected in ("151/93", "edation", "SpO"):
        assert expected in opened(client, by_name["dosing-session"], house[1])
    assert "Ondansetron" in opened(client, by_name["dosing-session"], house[0])
    assert "180/95" in opened(client, by_name["ambulance"], house[0])


class TestTheFrontDesk:
    def test_it_sees_that_somebody_is_needed_and_where(self, clinic: Any, client: Client) -> None:
        client.force_login(person_of(clinic[0], "fred"))
        with clock_at(NOW):
            floor = client.get("/").content.decode()
        assert "Somebody is needed here" in floor
        assert 'data-alarm="' in floor
        assert "bp:" not in floor.lower()

    def test_it_is_led_to_what_is_its_own(self, clinic: Any, client: Client) -> None:
        cast, house = clinic
        client.force_login(person_of(cast, "fred"))
        with clock_at(NOW):
            page = client.get(reverse("sessions_app:dosing-session", args=[house[2]["session_id"]])).content.decode()
        for step in ("report-intake", "verify-enrolment", "arrange-way-home"):
            assert f"/{step}/" in page
        for step in ("answer-questions", "record-check", "order-dose"):
            assert f"/{step}/" not in page

    def test_it_sees_who_takes_the_patient_home(self, clinic: Any, client: Client) -> None:
        cast, house = clinic
        client.force_login(person_of(cast, "fred"))
        with clock_at(NOW):
            page = client.get(reverse("sessions_app:dosing-session", args=[house[1]["session_id"]])).content.decode()
        assert "Basil Tamarack" in page


def test_a_second_role_adds_its_own_sight(clinic: Any, client: Client) -> None:
    cast, house = clinic
    ada = person_of(cast, "ada")
    employ(ada, cast.facility, Role.NURSE)
    client.force_login(ada)
    by_name = {page.name: page for page in pages()}
    assert "151/93" in opened(client, by_name["dosing-session"], house[1])
