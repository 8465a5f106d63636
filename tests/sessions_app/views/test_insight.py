"""The pages of the dashboards: from every number to what it counts, and who is led there."""

import re
from typing import Any
from urllib.parse import parse_qsl

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import Organisation, RecordAccess, User
from sessions_app.models.insight.base import Scope
from sessions_app.simulate.clinic import open_place
from tests.clock import clock_at
from tests.factories import NINE
from tests.sessions_app.test_insight import scope

__all__ = ["scope"]


def opened(client: Client, name: str, by: str, **asked: str) -> Any:
    client.force_login(User.objects.get(username=by))
    with clock_at(NINE):
        return client.get(reverse(f"sessions_app:{name}"), {"first": "2020-01-01", "last": "2026-04-10", **asked})


class TestThePages:
    def test_a_nurse_goes_from_a_number_to_its_sessions(self, scope: Scope, db: None, client: Client) -> None:
        page = opened(client, "insight", "nora").content.decode()
        assert "of=LEFT_EARLY" in page
        assert "100.0 %" in page
        assert "Open, hours" not in page  # no hours are written down
        before = RecordAccess.objects.count()
        listed = opened(client, "insight-sessions", "nora", of="LEFT_EARLY")
        assert len(listed.context["rows"]) == 1
        assert RecordAccess.objects.count() == before + 1
        assert opened(client, "insight-sessions", "nora", of="NOTHING").status_code == 404

    def test_every_number_of_the_page_opens_what_it_says(self, scope: Scope, db: None, client: Client) -> None:
        """Whatever has a link opens as many as it says, or the page where it stands; whatever has none is nothing."""
        page = opened(client, "insight", "nora").content.decode()
        links = re.findall(r'<a href="/insight/sessions/\?([^"]+)">(\d+)<span', page)
        assert len(links) > 100
        counts: dict[str, int] = {}
        for query, number in links:
            asked = dict(parse_qsl(query.replace("&amp;", "&")))
            if "page" in asked or asked.get("of") in ("AGE", "DEPARTURE_HELD", "DEPARTURE_MISSED"):
                assert opened(client, "insight-sessions", "nora", **asked).context["rows"]
            elif asked.get("of") and asked.get("cut", "TWO_DEVICES") == "TWO_DEVICES":
                counts[query] = int(number)
        for query, number in counts.items():
            asked, seen, number_of_page = dict(parse_qsl(query.replace("&amp;", "&"))), 0, 0
            while True:
                number_of_page += 1
                context = opened(client, "insight-sessions", "nora", **asked, page=str(number_of_page)).context
                assert (context["less"] != "") is (number_of_page > 1)
                seen += len(context["rows"])
                if not context["more"]:
                    break
            assert seen == number, query

    def test_what_stands_behind_a_number_says_what_it_is_and_asks_as_often(
        self, scope: Scope, db: None, client: Client
    ) -> None:
        for of, words in (("READY", "min"), ("PATIENTS", "sessions"), ("AGE", "aged"), ("DAYS_TO_FORM", "day")):
            opened(client, "insight-sessions", "nora", of=of)  # written down as opened
            with CaptureQueriesContext(connection) as captured:
                listed = opened(client, "insight-sessions", "nora", of=of)
            assert len(captured) <= 16
            assert words in listed.context["rows"][0]["value"]
            assert "In the order of what is counted." in listed.content.decode()
        second = opened(client, "insight-sessions", "nora", of="READY", page="2")
        assert second.context["rows"]
        assert second.context["rows"][0]["url"] not in {
            row["url"] for row in opened(client, "insight-sessions", "nora", of="READY").context["rows"]
        }

    def test_an_administrator_sees_no_session_and_no_few(self, scope: Scope, db: None, client: Client) -> None:
        page = opened(client, "insight", "ada").content.decode()
        assert "too few to tell" in page
        assert "of=" not in page
        assert opened(client, "insight-sessions", "ada", of="LEFT_EARLY").status_code == 403
        assert opened(client, "insight", "fred").status_code == 403

    def test_devices_of_several_facilities_are_told_of_each(self, scope: Scope, db: None, client: Client) -> None:
        """A sum stands under what it is of; a book opens where its reader is."""
        one = opened(client, "insight", "ada").context["stock"]["rows"]
        told = {row[0].text: row[1] for row in one}
        assert all(cell.url.startswith(reverse("sessions_app:stock-book")) for cell in told.values())
        ada = User.objects.get(username="ada")
        open_place(Organisation.objects.get(), ada, 1, opened=NINE)
        several = opened(client, "insight", "ada", where="all").context["stock"]
        here, other, both = ([cell.text for cell in row] for row in several["rows"])
        assert here == ["Alder clinic 1", *(cell.text for cell in told.values())]
        assert other == ["Birch clinic 2", *["0"] * len(told)]
        assert both == ["All", *here[1:]]
        assert [cell.url for cell in several["rows"][0][1:]] == [cell.url for cell in told.values()]
        assert not any(cell.url for row in several["rows"][1:] for cell in row)
        lines = opened(client, "insight-csv", "ada", where="all").content.decode()
        assert '"Given: Alder clinic 1"' in lines
        assert '"Given: All"' in lines

    def test_it_is_taken_away_as_a_file_and_written_down(self, scope: Scope, db: None, client: Client) -> None:
        answer = opened(client, "insight-csv", "nora")
        assert answer["Content-Type"].startswith("text/csv")
        assert '"Sedation"' in answer.content.decode()

    def test_it_asks_as_often_however_many_there_are(self, scope: Scope, db: None, client: Client) -> None:
        opened(client, "insight", "nora")  # signed in
        with CaptureQueriesContext(connection) as many:
            opened(client, "insight", "nora")
        with CaptureQueriesContext(connection) as none:
            opened(client, "insight", "nora", last="2020-01-02")
        assert len(none) <= len(many) <= 23  # of nobody's courses nobody asks when they began
