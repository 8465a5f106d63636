"""Until when somebody counts as on site, to the second."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions_app.rules.presence import LONGEST, Span, closes_at, on_site_until

NEW_YORK = ZoneInfo("America/New_York")
SIX = time(18, 0)
SECOND = timedelta(seconds=1)


def at(text: str, fold: int = 0) -> datetime:
    """A moment of New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


CAME = at("2026-04-14 08:00")
CLOSES = at("2026-04-14 18:00")


class TestClosesAt:
    @pytest.mark.parametrize(
        ("arrived", "closing", "expected"),
        [
            pytest.param(CAME, SIX, CLOSES, id="closing time of that day"),
            pytest.param(CLOSES - SECOND, SIX, CLOSES, id="came a second before it"),
            pytest.param(CLOSES, SIX, at("2026-04-15 00:00"), id="came at closing time: until midnight"),
            pytest.param(CAME, None, at("2026-04-15 00:00"), id="no closing time: midnight"),
            pytest.param(at("2026-04-14 21:00"), time(23, 0), at("2026-04-14 23:00"), id="with tomorrow begun in UTC"),
            pytest.param(at("2026-03-08 01:00"), time(2, 30), at("2026-03-08 03:30"), id="one never shown"),
            pytest.param(at("2026-11-01 00:30"), time(1, 30), at("2026-11-01 01:30", fold=1), id="one shown twice"),
            pytest.param(at("2026-11-01 08:00"), None, at("2026-11-02 00:00"), id="midnight of a day of 25 hours"),
        ],
    )
    def test_it_is_the_facilitys_own_clock(self, arrived: datetime, closing: time | None, expected: datetime) -> None:
        assert closes_at(arrived, closing=closing, zone=NEW_YORK) == expected


class TestOnSiteUntil:
    @pytest.mark.parametrize(
        ("sessions", "expected"),
        [
            pytest.param([], CLOSES, id="nobody is treated"),
            pytest.param([(-120, -1)], CLOSES, id="over before closing"),
            pytest.param([(-120, 45)], CLOSES + timedelta(minutes=45), id="until it is over"),
            pytest.param([(-120, 45), (30, 90)], CLOSES + timedelta(minutes=90), id="and the one begun meanwhile"),
            pytest.param([(30, 90), (-120, 45)], CLOSES + timedelta(minutes=90), id="in whichever order"),
            pytest.param([(-120, 45), (45, 90)], CLOSES + timedelta(minutes=45), id="not one begun after"),
            pytest.param([(0, 60)], CLOSES, id="nor one begun as they closed"),
            pytest.param([(-120, 400)], CLOSES + timedelta(minutes=400), id="past midnight"),
            pytest.param([(-120, None)], CAME + LONGEST, id="one that is open keeps them"),
            pytest.param([(-120, 60 * 30)], CAME + LONGEST, id="but nobody for ever"),
        ],
    )
    def test_it_is_closing_time_or_the_last_session(
        self, sessions: list[tuple[int, int | None]], expected: datetime
    ) -> None:
        def minute(count: int | None) -> datetime | None:
            return None if count is None else CLOSES + timedelta(minutes=count)

        spans = [Span(CLOSES + timedelta(minutes=began), minute(ended)) for began, ended in sessions]
        assert on_site_until(CAME, closing=SIX, zone=NEW_YORK, sessions=spans) == expected
