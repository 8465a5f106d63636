"""An alert and a release of one moment, on PostgreSQL: whichever comes first, nobody leaves with one unseen."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic.rules.refusals import ActionRefused
from sessions_app.actions.safety_alert import answer_safety_alert
from sessions_app.actions.score import record_score, record_score_between, void_plan
from sessions_app.models import SafetyAlert
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Timing
from tests.factories import STAY_ENDS, Cast, Walk, entry, make_cast, make_course, ready_to_leave
from tests.race import Waiting, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk() -> Walk:
    return ready_to_leave(make_cast())


@pytest.fixture
def annex(walk: Walk) -> Cast:
    return make_cast(facility_name="Annex", suffix="9", organisation=walk.cast.facility.organisation)


def answers(timing: Timing) -> dict[str, Any]:
    return {"instrument": instruments()["phq9"], "items": [1] * 9, "timing": timing}


def scored_at(annex: Cast, walk: Walk) -> Callable[[], Any]:
    course = make_course(annex, patient=walk.dosing_session.patient)
    said = {"course": course, "entry": entry(), "by": annex.nora, "now": STAY_ENDS}
    return partial(record_score_between, **said, **answers(Timing.OTHER))


def plan_taken_back_at(annex: Cast, walk: Walk) -> Callable[[], Any]:
    scored_at(annex, walk)()
    said = {"by": annex.paul, "now": STAY_ENDS}
    plan = answer_safety_alert(alert=SafetyAlert.objects.get(), plan="Stays with her sister.", entry=entry(), **said)
    return partial(void_plan, plan=plan, reason="Of another alert.", entry=entry(), **said)


def test_it_is_never_silent(walk: Walk) -> None:
    """The score first: nobody is released. The release first: it is judged again, and says so."""
    results = race(
        partial(walk.release, STAY_ENDS),
        partial(record_score, **answers(Timing.AT_READINESS), **walk.envelope(STAY_ENDS)),
    )

    released = walk.refresh().state == "DISCHARGED"
    assert not isinstance(results[1], Exception)
    assert released == bool(walk.rows("Alarm"))
    assert released != isinstance(results[0], ActionRefused)


@pytest.mark.parametrize("arises", [scored_at, plan_taken_back_at])
def test_a_release_waits_for_one_that_arises_at_the_other_clinic(
    walk: Walk, annex: Cast, arises: Callable[[Cast, Walk], Callable[[], Any]]
) -> None:
    arise = arises(annex, walk)
    with transaction.atomic():
        arise()
        release = Waiting(partial(walk.release, STAY_ENDS))

    refused = release.result()
    assert isinstance(refused, ActionRefused)
    assert {refusal.code for refusal in refused.refusals} == {"SAFETY_ALERT"}


@pytest.mark.parametrize("arises", [scored_at, plan_taken_back_at])
def test_a_release_that_is_committed_meanwhile_is_judged_again(
    walk: Walk, annex: Cast, arises: Callable[[Cast, Walk], Callable[[], Any]]
) -> None:
    """It saw no alert; whoever waited for it finds a session that is watched no more, and one that was released."""
    arise = arises(annex, walk)
    with transaction.atomic():
        walk.release(STAY_ENDS)
        late = Waiting(arise)

    assert not isinstance(late.result(), Exception)
    assert "GATE_WOULD_HAVE_REFUSED" in [alarm.code for alarm in walk.rows("Alarm")]
