"""Bars: heights, intervals, groups, and labels where there is room."""

import pytest

from sessions_app.presenters.bar_chart import GROUPS_BELOW, HEIGHT, LEFT, RIGHT, TALL, TOP, Bar, draw_bars, levels


def test_the_highest_end_is_the_top_and_every_bar_stands_on_the_axis() -> None:
    drawn = draw_bars([Bar("a", 10, "10"), Bar("b", None), Bar("c", 5, between=(2, 20))], most=1)
    first, none, third = drawn["bars"]
    axis = drawn["axis"]
    assert (first["y"], first["height"]) == ((axis + TOP) / 2, (axis - TOP) / 2)
    assert not none["known"]
    assert third["between"] == {"low": axis - (axis - TOP) * 0.1, "high": TOP}
    assert third["above"] == TOP - 5  # its words stand above its interval
    assert (drawn["height"], drawn["groups"]) == (HEIGHT, [])


def test_groups_stand_apart_and_are_named_once() -> None:
    drawn = draw_bars([Bar(label, 1, group=label[0]) for label in ("A1", "A2", "B1")], most=1)
    middles = [bar["middle"] for bar in drawn["bars"]]
    assert middles[2] - middles[1] > middles[1] - middles[0]
    assert middles[0] > LEFT
    assert middles[-1] + drawn["bars"][-1]["width"] / 2 <= RIGHT
    assert [(group["words"], group["middle"]) for group in drawn["groups"]] == [
        ("A", (middles[0] + middles[1]) / 2),
        ("B", middles[2]),
    ]
    assert drawn["height"] == HEIGHT + GROUPS_BELOW


def test_a_tall_one_is_as_high_as_the_table_beside_it() -> None:
    low, tall = (draw_bars([Bar("a", 10), Bar("b", 4)], most=1, tall=tall) for tall in (False, True))
    assert (low["height"], tall["height"]) == (HEIGHT, TALL)
    assert tall["bars"][0]["height"] == tall["axis"] - TOP > low["bars"][0]["height"]
    assert tall["axis"] - tall["bars"][1]["y"] == pytest.approx(0.4 * (tall["axis"] - TOP), abs=0.1)


def test_of_many_every_so_many_are_named() -> None:
    labels = [bar["label"] for bar in draw_bars([Bar(str(number), 1, "1") for number in range(36)], most=1)["bars"]]
    assert 5 < sum(map(bool, labels)) < 18
    assert levels(100) == [0, 50, 100]
