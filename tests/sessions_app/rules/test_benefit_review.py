"""Due at the end of induction; a review of the week before counts, an earlier one does not."""

from datetime import timedelta

import pytest

from sessions_app.rules.benefit_review import ReviewState, review_due_date, review_state
from sessions_app.rules.course import dose_warnings
from tests.sessions_app.rules.builders import ESKETAMINE, TODAY, course

DUE = TODAY + timedelta(days=28)


def test_is_due_four_weeks_after_the_first_dose_where_there_is_an_induction() -> None:
    assert review_due_date(ESKETAMINE, "TRD", TODAY) == DUE
    assert review_due_date(ESKETAMINE, "GAD", TODAY) is None
    assert review_due_date(ESKETAMINE, "TRD", None) is None


@pytest.mark.parametrize(
    ("day", "reviewed", "state"),
    [
        (20, (), ReviewState.NOT_DUE),
        (21, (), ReviewState.DUE),
        (27, (), ReviewState.DUE),
        (28, (), ReviewState.OVERDUE),
        (28, (20,), ReviewState.OVERDUE),
        (28, (21,), ReviewState.DONE),
        (60, (50,), ReviewState.DONE),
    ],
)
def test_stands_by_the_day(day: int, reviewed: tuple[int, ...], state: ReviewState) -> None:
    days = [TODAY + timedelta(days=each) for each in reviewed]
    assert review_state(DUE, days, today=TODAY + timedelta(days=day)) is state


@pytest.mark.parametrize(
    ("days", "reviewed", "warns"), [(27, False, False), (28, False, True), (28, True, False), (400, False, True)]
)
def test_maintenance_without_it_warns(days: int, reviewed: bool, warns: bool) -> None:
    treated = course(ESKETAMINE, first_dose_date=TODAY - timedelta(days=days), benefit_reviewed=reviewed)
    assert ("not_reviewed" in tuple(dose_warnings(treated, 56, program=ESKETAMINE, today=TODAY))) is warns
