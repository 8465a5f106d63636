"""Where a filing stands, when it is due, what is missing, what changed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.enrolment import Setting
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.derivation import Derived, FormFacts, Source, SourceKind
from sessions_app.rules.edition import parse_edition
from sessions_app.rules.filing import (
    STEPS,
    FilingState,
    GivenAnswer,
    Outcome,
    Share,
    changes,
    days_late,
    due_at,
    filing_refusals,
    fill,
    in_time,
    is_filed,
    missing_fields,
    standing,
    submission_refusals,
)
from tests.sessions_app.rules.builders import ESKETAMINE, at, ready_to_leave
from tests.sessions_app.rules.test_edition import SMALL

pytestmark = pytest.mark.paperwork
NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
EDITION = parse_edition(SMALL, file="small.toml")
SECOND = timedelta(seconds=1)


class TestTheTable:
    def test_it_is_total(self) -> None:
        for state, to in product(FilingState, FilingState):
            assert (filing_refusals(state, to) == ()) == (state is to or (state, to) in STEPS)
        assert {state for pair in STEPS for state in pair} == set(FilingState)

    def test_it_has_every_way_that_the_facts_can_lead(self) -> None:
        """From any standing to any other, by one thing that became known: never a step that the table refuses."""
        known = [
            {
                "dosed": dosed,
                "missing": missing,
                "sent": sent,
                "outcome": outcome if sent else None,
                "changed": sent and changed,
            }
            for dosed, missing, sent, outcome, changed in product(
                (True, False), (True, False), (True, False), (None, *Outcome), (True, False)
            )
        ]
        for before, after in product(known, known):
            start, end = standing(**before), standing(**after)  # type: ignore[arg-type]
            moved = sum(before[name] != after[name] for name in before)
            if start is not end and moved == 1:
                assert filing_refusals(start, end) == (), (before, after)

    @pytest.mark.parametrize(
        ("state", "to"),
        [
            ("INCOMPLETE", "ACKNOWLEDGED"),
            ("READY", "RETURNED"),
            ("INCOMPLETE", "AMENDMENT_DUE"),
        ],
    )
    def test_it_refuses_what_nobody_can_have_said(self, state: str, to: str) -> None:
        refused = Refusal("FILING_STATE", {"state": state, "wanted": to}, None, ())
        assert filing_refusals(FilingState(state), FilingState(to)) == (refused,)


@pytest.mark.parametrize(
    ("dosed", "missing", "sent", "outcome", "changed", "state"),
    [
        (False, True, False, None, False, "WITHDRAWN"),
        (False, False, True, Outcome.ACKNOWLEDGED, True, "WITHDRAWN"),
        (True, True, False, None, False, "INCOMPLETE"),
        (True, False, False, None, False, "READY"),
        (True, True, True, None, False, "SUBMITTED"),
        (True, False, True, None, True, "AMENDMENT_DUE"),
        (True, False, True, Outcome.ACKNOWLEDGED, False, "ACKNOWLEDGED"),
        (True, False, True, Outcome.ACKNOWLEDGED, True, "AMENDMENT_DUE"),
        (True, False, True, Outcome.RETURNED, False, "RETURNED"),
        (True, False, True, Outcome.RETURNED, True, "RETURNED"),
    ],
)
def test_where_it_stands(
    dosed: bool, missing: bool, sent: bool, outcome: Outcome | None, changed: bool, state: str
) -> None:
    assert standing(dosed=dosed, missing=missing, sent=sent, outcome=outcome, changed=changed) == state


class TestDue:
    @pytest.mark.parametrize(
        ("day", "zone", "due"),
        [
            (date(2026, 4, 14), NEW_YORK, datetime(2026, 4, 22, 3, 59, 59, tzinfo=UTC)),
            (date(2026, 3, 4), NEW_YORK, datetime(2026, 3, 12, 3, 59, 59, tzinfo=UTC)),  # clocks go forward on the 8th
            (date(2026, 3, 1), NEW_YORK, datetime(2026, 3, 9, 3, 59, 59, tzinfo=UTC)),  # due on the short day itself
            (date(2026, 10, 25), NEW_YORK, datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC)),  # due on the long day
            (date(2028, 2, 22), NEW_YORK, datetime(2028, 3, 1, 4, 59, 59, tzinfo=UTC)),  # the 29th
            (date(2028, 2, 25), NEW_YORK, datetime(2028, 3, 4, 4, 59, 59, tzinfo=UTC)),  # over the 29th
            (date(2027, 2, 25), NEW_YORK, datetime(2027, 3, 5, 4, 59, 59, tzinfo=UTC)),  # no 29th
            (date(2026, 12, 28), NEW_YORK, datetime(2027, 1, 5, 4, 59, 59, tzinfo=UTC)),  # over the year's end
            (date(2026, 9, 27), LORD_HOWE, datetime(2026, 10, 4, 12, 59, 59, tzinfo=UTC)),  # half an hour forward
        ],
    )
    def test_it_is_the_last_second_of_the_7th_calendar_day_there(
        self, day: date, zone: ZoneInfo, due: datetime
    ) -> None:
        found = due_at(day, zone, days=7)
        assert found == due
        local = found.astimezone(zone)
        assert (local.date(), local.time().isoformat()) == (day + timedelta(days=7), "23:59:59")

    def test_its_last_second_counts_whole(self) -> None:
        due = due_at(date(2026, 4, 14), NEW_YORK, days=7)
        assert in_time(due, due)
        assert in_time(due, due + SECOND - timedelta(microseconds=1))
        assert not in_time(due, due + SECOND)

    def test_it_counts_late_days_by_the_calendar_there(self) -> None:
        due = due_at(date(2026, 4, 14), NEW_YORK, days=7)
        assert [
            days_late(due, due + step, NEW_YORK) for step in (-SECOND, SECOND, timedelta(days=1), timedelta(days=-1))
        ] == [0, 1, 1, -1]


def test_inpatient_settings_file_none() -> None:
    assert is_filed(Setting.OUTPATIENT)
    assert not is_filed(Setting.INPATIENT)


def facts(**said: str) -> FormFacts:
    source = Source(SourceKind.PATIENT)
    return FormFacts(ready_to_leave(ESKETAMINE), {name: Derived(value, source) for name, value in said.items()})


class TestFilling:
    def test_it_asks_for_the_rest_only_where_it_is_asked(self) -> None:
        assert missing_fields(fill(EDITION, facts(), {})) == ("a",)
        assert missing_fields(fill(EDITION, facts(x="yes"), {})) == ()
        idle = fill(EDITION, facts(x="no"), {"b": [GivenAnswer("7")]})
        assert [(each.value, each.asked) for each in idle] == [("no", True), ("", False)]
        asked = fill(EDITION, facts(x="yes"), {"b": [GivenAnswer("7")]})
        assert [(each.value, each.asked) for each in asked] == [("yes", True), ("7", True)]

    def test_an_answer_counts_as_long_as_the_record_says_what_it_said(self) -> None:
        given = [GivenAnswer("no", instead_of="yes", reason="Asked again.")]
        (stands, _b) = fill(EDITION, facts(x="yes"), {"a": given})
        assert (stands.value, stands.answer, stands.earlier) == ("no", given[0], ())
        (over, _b) = fill(EDITION, facts(), {"a": given})
        assert (over.value, over.answer, over.earlier) == ("", None, tuple(given))

    def test_it_shows_beside_an_answer_what_the_record_says_and_suggests(self) -> None:
        hinted = parse_edition(SMALL.replace('"minutes"', '"minutes", suggest = "last_seen"'), file="small.toml")
        seen = Derived("yes", Source(SourceKind.EVENT, at(80)))
        known = replace(facts(x="yes"), said={**facts(x="yes").said, "last_seen": seen})
        a, b = fill(hinted, known, {"b": [GivenAnswer("7")]})
        assert (a.derived, a.suggested) == (Derived("yes", Source(SourceKind.PATIENT)), None)
        assert (b.derived, b.suggested) == (None, Derived("80", seen.source))

    def test_the_newest_counts_and_an_empty_one_takes_back(self) -> None:
        first, second, back = GivenAnswer("1"), GivenAnswer("2"), GivenAnswer("")
        asked = facts(x="yes")
        assert fill(EDITION, asked, {"b": [first, second]})[1].value == "2"
        taken_back = fill(EDITION, asked, {"b": [first, back]})[1]
        assert (taken_back.value, taken_back.earlier) == ("", (first, back))

    def test_it_tells_what_changed_and_nothing_of_how_people_are_reached_today(self) -> None:
        now = fill(EDITION, facts(x="yes"), {"b": [GivenAnswer("9")]})
        assert [(c.code, c.submitted, c.now) for c in changes({"a": "yes", "b": "7"}, now)] == [("b", "7", "9")]
        assert changes({"a": "yes", "b": "9"}, now) == ()
        assert [each.code for each in changes({"a": "no", "b": "9"}, now)] == ["a"]
        reached = parse_edition(SMALL.replace('about = "x"', 'about = "monitor.phone"'), file="small.toml")
        assert changes({"a": "yes"}, fill(reached, facts(), {})) == ()
        assert [each.code for each in changes({"a": "yes"}, fill(reached, facts(), {}), same_monitor=False)] == ["a"]
        place = parse_edition(SMALL.replace('about = "x"', 'about = "setting.phone"'), file="small.toml")
        for same in (True, False):
            assert changes({"a": "yes"}, fill(place, facts(), {}), same_monitor=same) == ()


class TestSending:
    def test_what_is_missing_is_named_or_said_why(self) -> None:
        incomplete = Refusal("FILING_INCOMPLETE", {"missing": ("a",)}, None, (ClearedBy.DOCUMENTATION,))
        assert submission_refusals(("a",), reason=" ") == (incomplete,)
        assert submission_refusals(("a",), reason="Sent by fax last week.") == ()
        assert submission_refusals((), reason="") == ()


@pytest.mark.parametrize(
    ("counted", "on_time", "percent"), [(0, 0, None), (3, 3, 100), (3, 2, 66), (200, 199, 99), (1, 0, 0)]
)
def test_the_share_is_rounded_down(counted: int, on_time: int, percent: int | None) -> None:
    assert Share(counted, on_time).percent == percent
