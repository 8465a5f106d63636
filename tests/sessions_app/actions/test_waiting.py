"""put_on_waiting_list, take_place, end_waiting."""

from dataclasses import replace
from datetime import date, time

from sessions_app.actions.waiting import end_waiting, take_place
from sessions_app.models import WaitingEnd
from sessions_app.models.waiting import waiting_at
from tests.expect import refused
from tests.factories import NINE, Cast, booked, entry, make_course
from tests.sessions_app.actions.diary_attempts import ANY_TIME, DAY, wait


class TestWaiting:
    def test_it_ends_with_the_place_that_was_found(self, cast: Cast) -> None:
        waits, other = wait(cast), booked(cast, now=NINE + DAY).dosing_session
        said = {"waiting": waits, "scheduled_at": NINE + DAY, "by": cast.fred, "now": NINE}
        assert list(waiting_at(cast.facility)) == [waits]

        with refused("CHAIR_BOOKED"):
            take_place(**said, chair=other.chair, entry=entry())
        session = take_place(**said, chair="8", entry=entry())

        assert (session.course, session.chair, session.state) == (waits.course, "8", "SCHEDULED")
        assert WaitingEnd.objects.get(waiting=waits).dosing_session == session
        assert not waiting_at(cast.facility).exists()
        with refused("WAITING_OVER"):
            take_place(**said, chair="9", entry=entry())

    def test_it_ends_with_a_reason(self, cast: Cast) -> None:
        said = {"waiting": wait(cast), "by": cast.fred, "now": NINE}
        with refused("FIELD", field="reason"):
            end_waiting(**said, reason="", entry=entry())
        end_waiting(**said, reason="Treated elsewhere.", entry=entry())
        with refused("WAITING_OVER"):
            end_waiting(**said, reason="Again.", entry=entry())

    def test_it_is_for_days_to_come_and_times_in_their_order(self, cast: Cast) -> None:
        course = make_course(cast)
        for wish, field in (
            (replace(ANY_TIME, last=date(2026, 4, 13), first=date(2026, 4, 1)), "last_date"),
            (replace(ANY_TIME, last=date(2026, 4, 1)), "last_date"),
            (replace(ANY_TIME, earliest=time(12), latest=time(9)), "latest"),
        ):
            with refused("FIELD", field=field):
                wait(cast, wish, course=course)
