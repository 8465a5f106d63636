"""A programme is a file. One that cannot be used says which file, which key, and why."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.policy import Tighten
from sessions_app.rules.program import NUMBER_NAMES, Program, ProgramError, build_program, parse_program
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    ESKETAMINE_FILE,
    PROGRAMS,
    SEDALINE,
    SEDALINE_FILE,
    each_program,
)

FILES = {
    program.code: tomllib.loads(path.read_text())
    for program, path in zip(PROGRAMS, (ESKETAMINE_FILE, SEDALINE_FILE), strict=True)
}
NUMBERS = [(program.code, name) for program in PROGRAMS for name in program.numbers]
Data = dict[str, Any]


def read(change: Callable[[Data], object], code: str = "esketamine") -> Program:
    data = deepcopy(FILES[code])
    change(data)
    return build_program(data, file=f"{code}-9.toml")


def reason(change: Callable[[Data], object], code: str = "esketamine") -> tuple[str, str]:
    """The key and the reason that are given; the file is always named."""
    with pytest.raises(ProgramError) as error:
        read(change, code)
    file, key, why = str(error.value).split(": ", 2)
    assert file == f"{code}-9.toml"
    return key, why


def drop(*path: Any) -> Callable[[Data], object]:
    return lambda data: at_path(data, path[:-1]).pop(path[-1])


def put(value: Any, *path: Any) -> Callable[[Data], object]:
    return lambda data: at_path(data, path[:-1]).__setitem__(path[-1], value)


def at_path(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


# --- what ships, and what proves that nothing is hard-coded -------------------------------------------


def test_reads_the_esketamine_programme() -> None:
    assert (ESKETAMINE.code, ESKETAMINE.version, ESKETAMINE.anchor) == ("esketamine", "2", "last_device")
    assert (ESKETAMINE.mg_per_device, ESKETAMINE.doses_mg) == (28, (56, 84))
    assert [sign.refusal_code for sign in ESKETAMINE.signs] == ["SEDATION", "DISSOCIATION", "RESPIRATORY"]
    assert [sign.code for sign in ESKETAMINE.signs if sign.stops_dosing] == ["sedation", "respiratory_depression"]
    assert len(ESKETAMINE.contraindications) == 3
    assert len(ESKETAMINE.medicines) == 5
    assert ESKETAMINE.off_label == {"GAD", "SAD", "PANIC"}
    assert ESKETAMINE.antidepressant_required == {"MDSI"}


SPECIFIED = {
    "minimum_stay_minutes": (120, 240),
    "rest_between_devices_minutes": (5, 15),
    "final_check_window_minutes": (10, None),
    "final_check_age_minutes": (15, None),
    "peak_check_opens_minutes": (30, None),
    "peak_check_due_minutes": (40, None),
    "peak_check_closes_minutes": (50, None),
    "baseline_age_minutes": (60, None),
    "systolic_line_mmhg": (140, None),
    "diastolic_line_mmhg": (90, None),
    "blood_pressure_settling_minutes": (10, None),
    "blood_pressure_effect_minutes": (240, None),
    "spo2_floor_percent": (92, 97),
    "moaas_normal": (5, None),
    "cadss_normal": (4, None),
    "respiratory_rate_floor": (10, 12),
    "food_minutes": (120, None),
    "liquid_minutes": (30, None),
    "nasal_spray_minutes": (60, None),
    "minimum_age_years": (18, None),
    "late_device_entry_minutes": (10, None),
    "patient_stock_days": (45, 1),
    "twice_weekly_interval_days": (2, None),
    "weekly_interval_days": (5, None),
}


@pytest.mark.parametrize("name", SPECIFIED)
def test_ships_the_numbers_of_the_specification(name: str) -> None:
    value, bound = SPECIFIED[name]
    number = ESKETAMINE.numbers[name]

    assert (ESKETAMINE.value(name), number.value) == (value, value)
    assert bound is None or number.bound == bound
    assert number.admits(number.bound)


def test_gives_the_second_programme_nothing_of_the_first() -> None:
    assert {sign.code for sign in SEDALINE.signs}.isdisjoint(sign.code for sign in ESKETAMINE.signs)
    assert {sign.refusal_code for sign in SEDALINE.signs}.isdisjoint(sign.refusal_code for sign in ESKETAMINE.signs)
    assert SEDALINE.anchor != ESKETAMINE.anchor
    same = [name for name in NUMBER_NAMES if SEDALINE.value(name) == ESKETAMINE.value(name)]
    assert same == [], "a number that is the same in both could be written in code"


@each_program
def test_names_what_a_full_check_asks(program: Program) -> None:
    assert program.measures == ("blood_pressure", "spo2", *(sign.code for sign in program.signs))
    assert all(program.sign(sign.code) is sign for sign in program.signs)
    assert program.sign("headache") is None


def test_shortens_a_label_where_the_file_does() -> None:
    assert read(sign(short="Sed.")).signs[0].short_label == "Sed."
    assert SEDALINE.signs[0].short_label == SEDALINE.signs[0].label == "Drowsiness"


# --- what is wrong with a file ------------------------------------------------------------------------


def test_names_the_file_that_is_no_toml() -> None:
    with pytest.raises(ProgramError, match=r"^broken-1\.toml: \(whole file\): Invalid value"):
        parse_program("code = ", file="broken-1.toml")


@pytest.mark.parametrize("code", FILES)
@pytest.mark.parametrize(
    "key", ["code", "version", "label", "anchor", "mg_per_device", "doses_mg", "contraindications"]
)
def test_names_a_key_that_is_missing_or_of_another_kind(code: str, key: str) -> None:
    assert reason(drop(key), code) == (key, "is missing")
    assert reason(put(1.5, key), code)[0] == key
    assert "must be of type" in reason(put(1.5, key), code)[1]


@pytest.mark.parametrize(("code", "name"), NUMBERS)
def test_names_a_number_that_is_missing_looser_or_turned_round(code: str, name: str) -> None:
    path = ("numbers", name)
    number = {program.code: program for program in PROGRAMS}[code].numbers[name]
    up = number.tighten is Tighten.UP
    looser = number.value - 1 if up else number.value + 1

    assert reason(drop(*path), code) == (f"numbers.{name}", "is missing")
    for part in ("value", "bound", "tighten", "unit", "source"):
        assert reason(drop(*path, part), code) == (f"numbers.{name}.{part}", "is missing")
    assert reason(put(looser, *path, "bound"), code)[0] == f"numbers.{name}.bound"
    assert reason(put("down" if up else "up", *path, "tighten"), code)[0] == f"numbers.{name}.tighten"
    assert reason(put("sideways", *path, "tighten"), code)[0] == f"numbers.{name}.tighten"
    assert reason(put(True, *path, "value"), code) == (f"numbers.{name}.value", "must be of type int")
    assert reason(put(12.5, *path, "bound"), code) == (f"numbers.{name}.bound", "must be of type int")
    assert reason(put("X", *path, "source"), code) == (f"numbers.{name}.source", "must be P, S, G or D")
    assert reason(put(120, *path), code) == (f"numbers.{name}", "must be a table")
    assert reason(put(-1, *path, "value"), code)[0] == f"numbers.{name}.value"


def sign(**changes: Any) -> Callable[[Data], object]:
    return lambda data: data["signs"][0].update(changes)


REASONS: dict[str, tuple[Callable[[Data], object], str, str]] = {
    "another anchor": (put("middle", "anchor"), "anchor", "must be one of last_device, first_device"),
    "an unknown key": (put(1, "anchr"), "anchr", "is not a key that any rule reads"),
    "a number no rule reads": (put({}, "numbers", "blink_rate"), "numbers.blink_rate", "not a number that any rule"),
    "no signs": (put([], "signs"), "signs", "at least one sign"),
    "a sign that is no table": (put(["sedation"], "signs"), "signs[0]", "must be a table"),
    "a sign without a code": (drop("signs", 1, "code"), "signs[1].code", "is missing"),
    "a sign with an unknown key": (sign(colour="red"), "signs[0].colour", "not a key that any rule"),
    "a sign that stops by a word": (sign(stops_dosing="yes"), "signs[0].stops_dosing", "must be of type bool"),
    "a short label of no words": (sign(short=3), "signs[0].short", "must be of type str"),
    "a scale without a direction": (sign(better=""), "signs[0].better", "which score is better"),
    "a scale without a normal": (sign(normal=""), "signs[0].better", "its normal number"),
    "a normal that is another number": (sign(normal="food_minutes"), "signs[0].normal", "this sign's own scale"),
    "a normal without a scale": (sign(scale=""), "signs[0].normal", "this sign's own scale"),
    "a normal that is no word": (sign(normal=["a"]), "signs[0].normal", "must be of type str"),
    "a normal off the scale": (sign(score_max=4), "numbers.moaas_normal.bound", "must be a score that the scale has"),
    "a scale turned round": (sign(better="lower"), "numbers.moaas_normal.tighten", "must be down"),
    "two signs of one code": (sign(code="dissociation"), "signs", "two signs have the same code"),
    "two signs of one refusal": (sign(refusal_code="DISSOCIATION"), "signs", "the same refusal_code"),
    "a sign called as a measure": (sign(code="spo2"), "signs", "spo2 is a code of the gates' own"),
    "a refusal of the gate": (sign(refusal_code="BP"), "signs", "BP is a refusal_code of the gates' own"),
    "doses that are words": (put(["56"], "doses_mg"), "doses_mg", "whole numbers of mg"),
    "no doses": (put([], "doses_mg"), "doses_mg", "whole numbers of mg"),
    "a device of nothing": (put(0, "mg_per_device"), "mg_per_device", "must be above 0"),
    "an indication without a label": (drop("indications", "TRD", "label"), "indications.TRD.label", "is missing"),
    "an indication that is a word": (put("TRD", "indications", "TRD"), "indications.TRD", "must be a table"),
    "off-label by a word": (put("yes", "indications", "GAD", "off_label"), "indications.GAD.off_label", "type bool"),
    "a regimen of no indication": (put("ADHD", "regimens", 0, "indication"), "regimens[0].indication", "is not one"),
    "a regimen without doses": (drop("regimens", 1, "doses_mg"), "regimens[1].doses_mg", "is missing"),
    "a regimen with an interval of food": (
        put("food_minutes", "regimens", 0, "interval"),
        "regimens[0].interval",
        "must be one of twice_weekly_interval_days, weekly_interval_days",
    ),
    "a regimen to a word": (put("ever", "regimens", 0, "week_to"), "regimens[0].week_to", "must be of type int"),
    "a first dose of 0": (put([0], "regimens", 0, "first_doses_mg"), "regimens[0].first_doses_mg", "whole numbers"),
    "a contraindication of no words": (put(3, "contraindications", "vascular"), "contraindications.vascular", "str"),
    "a peak window that can close before it opens": (
        put(
            {"value": 50, "bound": 34, "tighten": "down", "unit": "min", "source": "D"},
            "numbers",
            "peak_check_closes_minutes",
        ),
        "numbers.peak_check_closes_minutes.bound",
        "must not be before the check's own opening",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_names_what_is_wrong_and_why(case: str) -> None:
    change, key, why = REASONS[case]

    found_key, found_why = reason(change)

    assert found_key == key
    assert why in found_why


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a file."""
    found = [path] if path else []
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        found += places(value, (*path, key))
    return found


ANYTHING = st.sampled_from([None, True, 0, -1, 3, 10**6, 1.5, "", "x", [], ["x"], [[]], {}, {"x": 1}, {"code": "x"}])


@pytest.mark.parametrize("code", FILES)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_never_fails_on_a_file_in_any_other_way(code: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(FILES[code])))
    change = data.draw(st.one_of(st.just(drop(*place)), ANYTHING.map(lambda value: put(value, *place))))

    with suppress(ProgramError):
        assert read(change, code).signs
