"""The floor as it is shown: what each chair says, in which order, and until when."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string

from clinic.rules.roles import ROLE_PERMISSIONS, Role
from sessions_app.actions import booking, site
from sessions_app.models.day import Day
from sessions_app.presenters.alarm import floor_alarms
from sessions_app.presenters.floor import BY_URGENCY, Board, board_of, floor_page
from sessions_app.presenters.wall import wall_page
from sessions_app.rules.floor import next_turn
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    booked,
    checked_in,
    cleared,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
    ready_to_leave,
)

pytestmark = pytest.mark.django_db
NURSES = ROLE_PERMISSIONS[Role.NURSE]
SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def board(cast: Cast, now: datetime) -> Board:
    return board_of(Day(cast.facility, at=now), now=now, chart=True)


def only_tile(cast: Cast, now: datetime) -> dict[str, Any]:
    (tile,) = board(cast, now).tiles
    return tile


def said(tile: dict[str, Any]) -> tuple[str, str, str, str]:
    """What it counts, the count, its clock time, and whether it counts down or up."""
    way = "down" if "next_due_iso" in tile else "up" if "next_since_iso" in tile else "word"
    return tile["next_what"], tile["next_count_text"], tile["next_when"], way


class TestTile:
    def test_it_counts_down_to_the_next_check_and_up_from_a_late_one(self, cast: Cast) -> None:
        in_monitoring(cast)
        due = LAST_DEVICE + minutes(40)  # 10:15 in New York
        table = {
            due - minutes(6): ("monitor", ("40-min check in", "06:00", "due 10:15", "down")),
            due - SECOND: ("monitor", ("40-min check in", "00:01", "due 10:15", "down")),
            due: ("monitor", ("40-min check is due", "00:00", "since 10:15", "up")),
            due + minutes(1) - SECOND: ("monitor", ("40-min check is due", "00:59", "since 10:15", "up")),
            due + minutes(1): ("overdue", ("40-min check late", "01:00", "was due 10:15", "up")),
            due + minutes(8): ("overdue", ("40-min check late", "08:00", "was due 10:15", "up")),
        }
        for now, (phase, words) in table.items():
            tile = only_tile(cast, now)
            assert (tile["phase"], said(tile)) == (phase, words), now
            assert tile["may_leave_from"] == "11:35"

    def test_it_says_since_when_the_gate_is_open_and_until_when_the_final_check_counts(self, cast: Cast) -> None:
        ready_to_leave(cast)
        tile = only_tile(cast, STAY_ENDS + minutes(6))
        assert said(tile) == ("Gate open for", "06:00", "since 11:35", "up")
        assert (tile["blocker"], tile["foot"]) == ("Way home: Basil Tamarack", "Final check counts until 11:45")

    def test_it_says_when_the_reading_that_holds_was_taken_and_invents_no_repeat(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40), full_check(150, 92))
        walk.check(STAY_ENDS - minutes(2), full_check(158, 96))
        tile = only_tile(cast, STAY_ENDS + minutes(5))
        assert (tile["phase"], tile["phase_word"]) == ("held", "Held: BP")
        assert said(tile) == ("BP last taken", "07:00", "ago, at 11:33", "up")
        assert (tile["bp_text"], tile["bp_arrow"], tile["bp_out"]) == ("158/96", "up", True)
        assert (tile["blocker"], tile["blocker_strong"]) == ("Blood pressure is above the line and rising", True)

    def test_it_counts_the_rest_between_devices_and_shows_it_inside_the_ring(self, cast: Cast) -> None:
        cleared(cast).give(NINE + minutes(30))
        tile = only_tile(cast, NINE + minutes(33))
        assert (tile["phase"], tile["ring"]["big"]) == ("dosing", "1/2")
        assert said(tile) == ("Rest, device 2 in", "02:00", "from 9:35", "down")
        assert tile["ring"]["rest"]["percent"] == 60.0
        assert (tile["blocker"], tile["foot"]) == ("Device 1 given 9:30", "56 mg ordered, 1 of 2 given")
        tile = only_tile(cast, NINE + minutes(36))
        assert said(tile) == ("Device 2 may be given", "01:00", "since 9:35", "up")
        assert "rest" not in tile["ring"]

    def test_it_asks_what_a_device_delivered(self, cast: Cast) -> None:
        cleared(cast).give(NINE + minutes(30), outcome=None)
        tile = only_tile(cast, NINE + minutes(31))
        assert said(tile) == ("Device 1 given", "01:00", "at 9:30. What did it deliver?", "up")

    def test_it_names_the_next_thing_before_the_dose(self, cast: Cast) -> None:
        checked_in(cast)
        tile = only_tile(cast, NINE + minutes(5))
        assert said(tile) == ("Next", "Food, drink, nasal spray", "here since 9:00", "word")
        assert tile["foot"] == "no dose ordered yet"
        assert tile["more_count"] > 0

    def test_it_says_loudly_that_nobody_closed_a_session_on_its_day(self, cast: Cast) -> None:
        in_monitoring(cast)
        assert only_tile(cast, STAY_ENDS)["loud"] == ""
        assert only_tile(cast, STAY_ENDS + timedelta(days=1))["loud"] == "Open since 14 Apr"

    def test_it_shows_what_is_clearable_now_before_what_opens_later(self, cast: Cast) -> None:
        in_monitoring(cast)
        now = LAST_DEVICE + minutes(41)
        assert only_tile(cast, now)["blocker"] == "40-min check still to come"


class TestChairs:
    def test_it_shows_the_room_in_its_order_and_whatever_chair_is_in_use_besides(self, cast: Cast) -> None:
        set_chairs(cast, "2", "10", "1")
        at(cast, "1")
        at(cast, "Window")
        at(cast, "")
        shown = board(cast, NINE).tiles
        assert [(tile["chair"], tile["phase"]) for tile in shown] == [
            ("2", "free"),
            ("10", "free"),
            ("1", "before"),
            ("Window", "before"),
            ("", "before"),
        ]

    def test_it_orders_unlisted_chairs_as_people_count(self, cast: Cast) -> None:
        for chair in ("10", "9", "2"):
            at(cast, chair)
        assert [tile["chair"] for tile in board(cast, NINE).tiles] == ["2", "9", "10"]

    def test_it_says_who_is_expected_on_a_free_chair(self, cast: Cast) -> None:
        set_chairs(cast, "1", "2")
        booked(cast, now=NINE + minutes(30))
        first, second = board(cast, NINE).tiles
        assert said(first) == ("R.T. expected in", "30:00", "at 9:30", "down")
        assert (second["next_what"], "url" in second) == ("Nobody expected here", False)
        late, _ = board(cast, NINE + minutes(42)).tiles
        assert said(late) == ("R.T. expected since", "12:00", "at 9:30", "up")

    def test_it_takes_the_newest_list(self, cast: Cast) -> None:
        set_chairs(cast, "1", "2")
        set_chairs(cast, "3", now=NINE + minutes(1))
        assert [tile["chair"] for tile in board(cast, NINE + minutes(2)).tiles] == ["3"]


def set_chairs(cast: Cast, *chairs: str, now: datetime = NINE) -> None:
    site.set_chairs(facility=cast.facility, chairs=chairs, entry=entry(), by=cast.nora, now=now)


def at(cast: Cast, chair: str, *, now: datetime = NINE) -> Walk:
    """Somebody checked in on this chair."""
    said = {"course": make_course(cast), "identifiers": ("name", "birth_date"), "chair": chair}
    return Walk(cast, booking.check_in(**said, entry=entry(), by=cast.fred, now=now))


def varied(cast: Cast) -> None:
    """A morning: ready soon, held, above the line, half dosed, fasting, asked nothing, expected, and a free chair."""
    ready_to_leave(cast)
    held = in_monitoring(cast, now=NINE + minutes(3))
    held.check(NINE + minutes(60), full_check(150, 92, 93))
    for name, start in (("watched", 40), ("watched again", 95)):
        in_monitoring(cast, now=NINE + minutes(start)).check(NINE + minutes(start + 77))
        assert name
    cleared(cast, now=NINE + minutes(92)).give(NINE + minutes(123))
    checked_in(cast, now=NINE + minutes(118)).answer(NINE + minutes(120))
    cleared(cast, now=NINE + minutes(100))
    booked(cast, now=NINE + minutes(230))
    set_chairs(cast, "1", "2", "3")


SCRIPTS_OWN = (
    (r"(<(?:time|text|span)[^>]*\bdata-(?:due-at|since|clock)[^>]*>)[^<]*", r"\1"),
    (r'datetime="[^"]*" data-clock', "data-clock"),
    (r'stroke-dasharray="[\d.]+ 100" data-arc', "data-arc"),
    (r'name="entry_id" value="[^"]*"', ""),
)


class Shown:
    """Floor and wall as they are drawn at a moment, without the numbers that script carries on. Nobody writes in the
    meantime, so that rows are read once for each day."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.read = cast, Day(cast.facility, at=NINE)

    def at(self, now: datetime) -> tuple[str, datetime]:
        day = Day(self.cast.facility, at=now)
        if now.astimezone(day.facility.zone).date() == self.read.at.astimezone(day.facility.zone).date():
            day.__dict__ |= {"sessions": self.read.sessions, "chairs": self.read.chairs}
            day.open._tables = self.read.open._tables
        self.read = day
        drawn, alarms = board_of(day, now=now, chart=True), floor_alarms(day, permissions=NURSES)
        until = next_turn([drawn.good_until(now=now), *alarms.pop("turns")], now=now) or now
        floor = {**floor_page(day, drawn, now=now, order=BY_URGENCY, permissions=NURSES), "alarms": alarms}
        html = render_to_string("sessions_app/_floor.html", floor)
        html += render_to_string("sessions_app/_wall.html", wall_page(day, drawn, now=now))
        for pattern, kept in SCRIPTS_OWN:
            html = re.sub(pattern, kept, html)
        return html, until


class TestGoodUntil:
    @pytest.mark.parametrize(
        ("fine", "whole", "share"),
        [(1, 3, 1), pytest.param(5, 15, 1 / 3, marks=pytest.mark.slow)],
        ids=["an hour", "a day"],
    )
    def test_it_never_changes_before_minute_by_minute(self, cast: Cast, fine: int, whole: int, share: float) -> None:
        """Every minute for so many hours (five: as long as anybody's clock runs), then every five; the day's end is
        past midnight."""
        varied(cast)
        shown, begins, rendered, asked = Shown(cast), NINE + minutes(126), 1, 1
        now = begins
        html, until = shown.at(now)
        while now < begins + timedelta(hours=whole):
            now += minutes(1) if now < begins + timedelta(hours=fine) else minutes(5)
            asked += 1
            if now >= until:
                assert shown.at(until - TICK)[0] == html, until
                html, until = shown.at(now)
                rendered += 1
            else:
                assert shown.at(now)[0] == html, (now, until)

        assert rendered < asked * share

    def test_it_is_always_ahead(self, cast: Cast) -> None:
        assert board(cast, NINE).good_until(now=NINE) == NINE + minutes(30)
        assert board(cast, NINE + SECOND).good_until(now=NINE + SECOND) == NINE + minutes(30)


class TestPlan:
    """What a tablet counts on while no server answers."""

    @staticmethod
    def plan(cast: Cast, now: datetime) -> list[dict[str, Any]]:
        plan = only_tile(cast, now)["plan"]
        return json.loads(plan) if plan else []

    def test_it_has_the_checks_still_to_come_with_their_words(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        peak, final = self.plan(cast, LAST_DEVICE + minutes(20))
        assert (peak["at"], peak["late_at"]) == ("2026-04-14T10:15:00-04:00", "2026-04-14T10:16:00-04:00")
        assert (peak["coming"], peak["late"]) == (
            ["40-min check in", "due 10:15"],
            ["40-min check late", "was due 10:15"],
        )
        assert (peak["full"], final["full"]) == (False, True)
        walk.check(LAST_DEVICE + minutes(40))
        assert self.plan(cast, LAST_DEVICE + minutes(41)) == [final]

    def test_its_alarms_have_the_names_that_the_server_gives_them(self, cast: Cast) -> None:
        in_monitoring(cast)
        for late, stage in ((0, "due"), (1, "late")):
            now = LAST_DEVICE + minutes(40 + late)
            alarms = floor_alarms(Day(cast.facility, at=now), permissions=NURSES)["items"]
            assert self.plan(cast, now)[0]["alarms"][stage] in [alarm["id"] for alarm in alarms]

    def test_nobody_is_asked_for_a_check_who_may_leave(self, cast: Cast) -> None:
        ready_to_leave(cast)
        assert self.plan(cast, STAY_ENDS) == []

    def test_only_who_charts_has_checks_kept(self, cast: Cast) -> None:
        in_monitoring(cast)
        for role, kept in ((Role.NURSE, True), (Role.FRONT_DESK, False)):
            day = Day(cast.facility, at=LAST_DEVICE)
            shown = board_of(day, now=LAST_DEVICE, chart=kept)
            floor_page(day, shown, now=LAST_DEVICE, order=BY_URGENCY, permissions=ROLE_PERMISSIONS[role])
            assert bool(shown.tiles[0]["check_url"]) is kept
