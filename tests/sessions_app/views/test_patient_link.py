"""The pages of two records that are one person, and the question asked while registering."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Patient
from tests.clock import clock_at
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    discharged,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)
from tests.pages import searched
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
REGISTER = "/patients/register/"
TYPED = {"first_name": "Rosalynd", "last_name": "Tamarak", "birth_date": "9/3/1982", "sex": "FEMALE", "mrn": "W-7"}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


def page(patient: Patient, step: str = "patient-page", *args: object) -> str:
    return reverse(f"sessions_app:{step}", args=[patient.pk, *args])


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def link(client: Client, duplicate: Patient, mrn: str) -> int:
    return fill_in(client, page(duplicate, "link-patient"), kept_mrn=mrn, reason="Same card.").status_code


class TestRegister:
    def test_it_asks_once_whether_it_is_somebody_known(self, cast: Cast, client: Client) -> None:
        known = make_patient(cast)
        client.force_login(cast.fred)

        asked = fill_in(client, REGISTER, **TYPED)
        text = asked.content.decode()

        assert asked.status_code == 409
        assert "Is it this patient?" in text
        assert f"Rosalind Tamarack, born 3 Sep 1982, MRN {known.mrn}" in text
        assert page(known) in text
        assert 'value="Rosalynd"' in text
        assert fill_in(client, REGISTER, **TYPED, confirm_unlikely=str(known.pk)).status_code == 302
        assert Patient.objects.filter(mrn="W-7").exists()

    def test_it_asks_again_about_somebody_else(self, cast: Cast, client: Client) -> None:
        known = make_patient(cast)
        other = make_patient(cast, name=("Maud", "Larkspur"), birth_date=date(1979, 1, 22))
        client.force_login(cast.fred)
        typed = {**TYPED, "first_name": "Maud", "last_name": "Larkspurr", "birth_date": "1/22/1979"}
        asked = fill_in(client, REGISTER, **typed, confirm_unlikely=str(known.pk))
        assert (asked.status_code, str(other.pk) in asked.content.decode()) == (409, True)
        nonsense = fill_in(client, REGISTER, **typed, confirm_unlikely="on,'; --")
        assert nonsense.status_code == 409

    def test_it_leads_to_nobody_of_a_facility_without_a_role(self, cast: Cast, client: Client) -> None:
        north = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")
        elsewhere = make_cast(facility_name="Harbour Clinic", suffix="4")
        known, stranger = make_patient(north), make_patient(elsewhere)
        client.force_login(cast.fred)
        text = fill_in(client, REGISTER, **TYPED).content.decode()
        assert f"MRN {known.mrn}, at Wrenfield North" in text
        assert page(known) not in text
        assert stranger.mrn not in text

    def test_it_asks_nothing_of_another_birth_date(self, cast: Cast, client: Client) -> None:
        make_patient(cast)
        client.force_login(cast.fred)
        assert fill_in(client, REGISTER, **{**TYPED, "birth_date": "9/4/1982"}).status_code == 302


class TestLink:
    def test_both_histories_read_as_one(self, cast: Cast, client: Client) -> None:
        walk = discharged(cast)
        duplicate, kept = walk.dosing_session.patient, make_patient(cast, name=("Rosalynd", "Tamarack"))
        client.force_login(cast.nora)
        with clock_at(STAY_ENDS + minutes(5)):
            assert link(client, duplicate, kept.mrn) == 302
            text = text_of(client, page(kept))
            for words in (
                "56 mg",
                "1 dose",
                "Same person, another record",
                duplicate.mrn,
                "Same card.",
                "Nora Nightjar",
            ):
                assert words in text
            assert "Rosalynd Tamarack" in text_of(client, page(duplicate))
            session = text_of(client, reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk]))
            assert f"Rosalynd Tamarack, {kept.mrn}" in session
            listed = client.get("/patients/", searched(duplicate.mrn)).content.decode()
            assert page(kept) in listed
            assert page(duplicate) not in listed
            assert "1 patient for" in listed

    def test_a_course_of_either_is_checked_in(self, cast: Cast, client: Client) -> None:
        duplicate, kept = make_patient(cast), make_patient(cast)
        make_course(cast, patient=duplicate)
        client.force_login(cast.nora)
        link(client, duplicate, kept.mrn)
        client.force_login(cast.fred)
        done = fill_in(
            client,
            page(kept, "check-in-patient"),
            course=str(duplicate.courses.get().pk),
            identifiers=["name", "birth_date"],
            chair="1",
        )
        assert done.status_code == 302
        assert "Open the session" in text_of(client, page(kept))

    def test_it_says_why_not_at_the_field_and_keeps_what_was_typed(self, cast: Cast, client: Client) -> None:
        duplicate, kept = make_patient(cast), make_patient(cast)
        client.force_login(cast.nora)
        url = page(duplicate, "link-patient")
        unknown = fill_in(client, url, kept_mrn="W-0", reason="Same card.")
        assert (unknown.status_code, "No patient of this clinic" in unknown.content.decode()) == (422, True)
        itself = fill_in(client, url, kept_mrn=duplicate.mrn, reason="Same card.")
        assert (itself.status_code, "this very record" in itself.content.decode()) == (409, True)
        assert "Same card." in itself.content.decode()
        in_monitoring(cast, of_course=make_course(cast, patient=kept))
        with clock_at(NINE + minutes(60)):
            waits = fill_in(client, url, kept_mrn=kept.mrn, reason="Same card.")
        assert (waits.status_code, "A session of this person is open" in waits.content.decode()) == (409, True)

    def test_it_finds_no_record_of_a_facility_without_a_role(self, cast: Cast, client: Client) -> None:
        north = make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")
        duplicate, elsewhere = make_patient(cast), make_patient(north)
        client.force_login(cast.nora)
        assert link(client, duplicate, elsewhere.mrn) == 422

    @pytest.mark.parametrize(
        ("person", "status"), [("nora", 200), ("paul", 200), ("ada", 200), ("fred", 403), ("ines", 403)]
    )
    def test_it_is_for_those_who_may(self, cast: Cast, client: Client, person: str, status: int) -> None:
        patient = make_patient(cast)
        client.force_login(getattr(cast, person))
        assert client.get(page(patient, "link-patient")).status_code == status
        assert ("Same person as another record" in text_of(client, page(patient))) is (status == 200)


class TestUnlink:
    def test_each_stands_for_itself_again(self, cast: Cast, client: Client) -> None:
        duplicate, kept = make_patient(cast, name=("Rosalynd", "Tamarak")), make_patient(cast)
        client.force_login(cast.paul)
        link(client, duplicate, kept.mrn)
        url = page(kept, "unlink-patient", duplicate.pk)
        assert url in text_of(client, page(kept))
        assert fill_in(client, url, reason="Twins.").status_code == 302
        assert "Rosalynd Tamarak" in text_of(client, page(duplicate))
        assert "Same person, another record" not in text_of(client, page(kept))
        assert fill_in(client, url, reason="Again.").status_code == 409

    def test_it_is_of_a_record_that_was_linked(self, cast: Cast, client: Client) -> None:
        patient, stranger = make_patient(cast), make_patient(cast)
        client.force_login(cast.paul)
        assert client.get(page(patient, "unlink-patient", stranger.pk)).status_code == 404
