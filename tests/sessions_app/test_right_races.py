"""Two people put right at once: one of two corrections wins, and a check that moves holds or comes too late, aloud."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic.models import Correction
from sessions_app.actions import replacement
from sessions_app.models import DosingSession
from tests.factories import (
    LAST_DEVICE,
    STAY_ENDS,
    Cast,
    Walk,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
    ready_to_leave,
)
from tests.race import Waiting, race
from tests.sessions_app.paper import whole_sheet
from tests.sessions_app.test_races import codes

pytestmark = pytest.mark.django_db(transaction=True)
LATER = LAST_DEVICE + minutes(40)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def correct(walk: Walk, check: Any, value: Any, by: Any) -> Any:
    return replacement.correct_check(
        check_id=check.pk, check=value, reason="Typo.", **walk.envelope(LATER + minutes(1), by=by)
    )


def move(walk: Walk, check: Any, to: Walk, by: Any) -> Any:
    return replacement.move_check(
        check_id=check.pk, to=to.dosing_session, reason="Wrong chair.", **walk.envelope(STAY_ENDS, by=by)
    )


def test_one_of_two_corrections_wins(cast: Cast) -> None:
    walk = in_monitoring(cast)
    wrong = walk.check(LATER, full_check(182, 82))

    outcomes = race(
        partial(correct, walk, wrong, full_check(128, 82), cast.nora),
        partial(correct, walk, wrong, full_check(138, 82), cast.nils),
    )

    assert codes(outcomes) == [{"ALREADY_VOIDED"}]
    assert Correction.objects.filter(row_id=wrong.pk).count() == 1


def test_a_release_waits_for_the_check_that_moves_there(cast: Cast) -> None:
    here, there = in_monitoring(cast), ready_to_leave(cast)
    wrong = here.check(STAY_ENDS, full_check(170, 95))

    with transaction.atomic():
        move(here, wrong, there, cast.nils)
        release = Waiting(partial(there.release, STAY_ENDS))

    assert codes([release.result()]) == [{"BP", "READINESS"}]
    assert there.refresh().state == "MONITORING"


def test_a_check_that_moves_at_the_moment_of_release_is_never_silent(cast: Cast) -> None:
    here, there = in_monitoring(cast), ready_to_leave(cast)
    wrong = here.check(STAY_ENDS, full_check(170, 95))

    outcomes = race(partial(there.release, STAY_ENDS), partial(move, here, wrong, there, cast.nils))

    released = there.refresh().state == "DISCHARGED"
    assert len(codes(outcomes)) == (0 if released else 1)
    assert len(there.rows("Alarm")) == (1 if released else 0)


def test_two_moves_across_do_not_wait_for_each_other(cast: Cast) -> None:
    one, two = in_monitoring(cast), in_monitoring(cast)
    first, second = one.check(LATER), two.check(LATER)

    outcomes = race(partial(move, one, first, two, cast.nora), partial(move, two, second, one, cast.nils))

    assert codes(outcomes) == []


def test_one_clipboard_typed_by_two_nurses_is_one_session(cast: Cast) -> None:
    course = make_course(cast)
    first, second = whole_sheet(cast), whole_sheet(cast)

    outcomes = race(partial(first.enter, course, by=cast.nora), partial(second.enter, course, by=cast.nils))

    assert len(codes(outcomes)) == 1
    assert codes(outcomes)[0] in ({"SAME_DAY"}, {"ALREADY_OPEN"})
    assert DosingSession.objects.filter(course=course).count() == 1


def test_one_sheet_clicked_twice_is_one_session(cast: Cast) -> None:
    course, form, sheet = make_course(cast), entry(), whole_sheet(cast)

    outcomes = race(*[partial(sheet.enter, course, entry=form)] * 2)

    assert codes(outcomes) == []
    assert outcomes[0] == outcomes[1]
    assert DosingSession.objects.filter(course=course).count() == 1
