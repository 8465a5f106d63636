"""The pages of what is known of a patient, and the enrolment verified in one tap."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from clinic.models import Consent, Patient, PatientTransfer
from sessions_app.models import Course
from tests.clock import clock_at
from tests.factories import NINE, Cast, checked_in, make_cast, make_course, make_patient, minutes
from tests.files import a_pdf
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
STEPS = (
    "record-allergy",
    "record-contact",
    "record-consent",
    "correct-details",
    "withdraw-enrolment",
    "transfer-patient",
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return make_patient(cast)


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def fred(cast: Cast, client: Client) -> Client:
    client.force_login(cast.fred)
    return client


def page(patient: Patient, step: str = "patient-page", *args: object) -> str:
    return reverse(f"sessions_app:{step}", args=[patient.pk, *args])


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


class TestThePatientPage:
    def test_what_was_not_asked_is_shown_so(self, fred: Client, patient: Patient) -> None:
        text = text_of(fred, page(patient))
        for words in ("Not asked yet.", "No address and no emergency contact yet.", "None on record."):
            assert words in text

    def test_it_shows_what_was_written_and_who_signed(self, cast: Cast, fred: Client, patient: Patient) -> None:
        assert fill_in(fred, page(patient, "record-allergy"), substance="Latex", reaction="Rash").status_code == 302
        fill_in(
            fred,
            page(patient, "record-contact"),
            address="1 Fern Row",
            contact_name="Basil Tamarack",
            contact_phone="(555) 555-0134",
            contact_relation="brother",
        )
        fill_in(
            fred,
            page(patient, "record-consent"),
            kind="PHOTO",
            given="yes",
            on_date="2026-04-13",
            document=SimpleUploadedFile("photo.pdf", a_pdf(), "application/pdf"),
        )
        fill_in(
            fred,
            page(patient, "correct-details"),
            first_name="Rosalind",
            last_name="Tamarisk",
            birth_date="1982-09-03",
            sex="FEMALE",
            paper_language="es",
            reason="Misspelt.",
        )
        text = text_of(fred, page(patient))
        for words in (
            "Latex",
            "Rash",
            "1 Fern Row",
            "Basil Tamarack, brother",
            "given 13 Apr 2026",
            "Tamarisk",
            "Spanish",
        ):
            assert words in text
        for words in ("Rosalind Tamarack, 3 Sep 1982", "Misspelt.", "as registered", "Paul Penstemon"):
            assert words in text
        kept = Consent.objects.get().document
        assert kept is not None
        assert reverse("sessions_app:document", args=[kept.pk]) in text

    @pytest.mark.parametrize(("person", "offered"), [("fred", True), ("nora", True), ("ada", True), ("ines", False)])
    def test_its_steps_are_for_those_who_may(
        self, cast: Cast, client: Client, patient: Patient, person: str, offered: bool
    ) -> None:
        client.force_login(getattr(cast, person))
        text = text_of(client, page(patient))
        for step in STEPS:
            assert (page(patient, step) in text) is offered, step
            assert client.get(page(patient, step)).status_code == (200 if offered else 403)

    def test_it_is_not_there_for_another_organisation(self, client: Client, patient: Patient) -> None:
        client.force_login(make_cast(facility_name="Harbour Clinic", suffix="2").nora)
        for step in STEPS:
            assert client.get(page(patient, step)).status_code == 404


class TestAllergies:
    def test_one_of_the_two_is_said(self, fred: Client, patient: Patient) -> None:
        url = page(patient, "record-allergy")
        assert fill_in(fred, url).status_code == 422
        assert fill_in(fred, url, substance="Latex", none_known="on").status_code == 422
        assert fill_in(fred, url, none_known="on").status_code == 302
        assert "No known allergies" in text_of(fred, page(patient))

    def test_they_stand_at_the_head_of_the_session_and_one_to_the_drug_is_flagged(
        self, cast: Cast, fred: Client, patient: Patient
    ) -> None:
        walk = checked_in(cast, of_course=make_course(cast, patient=patient))
        session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
        assert "Allergic to" not in text_of(fred, session)
        fill_in(fred, page(patient, "record-allergy"), substance="Latex", reaction="Rash")
        text = text_of(fred, session)
        assert "Allergic to Latex" in text
        assert "Ask the contraindication again." not in text
        fill_in(fred, page(patient, "record-allergy"), substance="Ketamine")
        assert "Ask the contraindication again." in text_of(fred, session)
        allergy = patient.allergies.get(substance="Ketamine")
        fill_in(fred, page(patient, "take-back-allergy", allergy.pk), reason="Another patient's.")
        assert "Ketamine" not in text_of(fred, session)


class TestConsent:
    def test_one_to_treatment_taken_back_stands_at_the_head_of_the_session(
        self, cast: Cast, client: Client, patient: Patient
    ) -> None:
        client.force_login(cast.nora)
        walk = checked_in(cast, of_course=make_course(cast, patient=patient))
        session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
        shown = []
        for kind, given in (("PHOTO", "no"), ("TREATMENT", "no"), ("TREATMENT", "yes")):
            url = page(patient, "record-consent")
            assert fill_in(client, url, kind=kind, given=given, on_date="2026-04-14").status_code == 302
            shown.append("Consent taken back" in text_of(client, session))
        assert shown == [False, True, False]

    def test_an_off_label_course_asks_for_its_papers_again(self, cast: Cast, client: Client, patient: Patient) -> None:
        client.force_login(cast.paul)
        course = make_course(cast, patient=patient, indication="GAD")
        written = reverse("sessions_app:justify-off-label", args=[patient.pk, course.pk])
        fill_in(client, written, rationale="Two trials failed.", consented_date="2026-04-13")
        assert written not in text_of(client, page(patient))
        fill_in(client, page(patient, "record-consent"), kind="OFF_LABEL", given="no", on_date="2026-04-14")
        assert written in text_of(client, page(patient))


class TestEnrolment:
    def test_it_is_withdrawn_from_the_screen_with_a_reason(self, fred: Client, patient: Patient) -> None:
        url = page(patient, "withdraw-enrolment")
        assert fill_in(fred, url).status_code == 422
        assert fill_in(fred, url, reason="Moved away.").status_code == 302
        text = text_of(fred, page(patient))
        assert "Withdrawn" in text
        assert "Moved away." in text
        assert url not in text

    def test_a_transfer_is_told_in_advance_and_seen_on_both_sides(
        self, cast: Cast, fred: Client, client: Client, patient: Patient
    ) -> None:
        north = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")
        url = page(patient, "transfer-patient")
        typed: dict[str, Any] = {"to_facility": north.facility.pk, "rems_told_how": "PORTAL"}
        late = fill_in(fred, url, **typed, from_date="2026-04-14", rems_told_date="2026-04-14")
        assert (late.status_code, "before the day of the transfer" in late.content.decode()) == (409, True)
        done = fill_in(fred, url, **typed, from_date="2026-05-01", rems_told_date="2026-04-14")
        assert done.status_code == 302
        assert "Wrenfield North" in text_of(fred, page(patient))
        made = PatientTransfer.objects.get()
        client.force_login(north.fred)
        text = text_of(client, page(patient))
        assert "1 May 2026" in text
        assert page(patient, "call-off-transfer", made.pk) not in text
        assert client.get(page(patient, "call-off-transfer", made.pk)).status_code == 404
        client.force_login(cast.fred)
        assert fill_in(client, page(patient, "call-off-transfer", made.pk), reason="Stays.").status_code == 302
        client.force_login(north.fred)
        assert client.get(page(patient)).status_code == 404


class TestTreatmentElsewhere:
    def test_it_says_when_how_often_and_where(self, cast: Cast, fred: Client, patient: Patient) -> None:
        url = page(patient, "start-course")
        said = {"indication": "esketamine:TRD", "doses_elsewhere": "12", "treated_where": "Harbour Clinic"}
        assert fill_in(fred, url, **said).status_code == 409
        assert fill_in(fred, url, **said, first_dose_elsewhere_date="2026-02-02").status_code == 302
        assert Course.objects.get(patient=patient).doses_elsewhere == 12
        fred.force_login(cast.nora)
        assert "12 doses, Harbour Clinic" in text_of(fred, page(patient))


class TestVerifiedInOneTap:
    @pytest.mark.parametrize("where", ["session", "floor"])
    @pytest.mark.parametrize("how", ["PORTAL", "TELEPHONE"])
    def test_one_press_writes_it_down_once(self, cast: Cast, fred: Client, where: str, how: str) -> None:
        walk = checked_in(cast)
        self.ask_the_rest(walk)
        session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
        with clock_at(NINE + minutes(5)):
            text = text_of(fred, session if where == "session" else reverse("sessions_app:floor"))
            (form,) = re.findall(r'<form class="verify-tap".*?</form>', text, flags=re.S)
            assert f'value="{how}"' in form
            (url,) = re.findall(r'action="([^"]+)"', form)
            (number,) = re.findall(r'name="entry_id" value="([^"]+)"', form)
            answers = [fred.post(url, {"entry_id": number, "how": how}) for _ in range(2)]
        assert [answer["Location"] for answer in answers] == [session, session]
        _voided, row = walk.rows("EnrolmentVerification")
        assert (row.how, row.performed_by, row.occurred_at) == (how, cast.fred, NINE + minutes(5))
        with clock_at(NINE + minutes(6)):
            assert "verify-tap" not in text_of(fred, session)

    def test_who_may_not_is_offered_no_tap(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        self.ask_the_rest(walk)
        client.force_login(cast.ines)
        with clock_at(NINE + minutes(5)):
            for url in (
                reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk]),
                reverse("sessions_app:floor"),
                reverse("sessions_app:wall"),
            ):
                assert "verify-tap" not in text_of(client, url)

    def ask_the_rest(self, walk: Any) -> None:
        walk.answer(NINE + minutes(1))
        walk.void(walk.rows("EnrolmentVerification")[0], NINE + minutes(2))
