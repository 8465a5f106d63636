"""The drawing of one day, as numbers."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sessions_app.presenters.curve.day import Day, Device, Lines, Reading, Span, Window
from sessions_app.presenters.curve.drawing import draw, frame_of, line, px
from sessions_app.presenters.curve.labels import Label
from sessions_app.presenters.curve.scale import LEFT, RIGHT
from sessions_app.presenters.curve.values import ranked

NINE = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def reading(minute: float, systolic: int = 128, diastolic: int = 82, pulse: int = 72, spo2: int = 98) -> Reading:
    return Reading(at(minute), systolic, diastolic, pulse, spo2)


def a_day(*readings: Reading, **fields: Any) -> Day:
    return Day(ZoneInfo("America/New_York"), Lines(140, 90, 94), until=at(150), readings=readings, **fields)


DOSED = a_day(
    reading(20),
    reading(70, 152, 94),
    reading(90, 143, 88),
    baseline=reading(20),
    devices=(Device(at(30), 1), Device(at(35), 2)),
    clock_at=at(35),
    windows=(Window(at(65), at(85), "40", "min"), Window(at(145), at(155), "final")),
    now=at(100),
)


def test_every_value_stands_on_its_pixel() -> None:
    """From 9:10 to 11:45: 155 minutes on 606 px; BP from 60 to 180 at 1.12 px a mmHg."""
    drawn, frame = draw(DOSED), frame_of(DOSED)

    x = 54 + 606 * (70 - 10) / 155
    y = 26 + (180 - 152) * 1.12
    assert drawn["pressures"][1]["stem"] == f"M{px(x)} {px(y)}V{px(26 + (180 - 94) * 1.12)}"
    assert drawn["pressures"][1]["systolic"] == f"M{px(x - 5)} {px(y - 7)}L{px(x)} {px(y)}L{px(x + 5)} {px(y - 7)}"
    assert drawn["pulses"][0] == {"x": px(frame.time.x(at(20)) - 3), "y": px(frame.pulse.y(72) - 3)}
    assert drawn["spo2s"][2] == {"x": px(frame.time.x(at(90))), "y": px(frame.spo2.y(98))}
    assert drawn["bp_lines"][0].count("L") == 2
    assert drawn["clock_line"].startswith(f"M{px(frame.time.x(at(35)))} ")
    assert drawn["now"]["text"] == "10:40"


def test_policy_stands_at_its_own_numbers() -> None:
    tight = replace(DOSED, lines=Lines(130, 80, 96))
    drawn, frame = draw(tight), frame_of(tight)

    assert f"M54 {px(frame.bp.y(130))}H660" in drawn["policy"]
    assert f"M54 {px(frame.bp.y(80))}H660" in drawn["policy"]
    assert drawn["bands"][0] == {"top": px(frame.bp.top), "height": px(frame.bp.y(130) - frame.bp.top)}
    assert drawn["bands"][1]["top"] == px(frame.spo2.y(96))
    assert [found["value"] for found in drawn["names"]["lines"]] == [130, 80]


@pytest.mark.parametrize("floor", [90, 91, 92, 94, 97])
def test_the_floor_of_spo2_is_always_numbered(floor: int) -> None:
    words = draw(replace(DOSED, lines=Lines(140, 90, floor)))["scale_words"]

    assert str(floor) in [word["text"] for word in words]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 40, 120])
def test_it_draws_any_number_of_checks_with_no_word_on_another(count: int) -> None:
    day = replace(
        DOSED, readings=tuple(reading(40 + 100 * i / max(count, 1), 120 + i % 60, 80 + i % 20) for i in range(count))
    )
    drawn = draw(day)

    assert len(drawn["pressures"]) == len(drawn["pulses"]) == len(drawn["spo2s"]) == count
    boxes = [label_of(word).box for word in drawn["values"]]
    covered = [a.overlap(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert max(covered, default=0) < 0.2  # written with one decimal
    if count:
        texts = [word["text"] for word in drawn["values"]]
        last = day.readings[-1]
        assert f"{last.systolic}/{last.diastolic}" in texts
        assert f"{max(r.systolic or 0 for r in day.readings)}/" in " ".join(texts)


def label_of(word: dict[str, str]) -> Label:
    anchor = word["css"].rpartition(" ")[2]
    size = 15 if "last" in word["css"] else 12 if "small" in word["css"] or "missing" in word["css"] else 13
    named = anchor if anchor in ("mid", "end") else ""
    return Label(word["text"], float(word["x"]), float(word["y"]), named, size, bold=size != 12)


@pytest.mark.parametrize(("high", "more"), [(150, 0), (160, 10), (220, 70), (300, 150)])
def test_the_paper_grows_with_the_values(high: int, more: int) -> None:
    calm, wild = (draw(replace(DOSED, readings=(reading(70, value, 90),))) for value in (140, high))

    assert float(wild["height"]) - float(calm["height"]) == pytest.approx(1.12 * more, abs=0.11)
    assert all(0 <= float(word["y"]) <= float(wild["height"]) for word in wild["values"])


def test_nothing_leaves_the_paper() -> None:
    drawn = draw(DOSED)

    for x in re.findall(r"M(-?[\d.]+) ", " ".join(str(value) for value in drawn.values())):
        assert LEFT - 8 <= float(x) <= RIGHT + 8


def test_no_devices_no_windows() -> None:
    drawn = draw(a_day(reading(5), now=at(10)))

    assert drawn["windows"] == drawn["devices"] == []
    assert drawn["clock_line"] == drawn["base"] == ""


def test_nothing_at_all_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="nothing"):
        frame_of(a_day(now=at(10)))


def test_a_measure_not_obtained_is_crossed_with_its_reason() -> None:
    refused = Reading(at(60), pulse=70, spo2=97, missing={"bp": "refused"})
    drawn = draw(a_day(reading(20), refused, reading(90)))

    assert len(drawn["pressures"]) == 2
    assert len(drawn["crosses"]) == 1
    assert "refused" in [word["text"] for word in drawn["values"]]


def test_a_device_that_failed_is_hollow_and_drops_stand_apart() -> None:
    day = replace(DOSED, devices=(Device(at(30), 1, delivered=False), Device(at(31), 2), Device(at(32), 3)))
    drops = draw(day)["devices"]

    places = [float(drop["x"]) for drop in drops]
    assert [right - left for left, right in pairwise(places)] == pytest.approx([14, 14], abs=0.11)
    assert places[2] == pytest.approx(frame_of(day).time.x(at(32)), abs=0.06)
    assert [drop["css"] for drop in drops] == ["c-device c-failed", "c-device", "c-device"]


def test_the_session_over_has_no_now() -> None:
    assert draw(replace(DOSED, now=None))["now"] is None


def test_a_session_forgotten_open_is_not_squeezed_by_its_waiting() -> None:
    forgotten = replace(DOSED, now=at(155 + 6 * 60 + 1), until=at(2000))

    assert draw(forgotten)["now"] is None
    assert frame_of(forgotten).time == frame_of(replace(DOSED, now=None)).time
    assert draw(replace(DOSED, now=at(155 + 6 * 60)))["now"]


def test_words_of_windows_give_way() -> None:
    close = tuple(Window(at(60 + 4 * i), at(64 + 4 * i), str(20 * i), "min") for i in range(10))
    drawn = draw(replace(DOSED, windows=close))
    boxes = [Label(word["text"], float(word["x"]), float(word["y"]), "mid").box for word in drawn["window_words"]]

    assert len(drawn["windows"]) == 10
    assert 0 < len(boxes) < 10
    assert max(a.overlap(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]) < 0.2


def test_a_sign_that_lasts_has_an_arrow_at_now_and_one_gone_is_hollow() -> None:
    spans = (Span("Nausea since 10:10", at(70)), Span("Sedation 10:00 – 10:20", at(60), at(80)))
    drawn = draw(replace(DOSED, spans=spans, until=at(100)))
    gone, lasting = drawn["lanes"]

    assert (gone["kind"], gone["arrow"]) == ("gone", "")
    assert lasting["kind"] == "on"
    assert lasting["arrow"].startswith(f"M{px(frame_of(DOSED).time.x(at(100)))} ")
    assert float(drawn["height"]) == pytest.approx(float(draw(DOSED)["height"]) + 15 * 2, abs=0.2)


@pytest.mark.parametrize(("number", "text"), [(89.6, "89.6"), (90.0, "90"), (0.04, "0"), (123.46, "123.5")])
def test_numbers_are_written_for_attributes(number: float, text: str) -> None:
    assert px(number) == text


def test_one_point_is_no_line() -> None:
    assert line([]) == line([(1, 2)]) == ""
    assert line([(1, 2), (3, 4.5)]) == "M1 2L3 4.5"


def test_the_last_the_worst_and_the_first_are_named_before_the_others() -> None:
    readings = [reading(minute, systolic) for minute, systolic in ((0, 120), (10, 130), (20, 180), (30, 125))]

    assert [r.systolic for r in ranked(readings, lambda r: r.systolic or 0)] == [125, 180, 120, 130]
    assert ranked([], lambda r: 0) == []
