"""move_booking, record_no_show."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from sessions_app.actions.booking import cancel_booking, check_in
from sessions_app.actions.moving import move_booking, record_no_show
from sessions_app.actions.site import withdraw_enrolment
from sessions_app.models import BookingMove, DosingSession, NoShow, Transition
from sessions_app.rules.states import State
from tests.expect import refused
from tests.factories import NINE, Cast, booked, entry, make_course, minutes
from tests.sessions_app.actions.diary_attempts import DAY

HOUR = timedelta(hours=1)


def move(cast: Cast, session: DosingSession, at: object, chair: str = "1") -> DosingSession:
    said = {"dosing_session": session, "scheduled_at": at, "chair": chair}
    return move_booking(**said, entry=entry(), by=cast.fred, now=NINE)  # type: ignore[arg-type]


class TestAMove:
    def test_it_takes_the_booking_and_its_block_elsewhere_and_leaves_a_row(self, cast: Cast) -> None:
        walk = booked(cast, now=NINE)
        other = booked(cast, now=NINE, of_course=make_course(cast)).dosing_session

        chair = walk.dosing_session.chair

        with refused("CHAIR_BOOKED"):
            move(cast, other, NINE + HOUR, chair)
        move(cast, walk.dosing_session, NINE + DAY, chair)
        move(cast, other, NINE + HOUR, chair)

        session = walk.refresh()
        assert (session.scheduled_at, session.chair, session.state) == (NINE + DAY, "1", State.SCHEDULED)
        assert session.block_from is not None
        assert session.block_from.date() == (NINE + DAY).date()
        row = BookingMove.objects.get(dosing_session=session)
        assert (row.moved_from, row.moved_to, row.from_chair, row.to_chair) == (NINE, NINE + DAY, "1", "1")

    def test_to_another_day_it_asks_whether_the_gate_is_shut_then(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        said = {"patient": session.patient, "program_code": "esketamine", "reason": "Moved."}
        withdraw_enrolment(facility=cast.facility, **said, entry=entry(), by=cast.fred, now=NINE)
        with refused("ENROLMENT"):
            move(cast, session, NINE + DAY)
        move(cast, session, NINE + HOUR)

    def test_it_leads_elsewhere(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        with refused("FIELD", field="scheduled_time"):
            move(cast, session, NINE, session.chair)
        move(cast, session, NINE, "7")
        assert DosingSession.objects.get(pk=session.pk).chair == "7"

    def test_it_is_the_only_way(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        with pytest.raises(DatabaseError, match="moves"), transaction.atomic():
            DosingSession.objects.filter(pk=session.pk).update(scheduled_at=NINE + HOUR)


class TestNoShow:
    def test_it_cancels_and_counts_from_the_booked_minute_on(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        said = {"dosing_session": session, "by": cast.fred}

        with refused("NOT_YET_DUE"):
            record_no_show(**said, entry=entry(), now=NINE - timedelta(seconds=1))
        record_no_show(**said, note="No answer at 9:20.", entry=entry(), now=NINE)

        row = NoShow.objects.get()
        last = Transition.objects.get(entry_id=row.entry_id)
        assert (last.to_state, last.reason) == (State.CANCELLED, "Did not come. No answer at 9:20.")

    def test_it_is_no_cancellation_and_no_check_in(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        cancel_booking(dosing_session=session, reason="Ill.", entry=entry(), by=cast.fred, now=NINE)
        with refused("STATE"):
            record_no_show(dosing_session=session, entry=entry(), by=cast.fred, now=NINE)
        assert not NoShow.objects.exists()

    def test_it_frees_its_place(self, cast: Cast) -> None:
        session = booked(cast, now=NINE).dosing_session
        record_no_show(dosing_session=session, entry=entry(), by=cast.fred, now=NINE)
        again = booked(cast, now=NINE, of_course=make_course(cast)).dosing_session
        assert again.chair == session.chair


class TestCheckIn:
    def test_a_walk_in_is_refused_for_nothing_of_the_diary(self, cast: Cast) -> None:
        booked(cast, now=NINE + minutes(10))
        walk_in = check_in(
            course=make_course(cast),
            identifiers=("name", "birth_date"),
            chair="1",
            entry=entry(),
            by=cast.fred,
            now=NINE,
        )
        assert (walk_in.state, walk_in.block_from) == (State.CHECKED_IN, None)
