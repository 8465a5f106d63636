"""set_diary, close_days, withdraw_closure."""

from datetime import date, time

from sessions_app.actions.diary import close_days, set_diary, withdraw_closure
from sessions_app.models.diary import closures_of, setting_of
from tests.expect import refused
from tests.factories import NINE, Cast, entry
from tests.sessions_app.actions.diary_attempts import NUMBERS, close, set_hours


class TestSetDiary:
    def test_it_is_the_newest_that_counts(self, cast: Cast) -> None:
        assert setting_of(cast.facility).hours is None

        set_hours(cast)
        set_hours(cast, preparation_minutes=30, nurses=2, patients_per_nurse=3)

        setting = setting_of(cast.facility)
        assert setting.hours is not None
        assert setting.hours.of(date(2026, 4, 14)) == (time(8), time(18))
        assert setting.hours.of(date(2026, 4, 18)) is None
        assert (setting.preparation_minutes, setting.nurse_capacity, setting.prescriber_capacity) == (30, 6, None)

    def test_it_asks_for_both_times_in_their_order(self, cast: Cast) -> None:
        said = {"facility": cast.facility, "numbers": NUMBERS, "by": cast.ada, "now": NINE}
        none = [None] * 6
        for opens, closes, field in (
            ([time(8), *none], [None, *none], "opens_0"),
            ([time(8), *none], [time(8), *none], "closes_0"),
        ):
            with refused("FIELD", field=field):
                set_diary(opens=opens, closes=closes, entry=entry(), **said)  # type: ignore[arg-type]


class TestClosures:
    def test_it_stands_until_it_is_taken_back_once(self, cast: Cast) -> None:
        closure = close(cast)
        assert list(closures_of(cast.facility)) == [closure]

        said = {"closure": closure, "by": cast.fred, "now": NINE}
        with refused("FIELD", field="reason"):
            withdraw_closure(**said, reason=" ", entry=entry())
        withdraw_closure(**said, reason="Open after all.", entry=entry())

        assert not closures_of(cast.facility).exists()
        with refused("CLOSURE_WITHDRAWN"):
            withdraw_closure(**said, reason="Open after all.", entry=entry())

    def test_it_is_of_days_to_come_with_a_reason(self, cast: Cast) -> None:
        said = {"facility": cast.facility, "by": cast.fred, "now": NINE}
        for first, last, reason, field in (
            (date(2026, 5, 2), date(2026, 5, 1), "Works", "last_date"),
            (date(2026, 4, 1), date(2026, 4, 13), "Works", "last_date"),
            (date(2026, 5, 1), date(2026, 5, 1), " ", "reason"),
        ):
            with refused("FIELD", field=field):
                close_days(first_date=first, last_date=last, reason=reason, entry=entry(), **said)
