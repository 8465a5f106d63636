"""A month's exceptions and deviations: each by name, counted by kind, printed and as a file in which nothing runs."""

import csv
import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import RecordAccess
from sessions_app.actions import discharge
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, cleared, in_monitoring, minutes
from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
MONTH = "/facility/left-early/?month=2026-04"


@pytest.fixture
def walk(cast: Cast) -> Walk:
    """Two devices three minutes apart, the second by a hand that types formulas; and a check that was missed."""
    walk = cleared(cast)
    walk.give(NINE + minutes(30))
    walk.give(NINE + minutes(33), exception_reason="=HYPERLINK(0)")
    walk.finish(NINE + minutes(35))
    discharge.record_deviation(code="PEAK_CHECK", reason="He was asleep.", **walk.envelope(LAST_DEVICE + minutes(60)))
    return walk


def seen(client: Client, url: str) -> Any:
    with clock_at(STAY_ENDS):
        return client.get(url)


class TestTheMonth:
    def test_each_is_there_by_name_and_each_kind_with_its_count_that_opens_its_own(
        self, cast: Cast, walk: Walk, client: Client
    ) -> None:
        client.force_login(cast.ines)
        page = seen(client, MONTH)
        assert [(each["word"], each["count"]) for each in page.context["counts"]] == [
            ("Deviation: 40-min check", 1),
            ("Exception: rest between devices", 1),
        ]
        assert [row["name"] for row in page.context["exceptions"]] == ["Rosalind Tamarack"] * 2
        url = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
        assert page.content.decode().count(f'href="{url}"') == 2
        only = seen(client, page.context["counts"][0]["url"])
        assert [row["what"] for row in only.context["exceptions"]] == ["Deviation: He was asleep."]

    def test_another_month_and_another_clinic_know_nothing_of_it(
        self, cast: Cast, walk: Walk, client: Client, otto: Any
    ) -> None:
        client.force_login(cast.nora)
        assert seen(client, "/facility/left-early/?month=2026-03").context["exceptions"] == []
        client.force_login(otto)
        assert seen(client, MONTH).context["exceptions"] == []

    def test_what_was_taken_back_is_not_counted(self, cast: Cast, walk: Walk, client: Client) -> None:
        (missed,) = walk.rows("Deviation")
        walk.void(missed, STAY_ENDS)
        client.force_login(cast.nora)
        assert len(seen(client, MONTH).context["exceptions"]) == 1

    def test_it_asks_as_much_of_the_database_for_many_as_for_one(
        self, cast: Cast, walk: Walk, client: Client, django_assert_max_num_queries: Any
    ) -> None:
        client.force_login(cast.nora)
        with django_assert_max_num_queries(20) as one:
            seen(client, MONTH)
        for _more in range(3):
            other = in_monitoring(cast)
            discharge.record_deviation(code="PEAK_CHECK", reason="Busy.", **other.envelope(LAST_DEVICE + minutes(60)))
        with django_assert_max_num_queries(len(one)):
            assert len(seen(client, MONTH).context["exceptions"]) == 5


class TestTheFile:
    def test_it_has_every_line_and_no_cell_does_anything(self, cast: Cast, walk: Walk, client: Client) -> None:
        walk.leave_early(STAY_ENDS)
        client.force_login(cast.nora)
        answer = seen(client, "/facility/left-early/csv/?month=2026-04")
        head, *lines = csv.reader(answer.content.decode("utf-8-sig").splitlines())
        assert len(head) == 8
        assert [(line[2], line[4]) for line in lines] == [
            (kind, "Rosalind Tamarack") for kind in ("exception", "deviation", "left early")
        ]
        assert lines[0][3].endswith("=HYPERLINK(0)")
        assert not lines[0][3].startswith("=")
        assert lines[0][:2] == ["2026-04-14", "09:33-0400"]
        taken = RecordAccess.objects.get(kind="EXPORTED")
        assert taken.patient == walk.dosing_session.patient
        assert taken.digest == hashlib.sha256(answer.content).hexdigest()

    @pytest.mark.parametrize("name", ["ada", "fred"])
    def test_it_is_for_those_who_read_charts(self, cast: Cast, client: Client, name: str) -> None:
        client.force_login(getattr(cast, name))
        assert seen(client, "/facility/left-early/csv/?month=2026-04").status_code == 403
        assert not RecordAccess.objects.exists()
