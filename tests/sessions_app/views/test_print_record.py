"""Papers as PDF: what stands on them is what is recorded, field by field; and that they were taken is written down."""

from collections.abc import Iterator

import pytest
from django.test import Client

from clinic.models import RecordAccess
from clinic.rules.attestations import WORDINGS, asked_of
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, discharged, in_monitoring, make_course, make_patient, minutes
from tests.scene import cast, clinic, otto
from tests.sessions_app.views.pdfs import pages_of, said_in, taken

__all__ = ["cast", "clinic", "otto"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
NOW = STAY_ENDS + minutes(30)


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


class TestTheEnrolmentForm:
    def test_it_says_who_signed_and_has_lines_where_nothing_is_known(self, cast: Cast, client: Client) -> None:
        patient = make_course(cast).patient
        client.force_login(cast.fred)
        (text,) = pages_of(taken(client, "enrolment-pdf", patient.pk, "esketamine").content)
        enrolment = patient.enrolments.get()
        for said in (
            f"First name {patient.first_name}",
            f"Last name {patient.last_name}",
            "Date of birth 3 Sep 1982",
            f"Phone {patient.phone}" if patient.phone else "Phone _____",
            "Middle initial _____",
            "Stands enrolled",
            "not an official form",
        ):
            assert said in text, (said, text)
        if enrolment.prescriber:
            assert f"Name {enrolment.prescriber}" in text
        assert RecordAccess.objects.get(kind="EXPORTED").patient == patient

    def test_another_clinics_patient_is_not_there(self, cast: Cast, client: Client, otto: object) -> None:
        client.force_login(otto)  # type: ignore[arg-type]
        assert taken(client, "enrolment-pdf", make_patient(cast).pk, "esketamine").status_code == 404


class TestTheAttestation:
    def test_it_has_every_statement_with_who_signed_it_and_that_it_was_attested(
        self, cast: Cast, client: Client
    ) -> None:

        client.force_login(cast.ada)
        answer = taken(client, "attestation-pdf", "esketamine")
        text = " ".join(pages_of(answer.content))
        for code in asked_of(cast.facility.setting):
            assert said_in(WORDINGS[code].text) in said_in(text)
        assert "_______" in text
        assert RecordAccess.objects.get(kind="EXPORTED").patient is None


class TestTheRecordOfASession:
    def test_it_says_from_arrival_to_departure(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        text = " ".join(pages_of(taken(nora, "record-pdf", walk.dosing_session.pk).content))
        for said in ("Checked in", "9:30", "9:35", "Monitoring completed", "Departed", "Taken over by", "Signatures"):
            assert said in text
        assert RecordAccess.objects.get(kind="EXPORTED").what == "Record of one session"

    @pytest.mark.parametrize(("name", "status"), [("fred", 403), ("ada", 403), ("ines", 200)])
    def test_it_is_for_those_who_read_charts(self, cast: Cast, client: Client, name: str, status: int) -> None:
        session = in_monitoring(cast, now=NINE).dosing_session
        client.force_login(getattr(cast, name))
        assert taken(client, "record-pdf", session.pk).status_code == status
