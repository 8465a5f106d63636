"""The curve on the session page, and the table beside it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from clinic.rules.roles import Permission
from sessions_app.actions import intake, monitoring
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.presenters.curve.day import Day
from sessions_app.presenters.curve.session import curve_of, day_of
from sessions_app.presenters.readings import reading_rows
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.timeline import events
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Outcome, SignEventKind
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    full_check,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)
from tests.sessions_app.rich import rich_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def read(walk: Walk, now: datetime) -> tuple[Record, Reader]:
    session = walk.refresh()
    assert session.policy is not None
    return Record(session), Reader(session.facility.zone, now, session.policy.program)


def day(walk: Walk, now: datetime) -> Day:
    record, reader = read(walk, now)
    return day_of(record, session_facts(record.dosing_session, at=now, record=record), reader)


def page(client: Client, walk: Walk, now: datetime) -> str:
    client.force_login(walk.cast.nora)
    with clock_at(now):
        return client.get(reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])).content.decode()


class TestWhatIsDrawn:
    def test_it_is_every_check_with_devices_windows_and_now(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        drawn = day(walk, STAY_ENDS)

        assert [(r.at, r.systolic, r.spo2) for r in drawn.readings] == [
            (NINE + minutes(20), 128, 98),
            (LAST_DEVICE + minutes(40), 128, 98),
            (STAY_ENDS - minutes(5), 128, 98),
        ]
        assert [(d.at, d.number) for d in drawn.devices] == [(NINE + minutes(30), 1), (LAST_DEVICE, 2)]
        assert (drawn.clock_at, drawn.now, drawn.until) == (LAST_DEVICE, STAY_ENDS, STAY_ENDS)
        assert drawn.baseline == drawn.readings[0]
        assert [(w.label, w.opens_at, w.closes_at) for w in drawn.windows] == [
            ("40", LAST_DEVICE + minutes(30), LAST_DEVICE + minutes(50)),
            ("final", STAY_ENDS - minutes(10), STAY_ENDS),
        ]

    def test_it_is_no_voided_reading(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LAST_DEVICE + minutes(40), full_check(190, 110))
        walk.check(LAST_DEVICE + minutes(41))
        walk.void(wrong, LAST_DEVICE + minutes(42))

        assert [r.systolic for r in day(walk, LAST_DEVICE + minutes(43)).readings] == [128, 128]

    def test_it_marks_what_was_not_obtained(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        refused = CheckEntry(Vitals(spo2_percent=97), blood_pressure_not_obtained="REFUSED")
        walk.check(LAST_DEVICE + minutes(40), refused)

        assert day(walk, LAST_DEVICE + minutes(41)).readings[-1].missing == {"bp": "refused"}

    def test_it_draws_signs_from_their_beginning_to_their_end(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        onset = {"code": "nausea", "kind": SignEventKind.ONSET}
        monitoring.record_sign(**onset, **walk.envelope(LAST_DEVICE + minutes(10)))
        walk.check(LAST_DEVICE + minutes(20), full_check(sedation=SignEntry(True, 4)))
        walk.check(LAST_DEVICE + minutes(40), full_check(sedation=SignEntry(False, 5, gone=True)))

        spans = day(walk, LAST_DEVICE + minutes(41)).spans

        assert [(s.text, s.began_at, s.ended_at) for s in spans] == [
            ("Nausea since 9:45", LAST_DEVICE + minutes(10), None),
            ("Sedation 9:55 – 10:15", LAST_DEVICE + minutes(20), LAST_DEVICE + minutes(40)),
        ]

    def test_a_device_that_failed_is_told_apart(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(NINE + minutes(30), outcome=Outcome.FAILED)

        drawn = day(walk, NINE + minutes(31))

        assert [d.delivered for d in drawn.devices] == [False]
        assert drawn.clock_at is None
        assert drawn.windows == ()

    def test_what_lasts_when_the_patient_leaves_ends_there_on_the_paper(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.leave_early(LAST_DEVICE + minutes(45))

        drawn = day(walk, STAY_ENDS + timedelta(days=3))

        assert (drawn.now, drawn.until) == (None, LAST_DEVICE + minutes(45))
        assert [window.label for window in drawn.windows] == ["40"]  # the last check never came to be due

    def test_a_check_after_its_window_is_late(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(57))

        assert day(walk, LAST_DEVICE + minutes(60)).late == (LAST_DEVICE + minutes(57),)
        assert "40-min check, 7 min late" in page(client, walk, LAST_DEVICE + minutes(60))

    def test_nothing_to_draw_is_no_drawing(self, cast: Cast) -> None:
        walk = checked_in(cast)
        record, reader = read(walk, NINE + minutes(1))
        facts = session_facts(record.dosing_session, at=reader.now, record=record)

        assert curve_of(record, facts, reader) is None

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
    def test_its_times_are_the_clinics(self, cast: Cast, zone: str) -> None:
        walk = ready_to_leave(cast)
        record, reader = read(walk, STAY_ENDS)
        facts = session_facts(record.dosing_session, at=STAY_ENDS, record=record)

        curve = curve_of(record, facts, replace(reader, zone=ZoneInfo(zone)))

        assert curve is not None
        local = STAY_ENDS.astimezone(ZoneInfo(zone))
        assert curve["now"]["text"] == f"{local.hour}:{local.minute:02}"


class TestThePage:
    def test_it_says_in_words_what_the_curve_shows(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40), full_check(152, 94, 95))
        walk.check(LAST_DEVICE + minutes(60), full_check(134, 84))
        shown = page(client, walk, LAST_DEVICE + minutes(62))

        assert '<title id="curve-title">Blood pressure, pulse and SpO₂ from 9:20 to 10:35</title>' in shown
        assert "Blood pressure before the dose 128/82 at 9:20." in shown
        assert "Highest blood pressure 152/94 at 10:15." in shown
        assert "Last blood pressure 134/84 at 10:35." in shown
        assert "Lowest SpO₂ 95 % at 10:15." in shown

    def test_it_asks_for_no_rows_beyond_the_pages(self, cast: Cast, django_assert_num_queries: Callable) -> None:
        walk = rich_session(cast)
        now = STAY_ENDS + minutes(61)
        record, reader = read(walk, now)
        facts = session_facts(record.dosing_session, at=now, record=record)
        events(record, reader, permissions=frozenset())
        reading_rows(record, facts, reader, permissions=frozenset())

        with django_assert_num_queries(0):
            assert curve_of(record, facts, reader) is not None

    def test_it_keeps_the_policy_of_the_browser(self, cast: Cast, client: Client) -> None:
        """Geometry in attributes, looks in classes: no style anywhere."""
        shown = page(client, ready_to_leave(cast), STAY_ENDS)

        drawing = shown[shown.index('<svg class="chart"') : shown.index("</svg>", shown.index('<svg class="chart"'))]
        assert "style" not in drawing
        assert "<script" not in drawing
        assert not re.search(r"[xy]=\"[^\"]*,", drawing)

    def test_the_table_has_every_check_struck_ones_too(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LAST_DEVICE + minutes(40), full_check(190, 110))
        walk.void(wrong, LAST_DEVICE + minutes(42))
        shown = page(client, walk, LAST_DEVICE + minutes(43))
        table = shown[shown.index('<table class="table table-readings"') : shown.index("</table>")]

        assert "Readings, 2 checks" in table
        assert table.count('<th scope="row">') == 2
        assert table.count('scope="col"') == 9
        assert "<s>190/110</s>" in table
        assert re.findall(r'aria-label="[^"]* (\d+:\d+)"', table) == ["9:20"]

    def test_without_a_reading_it_says_so(self, cast: Cast, client: Client) -> None:
        shown = page(client, checked_in(cast), NINE + minutes(1))

        assert "Nothing measured yet" in shown
        assert '<svg class="chart"' not in shown

    def test_the_open_gate_says_so_once(self, cast: Cast, client: Client) -> None:
        assert page(client, ready_to_leave(cast), STAY_ENDS).count("Nothing blocks leaving.") == 1

    def test_after_the_end_it_has_no_now(self, cast: Cast, client: Client) -> None:
        shown = page(client, discharged(cast), STAY_ENDS + minutes(3))

        assert '<svg class="chart"' in shown
        assert "c-now" not in shown

    def test_what_matters_today_stands_at_its_head(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        program = cast.program_version.program
        intake.answer_questions(
            anything_new=False,
            contraindications={code: code == "vascular" for code in program.contraindications},
            medicines={code: code == "benzodiazepine" for code in program.medicines},
            **walk.envelope(NINE + minutes(5)),
        )
        head = page(client, walk, NINE + minutes(6)).partition("</header>")[2].partition("</header>")[0]

        assert "Benzodiazepine" in head
        assert "Aneurysmal vascular disease" in head
        assert "Opioid" not in head

    def test_what_was_withdrawn_matters_no_more(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        program = cast.program_version.program
        for taken, at in ((True, 5), (False, 8)):
            intake.answer_questions(
                anything_new=False,
                contraindications=dict.fromkeys(program.contraindications, False),
                medicines={code: taken and code == "opioid" for code in program.medicines},
                **walk.envelope(NINE + minutes(at)),
            )

        assert "Matters today" not in page(client, walk, NINE + minutes(9))


def test_reading_the_day_needs_no_permission_to_correct(cast: Cast) -> None:
    walk = ready_to_leave(cast)
    record, reader = read(walk, STAY_ENDS)
    facts = session_facts(record.dosing_session, at=STAY_ENDS, record=record)

    def links(permissions: frozenset[Permission]) -> list[bool]:
        return ["edit_url" in row for row in reading_rows(record, facts, reader, permissions=permissions)]

    assert links(frozenset({Permission.VIEW})) == [False] * 3
    assert links(frozenset({Permission.VIEW, Permission.CORRECT})) == [True] * 3
