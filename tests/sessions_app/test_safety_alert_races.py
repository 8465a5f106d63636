"""An alert and a release of one moment, on PostgreSQL: whichever comes first, nobody leaves with one unseen."""

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic.rules.refusals import ActionRefused
from sessions_app.actions.score import record_score, record_score_between
from sessions_app.models.score import instruments
from sessions_app.rules.instrument import Timing
from tests.factories import STAY_ENDS, Walk, entry, make_cast, make_course, ready_to_leave
from tests.race import Waiting, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def walk() -> Walk:
    return ready_to_leave(make_cast())


def answers(timing: Timing) -> dict[str, Any]:
    return {"instrument": instruments()["phq9"], "items": [1] * 9, "timing": timing}


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


def test_a_release_waits_for_one_that_arises_at_the_other_clinic(walk: Walk) -> None:
    organisation = walk.cast.facility.organisation
    annex = make_cast(facility_name="Annex", suffix="9", organisation=organisation)
    course = make_course(annex, patient=walk.dosing_session.patient)
    with transaction.atomic():
        record_score_between(course=course, entry=entry(), by=annex.nora, now=STAY_ENDS, **answers(Timing.OTHER))
        release = Waiting(partial(walk.release, STAY_ENDS))

    refused = release.result()
    assert isinstance(refused, ActionRefused)
    assert {refusal.code for refusal in refused.refusals} == {"SAFETY_ALERT"}
