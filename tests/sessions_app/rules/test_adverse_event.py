"""A suspected adverse event: serious or not, reported or not, and until when by the clinic's own number."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clinic.rules.enrolment import Setting
from clinic.rules.refusals import field_refusal
from sessions_app.rules.adverse_event import (
    MOST_DAYS,
    CaseState,
    Criterion,
    EventOutcome,
    Recipient,
    Reported,
    Told,
    ToldBy,
    account_refusals,
    began_refusals,
    case_state,
    days_refusals,
    due_date,
    is_serious,
    must_be_reported,
    report_refusals,
)

pytestmark = pytest.mark.paperwork
TODAY = date(2026, 4, 14)
NOT, SERIOUS = frozenset[str](), frozenset({"HOSPITALISATION"})


@pytest.mark.parametrize(
    ("accounts", "serious"),
    [
        ((), True),  # said at the chair, and nobody has said how
        ((Told(4, NOT),), False),
        ((Told(4, SERIOUS),), True),
        ((Told(9, NOT), Told(4, SERIOUS)), False),
        ((Told(4, NOT), Told(9, SERIOUS)), True),
    ],
)
def test_it_is_serious_as_last_told(accounts: tuple[Told, ...], serious: bool) -> None:
    assert is_serious(accounts) is serious


@pytest.mark.parametrize(
    ("accounts", "reports", "state"),
    [
        ((), (), "OPEN"),
        ((), (Reported(5, "MEDWATCH"),), "OPEN"),
        ((Told(4, NOT),), (), "TO_REPORT"),
        ((Told(4, NOT),), (Reported(5, "MANUFACTURER"),), "REPORTED"),
        ((Told(4, NOT),), (Reported(4, "MANUFACTURER"),), "TO_REPORT"),
        ((Told(4, NOT), Told(6, SERIOUS)), (Reported(5, "MEDWATCH"),), "TO_REPORT"),
        ((Told(4, NOT), Told(6, SERIOUS)), (Reported(5, "MEDWATCH"), Reported(7, "OTHER")), "REPORTED"),
        ((Told(4, NOT),), (Reported(5, "NOBODY"),), "NOT_REPORTED"),
        ((Told(4, NOT),), (Reported(5, "NOBODY"), Reported(6, "MEDWATCH")), "REPORTED"),
        ((Told(4, NOT), Told(6, NOT)), (Reported(5, "NOBODY"),), "TO_REPORT"),
    ],
)
def test_what_was_told_after_the_last_report_is_reported_again(
    accounts: tuple[Told, ...], reports: tuple[Reported, ...], state: str
) -> None:
    assert case_state(accounts, reports) is CaseState(state)


@pytest.mark.parametrize(
    ("setting", "serious", "must"),
    [
        (Setting.OUTPATIENT, False, False),
        (Setting.OUTPATIENT, True, True),
        (Setting.INPATIENT, False, True),
        (Setting.INPATIENT, True, True),
    ],
)
def test_an_inpatient_setting_reports_every_suspected_event(setting: Setting, serious: bool, must: bool) -> None:
    assert must_be_reported(setting, serious=serious) is must


def test_there_is_no_deadline_until_a_clinic_sets_one() -> None:
    assert due_date(TODAY, None) is None
    assert due_date(TODAY, 15) == date(2026, 4, 29)
    assert due_date(date(2028, 2, 28), 1) == date(2028, 2, 29)
    assert days_refusals(None) == days_refusals(1) == days_refusals(MOST_DAYS) == ()
    for wrong in (0, -1, MOST_DAYS + 1):
        assert days_refusals(wrong) == (
            field_refusal("adverse_event_days", "impossible", value=wrong, low=1, high=MOST_DAYS),
        )


NOW = datetime(2026, 4, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("began_at", "problem"),
    [
        (NOW + timedelta(minutes=2, seconds=1), "future"),
        (NOW + timedelta(minutes=2), ""),
        (NOW - timedelta(hours=2), ""),
        (NOW - timedelta(hours=2, seconds=1), "before_check_in"),
    ],
)
def test_it_began_after_the_check_in_and_not_in_the_future(began_at: datetime, problem: str) -> None:
    came = NOW - timedelta(hours=2)
    beside: dict[str, datetime] = {"now": NOW} if problem == "future" else {"not_before": came}
    refused = field_refusal("began_time", problem, at=began_at, **beside)
    assert began_refusals(began_at, now=NOW, checked_in_at=came) == ((refused,) if problem else ())


GOOD: dict[str, Any] = {
    "criteria": SERIOUS,
    "narrative": "Fainted.",
    "told_by": ToldBy.STAFF,
    "reporter": "",
    "outcome": EventOutcome.RECOVERED,
}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"criteria": NOT}, []),
        ({"told_by": ToldBy.PATIENT}, []),
        ({"narrative": " "}, ["narrative"]),
        ({"told_by": ToldBy.RELATIVE}, ["reporter"]),
        ({"told_by": ToldBy.PROFESSIONAL, "reporter": " "}, ["reporter"]),
        ({"told_by": ToldBy.OTHER, "reporter": "Basil Tamarack"}, []),
        ({"narrative": " ", "told_by": ToldBy.OTHER}, ["narrative", "reporter"]),
        ({"narrative": "", "told_by": ToldBy.OTHER, "reporter": "Basil Tamarack"}, ["narrative"]),
        ({"outcome": EventOutcome.DIED}, ["outcome"]),
        ({"criteria": frozenset({Criterion.DEATH})}, ["outcome"]),
        ({"criteria": frozenset({Criterion.DEATH}), "outcome": EventOutcome.DIED}, []),
    ],
)
def test_an_account_has_words_and_whoever_told_it(changed: dict[str, Any], fields: list[str]) -> None:
    problems = {"outcome": "death_said_once"}
    assert account_refusals(**{**GOOD, **changed}) == tuple(
        field_refusal(field, problems.get(field, "reason_missing")) for field in fields
    )


REPORT: dict[str, Any] = {
    "recipient": Recipient.MANUFACTURER,
    "recipient_name": "",
    "note": "",
    "reported_date": TODAY,
    "setting": Setting.OUTPATIENT,
    "serious": True,
    "began_date": TODAY,
    "today": TODAY,
}
DAY = timedelta(days=1)
UNREPORTED = {"recipient": Recipient.NOBODY, "note": "Known before, unrelated."}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"reported_date": TODAY + DAY}, [("reported_date", "future_day")]),
        ({"reported_date": TODAY - DAY}, [("reported_date", "before_it_began")]),
        ({"recipient": Recipient.OTHER}, [("recipient_name", "reason_missing")]),
        (
            {"recipient": Recipient.OTHER, "reported_date": TODAY + DAY},
            [("recipient_name", "reason_missing"), ("reported_date", "future_day")],
        ),
        ({"recipient": Recipient.OTHER, "recipient_name": "State board"}, []),
        ({**UNREPORTED}, [("recipient", "must_be_reported")]),
        ({**UNREPORTED, "serious": False}, []),
        ({**UNREPORTED, "serious": False, "note": " "}, [("note", "reason_missing")]),
        ({**UNREPORTED, "serious": False, "setting": Setting.INPATIENT}, [("recipient", "must_be_reported")]),
    ],
)
def test_a_report_says_to_whom_or_why_not(changed: dict[str, Any], found: list[tuple[str, str]]) -> None:
    refusals = report_refusals(**{**REPORT, **changed})
    assert [(each.params["field"], each.params["problem"]) for each in refusals] == found
