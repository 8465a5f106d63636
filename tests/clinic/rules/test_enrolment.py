"""An outpatient is enrolled, and that was verified today for this dose."""

from datetime import date, timedelta

import pytest

from clinic.rules.enrolment import (
    EnrolmentFacts,
    Setting,
    call_off_refusals,
    enrolment_refusals,
    form_refusals,
    transfer_refusals,
)
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal

TODAY = date(2025, 3, 4)
DAY = timedelta(days=1)


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


@pytest.mark.parametrize(
    ("day", "problem"),
    [(None, "signature_day_missing"), (TODAY + DAY, "future_day"), (TODAY, ""), (TODAY - 400 * DAY, "")],
)
def test_the_form_is_signed_by_both_and_not_tomorrow(day: date | None, problem: str) -> None:
    for name, other in (
        ("patient_signed_date", "prescriber_signed_date"),
        ("prescriber_signed_date", "patient_signed_date"),
    ):
        days = {name: day, other: TODAY}
        refused = (field_refusal(name, problem),) if problem else ()
        stranger = field_refusal("prescriber", "not_a_prescriber_here")
        assert form_refusals(**days, has_prescriber=True, today=TODAY) == refused  # type: ignore[arg-type]
        assert form_refusals(**days, has_prescriber=False, today=TODAY) == (*refused, stranger)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({}, ()),
        ({"rems_told_date": TODAY}, ()),
        ({"same_organisation": False, "leads_elsewhere": True}, (("to_facility", "not_elsewhere"),)),
        ({"same_organisation": True, "leads_elsewhere": False}, (("to_facility", "not_elsewhere"),)),
        ({"leads_somewhere": False}, (("to_place", "one_of_two"),)),
        ({"enrolled": False}, (("program", "not_enrolled_here"),)),
        ({"rems_told_date": TODAY + DAY, "from_date": TODAY + 2 * DAY}, (("rems_told_date", "future_day"),)),
        ({"from_date": TODAY - DAY}, (("rems_told_date", "told_too_late"),)),
        ({"rems_told_date": TODAY, "from_date": TODAY}, (("rems_told_date", "told_too_late"),)),
    ],
)
def test_a_transfer_is_told_to_the_rems_on_an_earlier_day(
    changed: dict[str, object], refused: tuple[tuple[str, str], ...]
) -> None:
    facts: dict[str, object] = {
        "from_date": TODAY + DAY,
        "rems_told_date": TODAY - DAY,
        "leads_somewhere": True,
        "leads_elsewhere": True,
        "same_organisation": True,
        "enrolled": True,
        **changed,
    }
    found = transfer_refusals(**facts, today=TODAY)  # type: ignore[arg-type]
    assert found == tuple(field_refusal(*each) for each in refused)


@pytest.mark.parametrize(
    ("days", "refused"), [(1, ()), (0, (Refusal("TRANSFER_BEGUN"),)), (-1, (Refusal("TRANSFER_BEGUN"),))]
)
def test_a_transfer_is_called_off_before_its_day(days: int, refused: tuple[Refusal, ...]) -> None:
    assert call_off_refusals(from_date=TODAY + days * DAY, today=TODAY) == refused
