"""Paper asks what the gates ask."""

import re
from pathlib import Path

import pytest

from sessions_app.presenters.outage.asks import CHECK_CODES, DEVICE_CODES, device_note, discharge_asks, start_asks
from sessions_app.presenters.refusal import SENTENCES
from sessions_app.rules.program import Program
from tests.sessions_app.rules.builders import ESKETAMINE, PROGRAMS, each_program

GATES = Path(__file__).parents[4] / "sessions_app" / "rules"
# About the order of entering things into Vigil, which paper does not know.
NOT_ASKED = {"STATE", "FIELD", "CLOCK", "DEVICE_OUTCOME", "SPRAY_DELIVERED", "OUT_OF_TURN", "EMERGENCY"}


def codes_in(*files: str) -> set[str]:
    """Every refusal code that these rules can yield."""
    text = "".join((GATES / f"{file}.py").read_text() for file in files)
    return {code for code in re.findall(r'"([A-Z][A-Z_]+)"', text) if code in SENTENCES} - NOT_ASKED


@each_program
def test_every_row_of_the_start_gate_has_its_line(program: Program) -> None:
    asked = {code for ask in start_asks(program) for code in ask.codes} | set(DEVICE_CODES)

    assert codes_in("administration", "baseline") - asked == set()


@each_program
def test_every_row_of_the_discharge_gate_has_its_line(program: Program) -> None:
    asked = {code for ask in discharge_asks(program) for code in ask.codes} | set(CHECK_CODES)

    assert codes_in("discharge", "recovery") - asked == set()
    assert {sign.refusal_code for sign in program.signs} <= asked


@each_program
def test_every_question_of_the_programme_is_on_it(program: Program) -> None:
    texts = " ".join(ask.text for ask in start_asks(program))

    for label in (*program.contraindications.values(), *program.medicines.values()):
        assert label in texts
    for sign in program.signs:
        assert sign.label.lower() in texts


def test_it_says_the_clinics_numbers() -> None:
    tight = ESKETAMINE.under({"food_minutes": 180, "systolic_line_mmhg": 130, "spo2_floor_percent": 96})
    before, leaving = (" ".join(ask.text for ask in asks) for asks in (start_asks(tight), discharge_asks(tight)))

    assert "Food, 180 min before" in before
    assert "BP above 130 or 90, SpO₂ below 96 %" in before
    assert "BP not above 130 and 90" in leaving
    assert "SpO₂ 96 % or more" in leaving


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)
def test_rest_between_devices_is_the_programmes(program: Program) -> None:
    assert f"At least {program.value('rest_between_devices_minutes')} min" in device_note(program)
