"""An outpatient is enrolled, and that was verified today for this dose."""

from datetime import date, timedelta

import pytest

from clinic.rules.enrolment import EnrolmentFacts, Setting, enrolment_refusals
from clinic.rules.refusals import ClearedBy

TODAY = date(2025, 3, 4)


@pytest.mark.parametrize(
    ("enrolled", "verified", "missing"),
    [
        (True, TODAY, None),
        (True, TODAY - timedelta(days=1), "verification"),
        (True, TODAY + timedelta(days=1), "verification"),
        (True, None, "verification"),
        (False, TODAY, "enrolment"),
        (False, None, "enrolment"),
    ],
)
def test_asks_an_outpatient_for_both_and_an_inpatient_for_neither(
    enrolled: bool, verified: date | None, missing: str | None
) -> None:
    facts = EnrolmentFacts(enrolled, verified)

    refusals = enrolment_refusals(facts, setting=Setting.OUTPATIENT, today=TODAY)

    assert [(refusal.code, refusal.params["missing"]) for refusal in refusals] == (
        [("ENROLMENT", missing)] if missing else []
    )
    assert all(refusal.cleared_by == (ClearedBy.DOCUMENTATION,) for refusal in refusals)
    assert enrolment_refusals(facts, setting=Setting.INPATIENT, today=TODAY) == ()
