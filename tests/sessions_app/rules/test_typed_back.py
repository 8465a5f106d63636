"""A device whose time is typed back is judged as it is now and as it was then: the start gate twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import EnrolmentFacts
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.administration import administration_refusals
from sessions_app.rules.facts import CheckKind, SessionFacts, StartFacts
from sessions_app.rules.program import ENTRY_GRACE, Program
from tests.sessions_app.rules.builders import (
    at,
    baseline,
    check,
    codes,
    each_program,
    ready_to_dose,
    stock,
)

NOW = at(5)


def refusals(facts: SessionFacts, then: StartFacts | None = None) -> tuple[Refusal, ...]:
    """Of a device said to have been handed over at minute 0, five minutes ago."""
    return administration_refusals(facts, device=stock(), at=at(0), now=NOW, then=then)


UNCONFIRMED = CertificationFacts(CertificationStatus.CERTIFIED, representative_current=False)
# Everything about the facility that a session does not carry with it, as it was and is not any more.
THEN: dict[str, tuple[dict[str, Any], str]] = {
    "not yet certified": ({"certification": CertificationFacts(CertificationStatus.SUBMITTED, True)}, "FACILITY"),
    "another representative": (
        {"certification": CertificationFacts(CertificationStatus.CERTIFIED, False)},
        "AUTHORIZED_REP",
    ),
    "not yet enrolled": ({"enrolment": EnrolmentFacts(enrolled=False, verified_date=None)}, "ENROLMENT"),
    "no prescriber yet": ({"prescriber_on_site": False}, "PRESCRIBER_ABSENT"),
    "no oximeter yet": ({"oximeter_on_site": False}, "OXIMETER"),
}


@each_program
class TestAsItWasThen:
    @pytest.mark.parametrize("case", THEN)
    def test_it_refuses_what_the_facility_lacked_then(self, program: Program, case: str) -> None:
        columns, code = THEN[case]
        facts = ready_to_dose(program)
        assert facts.start is not None
        was = replace(facts.start, **columns)
        assert refusals(facts, facts.start) == refusals(facts) == ()
        assert codes(refusals(facts, was)) == (code,)
        assert code in codes(refusals(replace(facts, start=was), facts.start))

    def test_it_takes_a_check_made_within_the_grace_of_entered_times_and_no_later_one(self, program: Program) -> None:
        grace = ENTRY_GRACE.total_seconds() / 60
        for minute, open_then in ((grace, True), (grace + 1, False)):
            late = replace(baseline(program), occurred_at=at(minute))
            found = refusals(ready_to_dose(program, checks=(late,)))
            assert (found == ()) is open_then, minute

    def test_it_is_not_opened_by_a_later_check_though_the_earlier_was_high(self, program: Program) -> None:
        high = check(program, 9, -1, kind=CheckKind.BASELINE, bp=(190, 110))
        better = check(program, 10, 4, kind=CheckKind.BASELINE, bp=(120, 75))
        found = refusals(ready_to_dose(program, checks=(baseline(program), high, better)))
        assert "BASELINE_BP" in codes(found)

    def test_before_anybody_cleared_the_patient_it_is_a_fact_to_record(self, program: Program) -> None:
        facts = ready_to_dose(program, cleared_at=at(0) + ENTRY_GRACE * 2)
        (found,) = refusals(facts)
        assert found == Refusal("OUT_OF_TURN", {"state": "CHECKED_IN"}, None, (ClearedBy.DOCUMENTATION,))
        expired = replace(stock(), expires_date=NOW.date().replace(day=1))
        both = administration_refusals(facts, device=expired, at=at(0), now=NOW)
        assert codes(both) == ("OUT_OF_TURN", "DEVICE")

    def test_the_device_is_judged_on_the_day_it_is_said_of_too(self, program: Program) -> None:
        expired = replace(stock(), expires_date=NOW.date().replace(day=1))
        found = administration_refusals(ready_to_dose(program), device=expired, at=at(0), now=NOW)
        assert "DEVICE" in codes(found)

    def test_the_device_is_judged_on_the_day_after_where_it_is_said_of_that(self, program: Program) -> None:
        """With the grace of entered times a device at midnight is one of tomorrow."""
        midnight = at(0).replace(hour=0, minute=0) + timedelta(days=1)
        last = replace(stock(), expires_date=at(0).date())
        facts = replace(ready_to_dose(program), time_zone="UTC")
        for minute, refused in ((0, True), (-1, False)):
            said = midnight + timedelta(minutes=minute)
            found = administration_refusals(facts, device=last, at=said, now=midnight - timedelta(minutes=1))
            assert ("DEVICE" in codes(found)) is refused
