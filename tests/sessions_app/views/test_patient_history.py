"""One patient's page, registering and enrolling."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Enrolment, Patient
from sessions_app.actions import course as course_actions
from sessions_app.actions.site import withdraw_enrolment
from tests.clock import clock_at
from tests.factories import (
    NINE,
    OPENING,
    STAY_ENDS,
    Cast,
    cleared,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
REGISTER = "/patients/register/"
EVERYBODY = ("nora", "nils", "paul", "fred", "ada", "ines")
TYPED = {
    "first_name": "Maud",
    "middle_initial": "K",
    "last_name": "Larkspur",
    "birth_date": "1979-01-22",
    "sex": "FEMALE",
    "mrn": "W-777001",
    "phone": "(555) 555-0177",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def other() -> Cast:
    return make_cast(facility_name="Harbour Clinic", suffix="2")


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


def page(patient: Patient, step: str = "patient-page") -> str:
    return reverse(f"sessions_app:{step}", args=[patient.pk])


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


class TestPatientPage:
    @pytest.mark.parametrize("person", EVERYBODY)
    def test_it_shows_to_every_role(self, cast: Cast, client: Client, person: str) -> None:
        patient = make_patient(cast)
        client.force_login(getattr(cast, person))
        text = text_of(client, page(patient))
        assert "Rosalind Tamarack" in text
        assert "3 Sep 1982" in text

    def test_it_is_not_there_for_another_facility(self, cast: Cast, other: Cast, client: Client) -> None:
        patient = make_patient(cast)
        client.force_login(other.nora)
        assert client.get(page(patient)).status_code == 404
        for step in ("enrol", "start-course", "book", "check-in-patient"):
            assert client.get(page(patient, step)).status_code == 404

    def test_it_is_there_for_a_second_facility_that_treats_the_patient(self, cast: Cast, client: Client) -> None:
        second = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")
        patient = make_patient(cast)
        client.force_login(second.nora)
        assert client.get(page(patient)).status_code == 404

        make_course(second, patient=patient)

        assert client.get(page(patient)).status_code == 200

    def test_it_hides_what_happened_at_a_facility_without_a_role(self, cast: Cast, client: Client) -> None:
        second = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")
        patient = make_patient(cast)
        make_course(second, patient=patient, indication="GAD")
        client.force_login(cast.nora)
        assert "anxiety" not in text_of(client, page(patient))

    def test_it_shows_every_past_session(self, cast: Cast, client: Client) -> None:
        walk = discharged(cast)
        client.force_login(cast.nora)
        with clock_at(STAY_ENDS + minutes(5)):
            text = text_of(client, page(walk.dosing_session.patient))
        for words in ("56 mg", "2 h 05", "11:35", "Gone home", "128/82", "1 dose"):
            assert words in text

    def test_it_counts_deviations_and_exceptions(self, cast: Cast, client: Client) -> None:
        walk = cleared(cast)
        walk.give(NINE + minutes(90), exception_reason="given before the app was looked at")
        client.force_login(cast.nora)
        with clock_at(NINE + minutes(91)):
            assert "1 exception" in text_of(client, page(walk.dosing_session.patient))

    def test_it_leads_to_the_open_session(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(cast.nora)
        text = text_of(client, page(walk.dosing_session.patient))
        assert reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk]) in text
        assert "Open the session" in text

    @pytest.mark.parametrize(("person", "offered"), [("paul", True), ("nora", False), ("ines", False)])
    def test_it_names_what_an_off_label_course_lacks_and_who_clears_it(
        self, cast: Cast, client: Client, person: str, offered: bool
    ) -> None:
        course = make_course(cast, indication="GAD")
        client.force_login(getattr(cast, person))
        text = text_of(client, page(course.patient))
        assert "Off-label without its papers" in text
        assert (reverse("sessions_app:justify-off-label", args=[course.patient_id, course.pk]) in text) is offered

    def test_it_shows_the_rationale_once_it_is_written(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="GAD")
        course_actions.justify_off_label(
            course=course,
            rationale="Three trials without an answer.",
            consented_at=OPENING,
            entry=entry(),
            by=cast.paul,
            now=OPENING,
        )
        client.force_login(cast.nora)
        text = text_of(client, page(course.patient))
        assert "Three trials without an answer." in text
        assert "without its papers" not in text
        assert "Off-label" in text

    def test_it_names_a_missing_antidepressant(self, cast: Cast, client: Client) -> None:
        course = make_course(cast, indication="MDSI")
        client.force_login(cast.paul)
        assert "No oral antidepressant on record" in text_of(client, page(course.patient))

    def test_it_shows_a_withdrawn_enrolment_and_how_to_enrol_again(self, cast: Cast, client: Client) -> None:
        patient = make_patient(cast)
        withdraw_enrolment(
            patient=patient,
            facility=cast.facility,
            program_code="esketamine",
            reason="Moved away.",
            entry=entry(),
            by=cast.fred,
            now=NINE,
        )
        client.force_login(cast.fred)
        text = text_of(client, page(patient))
        assert "Withdrawn" in text
        assert page(patient, "enrol") in text


class TestRegister:
    def test_it_registers_and_leads_to_the_patient(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        response = fill_in(client, REGISTER, **TYPED)
        patient = Patient.objects.get(mrn="W-777001")
        assert response.status_code == 302
        assert response["Location"] == page(patient)
        assert (patient.birth_date, patient.organisation) == (date(1979, 1, 22), cast.facility.organisation)

    def test_it_keeps_what_was_typed_when_the_number_is_taken(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        fill_in(client, REGISTER, **TYPED)
        response = fill_in(client, REGISTER, **{**TYPED, "first_name": "Magda"})
        text = response.content.decode()
        assert response.status_code == 409
        assert "W-777001 is in use already." in text
        for typed in ("Magda", "Larkspur", "1979-01-22", "(555) 555-0177"):
            assert f'value="{typed}"' in text
        assert Patient.objects.count() == 1

    def test_it_refuses_a_birth_date_to_come_at_its_field(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        response = fill_in(client, REGISTER, **{**TYPED, "birth_date": "2031-01-01"})
        assert response.status_code == 409
        assert "This day is still to come." in response.content.decode()

    def test_it_keeps_a_birth_date_that_cannot_be_read(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        response = fill_in(client, REGISTER, **{**TYPED, "birth_date": "22 Hanuary"})
        assert response.status_code == 422
        assert 'value="22 Hanuary"' in response.content.decode()

    def test_it_has_one_effect_when_sent_twice(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.fred)
        sent = {**hidden_fields(client.get(REGISTER)), **TYPED}
        answers = [client.post(REGISTER, sent) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert Patient.objects.count() == 1

    def test_it_is_not_for_inspectors(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        assert client.get(REGISTER).status_code == 403
        assert client.post(REGISTER, {**TYPED, "entry_id": str(uuid4())}).status_code == 403


SIGNED = {"patient_signed_date": "2026-04-13", "prescriber_signed_date": "2026-04-14", "enrolled": "on"}


class TestEnrol:
    def test_it_writes_down_the_enrolment(self, cast: Cast, client: Client) -> None:
        patient = make_patient(cast)
        client.force_login(cast.fred)
        response = fill_in(
            client,
            page(patient, "enrol"),
            rems_identifier="E-99",
            **SIGNED,
            prescriber=str(cast.paul.pk),
        )
        assert response.status_code == 302
        assert Enrolment.objects.filter(patient=patient, rems_identifier="E-99", program_code="esketamine").exists()

    def test_it_needs_the_remss_word_and_keeps_the_identifier(self, cast: Cast, client: Client) -> None:
        patient = make_patient(cast)
        client.force_login(cast.fred)
        response = fill_in(client, page(patient, "enrol"), rems_identifier="E-99")
        assert response.status_code == 422
        assert response.content.decode().count("is-invalid") >= 1
        assert 'value="E-99"' in response.content.decode()

    def test_it_is_not_for_inspectors(self, cast: Cast, client: Client) -> None:
        patient = make_patient(cast)
        client.force_login(cast.ines)
        assert client.get(page(patient, "enrol")).status_code == 403


class TestPatientOfSession:
    def test_it_leads_to_the_patient(self, cast: Cast, other: Cast, client: Client) -> None:
        walk = cleared(cast)
        url = reverse("sessions_app:patient", args=[walk.dosing_session.pk])
        client.force_login(cast.ines)
        assert client.get(url)["Location"] == page(walk.dosing_session.patient)
        client.force_login(other.nora)
        assert client.get(url).status_code == 404
