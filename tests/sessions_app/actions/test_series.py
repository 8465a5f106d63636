"""book_series."""

import json
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import AuditEvent
from sessions_app.actions.booking import book_session
from sessions_app.actions.series import Series, book_series
from sessions_app.models import Course, DosingSession
from tests.expect import refused
from tests.factories import NINE, Cast, entry, make_course
from tests.sessions_app.actions.diary_attempts import DAY, close, set_hours


def days(*numbers: int, chair: str = "1") -> list[tuple[object, str]]:
    return [(NINE + number * DAY, chair) for number in numbers]


def book(cast: Cast, course: Course, places: list[tuple[object, str]]) -> Series:
    return book_series(course=course, places=places, entry=entry(), by=cast.fred, now=NINE)  # type: ignore[arg-type]


class TestASeries:
    def test_it_books_what_is_free_in_one_entry_and_tells_what_it_left_out(self, cast: Cast) -> None:
        book_session(
            course=make_course(cast),
            scheduled_at=NINE + 3 * DAY + timedelta(hours=1),
            chair="1",
            entry=entry(),
            by=cast.fred,
            now=NINE,
        )
        set_hours(cast)
        close(cast, first_date=(NINE + 8 * DAY).date(), last_date=(NINE + 8 * DAY).date())
        course = make_course(cast)

        made = book(cast, course, days(1, 3, 4, 8, 10))

        assert [session.scheduled_at for session in made.booked] == [NINE + DAY, NINE + 10 * DAY]
        why = [(slot.scheduled_at, refusals[0].code) for slot, refusals in made.left_out]
        assert why == [
            (NINE + 3 * DAY, "CHAIR_BOOKED"),
            (NINE + 4 * DAY, "OUTSIDE_HOURS"),
            (NINE + 8 * DAY, "CLINIC_CLOSED"),
        ]
        said = json.loads(AuditEvent.objects.get(action="book_series").payload)
        assert [row["table"].split(".")[1] for row in said["rows"]] == ["DosingSession"] * 2 + ["Transition"] * 2
        left_out = [each["why"] for each in said["details"]["left_out"]]
        assert left_out == ["CHAIR_BOOKED", "OUTSIDE_HOURS", "CLINIC_CLOSED"]

    def test_it_never_books_one_person_twice_at_a_time(self, cast: Cast) -> None:
        course = make_course(cast)

        made = book(cast, course, [*days(1), *days(1, chair="2")])

        assert (len(made.booked), made.left_out[0][1][0].code) == (1, "PATIENT_BOOKED")

    def test_it_books_nothing_where_nothing_is_free_or_chosen(self, cast: Cast) -> None:
        close(cast)
        course = make_course(cast)
        with refused("NOTHING_FREE", "CLINIC_CLOSED"):
            book(cast, course, days(41))
        with refused("NOTHING_CHOSEN"):
            book(cast, course, [])
        with refused("TOO_MANY_DATES"):
            book(cast, course, days(*range(1, 62)))

    def test_it_asks_the_diary_as_often_for_one_date_as_for_twenty(self, cast: Cast) -> None:
        counts = []
        for number in (1, 2, 20):
            course = make_course(cast)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                book(cast, course, days(*range(1, number + 1), chair=str(number)))
            counts.append(len(queries))
        assert counts[1] == counts[2]
        assert DosingSession.objects.count() == 23
