"""A course begins, and gets what it needs before a dose."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Antidepressant, Course, OffLabelJustification
from tests.clock import clock_at
from tests.factories import NINE, Cast, make_cast, make_course, make_patient
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


def of_course(course: Course, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[course.patient_id, course.pk])


class TestStartCourse:
    def test_it_starts_a_course(self, cast: Cast, client: Client) -> None:
        patient = make_patient(cast)
        client.force_login(cast.fred)
        url = reverse("sessions_app:start-course", args=[patient.pk])
        response = fill_in(client, url, indication="esketamine:TRD", first_dose_elsewhere_date="2026-03-02")
        course = Course.objects.get(patient=patient)
        assert response.status_code == 302
        assert (course.program_code, course.indication) == ("esketamine", "TRD")
        assert course.first_dose_elsewhere_date == date(2026, 3, 2)

    def test_it_marks_off_label_indications_where_they_are_chosen(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        response = client.get(reverse("sessions_app:start-course", args=[make_patient(cast).pk]))
        assert "Generalised anxiety disorder, off-label" in response.content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"indication": "esketamine:FLU"}, "Choose one of the list."),
            ({"indication": ""}, "Choose one."),
            ({"indication": "esketamine:TRD", "first_dose_elsewhere_date": "2026-04-15"}, "still to come"),
        ],
    )
    def test_it_refuses_what_cannot_be(self, cast: Cast, client: Client, typed: dict[str, str], said: str) -> None:
        patient = make_patient(cast)
        client.force_login(cast.fred)
        response = fill_in(client, reverse("sessions_app:start-course", args=[patient.pk]), **typed)
        assert response.status_code == 422
        assert said in response.content.decode()
        assert not Course.objects.exists()

    def test_it_is_not_for_inspectors(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        assert client.get(reverse("sessions_app:start-course", args=[make_patient(cast).pk])).status_code == 403


class TestJustifyOffLabel:
    @pytest.mark.parametrize("day", ["2026-04-14", "2026-04-07"])
    def test_it_writes_rationale_and_consent(self, cast: Cast, client: Client, day: str) -> None:
        course = make_course(cast, indication="GAD")
        client.force_login(cast.paul)
        url = of_course(course, "justify-off-label")
        response = fill_in(client, url, rationale="Two trials failed.", consented_date=day)
        written = OffLabelJustification.objects.get(course=course)
        assert response.status_code == 302
        assert written.consented_at.astimezone(cast.facility.zone).date() == date.fromisoformat(day)
        assert written.performed_by == cast.paul

    def test_it_refuses_a_consent_to_come_and_keeps_the_rationale(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="GAD")
        client.force_login(cast.paul)
        url = of_course(course, "justify-off-label")
        response = fill_in(client, url, rationale="Two trials failed.", consented_date="2026-04-15")
        text = response.content.decode()
        assert response.status_code == 409
        assert "This day is still to come." in text
        assert "Two trials failed." in text
        assert not OffLabelJustification.objects.exists()

    @pytest.mark.parametrize("person", ["nora", "fred", "ada", "ines"])
    def test_it_is_the_prescribers(self, cast: Cast, client: Client, person: str) -> None:
        course = make_course(cast, indication="GAD")
        client.force_login(getattr(cast, person))
        assert client.get(of_course(course, "justify-off-label")).status_code == 403
        typed = {"entry_id": str(uuid4()), "rationale": "x", "consented_date": "2026-04-14"}
        assert client.post(of_course(course, "justify-off-label"), typed).status_code == 403

    def test_it_is_not_there_for_another_facility_or_another_patient(self, cast: Cast, client: Client) -> None:
        other = make_cast(facility_name="Harbour Clinic", suffix="2")
        course, stranger = make_course(cast, indication="GAD"), make_patient(cast)
        client.force_login(other.paul)
        assert client.get(of_course(course, "justify-off-label")).status_code == 404
        client.force_login(cast.paul)
        mixed = reverse("sessions_app:justify-off-label", args=[stranger.pk, course.pk])
        assert client.get(mixed).status_code == 404


class TestRecordAntidepressant:
    def test_it_records_the_drug(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="MDSI")
        client.force_login(cast.paul)
        response = fill_in(client, of_course(course, "record-antidepressant"), drug="Sertraline 100 mg")
        assert response.status_code == 302
        assert Antidepressant.objects.get(course=course).drug == "Sertraline 100 mg"

    def test_it_needs_a_name(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="MDSI")
        client.force_login(cast.paul)
        assert fill_in(client, of_course(course, "record-antidepressant"), drug=" ").status_code == 422

    def test_it_is_the_prescribers(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="MDSI")
        client.force_login(cast.nora)
        assert client.get(of_course(course, "record-antidepressant")).status_code == 403
