"""The diary's pages: as many queries for many bookings as for one, and what they say."""

import html
import re
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.actions.booking import book_session
from sessions_app.actions.site import set_chairs
from sessions_app.models import DosingSession
from tests.clock import clock_at
from tests.factories import NINE, Cast, booked, checked_in, entry, make_course, make_patient
from tests.scene import cast, clinic
from tests.sessions_app.actions.diary_attempts import DAY, close, set_hours, wait

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DIARY, WEEK = reverse("sessions_app:diary"), reverse("sessions_app:diary-week")


@pytest.fixture
def fred(cast: Cast, client: Client) -> Client:
    client.force_login(cast.fred)
    return client


def read(client: Client, url: str) -> str:
    with clock_at(NINE):
        return client.get(url).content.decode()


def book(cast: Cast, at: Any, chair: str) -> DosingSession:
    return book_session(course=make_course(cast), scheduled_at=at, chair=chair, entry=entry(), by=cast.fred, now=NINE)


class TestADay:
    def test_it_takes_as_many_queries_for_many_bookings(
        self, cast: Cast, fred: Client, django_assert_num_queries: Any
    ) -> None:
        set_hours(cast)
        checked_in(cast)
        for count in (1, 6):
            for number in range(count):
                book(cast, NINE + DAY + HOUR, f"{count}-{number}")
                wait(cast)
            for url, queries in ((f"{DIARY}?day=2026-04-15", 13), (f"{WEEK}?day=2026-04-15", 10)):
                read(fred, url)  # the session's own rows
                with clock_at(NINE), django_assert_num_queries(queries):
                    fred.get(url)

    def test_it_shows_the_room_and_who_is_booked_where_there_is_no_chair_any_more(
        self, cast: Cast, fred: Client
    ) -> None:
        book(cast, NINE + HOUR, "7")
        said = {"entry": entry(), "by": cast.fred, "now": NINE}
        set_chairs(facility=cast.facility, chairs=("1", "2"), **said)  # type: ignore[arg-type]
        text = read(fred, DIARY)
        for words in ("Chair 1", "Chair 7", "not in the room", "10:00 Rosalind Tamarack", "9:45 – 12:25"):
            assert words in text

    def test_it_shows_who_is_booked_on_a_closure(self, cast: Cast, fred: Client) -> None:
        book(cast, NINE + DAY, "1")
        close(cast, first_date=date(2026, 4, 15), last_date=date(2026, 4, 15), reason="Burst pipe")
        text = read(fred, f"{DIARY}?day=2026-04-15")
        assert "Closed: Burst pipe." in text
        assert "Rosalind Tamarack" in text

    def test_it_shows_what_overlaps_from_before_there_were_blocks(self, cast: Cast, fred: Client) -> None:
        sessions = [book(cast, NINE + HOUR, chair) for chair in ("1", "2")]
        rows = DosingSession.objects.filter(pk__in=[each.pk for each in sessions])
        rows.update(block_from=None, block_until=None)
        rows.update(chair="1")
        assert read(fred, DIARY).count("9:45 – 12:25") == 4  # in the table, and in the list of phones

    @pytest.mark.parametrize("day", ["", "today", "2026-02-30", "0001-01-01", "9999-12-31"])
    def test_it_is_today_where_the_address_says_no_day(self, cast: Cast, fred: Client, day: str) -> None:
        assert "Tuesday 14 Apr 2026" in read(fred, f"{DIARY}?day={day}")

    def test_it_offers_places_to_the_desk_alone(self, cast: Cast, client: Client) -> None:
        wait(cast)
        for person, offered in (("fred", True), ("ada", False), ("ines", False)):
            client.force_login(getattr(cast, person))
            assert ("Waiting, and could come" in read(client, DIARY)) == offered


class TestAFreePlace:
    def free(self, text: str) -> list[str]:
        return re.findall(r'class="diary-free" href="([^"]+)"', text)

    def test_it_leads_by_the_patients_to_a_booking_there(self, cast: Cast, fred: Client) -> None:
        set_hours(cast)
        set_chairs(facility=cast.facility, chairs=("1", "2"), entry=entry(), by=cast.fred, now=NINE)
        course, without = make_course(cast), make_patient(cast)
        places = self.free(read(fred, f"{DIARY}?day=2026-04-15"))
        assert len(places) == 2 * 10  # two chairs, from 8 to 18
        place = html.unescape(places[2])
        assert place == "/patients/?at=2026-04-15T09%3A15&chair=1"  # 15 minutes of preparation
        patients = read(fred, place)
        assert "Who is booked on 15 Apr 2026, 9:15, chair 1?" in patients
        book = f"{reverse('sessions_app:book', args=[course.patient_id])}?at=2026-04-15T09%3A15&amp;chair=1"
        assert f'href="{book}"' in patients
        assert f'href="{reverse("sessions_app:patient-page", args=[without.pk])}"' in patients
        with clock_at(NINE):
            form = fred.get(html.unescape(book)).context["form"]
            said = {name: form[name].value() for name in ("entry_id", "course", "chair")}
            said |= {"scheduled_date": form["scheduled_date"].value().isoformat(), "scheduled_time": "09:15"}
            assert form["scheduled_time"].value() == time(9, 15)
            assert fred.post(html.unescape(book), said).status_code == 302
        session = DosingSession.objects.get()
        assert (session.chair, session.block_from) == ("1", NINE + DAY)
        assert place not in map(html.unescape, self.free(read(fred, f"{DIARY}?day=2026-04-15")))

    def test_a_search_keeps_the_place(self, cast: Cast, fred: Client) -> None:
        make_course(cast)
        with clock_at(NINE):
            said = {"of": "patients", "q": "Tamarack", "at": "2026-04-15T09:15", "chair": "1"}
            found = fred.post(reverse("sessions_app:find-patients"), said, follow=True)
        assert "Who is booked on 15 Apr 2026, 9:15, chair 1?" in found.content.decode()
        assert "chair=1" in found.context["patients"][0]["url"]

    def test_none_is_offered_of_yesterday_on_a_closure_or_to_whoever_does_not_book(
        self, cast: Cast, client: Client
    ) -> None:
        set_hours(cast)
        close(cast, first_date=date(2026, 4, 16), last_date=date(2026, 4, 16))
        for person, day, offered in (
            *(("fred", "2026-04-15", True), ("fred", "2026-04-13", False), ("fred", "2026-04-16", False)),
            *(("fred", "2026-04-18", False), ("ada", "2026-04-15", False), ("ines", "2026-04-15", False)),
        ):
            client.force_login(getattr(cast, person))
            assert bool(self.free(read(client, f"{DIARY}?day={day}"))) == offered, (person, day)
        client.force_login(cast.ada)
        assert "Who is booked" not in read(client, "/patients/?at=2026-04-15T09:15&chair=1")

    def test_hours_of_nobody_outside_the_clinics_are_folded(self, cast: Cast, fred: Client) -> None:
        book(cast, NINE + DAY + timedelta(hours=11, minutes=30), "1")  # while nobody had said any hours
        set_hours(cast)
        text = read(fred, f"{DIARY}?day=2026-04-15")
        assert "18:00" in text.partition("closed, nobody here to 20:00")[0]
        assert text.count('class="full folded"') == 1
        assert len(self.free(text)) == 10


class TestASeries:
    def url(self, patient_id: Any, **asked: Any) -> str:
        said = {"weekdays": "1", "at": "10:00", "first": "2026-04-14", "weeks": "2", "chair": "", **asked}
        query = "&".join(f"{name}={value}" for name, value in said.items())
        return f"{reverse('sessions_app:book-series', args=[patient_id])}?{query}"

    def test_it_takes_as_many_queries_for_many_dates(
        self, cast: Cast, fred: Client, django_assert_num_queries: Any
    ) -> None:
        course = make_course(cast)
        booked(cast, of_course=make_course(cast))
        for weeks in ("1", "12"):
            url = self.url(course.patient_id, course=course.pk, weeks=weeks)
            read(fred, url)
            with clock_at(NINE), django_assert_num_queries(22):
                fred.get(url)

    def test_it_says_at_its_field_what_cannot_be(self, cast: Cast, fred: Client) -> None:
        course = make_course(cast)
        text = read(fred, self.url(course.patient_id, course=course.pk, weekdays="", weeks="3"))
        assert "book these dates" not in text.lower()
        days = "0&weekdays=1&weekdays=2&weekdays=3&weekdays=4"
        text = read(fred, self.url(course.patient_id, course=course.pk, weekdays=days, weeks="26"))
        assert "At most 26 weeks and 60 dates at a time." in text

    def test_it_leaves_out_what_was_taken_meanwhile_and_says_so(self, cast: Cast, fred: Client) -> None:
        course = make_course(cast)
        url = self.url(course.patient_id, course=course.pk, chair="1")
        with clock_at(NINE):
            shown = fred.get(url)
            form = shown.context["form"]
            book(cast, NINE + HOUR, "1")
            places = ["2026-04-14T10:00|1", "2026-04-21T10:00|1"]
            said = {"entry_id": form["entry_id"].value(), "course": str(course.pk), "places": places}
            answer = fred.post(url, said, follow=True)
        assert "Left out: Tuesday 14 Apr 2026" in answer.content.decode()
        assert DosingSession.objects.filter(course=course).count() == 1
