"""The list of patients: whom it shows, whom it finds, at how many queries."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

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

pytestmark = pytest.mark.django_db
LIST, REGISTER = "/patients/", "/patients/register/"
EVERYBODY = ("nora", "nils", "paul", "fred", "ada", "ines")


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


def text_of(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return str(response.content.decode())


class TestPatients:
    @pytest.mark.parametrize("person", EVERYBODY)
    def test_it_shows_the_facilitys_patients_to_every_role(self, cast: Cast, client: Client, person: str) -> None:
        make_patient(cast)
        client.force_login(getattr(cast, person))
        assert "Rosalind Tamarack" in text_of(client, LIST)

    def test_it_asks_strangers_to_sign_in(self, client: Client) -> None:
        assert client.get(LIST).status_code == 302

    def test_it_hides_another_organisations_patients(self, cast: Cast, other: Cast, client: Client) -> None:
        make_patient(other, name=("Otis", "Overland"))
        client.force_login(cast.nora)
        assert "Overland" not in text_of(client, LIST)
        assert "Overland" not in text_of(client, LIST, **searched("Overland")).replace("“Overland”", "").replace(
            'value="Overland"', ""
        ).replace("· Overland", "")

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("tama", True),
            ("ROSA tam", True),
            ("Tamarack, Rosalind", True),
            ("1982-09-03", True),
            ("09/03/1982", True),
            ("3 Sep 1982", True),
            ("W-00", True),
            ("1982-09-04", False),
            ("tama otis", False),
            ("%", False),
        ],
    )
    def test_it_finds_by_part_of_name_number_and_birth_date(
        self, cast: Cast, client: Client, words: str, found: bool
    ) -> None:
        make_patient(cast)
        client.force_login(cast.nora)
        assert ("Rosalind Tamarack" in text_of(client, LIST, **searched(words))) is found

    def test_it_shows_course_enrolment_last_session_and_today(self, cast: Cast, client: Client) -> None:
        discharged(cast)
        in_monitoring(
            cast, of_course=make_course(cast, patient=make_patient(cast, name=("Al", "Ash")), indication="TRD")
        )
        gad = make_patient(cast, name=("Maud", "Larkspur"))
        make_course(cast, patient=gad, indication="GAD")
        client.force_login(cast.nora)

        with clock_at(STAY_ENDS + minutes(5)):
            text = text_of(client, LIST)

        for words in ("TRD, week 1, induction, twice weekly", "Off-label", "Enrolled", "14 Apr 2026", "Gone home"):
            assert words in text
        assert "Being monitored" in text

    def test_it_offers_a_new_patient_to_those_who_register(self, cast: Cast, client: Client) -> None:
        for person, offered in (("fred", True), ("ines", False)):
            client.force_login(getattr(cast, person))
            assert (REGISTER in text_of(client, LIST)) is offered

    def test_it_pages_after_fifty(self, cast: Cast, client: Client) -> None:
        for _ in range(52):
            make_patient(cast)
        client.force_login(cast.nora)
        assert "1 to 50 of 52" in text_of(client, LIST)
        assert "51 to 52 of 52" in text_of(client, LIST, page="2")
        assert "51 to 52 of 52" in text_of(client, LIST, page="99")

    def test_it_takes_as_many_queries_for_many_patients(
        self, cast: Cast, client: Client, django_assert_num_queries: Any
    ) -> None:
        client.force_login(cast.nora)
        for count in (1, 6):
            for _ in range(count):
                walk = discharged(cast)
            assert walk
            with django_assert_num_queries(12):
                client.get(LIST)
