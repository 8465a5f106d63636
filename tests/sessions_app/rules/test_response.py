"""How far scores fell, which phase holds when, and what one dose did."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sessions_app.models.score import instruments
from sessions_app.presenters.picture_chart import AXIS, LEFT, RIGHT, TOP, Line, Point, days_of, draw_scores, draw_small
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.regimen import Regimen
from sessions_app.rules.response import DoseDay, PhaseSpan, Scored, Series, dose_day, phase_spans, series_of
from tests.sessions_app.rules.builders import ESKETAMINE, at, baseline, check, onset, ready_to_leave, resolution

PHQ9 = instruments()["phq9"]


def scored(*totals: int, ready: tuple[int, ...] = ()) -> tuple[Scored, ...]:
    return tuple(Scored(at(60 * day), total, day in ready, False) for day, total in enumerate(totals))


class TestSeries:
    def test_it_falls_from_its_first_score(self) -> None:
        series = series_of(PHQ9, reversed(scored(20, 15, 22, 10, 0)))
        assert series == Series(PHQ9, scored(20, 15, 22, 10, 0))
        assert [series.fall_percent(each) for each in series.scores] == [0, 25, -10, 50, 100]

    def test_it_stands_where_it_was_last_asked_without_the_medicine(self) -> None:
        assert Series(PHQ9, scored(20, 15, 8, ready=(2,))).last.total == 15
        assert Series(PHQ9, scored(20, 15, 8, ready=(0, 1, 2))).last.total == 8

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


def test_lines_of_one_phase_that_follow_each_other_are_one_span() -> None:
    first, weeks = date(2026, 3, 2), timedelta(weeks=8)

    def line(phase: str, week_from: int, week_to: int | None) -> Regimen:
        return Regimen("TRD", phase, week_from, week_to, (56,), (), "weekly_interval_days")

    lines = (line("a", 1, 4), line("a", 5, 8), line("b", 9, 12), line("b", 13, None))
    spans = (PhaseSpan("a", first, first + weeks), PhaseSpan("b", first + weeks, None))
    assert phase_spans(replace(ESKETAMINE, regimens=lines), "TRD", first) == spans


def dosed(**changes: Any) -> SessionFacts:
    """Drowsy twice, dissociated to the end, and a pressure that rose by 20 and by 15 at different minutes."""
    told: dict[str, Any] = {
        "checks": (
            baseline(ESKETAMINE, 3, -30, bp=(110, 70)),
            baseline(ESKETAMINE, 1, -20, bp=(170, 100)),
            baseline(ESKETAMINE, 2, -10, bp=(120, 80)),
            check(ESKETAMINE, 11, 40, bp=(140, 85)),
            check(ESKETAMINE, 12, 60, bp=(135, 95), signs={"dissociation": True}),
        ),
        "sign_events": (
            onset("sedation", 21, 20),
            resolution("sedation", 22, 41.5),
            onset("sedation", 23, 50),
            resolution("sedation", 24, 70),
        ),
        "assessed_at": (at(-5), at(126.5), at(140)),
    }
    return ready_to_leave(ESKETAMINE, **{**told, **changes})


MEASURED = DoseDay(3, at(0), 56, 20, 15, 70, 41, 126)
BEFORE, SINCE = dosed().checks[:3], dosed().checks[3:]


@pytest.mark.parametrize(
    ("changes", "otherwise"),
    [
        pytest.param({}, {}, id="everything"),
        pytest.param({"checks": SINCE}, {"systolic_rise": None, "diastolic_rise": None}, id="none before"),
        pytest.param(
            {"checks": BEFORE},
            dict.fromkeys(("systolic_rise", "diastolic_rise", "dissociation_minutes", "sedation_minutes")),
            id="none since",
        ),
        pytest.param(
            {"checks": (*BEFORE, check(ESKETAMINE, 11, 40, bp=(119, 79)))},
            {"systolic_rise": 0, "diastolic_rise": 0, "dissociation_minutes": 0},
            id="it fell, and the sign was asked and never found",
        ),
        pytest.param(
            {"checks": (*BEFORE, check(ESKETAMINE, 11, 40, bp=(140, 95), signs=()))},
            {"dissociation_minutes": None, "sedation_minutes": None},
            id="no sign was asked",
        ),
        pytest.param(
            {"sign_events": (onset("sedation", 21, 131),)}, {"sedation_minutes": 0}, id="it began after the end"
        ),
        pytest.param({"assessed_at": (at(-5),)}, {"ready_minutes": None}, id="ready before it alone"),
        pytest.param({"assessed_at": (at(0), at(9))}, {"ready_minutes": 0}, id="ready in its minute"),
    ],
)
def test_a_dose_is_told_by_what_was_measured(changes: dict[str, Any], otherwise: dict[str, Any]) -> None:
    assert dose_day(dosed(**changes), number=3, mg=56, until=at(130)) == replace(MEASURED, **otherwise)


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
