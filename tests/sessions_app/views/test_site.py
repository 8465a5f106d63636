"""The facility page, and what is entered about the facility."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.actions.staff import grant_role
from clinic.models import RoleAssignment
from clinic.rules.roles import Role
from sessions_app.actions.site import check_oximeter
from sessions_app.models import OximeterCheck, Presence
from tests.clock import clock_at
from tests.factories import (
    NINE,
    Cast,
    cleared,
    entry,
    make_cast,
    make_device,
    make_patient,
    minutes,
)
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
FACILITY = "/facility/"
CERTIFICATION = "/facility/certification/esketamine/"
AT_SITE = ("record-presence", "check-oximeter", "set-chairs")
OF_FACILITY = ("set-policy", "add-display")


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return len(queries)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


def text_of(client: Client, url: str = FACILITY) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


class TestFacilityPage:
    @pytest.mark.parametrize("person", ["nora", "paul", "fred", "ada", "ines"])
    def test_it_shows_to_every_role(self, cast: Cast, client: Client, person: str) -> None:
        client.force_login(getattr(cast, person))
        text = text_of(client)
        assert "Wrenfield Clinic" in text
        for words in ("Certified", "REMS-0417", "Ada Alder", "OX-1", "Paul Penstemon, MD", "1 prescriber, 1 nurse"):
            assert words in text
        assert "120 min" in text
        assert "label, REMS, law" in text

    def test_it_offers_only_what_this_person_may(self, cast: Cast, client: Client) -> None:
        for person, at_site, manages in (("ines", False, False), ("nora", True, False), ("ada", True, True)):
            client.force_login(getattr(cast, person))
            text = text_of(client)
            assert ("/facility/record-presence/" in text) is at_site
            assert "/facility/certification/esketamine/" in text
            assert ("/facility/set-policy/" in text) is manages

    def test_it_says_what_stops_dosing(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{CERTIFICATION}stop/", status="SUSPENDED", reason="Audit finding")
        text = text_of(ada)
        assert "This clinic is suspended" in text
        assert "Audit finding" in text

    def test_it_says_that_a_new_representative_waits_for_the_rems(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{CERTIFICATION}designate/", person=str(cast.paul.pk))
        text = text_of(ada)
        assert "To be confirmed anew" in text
        assert "No current Authorized Representative" in text

    def test_it_groups_devices_and_gives_back_what_was_not_used(self, cast: Cast, ada: Client) -> None:
        for _ in range(3):
            make_device(cast)
        make_device(cast, patient=make_patient(cast))
        walk = cleared(cast)
        walk.give(NINE + minutes(30))
        text = text_of(ada)
        assert "3 devices, bulk" in text
        assert "1 device, for Rosalind Tamarack" in text
        assert "29 May 2026" in text  # 45 days after its receipt

    def test_it_is_refused_to_someone_without_a_role(self, cast: Cast, client: Client) -> None:
        RoleAssignment.objects.filter(user=cast.ines).update(ended_at=NINE, ended_by=cast.ada)
        client.force_login(cast.ines)
        assert client.get(FACILITY).status_code == 403

    def test_it_takes_as_many_queries_for_many_people_and_devices(self, cast: Cast, ada: Client) -> None:
        taken = []
        for count in (1, 5):
            for _ in range(count):
                make_device(cast)
                make_device(cast, patient=make_patient(cast))
                tag = f"OX-{count}{_}"
                check_oximeter(
                    facility=cast.facility, asset_tag=tag, working=True, entry=entry(), by=cast.nora, now=NINE
                )
            taken.append(queries_of(ada, FACILITY))
        for person in (cast.nils, cast.fred):
            grant_role(person=person, facility=cast.facility, role=Role.FRONT_DESK, by=None, now=NINE)
        taken.append(queries_of(ada, FACILITY))
        assert len(set(taken)) == 1
        assert taken[0] <= 25


class TestWhoMay:
    @pytest.mark.parametrize("step", AT_SITE)
    @pytest.mark.parametrize(("person", "status"), [("fred", 200), ("nora", 200), ("ada", 200), ("ines", 403)])
    def test_it_asks_for_manage_site(self, cast: Cast, client: Client, step: str, person: str, status: int) -> None:
        client.force_login(getattr(cast, person))
        assert client.get(f"/facility/{step}/").status_code == status
        if status == 403:
            assert client.post(f"/facility/{step}/", {"entry_id": str(uuid4())}).status_code == 403

    @pytest.mark.parametrize(("person", "status"), [("fred", 403), ("nora", 200), ("ada", 200), ("ines", 403)])
    def test_it_asks_for_stock(self, cast: Cast, client: Client, person: str, status: int) -> None:
        client.force_login(getattr(cast, person))
        assert client.get("/facility/receive-device/").status_code == status

    @pytest.mark.parametrize("step", OF_FACILITY)
    @pytest.mark.parametrize(("person", "status"), [("ada", 200), ("paul", 403), ("fred", 403), ("ines", 403)])
    def test_it_asks_for_manage_facility(self, cast: Cast, client: Client, step: str, person: str, status: int) -> None:
        client.force_login(getattr(cast, person))
        assert client.get(f"/facility/{step}/").status_code == status
        if status == 403:
            assert client.post(f"/facility/{step}/", {"entry_id": str(uuid4())}).status_code == 403


class TestChooseFacility:
    def test_it_changes_where_this_person_works(self, cast: Cast, ada: Client) -> None:
        second = make_cast(facility_name="Alder Annex", organisation=cast.facility.organisation, suffix="3")
        grant_role(person=cast.ada, facility=second.facility, role=Role.ADMINISTRATOR, by=None, now=NINE)
        assert "<h1>Alder Annex</h1>" in text_of(ada)  # the first by name

        response = ada.post("/facility/choose/", {"entry_id": str(uuid4()), "place": str(cast.facility.pk)})

        assert response.status_code == 302
        assert "<h1>Wrenfield Clinic</h1>" in text_of(ada)

    def test_it_does_not_know_another_persons_facility(self, cast: Cast, ada: Client) -> None:
        other = make_cast(facility_name="Harbour Clinic", suffix="2")
        ada.post("/facility/choose/", {"entry_id": str(uuid4()), "place": str(other.facility.pk)})
        assert "Harbour" not in text_of(ada)

    def test_it_is_not_a_page(self, ada: Client) -> None:
        assert ada.get("/facility/choose/").status_code == 405


class TestRecordPresence:
    def test_its_button_records_an_arrival_and_a_departure(self, cast: Cast, ada: Client) -> None:
        url = "/facility/record-presence/"
        sent = {"entry_id": str(uuid4()), "person": str(cast.nils.pk), "kind": "ARRIVED"}
        assert ada.post(url, sent)["Location"] == FACILITY
        assert "Nils Quince" in text_of(ada)
        assert "1 prescriber, 2 nurses" in text_of(ada)
        ada.post(url, {**sent, "entry_id": str(uuid4()), "kind": "LEFT"})
        assert "1 prescriber, 1 nurse" in text_of(ada)
        assert Presence.objects.filter(person=cast.nils).count() == 2

    def test_it_refuses_a_time_to_come_and_keeps_it(self, cast: Cast, ada: Client) -> None:
        typed = {"person": str(cast.nils.pk), "kind": "ARRIVED", "occurred_time": "9:03"}
        response = fill_in(ada, "/facility/record-presence/", **typed)
        text = response.content.decode()
        assert response.status_code == 409
        assert "9:03 is still to come; it is 9:00 now." in text
        assert 'value="9:03"' in text

    def test_it_knows_only_people_of_this_facility(self, cast: Cast, ada: Client) -> None:
        other = make_cast(facility_name="Harbour Clinic", suffix="2")
        typed = {"person": str(other.nils.pk), "kind": "ARRIVED"}
        assert fill_in(ada, "/facility/record-presence/", **typed).status_code == 422
        assert not Presence.objects.filter(person=other.nils).exists()


class TestCheckOximeter:
    def test_it_records_a_check(self, cast: Cast, ada: Client) -> None:
        url = "/facility/check-oximeter/?asset_tag=OX-1"
        assert 'value="OX-1"' in text_of(ada, url)
        response = fill_in(ada, url, asset_tag="OX-1", working="no")
        assert response.status_code == 302
        assert not OximeterCheck.objects.latest("occurred_at").working
        assert "Does not work" in text_of(ada)

    def test_it_asks_whether_it_works(self, cast: Cast, ada: Client) -> None:
        response = fill_in(ada, "/facility/check-oximeter/", asset_tag="OX-7")
        assert response.status_code == 422
        assert 'value="OX-7"' in response.content.decode()


class TestChairs:
    def test_it_lists_the_room(self, cast: Cast, ada: Client) -> None:
        assert "Not listed: the floor shows those in use." in text_of(ada)
        assert fill_in(ada, "/facility/set-chairs/", chairs="1, 2, Window").status_code == 302
        assert "1, 2, Window" in text_of(ada)
        answer = fill_in(ada, "/facility/set-chairs/", chairs="1, 1")
        assert (answer.status_code, "Chair 1 is named twice." in answer.content.decode()) == (409, True)
