"""Who opened whose record: written once an hour by every page about a patient, and shown to whoever reviews it."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import AuditEvent, Patient, RecordAccess
from clinic.rules.roles import Role
from sessions_app.models import Course, access_list
from sessions_app.views import opened
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, booked, employ, in_monitoring, make_patient, minutes
from tests.pages import pages, things_of
from tests.scene import cast, clinic, otto
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db
PAGE, FILE = "/facility/access/", "/facility/access/csv/"
NOW = STAY_ENDS + minutes(90)
# About nothing of this patient's: another's, or a paper of the facility.
OF_NOBODY = {"document"}


def of(person: Any) -> list[tuple[str, str, str]]:
    rows = RecordAccess.objects.filter(person=person).select_related("patient").order_by("at", "kind")
    return [(row.kind, row.roles, row.patient.mrn if row.patient else "") for row in rows]


def page_of(walk: Any) -> str:
    return reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])


class TestOpening:
    def test_every_page_about_a_patient_is_written(self, cast: Cast, client: Client) -> None:
        things = things_of(rich_session(cast))
        employ(cast.paul, cast.facility, Role.ADMINISTRATOR)
        unwritten, asked = [], 0
        about = [each for each in pages() if {"session_id", "patient_id", "document_id"} & set(each.asks)]
        with clock_at(NOW) as wall:
            for number, each in enumerate(about):
                client.force_login(cast.paul)
                with clock_at(NOW + timedelta(hours=number)) as wall:
                    answer = client.get(each.url(things))
                if answer.status_code in (200, 302) and each.name not in OF_NOBODY:
                    asked += 1
                    at = (NOW + timedelta(hours=number)).replace(minute=0)
                    if not RecordAccess.objects.filter(person=cast.paul, patient=things["patient_id"], at=at).exists():
                        unwritten.append(each.name)
        assert unwritten == []
        assert asked > 50, wall

    def test_it_is_once_an_hour_and_patient_with_the_role(self, cast: Cast, client: Client) -> None:
        walk = booked(cast)
        client.force_login(cast.fred)
        for at in (NINE, NINE + minutes(5), NINE + minutes(59), NINE + minutes(60)):
            with clock_at(at):
                client.get(page_of(walk))
        assert of(cast.fred) == [("OPENED", "front_desk", walk.dosing_session.patient.mrn)] * 2

    def test_it_costs_one_query_and_waits_for_no_chain(self, cast: Cast, client: Client) -> None:
        walk = booked(cast)
        client.force_login(cast.nora)
        with clock_at(NINE), CaptureQueriesContext(connection) as asked:
            client.get(page_of(walk))
        writing = [query["sql"] for query in asked if "recordaccess" in query["sql"]]
        assert len(writing) == 1
        assert "ON CONFLICT DO NOTHING" in writing[0]
        assert not [query for query in asked if "FOR UPDATE" in query["sql"]]

    def test_a_page_that_renews_itself_is_not_and_one_that_only_says_so_is(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(cast.nora)
        with clock_at(NINE + minutes(60)):
            version = client.get(page_of(walk)).context["version"]
        renews = {"X-Requested-With": "refresh", "If-None-Match": f'"{version}"'}
        with clock_at(NINE + minutes(121)):
            assert client.get(page_of(walk), headers=renews).status_code == 200
            assert len(of(cast.nora)) == 1
            client.get(page_of(walk), headers={**renews, "If-None-Match": '"of-nobody"'})
        assert [kind for kind, _roles, _mrn in of(cast.nora)] == ["OPENED", "KEPT"]

    @pytest.mark.parametrize("how", ["keep", "ahead"])
    def test_what_a_tablet_fetches_is_kept_until_it_says_it_was_opened(
        self, cast: Cast, client: Client, how: str
    ) -> None:
        walk = in_monitoring(cast)
        client.force_login(cast.nora)
        with clock_at(NINE + minutes(60)):
            text = client.get(page_of(walk), headers={"X-Requested-With": how}).content.decode()
            assert [kind for kind, *_rest in of(cast.nora)] == ["KEPT"]
            assert (" data-ahead" in text) == (how == "ahead")
            assert client.post(page_of(walk) + "report-opened/").status_code == 204
        assert [kind for kind, *_rest in of(cast.nora)] == ["KEPT", "OPENED"]

    def test_nobody_is_written_for_what_they_may_not_see(self, cast: Cast, client: Client, otto: Any) -> None:
        walk = booked(cast)
        client.force_login(otto)
        assert client.get(page_of(walk)).status_code == 404
        assert client.post(page_of(walk) + "report-opened/").status_code == 404
        client.force_login(cast.fred)
        assert client.get(page_of(walk) + "record-check/").status_code == 403
        assert not RecordAccess.objects.exists()

    def test_a_patient_is_shown_where_it_cannot_be_written(
        self, cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(**said: Any) -> None:
            raise OperationalError("could not extend file: No space left on device")

        monkeypatch.setattr(opened, "note_opened", full)
        client.force_login(cast.nora)
        assert client.get(page_of(booked(cast))).status_code == 200


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


def look(client: Client, url: str, *, at: Any = NINE) -> Any:
    with clock_at(at):
        return client.get(url)


def shown(client: Client, **asked: str) -> list[tuple[str, str, str]]:
    with clock_at(NINE):
        rows = client.get(PAGE, asked).context["rows"]
    return [(row["who"], row["patient"], row["time"]) for row in rows]


class TestTheList:
    def test_it_says_who_as_what_whose_and_when(self, cast: Cast, ada: Client) -> None:
        patient = make_patient(cast)
        ada.force_login(cast.fred)
        look(ada, reverse("sessions_app:patient-page", args=[patient.pk]))
        ada.force_login(cast.ada)
        with clock_at(NINE):
            (row,) = ada.get(PAGE).context["rows"]
        assert (row["who"], row["roles"], row["time"]) == ("Fred Finch", "front desk", "9:00 to 10:00")
        assert (row["day"], row["mrn"], row["word"]) == ("14 Apr 2026", patient.mrn, "Opened")

    def test_it_is_asked_by_person_patient_and_day(self, cast: Cast, ada: Client) -> None:
        one, other = make_patient(cast), make_patient(cast, name=("Una", "Umbel"))
        for person, patient, at in ((cast.nora, one, NINE), (cast.nora, other, NINE), (cast.paul, one, NINE)):
            ada.force_login(person)
            look(ada, reverse("sessions_app:patient-page", args=[patient.pk]), at=at - timedelta(days=1))
        ada.force_login(cast.ada)
        assert len(shown(ada)) == 3
        assert {who for who, *_rest in shown(ada, person=str(cast.paul.pk))} == {"Paul Penstemon, MD"}
        found = ada.post("/patients/find/", {"q": "umbel", "of": "access"})["Location"].partition("found=")[2]
        assert [patient for _who, patient, _at in shown(ada, found=unquote(found))] == [other.full_name]
        assert {patient for _who, patient, _at in shown(ada, patient=str(one.pk))} == {one.full_name}
        assert shown(ada, first="2026-04-14") == []
        assert len(shown(ada, first="2026-04-13", last="2026-04-13")) == 3
        assert len(shown(ada, first="nonsense", person="nonsense", patient="x", page="x")) == 3

    def test_what_a_tablet_kept_is_shown_when_it_is_asked_for(self, cast: Cast, ada: Client) -> None:
        walk = booked(cast)
        ada.force_login(cast.nora)
        with clock_at(NINE):
            ada.get(page_of(walk), headers={"X-Requested-With": "keep"})
        ada.force_login(cast.ada)
        assert shown(ada) == []
        assert len(shown(ada, kept="1")) == 1

    def test_it_is_of_this_facility_for_whoever_reviews_it(self, cast: Cast, client: Client, otto: Any) -> None:
        client.force_login(cast.nora)
        look(client, page_of(booked(cast)))
        for person in (cast.nora, cast.paul, cast.fred):
            client.force_login(person)
            assert look(client, PAGE).status_code == look(client, FILE).status_code == 403
        client.force_login(cast.ines)
        assert len(shown(client)) == 1
        client.force_login(otto)
        assert shown(client) == []

    def test_it_asks_no_more_of_many_and_pages_them(self, cast: Cast, ada: Client) -> None:
        patient = make_patient(cast)
        said = {"facility": cast.facility, "person": cast.nora, "patient": patient, "roles": "nurse", "kind": "OPENED"}
        with clock_at(NINE):
            RecordAccess.objects.create(**said, at=NINE.replace(minute=0))
            ada.get(PAGE)
            with CaptureQueriesContext(connection) as of_one:
                ada.get(PAGE)
            for number in range(1, 60):
                RecordAccess.objects.create(**said, at=NINE - timedelta(hours=number))
            with CaptureQueriesContext(connection) as of_many:
                page = ada.get(PAGE).context
        assert len(of_many) == len(of_one) <= 10
        assert (len(page["rows"]), page["paging"]["text"]) == (50, "1 to 50 of 60")

    def test_the_patients_page_leads_to_it_for_those_who_may(self, cast: Cast, client: Client) -> None:
        url = reverse("sessions_app:patient-page", args=[make_patient(cast).pk])
        for person, leads in ((cast.ada, True), (cast.ines, True), (cast.nora, False)):
            client.force_login(person)
            assert ("Who opened this record" in look(client, url).content.decode()) == leads


class TestTheFile:
    def test_it_holds_the_list_harmlessly_and_is_written_itself(self, cast: Cast, ada: Client) -> None:
        patient = make_patient(cast, name=("=HYPERLINK(1)", "Umbel"))
        ada.force_login(cast.nora)
        look(ada, reverse("sessions_app:patient-page", args=[patient.pk]))
        ada.force_login(cast.ada)
        answer = look(ada, FILE)
        (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert (line["Time"], line["As"], line["What"]) == ("09:00-0400", "nurse", "Opened")
        assert line["Patient"].startswith("'=HYPERLINK")
        assert answer["Cache-Control"] == "private, no-store"
        taken = RecordAccess.objects.get(kind="EXPORTED")
        event = AuditEvent.objects.get(action="export_accesses")
        assert (taken.person, taken.patient, event.actor) == (cast.ada, None, cast.ada)
        assert json.loads(event.payload)["rows"][0]["fields"]["digest"] == taken.digest
        assert len(shown(ada)) == 2
        assert Course.objects.count() + Patient.objects.count() == 1

    def test_one_that_is_too_short_says_so_as_its_page_does(
        self, cast: Cast, ada: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = {"facility": cast.facility, "person": cast.nora, "patient": make_patient(cast), "roles": "nurse"}
        for number in range(3):
            RecordAccess.objects.create(**said, kind="OPENED", at=NINE - timedelta(hours=number))
        monkeypatch.setattr(access_list, "MOST_IN_FILE", 3)
        assert "One file holds" not in look(ada, PAGE).content.decode()
        monkeypatch.setattr(access_list, "MOST_IN_FILE", 2)
        note = "One file holds the newest 2 entries. For the rest, choose fewer days."
        assert note in look(ada, PAGE).content.decode()
        lines = list(csv.reader(io.StringIO(look(ada, FILE).content.decode("utf-8-sig"))))
        assert [len(line) for line in lines] == [9, 9, 9, 9]
        assert [note in line for line in lines] == [False, False, False, True]
