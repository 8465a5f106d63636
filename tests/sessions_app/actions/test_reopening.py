"""After a session was re-opened the whole discharge gate opens anew: nothing of the release before is used again."""

from typing import Any

import pytest

from sessions_app.models import Discharge
from sessions_app.models.facts import session_facts
from sessions_app.rules.discharge import discharge_refusals
from tests.expect import refused
from tests.factories import STAY_ENDS, Cast, Walk, discharged, full_check, in_monitoring, minutes

BACK = STAY_ENDS + minutes(5)


def codes(walk: Walk, now: Any) -> set[str]:
    return {refusal.code for refusal in discharge_refusals(session_facts(walk.refresh(), at=now), now=now)}


@pytest.mark.parametrize("minute", [0, 1, 5])
def test_it_uses_no_check_assessment_or_instructions_of_before(cast: Cast, minute: int) -> None:
    walk = discharged(cast)
    back = STAY_ENDS + minutes(minute)
    walk.reopen(back)

    assert codes(walk, back) == {"FINAL_CHECK", "READINESS", "INSTRUCTIONS"}
    with refused("FINAL_CHECK", "READINESS", "INSTRUCTIONS"):
        walk.release(back)


def test_it_asks_each_of_them_again_in_its_order(cast: Cast) -> None:
    walk = discharged(cast)
    walk.reopen(BACK)
    walk.assess(BACK)
    walk.check(BACK + minutes(1))
    walk.instruct(BACK + minutes(1))
    assert codes(walk, BACK + minutes(2)) == {"READINESS"}
    walk.assess(BACK + minutes(2))

    walk.release(BACK + minutes(2))

    first, second = walk.rows("Discharge")
    assert walk.refresh().discharge == second
    assert second.final_check_id != first.final_check_id
    assert second.assessment_id != first.assessment_id


def test_it_takes_no_check_typed_back_to_before(cast: Cast) -> None:
    walk = discharged(cast)
    walk.reopen(BACK)
    walk.check(BACK + minutes(2), at=BACK - minutes(2))
    assert "FINAL_CHECK" in codes(walk, BACK + minutes(2))


def test_it_keeps_the_release_of_before_as_a_row(cast: Cast) -> None:
    walk = discharged(cast)
    walk.reopen(BACK)
    assert (walk.refresh().state, walk.refresh().discharge) == ("MONITORING", None)
    assert Discharge.objects.filter(dosing_session=walk.dosing_session).count() == 1


def test_it_holds_a_patient_who_came_back_worse(cast: Cast) -> None:
    walk = discharged(cast)
    walk.reopen(BACK)
    walk.check(BACK, full_check(170, 95))
    assert {"BP", "READINESS", "INSTRUCTIONS"} == codes(walk, BACK)


def test_it_asks_for_the_final_check_of_one_who_had_left_early(cast: Cast) -> None:
    walk = in_monitoring(cast)
    walk.check(STAY_ENDS - minutes(80))
    walk.check(STAY_ENDS - minutes(5))
    walk.leave_early(STAY_ENDS - minutes(4))
    walk.reopen(STAY_ENDS)
    assert {"FINAL_CHECK", "READINESS", "INSTRUCTIONS"} == codes(walk, STAY_ENDS)
