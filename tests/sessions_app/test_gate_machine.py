"""Any of the people, any order, any time, any value, through the real actions on PostgreSQL; and after every one that
was accepted the question whether gate.md would have had it so (gate_model.py). A refusal is never wrong here: that
nobody is trapped is shown in rules/test_no_trap.py."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from clinic.models import AuditEvent
from tests.by_hand import session_models
from tests.factories import Cast, Walk, make_cast
from tests.sessions_app.gate_machine import Clinic


def every_row_is_in_the_audit_once(walk: Walk) -> None:
    rows: Counter[str] = Counter()
    for event in AuditEvent.objects.filter(subject_id=walk.dosing_session.pk):
        rows.update(row["fields"]["id"] for row in json.loads(event.payload)["rows"])
    for model in session_models():
        for key in model._default_manager.filter(dosing_session=walk.dosing_session).values_list("pk", flat=True):
            assert rows[str(key)] == 1, (model, key)


def run(db_cast: Cast, *, examples: int, steps: int) -> Counter[str]:
    accepted: Counter[str] = Counter()

    class OfThisCast(Clinic):
        cast = db_cast

        def teardown(self) -> None:
            if hasattr(self, "walk"):
                every_row_is_in_the_audit_once(self.walk)
            super().teardown()

    OfThisCast.accepted = accepted
    run_state_machine_as_test(
        OfThisCast,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return accepted


def test_nobody_leaves_or_is_dosed_who_may_not(db: None) -> None:
    accepted = run(make_cast(), examples=6, steps=20)
    assert accepted["record_check"] > 0


@pytest.mark.slow
def test_nobody_leaves_or_is_dosed_who_may_not_for_long(db: None) -> None:
    """The same, long enough that many do leave and are dosed."""
    accepted = run(make_cast(), examples=400, steps=50)
    assert min(accepted[name] for name in ("discharge_patient", "administer_device", "decide")) > 0, accepted
