"""What came with a check and was put at a time of its own stays there when the check is corrected or moved."""

from dataclasses import replace
from typing import Any

import pytest

from sessions_app.actions import monitoring, replacement
from sessions_app.models.record import Record
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from tests.factories import Cast, Walk, entry, full_check, in_monitoring, minutes
from tests.sessions_app.actions.test_replacement import LATER, codes, correct, move


def put_right(walk: Walk, event: Any, kind: SignEventKind, at: Any) -> Any:
    said = {**walk.envelope(LATER + minutes(31), by=walk.cast.nils), "entry": entry(at)}
    return replacement.correct_sign(event_id=event.pk, kind=kind, reason="It came back.", **said)


def came_back(walk: Walk) -> tuple[Any, Any]:
    """A check says that sedation is gone; its line is put right: it began again twenty minutes later."""
    check = walk.check(LATER + minutes(10), full_check(182, 82, sedation=SignEntry(False, 5, gone=True)))
    back = put_right(walk, walk.rows("SignEvent")[-1], SignEventKind.ONSET, LATER + minutes(30))
    monitoring.record_sign(
        code="sedation",
        kind=SignEventKind.RESOLUTION,
        **{**walk.envelope(LATER + minutes(31)), "entry": entry(LATER + minutes(20))},
    )
    return check, back


@pytest.mark.parametrize("gone", [True, False])
def test_it_leaves_a_sign_that_came_back_at_its_own_time(cast: Cast, gone: bool) -> None:
    walk = in_monitoring(cast)
    wrong, back = came_back(walk)
    assert "UNRESOLVED" in codes(walk, LATER + minutes(32))

    right = correct(walk, wrong, full_check(128, 82, sedation=SignEntry(False, 5, gone=gone)), LATER + minutes(32))

    kept = walk.rows("SignEvent")[-1]
    assert (kept.check_row, kept.kind, kept.occurred_at) == (right, "ONSET", back.occurred_at)
    assert (kept.performed_by, kept.recorded_by, kept.channel) == (cast.nora, cast.nils, "LIVE")
    assert "UNRESOLVED" in codes(walk, LATER + minutes(33))


def test_it_leaves_an_end_put_earlier_where_it_was_put(cast: Cast) -> None:
    walk = in_monitoring(cast)
    was = full_check(sedation=SignEntry(False, 5, gone=True))
    wrong = walk.check(LATER + minutes(10), was)
    put_right(walk, walk.rows("SignEvent")[-1], SignEventKind.RESOLUTION, LATER + minutes(5))
    said = {**walk.envelope(LATER + minutes(11)), "entry": entry(LATER + minutes(7))}
    monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **said)

    correct(walk, wrong, was, LATER + minutes(12))

    assert "UNRESOLVED" in codes(walk, LATER + minutes(12))


def test_what_came_with_it_follows_its_corrected_time_and_stays_whose_it_was(cast: Cast) -> None:
    walk = in_monitoring(cast)
    was = replace(full_check(), symptoms={"nausea": SignEventKind.ONSET})
    wrong = walk.check(LATER + minutes(10), was)

    correct(walk, wrong, full_check(), LATER + minutes(12), at=LATER + minutes(4))

    [event] = Record(walk.refresh()).sign_events()
    assert (event.code, event.occurred_at, event.performed_by) == ("nausea", LATER + minutes(4), cast.nora)


def test_a_sign_that_came_back_keeps_its_own_time_there(cast: Cast) -> None:
    here, there = in_monitoring(cast), in_monitoring(cast)
    wrong, back = came_back(here)
    said = {**there.envelope(LATER + minutes(31)), "entry": entry(LATER + minutes(20))}
    monitoring.record_sign(code="sedation", kind=SignEventKind.RESOLUTION, **said)

    move(here, wrong, there, LATER + minutes(32))

    assert [event.occurred_at for event in there.rows("SignEvent")][-1] == back.occurred_at
    assert "UNRESOLVED" in codes(there, LATER + minutes(33))
