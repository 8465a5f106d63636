"""What falls due: each line while it does, for whoever books, with nothing of an illness."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.actions.course import set_policy
from sessions_app.actions.course_record import review_benefit
from sessions_app.models import DosingSession
from sessions_app.rules.benefit_review import Benefit
from tests.clock import clock_at
from tests.course_records import an_authorisation
from tests.factories import NINE, Cast, booked, discharged, entry, make_course
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
DUE = reverse("sessions_app:due")
DAY = timedelta(days=1)


def asks_again_after(cast: Cast, days: int) -> None:
    said: dict[str, Any] = {"facility": cast.facility, "program_version": cast.program_version, "overrides": {}}
    set_policy(**said, reason="Ours.", contraindication_review_days=days, entry=entry(), by=cast.ada, now=NINE)


def lines(client: Client, person: Any, at: Any = NINE) -> dict[str, list[str]]:
    """By part: what each line says."""
    client.force_login(person)
    with clock_at(at):
        page = client.get(DUE)
    return {
        panel["id"]: [f"{line['name']}: {line['said']} ({line['badge']['word']})" for line in panel["lines"]]
        for panel in page.context["panels"]
    }


def sections(found: dict[str, list[str]]) -> tuple[int, int, int]:
    return len(found["asked"]), len(found["reviews"]), len(found["authorisations"])


def test_questions_run_out_by_the_clinics_own_days(cast: Cast, client: Client) -> None:
    walk = discharged(cast)
    assert lines(client, cast.fred)["asked"] == []  # no clinic's number, no review
    asks_again_after(cast, 30)
    for after, word in ((16, ""), (17, "Running out"), (30, "Running out"), (31, "Over")):
        asked = lines(client, cast.fred, NINE + after * DAY)["asked"]
        assert [word in line for line in asked] == ([True] if word else []), after
    assert "hold to the end of 14 May 2026" in asked[0]
    booked(cast, of_course=make_course(cast), now=NINE + 31 * DAY)
    both = lines(client, cast.fred, NINE + 31 * DAY - timedelta(hours=1))["asked"]
    assert [line.rpartition("(")[2] for line in both] == ["Over)", "Not asked yet)"]
    assert walk.dosing_session.patient.full_name in both[0]


def test_of_equals_whoever_comes_first_stands_first(cast: Cast, client: Client) -> None:
    days = {booked(cast, now=NINE + after * DAY).dosing_session.patient.mrn: after for after in (3, 1, 2)}
    client.force_login(cast.fred)
    with clock_at(NINE):
        panels = client.get(DUE).context["panels"]
    assert [line["mrn"] for line in panels[0]["lines"]] == sorted(days, key=days.__getitem__)


def test_the_benefit_review_is_due_until_the_prescriber_signed_one(cast: Cast, client: Client) -> None:
    walk = discharged(cast)
    for after, word in ((20, ""), (21, "Due"), (28, "Overdue")):
        reviews = lines(client, cast.fred, NINE + after * DAY)["reviews"]
        assert [f"({word})" in line for line in reviews] == ([True] if word else []), after
    said: dict[str, Any] = {"course": walk.dosing_session.course, "benefit": Benefit.YES, "plan": "Weekly."}
    review_benefit(**said, entry=entry(), by=cast.paul, now=NINE + 28 * DAY)
    assert lines(client, cast.fred, NINE + 28 * DAY)["reviews"] == []


def test_an_authorisation_that_runs_out_waits_for_the_next(cast: Cast, client: Client) -> None:
    course = discharged(cast).dosing_session.course
    an_authorisation(cast, course, sessions=4, to_date=date(2026, 5, 31))
    assert lines(client, cast.fred)["authorisations"] == []
    assert "Running out" in lines(client, cast.fred, NINE + 40 * DAY)["authorisations"][0]
    an_authorisation(cast, course, sessions=2, from_date=date(2026, 4, 2), to_date=date(2026, 5, 31))
    assert "1 of 2 sessions used (Running out)" in lines(client, cast.fred)["authorisations"][0]
    an_authorisation(cast, course, from_date=date(2026, 6, 1))
    assert lines(client, cast.fred, NINE + 40 * DAY)["authorisations"] == []


def test_it_is_of_whoever_is_being_treated_here(cast: Cast, client: Client) -> None:
    make_course(cast)  # nobody comes
    assert sections(lines(client, cast.fred)) == (0, 0, 0)
    booked(cast)
    assert sections(lines(client, cast.fred)) == (1, 0, 0)
    assert sections(lines(client, cast.fred, NINE + 61 * DAY)) == (0, 0, 0)


def test_the_desk_reads_nothing_of_an_illness_and_whoever_only_reads_is_refused(cast: Cast, client: Client) -> None:
    walk = discharged(cast)
    asks_again_after(cast, 1)
    an_authorisation(cast, walk.dosing_session.course, to_date=date(2026, 4, 20))
    at = NINE + 28 * DAY
    for person, way in ((cast.fred, "patient-page"), (cast.ada, "patient-page"), (cast.nora, "course-page")):
        assert sections(lines(client, person, at)) == (1, 1, 1)
        with clock_at(at):
            page = client.get(DUE).content.decode().partition("<main")[2]
        course = walk.dosing_session.course
        args = [course.patient_id, course.pk] if way == "course-page" else [course.patient_id]
        assert f'href="{reverse(f"sessions_app:{way}", args=args)}"' in page
        assert reverse("sessions_app:record-authorisation", args=[course.patient_id, course.pk]) in page
        assert not re.search("TRD|[Dd]epress|[Cc]ontraindic|[Bb]enefit|esketamine|SPRAVATO", page)
    client.force_login(cast.ines)
    with clock_at(at):
        assert client.get(DUE).status_code == 403


def test_it_asks_as_often_for_many(cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
    client.force_login(cast.fred)
    for count in (1, 5):
        for _number in range(count):
            an_authorisation(cast, booked(cast).dosing_session.course, to_date=date(2026, 4, 20))
        with clock_at(NINE):
            client.get(DUE)
            with django_assert_num_queries(13):
                client.get(DUE)
    assert DosingSession.objects.count() == 6
