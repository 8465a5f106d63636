"""The table of a certification, and the two codes of the start gate."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from clinic.rules.certification import (
    ANSWERED_ANEW,
    CONFIRMED,
    STOPS,
    TRANSITIONS,
    CertificationFacts,
    CertificationStatus,
    ReviewFacts,
    certification_refusals,
    confirmation_refusals,
    may_step,
    next_review,
    review_due,
    review_refusals,
    step_refusals,
    steps_from,
)
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, state_refusal

DECISION = Path(__file__).resolve().parents[3] / "docs" / "decisions" / "0018-certification.md"
S = CertificationStatus
ANYWHERE = (None, *S)
WAYS = """
    - DRAFT, - CERTIFIED, DRAFT SUBMITTED, SUBMITTED RETURNED, RETURNED DRAFT, SUBMITTED CERTIFIED,
    CERTIFIED RECERTIFICATION_DUE, RECERTIFICATION_DUE CERTIFIED, SUSPENDED CERTIFIED, WITHDRAWN DRAFT,
    DRAFT SUSPENDED, SUBMITTED SUSPENDED, RETURNED SUSPENDED, CERTIFIED SUSPENDED, RECERTIFICATION_DUE SUSPENDED,
    DRAFT WITHDRAWN, SUBMITTED WITHDRAWN, RETURNED WITHDRAWN, CERTIFIED WITHDRAWN, RECERTIFICATION_DUE WITHDRAWN,
    SUSPENDED WITHDRAWN"""


class TestTheTable:
    def test_it_is_this_and_nothing_else(self) -> None:
        ways = {tuple(way.split()) for way in WAYS.split(",")}
        assert {(start or "-", end) for start, end in TRANSITIONS} == ways

    @pytest.mark.parametrize(("start", "end"), list(product(ANYWHERE, S)))
    def test_it_is_total(self, start: S | None, end: S) -> None:
        assert may_step(start, end) == (step_refusals(start, end) == ()) == (end in steps_from(start))
        assert step_refusals(start, end, moved_on=True) == (state_refusal(start or "", end),)

    def test_it_is_drawn_as_it_is(self) -> None:
        (drawn,) = re.findall(r"```mermaid\n(.*?)\n```", DECISION.read_text(encoding="utf-8"), re.DOTALL)
        ways = set(re.findall(r"(\S+) --> (\w+): (.+)", drawn))
        stops = {(start, end) for start, end in TRANSITIONS if end in STOPS and start is not S.SUSPENDED}
        table = {(start or "[*]", end, by) for (start, end), by in TRANSITIONS.items() if (start, end) not in stops}
        assert ways == table
        assert stops == {(start, end) for start in set(S) - set(STOPS) for end in STOPS}

    def test_it_traps_nobody(self) -> None:
        assert all(steps_from(status) for status in ANYWHERE)

    def test_a_suspension_ends_by_the_rems_alone(self) -> None:
        assert set(steps_from(S.SUSPENDED)) == {S.CERTIFIED, S.WITHDRAWN}
        assert STOPS == (S.SUSPENDED, S.WITHDRAWN)
        assert CONFIRMED == (S.CERTIFIED, S.RECERTIFICATION_DUE)
        assert ANSWERED_ANEW == (S.SUSPENDED, S.RECERTIFICATION_DUE)


class TestTheNewWord:
    @pytest.mark.parametrize(("status", "day"), list(product(ANYWHERE, [13, 14, 15])))
    def test_it_is_no_older_than_what_it_answers(self, status: S | None, day: int) -> None:
        said = {"since": date(2026, 4, 14), "recorded": ()}
        refusals = confirmation_refusals(status, date(2026, 4, day), "REMS-2", **said)
        older = status in (S.SUSPENDED, S.RECERTIFICATION_DUE) and day == 13
        assert list(refusals) == ([field_refusal("confirmation_date", "older_word")] if older else [])

    @pytest.mark.parametrize(
        ("identifier", "known"), [("REMS-1", True), (" rems-1 ", True), ("REMS-12", False), ("REMS-2", False)]
    )
    @pytest.mark.parametrize("status", [S.SUSPENDED, S.RECERTIFICATION_DUE, S.SUBMITTED])
    def test_it_was_not_recorded_before(self, status: S, identifier: str, known: bool) -> None:
        day = date(2026, 4, 14)
        refusals = confirmation_refusals(status, day, identifier, since=day, recorded={"REMS-1", "REMS-0"})
        assert list(refusals) == ([field_refusal("confirmation_identifier", "known_word")] if known else [])


CERTIFIED = CertificationFacts(S.CERTIFIED, representative_current=True)
DUE = CertificationFacts(S.RECERTIFICATION_DUE, representative_current=True)


@pytest.mark.parametrize(("status", "current"), list(product(ANYWHERE, [True, False])))
def test_refuses_unless_confirmed_under_the_present_representative(status: S | None, current: bool) -> None:
    refusals = certification_refusals(CertificationFacts(status, representative_current=current))

    expected = () if status in CONFIRMED else (Refusal("FACILITY", {"status": status and status.value}),)
    representative = Refusal("AUTHORIZED_REP", {}, None, (ClearedBy.NOBODY,))
    assert refusals == (*expected, *(() if current else (representative,)))


class TestTheOwnReview:
    @pytest.mark.parametrize(
        ("facts", "codes", "warns"),
        [
            (CERTIFIED, (), False),
            (replace(CERTIFIED, review_stops=True), (), False),
            (replace(CERTIFIED, review_overdue=True), (), True),
            (replace(CERTIFIED, review_overdue=True, review_stops=True), ("FACILITY",), True),
            (DUE, (), True),
            (replace(DUE, review_stops=True), ("FACILITY",), True),
        ],
    )
    def test_it_warns_and_stops_only_where_the_clinic_says_so(
        self, facts: CertificationFacts, codes: tuple[str, ...], warns: bool
    ) -> None:
        refusals = certification_refusals(facts)
        assert tuple(refusal.code for refusal in refusals) == codes
        assert [refusal.params["status"] for refusal in refusals] == ["REVIEW"] * len(codes)
        assert review_due(facts) is warns

    @pytest.mark.parametrize(("day", "overdue"), [(13, False), (14, False), (15, True)])
    def test_it_is_overdue_when_its_day_is_over(self, day: int, overdue: bool) -> None:
        assert ReviewFacts(date(2026, 4, 14)).overdue(date(2026, 4, day)) is overdue
        assert not ReviewFacts().overdue(date(2026, 4, day))
        assert ReviewFacts(date(2027, 4, 14), broken=True).overdue(date(2026, 4, day))

    @pytest.mark.parametrize(
        ("months", "due"),
        [
            (None, None),
            (1, date(2026, 2, 28)),
            (11, date(2026, 12, 31)),
            (12, date(2027, 1, 31)),
            (25, date(2028, 2, 29)),
        ],
    )
    def test_it_comes_again_on_that_day_of_the_month(self, months: int | None, due: date | None) -> None:
        assert next_review(date(2026, 1, 31), months) == due

    @pytest.mark.parametrize(
        ("months", "stops", "refused"),
        [
            (None, False, ()),
            (None, True, ("overdue_stops", "needs_an_interval")),
            (0, False, ("interval_months", "interval_impossible")),
            (1, True, ()),
            (60, False, ()),
            (61, False, ("interval_months", "interval_impossible")),
        ],
    )
    def test_it_has_an_interval_that_can_be(self, months: int | None, stops: bool, refused: tuple[str, ...]) -> None:
        assert review_refusals(months, overdue_stops=stops) == ((field_refusal(*refused),) if refused else ())
