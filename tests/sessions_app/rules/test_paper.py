"""Times on paper: in the past, none after the end, and no end before somebody looked after the patient."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.paper import as_on_paper, end_refusals, sheet_time_refusals
from tests.sessions_app.rules.builders import ESKETAMINE, FIRST_DEVICE, LAST_DEVICE, device, ready_to_leave

NOON = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "problem"), [(NOON - SECOND, ""), (NOON, "future"), (NOON + SECOND, "future"), (NOON - 5 * SECOND, "")]
)
def test_a_line_lies_in_the_past(at: datetime, problem: str) -> None:
    refusals = sheet_time_refusals([("check-1", at)], ended_at=None, now=NOON)
    future = field_refusal("occurred_time", problem, at=at, now=NOON, line="check-1")
    assert refusals == ((future,) if problem else ())


@pytest.mark.parametrize(("after", "refused"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_no_line_comes_after_the_end(after: timedelta, refused: bool) -> None:
    ended_at = NOON - timedelta(hours=1)
    refusals = sheet_time_refusals([("check-1", ended_at + after)], ended_at=ended_at, now=NOON)
    late = field_refusal("occurred_time", "after_end", at=ended_at + after, ended_at=ended_at, line="check-1")
    assert refusals == ((late,) if refused else ())


@pytest.mark.parametrize(("after", "refused"), [(-SECOND, False), (timedelta(0), False), (SECOND, True)])
def test_no_end_comes_before_somebody_looked(after: timedelta, refused: bool) -> None:
    params = {"seen_at": NOON + after, "ended_at": NOON}
    later = Refusal("SEEN_LATER", params, None, (ClearedBy.DOCUMENTATION,))
    assert end_refusals(NOON + after, ended_at=NOON) == ((later,) if refused else ())
    assert end_refusals(None, ended_at=NOON) == ()


def test_each_device_counts_from_its_time_on_the_sheet() -> None:
    late, rest = device(LAST_DEVICE, 5, counted=40), device(FIRST_DEVICE, 0)
    sheet = as_on_paper(ready_to_leave(ESKETAMINE, devices=(rest, late)))
    assert sheet == ready_to_leave(
        ESKETAMINE, devices=(rest, device(LAST_DEVICE, 5)), checks=sheet.checks, assessed_at=sheet.assessed_at
    )
