"""How far scores fell, which phase holds when, and what one dose did."""

from datetime import date, timedelta

import pytest

from sessions_app.models.score import instruments
from sessions_app.presenters.picture_chart import AXIS, LEFT, RIGHT, TOP, Line, Point, days_of, draw_scores, draw_small
from sessions_app.rules.response import Scored, dose_day, phase_spans, series_of
from tests.sessions_app.rules.builders import ESKETAMINE, at, ready_to_leave

PHQ9 = instruments()["phq9"]


def scored(*totals: int, ready: tuple[int, ...] = ()) -> tuple[Scored, ...]:
    return tuple(Scored(at(60 * day), total, day in ready, False) for day, total in enumerate(totals))


class TestSeries:
    def test_it_falls_from_its_first_score(self) -> None:
        series = series_of(PHQ9, reversed(scored(20, 15, 22, 10)))
        assert series is not None
        assert [series.fall_percent(each) for each in series.scores] == [0, 25, -10, 50]

    def test_it_stands_where_it_was_last_asked_without_the_medicine(self) -> None:
        series = series_of(PHQ9, scored(20, 15, 8, ready=(2,)))
        assert series is not None
        assert series.last.total == 15

    def test_it_says_nothing_of_a_first_score_of_nothing(self) -> None:
        series = series_of(PHQ9, scored(0, 4))
        assert series is not None
        assert series.fall_percent(series.last) is None
        assert series_of(PHQ9, ()) is None


def test_phases_follow_weeks_since_the_first_dose_wherever_it_was_given() -> None:
    first = date(2026, 3, 2)
    spans = [(span.phase, span.from_date, span.to_date) for span in phase_spans(ESKETAMINE, "TRD", first)]
    weeks = timedelta(weeks=4)
    assert spans == [("induction", first, first + weeks), ("maintenance", first + weeks, None)]
    assert phase_spans(ESKETAMINE, "TRD", None) == phase_spans(ESKETAMINE, "GAD", first) == ()


def test_a_dose_is_told_by_what_was_measured() -> None:
    day = dose_day(ready_to_leave(ESKETAMINE), number=3, mg=56, until=at(130))
    assert (day.number, day.mg) == (3, 56)
    assert day.systolic_rise is not None
    assert day.systolic_rise >= 0
    assert day.dissociation_minutes == 0
    assert day.ready_minutes is not None


@pytest.mark.parametrize("most", [21, 27, 60, 92])
def test_every_mark_stands_on_the_paper(most: int) -> None:
    points = [
        Point(date(2026, 3, 1) + timedelta(days=9 * step), min(most, 5 * step), step % 2 == 0) for step in range(20)
    ]
    drawn = draw_scores(
        points,
        most=most,
        lines=[Line(5, "a", "response"), Line(5.1, "b", "remission")],
        doses=(),
        columns=(),
        days=days_of([point.day for point in points]),
    )
    assert all(LEFT <= spot["x"] <= RIGHT and TOP <= spot["y"] <= AXIS for spot in drawn["points"])
    assert [line["text"] for line in drawn["lines"]] == ["a", ""]
    assert {value["text"] for value in drawn["values"]} >= {str(points[0].total), str(points[-1].total)}


def test_a_small_chart_marks_what_was_not_measured() -> None:
    drawn = draw_small([0, None, 30, 60], least=40)
    assert [bar["height"] for bar in drawn["bars"]] == [0.0, 52.0, 104.0]
    assert (len(drawn["gaps"]), drawn["most"]) == (1, 60)
