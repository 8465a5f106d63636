"""What is done with the diary, ready to be tried."""

from datetime import date, time, timedelta
from typing import Any

from sessions_app.actions import diary, moving, series, waiting
from sessions_app.models import Closure, Waiting
from sessions_app.rules.diary import Wish
from sessions_app.rules.states import State
from tests.attempts import ADMIN, DESK, REGISTRY, Attempt
from tests.factories import NINE, Cast, entry, make_course
from tests.sessions_app.actions.attempt_scenes import at, of_session

DAY = timedelta(days=1)
WEEKDAYS = [time(8)] * 5 + [None] * 2, [time(18)] * 5 + [None] * 2
NUMBERS: dict[str, Any] = {"preparation_minutes": 15, "margin_minutes": 15}
ANY_TIME = Wish(date(2026, 4, 14), date(2026, 5, 31), frozenset(), None, None)
HOLIDAY: dict[str, Any] = {"first_date": date(2026, 5, 25), "last_date": date(2026, 5, 25), "reason": "Memorial Day"}


def set_hours(cast: Cast, **numbers: Any) -> None:
    opens, closes = WEEKDAYS
    said: dict[str, Any] = {"opens": opens, "closes": closes, "numbers": {**NUMBERS, **numbers}}
    diary.set_diary(facility=cast.facility, **said, entry=entry(), by=cast.ada, now=NINE)


def close(cast: Cast, **said: Any) -> Closure:
    return diary.close_days(facility=cast.facility, **{**HOLIDAY, **said}, entry=entry(), by=cast.fred, now=NINE)


def wait(cast: Cast, wish: Wish = ANY_TIME, **said: Any) -> Waiting:
    said = {"course": said.get("course") or make_course(cast), "by": cast.fred, "now": NINE}
    return waiting.put_on_waiting_list(wish=wish, entry=entry(), **said)


DIARY_ATTEMPTS = (
    Attempt(
        diary.set_diary,
        ADMIN,
        lambda cast: cast,
        lambda cast: {"facility": cast.facility, "opens": WEEKDAYS[0], "closes": WEEKDAYS[1], "numbers": NUMBERS},
    ),
    Attempt(diary.close_days, REGISTRY, lambda cast: cast, lambda cast: {"facility": cast.facility, **HOLIDAY}, "fred"),
    Attempt(diary.withdraw_closure, REGISTRY, close, lambda made: {"closure": made, "reason": "Open."}, "fred"),
    Attempt(
        series.book_series,
        DESK,
        make_course,
        lambda made: {"course": made, "places": [(NINE + DAY, "1"), (NINE + 3 * DAY, "1")]},
        "fred",
    ),
    Attempt(waiting.put_on_waiting_list, DESK, make_course, lambda made: {"course": made, "wish": ANY_TIME}, "fred"),
    Attempt(
        waiting.take_place, DESK, wait, lambda made: {"waiting": made, "scheduled_at": NINE + DAY, "chair": "2"}, "fred"
    ),
    Attempt(waiting.end_waiting, DESK, wait, lambda made: {"waiting": made, "reason": "Moved away."}, "fred"),
)

BOOKING_ATTEMPTS = (
    Attempt(
        moving.move_booking,
        DESK,
        at(State.SCHEDULED),
        of_session(scheduled_at=NINE + DAY, chair="2"),
        "fred",
        allowed=(State.SCHEDULED,),
    ),
    Attempt(moving.record_no_show, DESK, at(State.SCHEDULED), of_session(), "fred", allowed=(State.SCHEDULED,)),
)
