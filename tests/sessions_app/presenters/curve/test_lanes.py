"""Bars of signs under the curve."""

from datetime import UTC, datetime, timedelta

import pytest

from sessions_app.presenters.curve.day import Span
from sessions_app.presenters.curve.lanes import lay_bars
from sessions_app.presenters.curve.scale import TimeScale

START = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)
SCALE = TimeScale(START, START + timedelta(minutes=202))  # 3 px a minute


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("began", "ended", "place"),
    [
        (20, 120, "in"),  # 300 px hold the words
        (20, 25, "after"),
        (170, 175, "before"),
        (60, None, "before"),
        (5, None, "after"),  # no room before it, and it ends at 150
    ],
)
def test_the_words_stand_where_there_is_room(began: float, ended: float | None, place: str) -> None:
    span = Span("Dissociation 10:05", at(began), at(ended) if ended else None)
    (bar,) = lay_bars([span], SCALE, until=at(150))

    assert bar.place == place
    assert bar.left == pytest.approx(54 + 3 * began)
    assert bar.right == pytest.approx(54 + 3 * (ended or 150))
    assert bar.lasting is (ended is None)


def test_bars_share_a_lane_where_they_and_their_words_are_apart() -> None:
    spans = [Span("Nausea", at(10), at(50)), Span("Headache", at(30), at(90)), Span("Nausea", at(120), at(160))]

    assert [bar.lane for bar in lay_bars(spans, SCALE, until=at(180))] == [0, 1, 0]


def test_what_lasts_a_minute_is_seen() -> None:
    (bar,) = lay_bars([Span("Nausea", at(50), at(50))], SCALE, until=at(180))

    assert bar.right - bar.left == 3


def test_a_medicine_is_a_point() -> None:
    (bar,) = lay_bars([Span("ondansetron 4 mg 10:20", at(50), point=True)], SCALE, until=at(180))

    assert bar.left == bar.right
    assert not bar.lasting
