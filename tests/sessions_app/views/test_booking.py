"""Sessions are booked, patients are checked in, bookings are cancelled."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Patient
from sessions_app.actions.booking import book_session, check_in
from sessions_app.models import Course, DosingSession
from tests.clock import clock_at
from tests.factories import NINE, OPENING, Cast, entry, make_cast, make_course, make_patient, minutes
from tests.pages import searched
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
CHECK_IN = "/check-in/"
TWO = ["name", "birth_date"]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def fred(cast: Cast, client: Client) -> Client:
    client.force_login(cast.fred)
    return client


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


def page(thing: Patient | DosingSession, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[thing.pk])


def booked(cast: Cast, course: Course | None = None, **fields: Any) -> DosingSession:
    at = {"scheduled_at": NINE + minutes(30), "chair": "2", **fields}
    return book_session(course=course or make_course(cast), **at, entry=entry(), by=cast.fred, now=OPENING)


class TestBook:
    def test_it_books_in_the_facilitys_zone(self, cast: Cast, fred: Client) -> None:
        course = make_course(cast)
        url = page(course.patient, "book")
        response = fill_in(fred, url, scheduled_date="2026-04-16", scheduled_time="14:30", chair="3")
        session = DosingSession.objects.get()
        assert response.status_code == 302
        assert session.scheduled_at == datetime(2026, 4, 16, 18, 30, tzinfo=UTC)
        assert (session.course, session.chair, session.state) == (course, "3", "SCHEDULED")

    def test_it_asks_which_of_two_half_past_ones(self, cast: Cast, fred: Client) -> None:
        url = page(make_course(cast).patient, "book")
        typed = {"scheduled_date": "2026-11-01", "scheduled_time": "1:30"}
        first = fill_in(fred, url, **typed)
        assert first.status_code == 422
        assert "scheduled_time_pass" in first.content.decode()
        second = fill_in(fred, url, **typed, scheduled_time_pass="second")
        assert second.status_code == 302
        assert DosingSession.objects.get().scheduled_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"scheduled_date": "2026-04-13", "scheduled_time": "9:00"}, "This day is over."),
            ({"scheduled_date": "2027-03-14", "scheduled_time": "2:30"}, "Clocks went forward"),
            ({"scheduled_date": "2026-04-16", "scheduled_time": "25:00"}, "Not a time of day."),
            ({"scheduled_date": "", "scheduled_time": "9:00"}, "Still empty."),
        ],
    )
    def test_it_refuses_a_time_that_cannot_be_and_keeps_it(
        self, cast: Cast, fred: Client, typed: dict[str, str], said: str
    ) -> None:
        response = fill_in(fred, page(make_course(cast).patient, "book"), **typed, chair="7")
        text = response.content.decode()
        assert response.status_code == 422
        assert said in text
        for value in (*filter(None, typed.values()), "7"):
            assert f'value="{value}"' in text

    def test_it_needs_a_course(self, cast: Cast, fred: Client) -> None:
        assert fred.get(page(make_patient(cast), "book")).status_code == 404

    @pytest.mark.parametrize("person", ["ada", "ines"])
    def test_it_is_for_those_who_check_in(self, cast: Cast, client: Client, person: str) -> None:
        course = make_course(cast)
        client.force_login(getattr(cast, person))
        for step in ("book", "check-in-patient"):
            assert client.get(page(course.patient, step)).status_code == 403


class TestChooseWhomToCheckIn:
    def test_it_lists_who_is_expected_today(self, cast: Cast, fred: Client) -> None:
        today = booked(cast)
        tomorrow = booked(cast, make_course(cast, patient=make_patient(cast, name=("Al", "Ash"))),
                          scheduled_at=NINE + minutes(60 * 24))  # fmt: skip
        text = fred.get(CHECK_IN).content.decode()
        assert page(today, "check-in-booked") in text
        assert "9:30" in text
        assert page(tomorrow, "check-in-booked") not in text

    def test_it_finds_anybody_and_offers_what_fits(self, cast: Cast, fred: Client) -> None:
        here, waiting = make_course(cast, patient=make_patient(cast, name=("Ann", "Able"))), booked(cast)
        unbooked = make_course(cast, patient=make_patient(cast, name=("Bea", "Able")))
        newcomer = make_patient(cast, name=("Cal", "Able"))
        opened = check_in(course=here, identifiers=("name", "mrn"), entry=entry(), by=cast.fred, now=NINE)

        text = fred.get(CHECK_IN, searched("Able")).content.decode()

        assert reverse("sessions_app:dosing-session", args=[opened.pk]) in text
        assert page(unbooked.patient, "check-in-patient") in text
        assert page(newcomer, "patient-page") in text
        assert page(waiting, "check-in-booked") in fred.get(CHECK_IN, searched("Tamarack")).content.decode()

    def test_it_says_that_nobody_was_found(self, fred: Client) -> None:
        assert "Nobody found" in fred.get(CHECK_IN, searched("Nobody")).content.decode()

    @pytest.mark.parametrize(("person", "status"), [("nora", 200), ("paul", 200), ("ada", 403), ("ines", 403)])
    def test_it_is_for_those_who_check_in(self, cast: Cast, client: Client, person: str, status: int) -> None:
        client.force_login(getattr(cast, person))
        assert client.get(CHECK_IN).status_code == status

    def test_it_takes_as_many_queries_for_many_bookings(
        self, cast: Cast, fred: Client, django_assert_num_queries: Any
    ) -> None:
        for count in (1, 5):
            for number in range(count):
                booked(cast, make_course(cast), chair=f"{count}-{number}")
            with django_assert_num_queries(6):
                fred.get(CHECK_IN)
            with django_assert_num_queries(11):
                fred.get(CHECK_IN, searched("tama"))


class TestCheckInBooked:
    def test_it_opens_the_session(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        response = fill_in(fred, page(session, "check-in-booked"), identifiers=TWO, chair="4")
        session.refresh_from_db()
        assert response["Location"] == reverse("sessions_app:dosing-session", args=[session.pk])
        assert (session.state, session.chair, session.checked_in_by) == ("CHECKED_IN", "4", cast.fred)

    def test_it_refuses_one_identifier_and_keeps_it(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        response = fill_in(fred, page(session, "check-in-booked"), identifiers=["mrn"], chair="4")
        text = response.content.decode()
        assert response.status_code == 409
        assert "Two identifiers are confirmed before anything starts." in text
        assert 'value="4"' in text
        assert text.count("checked") == 1

    def test_it_says_that_the_session_moved_on(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        url = page(session, "check-in-booked")
        sent = {**hidden_fields(fred.get(url)), "identifiers": TWO}
        fill_in(fred, url, identifiers=TWO)
        late = fred.post(url, {**sent, "entry_id": str(uuid4())})
        assert late.status_code == 409
        assert "The session has moved on" in late.content.decode()

    def test_it_has_one_effect_when_sent_twice(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        url = page(session, "check-in-booked")
        sent = {**hidden_fields(fred.get(url)), "identifiers": TWO}
        assert [fred.post(url, sent).status_code for _ in range(2)] == [302, 302]
        session.refresh_from_db()
        assert session.last_order == 2

    def test_it_shows_off_label_before_anything_starts(self, cast: Cast, fred: Client) -> None:
        session = booked(cast, make_course(cast, indication="GAD"))
        fred.force_login(cast.nora)  # what a course is for is the chart's
        for step in ("check-in-booked", "cancel"):
            assert "Off-label" in fred.get(page(session, step)).content.decode()

    def test_it_is_not_there_for_another_facility(self, cast: Cast, client: Client) -> None:
        session = booked(cast)
        other = make_cast(facility_name="Harbour Clinic", suffix="2")
        client.force_login(other.fred)
        for step in ("check-in-booked", "cancel"):
            assert client.get(page(session, step)).status_code == 404


class TestCheckInPatient:
    def test_it_opens_a_session_without_a_booking(self, cast: Cast, fred: Client) -> None:
        course = make_course(cast)
        response = fill_in(fred, page(course.patient, "check-in-patient"), identifiers=TWO, chair="1")
        session = DosingSession.objects.get()
        assert response["Location"] == reverse("sessions_app:dosing-session", args=[session.pk])
        assert (session.course, session.state) == (course, "CHECKED_IN")

    def test_it_asks_for_the_course_where_there_are_several(self, cast: Cast, fred: Client) -> None:
        patient = make_patient(cast)
        trd, gad = (make_course(cast, patient=patient, indication=code) for code in ("TRD", "GAD"))
        url = page(patient, "check-in-patient")
        fred.force_login(cast.nora)
        assert "Generalised anxiety disorder, Off-label" in fred.get(url).content.decode()
        fred.force_login(cast.fred)
        assert fill_in(fred, url, identifiers=TWO).status_code == 422
        fill_in(fred, url, identifiers=TWO, course=str(trd.pk))
        assert DosingSession.objects.get().course == trd
        assert gad

    def test_it_refuses_a_second_open_session(self, cast: Cast, fred: Client) -> None:
        course = make_course(cast)
        url = page(course.patient, "check-in-patient")
        fill_in(fred, url, identifiers=TWO)
        again = fill_in(fred, url, identifiers=TWO, chair="9")
        text = again.content.decode()
        assert again.status_code == 409
        assert "This patient has an open session" in text
        assert 'value="9"' in text
        assert DosingSession.objects.count() == 1

    def test_it_names_the_chairs_in_use(self, cast: Cast, fred: Client) -> None:
        check_in(
            course=make_course(cast), identifiers=("name", "mrn"), chair="5", entry=entry(), by=cast.fred, now=NINE
        )
        text = fred.get(page(make_course(cast).patient, "check-in-patient")).content.decode()
        assert "In use now" in text
        assert "<dd>5</dd>" in text


class TestCancel:
    def test_it_cancels_with_a_reason(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        response = fill_in(fred, page(session, "cancel"), reason="Called in sick")
        session.refresh_from_db()
        assert response.status_code == 302
        assert session.state == "CANCELLED"

    def test_it_needs_a_reason(self, cast: Cast, fred: Client) -> None:
        session = booked(cast)
        assert fill_in(fred, page(session, "cancel"), reason=" ").status_code == 422
        session.refresh_from_db()
        assert session.state == "SCHEDULED"

    def test_it_is_for_those_who_check_in(self, cast: Cast, client: Client) -> None:
        session = booked(cast)
        client.force_login(cast.ines)
        assert client.get(page(session, "cancel")).status_code == 403
