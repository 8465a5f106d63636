"""Contraindications are asked again after as many days as the clinic says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.contraindication import LONGEST_REVIEW, contraindication_refusals, review_days_refusals
from tests.sessions_app.rules.builders import ESKETAMINE, TODAY, ready_to_dose, start

DAYS = 30
# Half past ten in the evening in New York, and the day after in Greenwich.
LATE = datetime(TODAY.year, TODAY.month, TODAY.day, 22, 30, tzinfo=UTC) + timedelta(hours=5)


@pytest.mark.parametrize(("ago", "expired"), [(0, False), (DAYS, False), (DAYS + 1, True), (None, True)])
def test_they_are_counted_in_days_of_the_clinic(ago: int | None, expired: bool) -> None:
    program = replace(ESKETAMINE, contraindication_review_days=DAYS)
    asked = {} if ago is None else dict.fromkeys(program.contraindications, TODAY - timedelta(days=ago))
    facts = ready_to_dose(program, checked_in_at=LATE)
    found = contraindication_refusals(facts, start(program, contraindications_asked=asked))
    params = {"problem": "expired", "codes": tuple(program.contraindications), "days": DAYS}
    assert tuple(found) == (Refusal("CONTRAINDICATION", params, None, (ClearedBy.DOCUMENTATION,)),) * expired


@pytest.mark.parametrize(
    ("days", "fine"), [(None, True), (1, True), (LONGEST_REVIEW, True), (0, False), (LONGEST_REVIEW + 1, False)]
)
def test_a_clinic_says_from_one_day_to_a_year_or_nothing(days: int | None, fine: bool) -> None:
    wrong = field_refusal("contraindication_review_days", "impossible", value=days, low=1, high=LONGEST_REVIEW)
    assert review_days_refusals(days) == (() if fine else (wrong,))
