"""The sheet over HTTP: who may open it, what it asks back, and that everything typed is kept."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sessions_app.models import Check, DosingSession, SignEvent
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, Cast, Walk, in_monitoring, make_cast, make_course, minutes
from tests.sessions_app.paper import POWER_BACK
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def enter(client: Client, walk: Walk, *, now: Any = POWER_BACK, **typed: Any) -> HttpResponse:
    url = reverse("sessions_app:enter-paper", args=[walk.dosing_session.pk])
    head = {"reason": "Power cut.", "nurse": str(walk.cast.nora.pk)}
    with clock_at(now):
        return fill_in(client, url, **{**head, **typed})


def row(number: int, at: str, **values: str) -> dict[str, str]:
    return {f"check-{number}_{name}": value for name, value in {"time": at, **values}.items()}


class TestTheRows:
    def test_it_charts_them_at_their_times(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        typed = row(1, "10:15", spo2_percent="97") | row(2, "1030", spo2_percent="96")
        assert enter(nora, walk, **typed).status_code == 302
        found = Check.objects.filter(channel="PAPER").order_by("occurred_at")
        assert [check.occurred_at for check in found] == [LAST_DEVICE + minutes(40), LAST_DEVICE + minutes(55)]

    def test_it_charts_a_symptom_with_its_beginning_and_its_end(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        symptom = {"symptom-1_code": "nausea", "symptom-1_began_time": "10:00", "symptom-1_gone_time": "10:20"}
        assert enter(nora, walk, **symptom).status_code == 302
        assert list(SignEvent.objects.order_by("occurred_at").values_list("kind", flat=True)) == ["ONSET", "RESOLUTION"]

    def test_a_row_without_its_time_is_asked_back(self, cast: Cast, nora: Client) -> None:
        response = enter(nora, in_monitoring(cast), **row(1, "", spo2_percent="97"))
        assert response.status_code == 422
        assert "Say when." in response.content.decode()
        assert 'value="97"' in response.content.decode()

    def test_a_time_still_to_come_is_said_at_its_row(self, cast: Cast, nora: Client) -> None:
        response = enter(nora, in_monitoring(cast), **row(2, "12:59", spo2_percent="97"))
        assert response.status_code == 409
        assert "12:59 is still to come; it is 12:20 now." in response.content.decode()

    def test_what_is_rarely_seen_is_asked_once(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        typed = row(1, "10:15", systolic_mmhg="230", diastolic_mmhg="90")
        asked = enter(nora, walk, **typed)
        assert asked.status_code == 422
        assert "230 is rarely seen" in asked.content.decode()
        assert enter(nora, walk, **typed, as_on_paper="on").status_code == 302

    def test_a_time_past_midnight_is_the_next_days(self, cast: Cast, nora: Client) -> None:
        late = NINE + timedelta(hours=14)  # 23:00
        walk = in_monitoring(cast, now=late)
        assert enter(nora, walk, now=late + minutes(300), **row(1, "0:15", spo2_percent="97")).status_code == 302
        assert Check.objects.get(channel="PAPER").occurred_at == late + minutes(75)

    def test_an_empty_sheet_is_none(self, cast: Cast, nora: Client) -> None:
        response = enter(nora, in_monitoring(cast))
        assert response.status_code == 409
        assert "Nothing is entered yet." in response.content.decode()


class TestTheEnd:
    def test_it_says_what_is_missing_of_one_who_left_early(self, cast: Cast, nora: Client) -> None:
        response = enter(nora, in_monitoring(cast), end_kind="LEFT_EARLY", end_time="10:30")
        assert response.status_code == 422

    def test_it_records_one_who_left_early(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        said = {
            "end_kind": "LEFT_EARLY",
            "end_time": "10:30",
            "last_seen_time": "10:20",
            "impaired": "NO",
            "prescriber_told": "Paul",
            "contact_told": "tried",
        }
        assert enter(nora, walk, **said).status_code == 302
        assert walk.refresh().state == "LEFT_EARLY"

    def test_it_records_a_transfer(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        said = {"end_kind": "TRANSFERRED", "end_time": "10:30", "destination": "HOSPITAL", "handed_over": "All."}
        assert enter(nora, walk, **said).status_code == 302
        assert walk.refresh().state == "TRANSFERRED"


class TestAccess:
    @pytest.mark.parametrize("name", ["fred", "ada", "ines"])
    def test_it_is_a_nurses_or_prescribers(self, cast: Cast, client: Client, name: str) -> None:
        walk = in_monitoring(cast)
        client.force_login(getattr(cast, name))
        patient = walk.dosing_session.patient_id
        with clock_at(LAST_DEVICE):
            for step in ("enter-paper", "confirm-paper"):
                assert client.get(reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])).status_code == 403
            assert client.get(reverse("sessions_app:enter-paper-session", args=[patient])).status_code == 403

    def test_another_facilitys_is_not_there(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(make_cast(facility_name="Elsewhere", suffix="-e").nora)
        url = reverse("sessions_app:enter-paper", args=[walk.dosing_session.pk])
        assert client.get(url).status_code == 404

    def test_a_decision_is_offered_to_a_prescriber_alone(self, cast: Cast, client: Client) -> None:
        url = reverse("sessions_app:enter-paper", args=[in_monitoring(cast).dosing_session.pk])
        for person, offered in ((cast.nora, False), (cast.paul, True)):
            client.force_login(person)
            assert ("Your decision" in client.get(url).content.decode()) is offered


def test_a_whole_session_needs_its_head(cast: Cast, nora: Client) -> None:
    course = make_course(cast)
    before = DosingSession.objects.count()
    with clock_at(POWER_BACK):
        response = fill_in(nora, reverse("sessions_app:enter-paper-session", args=[course.patient_id]))
    assert response.status_code == 422
    assert DosingSession.objects.count() == before
