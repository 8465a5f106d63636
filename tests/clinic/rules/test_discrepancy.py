"""When something is due to the DEA, and when a discrepancy may be closed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinic.federal_holidays import is_federal_holiday
from clinic.rules.discrepancy import (
    DiscrepancyCause,
    DiscrepancyFacts,
    DiscrepancyStepKind,
    Done,
    clocks,
    closing_refusals,
    naming_refusals,
    next_business_day,
    step_refusals,
)
from clinic.rules.refusals import ClearedBy, Refusal

pytestmark = pytest.mark.paperwork
NEW_YORK = ZoneInfo("America/New_York")
COUNT, LOST, STOLEN = DiscrepancyCause.COUNT, DiscrepancyCause.LOST, DiscrepancyCause.STOLEN
SIGNIFICANT, NOT_SIGNIFICANT, NOTICE, FORM_106, NOTE = DiscrepancyStepKind
NOON = datetime(2026, 4, 14, 16, tzinfo=UTC)


def facts(
    cause: DiscrepancyCause = LOST, *kinds: DiscrepancyStepKind, at: datetime = NOON, **fields: Any
) -> DiscrepancyFacts:
    """Of two devices, both missing; ``kinds`` of steps, a minute apart."""
    done = tuple(Done(kind, at + timedelta(minutes=place)) for place, kind in enumerate(kinds, 1))
    return DiscrepancyFacts(cause, at, **{"named": 2, "missing": 2, "steps": done, **fields})


def last_days(found: DiscrepancyFacts, zone: ZoneInfo = NEW_YORK) -> list[date]:
    return [clock.last_day for clock in clocks(found, zone=zone, is_holiday=is_federal_holiday)]


class TestOneBusinessDay:
    @pytest.mark.parametrize(
        ("found", "last_day"),
        [
            pytest.param(date(2026, 4, 14), date(2026, 4, 15), id="Tuesday"),
            pytest.param(date(2026, 4, 17), date(2026, 4, 20), id="Friday"),
            pytest.param(date(2026, 4, 18), date(2026, 4, 20), id="Saturday"),
            pytest.param(date(2026, 4, 19), date(2026, 4, 20), id="Sunday"),
            pytest.param(date(2026, 5, 22), date(2026, 5, 26), id="Friday before Memorial Day"),
            pytest.param(date(2026, 5, 25), date(2026, 5, 26), id="on Memorial Day"),
            pytest.param(date(2026, 7, 2), date(2026, 7, 6), id="the Fourth is a Saturday, kept on Friday"),
            pytest.param(date(2027, 7, 2), date(2027, 7, 6), id="the Fourth is a Sunday, kept on Monday"),
            pytest.param(date(2026, 11, 25), date(2026, 11, 27), id="Thanksgiving; the day after is none"),
            pytest.param(date(2026, 12, 31), date(2027, 1, 4), id="New Year is a Friday"),
            pytest.param(date(2027, 12, 30), date(2028, 1, 3), id="New Year 2028 is kept on 31 December 2027"),
            pytest.param(date(2028, 2, 28), date(2028, 2, 29), id="into the leap day"),
            pytest.param(date(2028, 2, 29), date(2028, 3, 1), id="out of it"),
            pytest.param(date(2026, 12, 24), date(2026, 12, 28), id="Christmas is a Friday"),
        ],
    )
    def test_it_is_the_first_day_the_government_works(self, found: date, last_day: date) -> None:
        assert next_business_day(found, is_holiday=is_federal_holiday) == last_day


class TestTheClocks:
    @pytest.mark.parametrize(
        ("at", "days"),
        [
            pytest.param(NOON, [date(2026, 4, 15), date(2026, 5, 29)], id="a Tuesday"),
            pytest.param(datetime(2026, 4, 15, 3, 59, tzinfo=UTC), [date(2026, 4, 15), date(2026, 5, 29)], id="23:59"),
            pytest.param(datetime(2026, 4, 15, 4, tzinfo=UTC), [date(2026, 4, 16), date(2026, 5, 30)], id="midnight"),
            pytest.param(datetime(2028, 1, 15, 17, tzinfo=UTC), [date(2028, 1, 18), date(2028, 2, 29)], id="leap day"),
            pytest.param(
                datetime(2027, 1, 15, 17, tzinfo=UTC), [date(2027, 1, 19), date(2027, 3, 1)], id="no leap day"
            ),
        ],
    )
    def test_it_counts_from_the_day_of_discovery_at_the_facility(self, at: datetime, days: list[date]) -> None:
        assert last_days(facts(at=at)) == days

    @pytest.mark.parametrize(
        ("at", "ends"),
        [
            # Clocks go forward on 8 March 2026 and back on 1 November: the last day ends at its own midnight.
            (datetime(2026, 1, 22, 17, tzinfo=UTC), datetime(2026, 3, 9, 4, tzinfo=UTC)),
            (datetime(2026, 9, 17, 17, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        ],
    )
    def test_its_last_day_ends_at_midnight_there(self, at: datetime, ends: datetime) -> None:
        form = clocks(facts(at=at), zone=NEW_YORK, is_holiday=is_federal_holiday)[1]
        second = timedelta(seconds=1)
        assert (form.kind, form.ends_at) == (FORM_106, ends)
        assert [form.is_late(now=ends + after) for after in (-second, timedelta(), second)] == [False, True, True]

    def test_it_is_late_for_good_once_done_late(self) -> None:
        on_time, late = (
            clocks(facts(LOST, at=NOON, steps=(Done(NOTICE, at),)), zone=NEW_YORK, is_holiday=is_federal_holiday)[0]
            for at in (NOON, NOON + timedelta(days=2))
        )
        years_later = NOON + timedelta(days=900)
        assert not on_time.is_late(now=years_later)
        assert late.is_late(now=NOON)

    @pytest.mark.parametrize(
        ("found", "run"),
        [
            pytest.param(facts(), True, id="not judged yet"),
            pytest.param(facts(COUNT, named=0, missing=0), True, id="a count, not judged yet"),
            pytest.param(facts(LOST, NOT_SIGNIFICANT), False, id="judged neither"),
            pytest.param(facts(LOST, NOT_SIGNIFICANT, SIGNIFICANT), True, id="the last judgement counts"),
            pytest.param(facts(STOLEN, SIGNIFICANT, NOT_SIGNIFICANT), False, id="of a theft too"),
            pytest.param(facts(missing=1), True, id="one of two found"),
            pytest.param(facts(missing=0), False, id="both found"),
            pytest.param(facts(STOLEN, missing=0), False, id="what was stolen, found"),
            pytest.param(facts(STOLEN, SIGNIFICANT, missing=0), True, id="judged one, then found"),
            pytest.param(facts(COUNT, differs=-3, missing=0), True, id="two of three that a count missed"),
            pytest.param(facts(COUNT, differs=-2, missing=0), False, id="both that a count missed"),
            pytest.param(facts(COUNT, differs=1, missing=0), True, id="a count found one too much"),
            pytest.param(facts(COUNT, NOTE, named=0, missing=0), True, id="a count: how many were found is unsaid"),
        ],
    )
    def test_it_runs_until_it_is_judged_neither(self, found: DiscrepancyFacts, run: bool) -> None:
        assert bool(last_days(found)) == run


class TestClosing:
    @pytest.mark.parametrize(
        ("found", "problems"),
        [
            (facts(), ["not_judged"]),
            (facts(LOST, NOTE), ["not_judged"]),
            (facts(missing=1), ["not_judged"]),
            (facts(missing=0), []),
            (facts(COUNT, NOTE, named=0, missing=0), ["not_judged"]),
            (facts(LOST, named=1, missing=0), []),
            (facts(COUNT, NOT_SIGNIFICANT, named=0, missing=0), []),
            (facts(LOST, NOT_SIGNIFICANT), []),
            (facts(LOST, SIGNIFICANT), ["notice", "form_106"]),
            (facts(STOLEN), ["notice", "form_106"]),
            (facts(STOLEN, NOTICE), ["form_106"]),
            (facts(STOLEN, FORM_106), ["notice"]),
            (facts(STOLEN, NOTICE, FORM_106), []),
            (facts(LOST, NOTICE, FORM_106), ["not_judged"]),
            (facts(LOST, NOT_SIGNIFICANT, closed=True), ["closed"]),
            (facts(LOST, NOT_SIGNIFICANT, adrift=1), ["adrift"]),
        ],
    )
    def test_it_waits_for_a_judgement_and_for_what_the_law_asks(
        self, found: DiscrepancyFacts, problems: list[str]
    ) -> None:
        assert closing_refusals(found) == tuple(
            Refusal("DISCREPANCY", {"problem": problem}, None, (ClearedBy.DOCUMENTATION,)) for problem in problems
        )

    def test_no_device_is_named_in_one_that_is_closed(self) -> None:
        closed = Refusal("DISCREPANCY", {"problem": "closed"}, None, (ClearedBy.DOCUMENTATION,))
        assert naming_refusals(facts(LOST, NOT_SIGNIFICANT)) == ()
        assert naming_refusals(facts(LOST, NOT_SIGNIFICANT, closed=True)) == (closed,)


class TestSteps:
    @pytest.mark.parametrize(
        ("kind", "said", "field"),
        [
            (NOTICE, {"text": " "}, "text"),
            (SIGNIFICANT, {"text": ""}, "text"),
            (FORM_106, {"reference": " "}, "reference"),
            (FORM_106, {"text": "Filed."}, "reference"),
            (FORM_106, {"reference": "106-9"}, ""),
            (NOTE, {"text": "Looked everywhere."}, ""),
        ],
    )
    def test_it_says_what_it_is_about(self, kind: DiscrepancyStepKind, said: dict[str, Any], field: str) -> None:
        refusals = step_refusals(kind, **{"text": "", "reference": "", **said})
        assert [refusal.params["field"] for refusal in refusals] == [field] * bool(field)
