"""``demo --check`` in this process: one whole session passes, and a gate that lets somebody through stops it."""

import io
from unittest import mock

import pytest

from sessions_app.demo.walk import walk_one_session
from sessions_app.models import Discharge

pytestmark = pytest.mark.django_db


def test_it_walks_one_session_to_its_release() -> None:
    out = io.StringIO()
    walk_one_session(out)
    said = out.getvalue()
    assert said.count("  409  ") == 14
    assert said.count("Release") == 0  # words for people, not codes
    assert said.splitlines()[-1].startswith("One session walked in 42 steps, 14 of them refused (409)")
    assert Discharge.objects.count() == 1


@pytest.mark.parametrize(
    ("gate", "step"),
    [
        ("sessions_app.actions.dosing.clearing_refusals", "clear before anything is asked"),
        ("sessions_app.actions.dosing.administration_refusals", "device 2 after three minutes"),
        ("sessions_app.rules.discharge.blood_pressure_refusals", "release at once"),
    ],
)
def test_it_notices_a_gate_that_stands_open(gate: str, step: str) -> None:
    with mock.patch(gate, return_value=()), pytest.raises(AssertionError, match=step):
        walk_one_session(io.StringIO())
