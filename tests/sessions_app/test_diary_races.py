"""Several people book at once: the database holds one block per chair and per person, whatever the rules saw."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.refusals import ActionRefused
from sessions_app.actions.booking import book_session, cancel_booking
from sessions_app.actions.moving import move_booking, record_no_show
from sessions_app.actions.patient_link import link_patients
from sessions_app.actions.series import book_series
from sessions_app.models import Course, DosingSession
from sessions_app.rules.states import State
from tests.clock import clock_at
from tests.factories import NINE, Cast, booked, entry, make_cast, make_course, minutes
from tests.race import race
from tests.sessions_app.actions.diary_attempts import DAY

ROUND_THE_CLOCK = (0, 60, 170, 175, 180, 300)


def book(cast: Cast, course: Course, at: datetime, chair: str) -> DosingSession:
    return book_session(course=course, scheduled_at=at, chair=chair, entry=entry(), by=cast.fred, now=NINE)


def in_force() -> list[DosingSession]:
    return list(DosingSession.objects.filter(state=State.SCHEDULED).order_by("block_from"))


def overlaps(sessions: list[DosingSession]) -> list[tuple[DosingSession, DosingSession]]:
    """Two after one another of one chair or one patient, the second beginning before the first ends."""
    found = []
    for key in ("chair", "patient_id"):
        lines: dict[Any, list[DosingSession]] = {}
        for session in sessions:
            lines.setdefault(getattr(session, key), []).append(session)
        lines.pop("", None)
        pairs = [pair for line in lines.values() for pair in pairwise(line)]
        found += [(one, other) for one, other in pairs if other.block_from < one.block_until]  # type: ignore[operator]
    return found


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_gets_the_chair_and_the_other_is_told(self) -> None:
        cast = make_cast()
        first, second = make_course(cast), make_course(cast)
        tomorrow = NINE + DAY

        said = race(lambda: book(cast, first, tomorrow, "1"), lambda: book(cast, second, tomorrow + minutes(60), "1"))

        assert sorted(type(each).__name__ for each in said) == ["ActionRefused", "DosingSession"]
        refusal = next(each for each in said if isinstance(each, ActionRefused))
        assert [each.code for each in refusal.refusals] == ["CHAIR_BOOKED"]
        assert len(in_force()) == 1

    def test_one_person_is_booked_once_whichever_record_and_chair(self) -> None:
        """The constraint is of one record; of two the lock of the person is."""
        cast = make_cast()
        one, other = make_course(cast), make_course(cast)
        said: dict[str, Any] = {"facility": cast.facility, "by": cast.nora, "now": NINE, "reason": "The same card."}
        link_patients(duplicate=one.patient, kept=other.patient, entry=entry(), **said)
        one, other = (Course.objects.select_related("facility", "patient").get(pk=each.pk) for each in (one, other))
        for first, second in ((one, other), (one, one)):
            at = NINE + DAY * (1 if second is other else 2)

            answers = race(lambda: book(cast, first, at, "1"), lambda: book(cast, second, at + minutes(60), "2"))  # noqa: B023

            assert sorted(type(each).__name__ for each in answers) == ["ActionRefused", "DosingSession"]
            refusal = next(each for each in answers if isinstance(each, ActionRefused))
            assert [each.code for each in refusal.refusals] == ["PATIENT_BOOKED"]
        assert len(in_force()) == 2

    def test_two_series_share_the_dates_between_them(self) -> None:
        cast = make_cast()
        first, second = make_course(cast), make_course(cast)
        days = [(NINE + number * DAY, "1") for number in range(1, 9)]

        def series(course: Course, places: list[tuple[datetime, str]]) -> Any:
            return book_series(course=course, places=places, entry=entry(), by=cast.fred, now=NINE)

        said = race(
            lambda: series(first, days), lambda: series(second, [(at + minutes(30), chair) for at, chair in days[::-1]])
        )

        assert len(in_force()) == 8
        assert overlaps(in_force()) == []
        assert not [each for each in said if isinstance(each, Exception) and not isinstance(each, ActionRefused)]

    def test_two_move_to_one_place(self) -> None:
        cast = make_cast()
        sessions = [booked(cast, of_course=make_course(cast)).dosing_session for _number in range(2)]

        def move(session: DosingSession) -> Any:
            where = {"scheduled_at": NINE + DAY, "chair": "9"}
            return move_booking(dosing_session=session, **where, entry=entry(), by=cast.fred, now=NINE)  # type: ignore[arg-type]

        said = race(lambda: move(sessions[0]), lambda: move(sessions[1]))

        assert sorted(type(each).__name__ for each in said) == ["ActionRefused", "DosingSession"]
        assert [session.chair for session in in_force()].count("9") == 1


@pytest.mark.django_db
class TestTheConstraint:
    def test_it_holds_without_any_rule(self) -> None:
        cast = make_cast()
        one, other = (booked(cast, of_course=make_course(cast)).dosing_session for _number in range(2))
        with pytest.raises(IntegrityError, match="booking_one_per_chair"), transaction.atomic():
            DosingSession.objects.filter(pk=other.pk).update(chair=one.chair)
        ends = one.block_until
        assert ends is not None
        DosingSession.objects.filter(pk=other.pk).update(block_from=None, block_until=None)
        DosingSession.objects.filter(pk=other.pk).update(chair=one.chair)  # of before there were blocks: it stands


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(("book", "book", "move", "cancel", "no-show", "series")),
        st.integers(0, 3),
        st.sampled_from(ROUND_THE_CLOCK),
        st.sampled_from(("1", "2", "")),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.django_db
class TestWhateverIsDone:
    @settings(max_examples=6)
    @given(OPERATIONS)
    def test_no_two_blocks_of_a_chair_or_a_person_overlap(self, operations: list[tuple[str, int, int, str]]) -> None:
        with transaction.atomic(), clock_at(NINE):
            self._walk(operations)
            transaction.set_rollback(True)

    def _walk(self, operations: list[tuple[str, int, int, str]]) -> None:
        cast = make_cast()
        courses, later = [make_course(cast) for _number in range(4)], NINE + timedelta(days=3)
        said: dict[str, Any] = {"by": cast.fred, "now": NINE}
        for what, number, after, chair in operations:
            at, booked_now = NINE + DAY + minutes(after), in_force()
            session = booked_now[number % len(booked_now)] if booked_now else None
            try:
                if what == "book":
                    book(cast, courses[number], at, chair)
                elif what == "series":
                    places = [(at, chair), (at + DAY, chair)]
                    book_series(course=courses[number], places=places, entry=entry(), **said)
                elif session is None:
                    continue
                elif what == "move":
                    move_booking(dosing_session=session, scheduled_at=at, chair=chair, entry=entry(), **said)
                elif what == "cancel":
                    cancel_booking(dosing_session=session, reason="Ill.", entry=entry(), **said)
                else:
                    record_no_show(dosing_session=session, entry=entry(), by=cast.fred, now=later)
            except ActionRefused as refused:
                codes = {refusal.code for refusal in refused.refusals}
                assert codes <= {"CHAIR_BOOKED", "PATIENT_BOOKED", "NOTHING_FREE", "FIELD"}, codes
            assert overlaps(in_force()) == []
