"""A programme is a file. One that cannot be used says which file, which key, and why."""

import tomllib
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.pack import Product
from clinic.rules.policy import Number, Tighten
from sessions_app.rules.program import NUMBER_NAMES, Program, ProgramError, build_program, parse_program
from sessions_app.rules.regimen import Regimen
from sessions_app.rules.signs import Sign
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    ESKETAMINE_FILE,
    PROGRAMS,
    SEDALINE,
    SEDALINE_FILE,
    each_program,
)
from tests.sessions_app.rules.program_cases import REASONS, Data, drop, put, sign

FILES = {
    program.code: tomllib.loads(path.read_text())
    for program, path in zip(PROGRAMS, (ESKETAMINE_FILE, SEDALINE_FILE), strict=True)
}
NUMBERS = [(program.code, name) for program in PROGRAMS for name in program.numbers]


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


# The programme's own, and how far a policy may go [D].
SPECIFIED = {
    "minimum_stay_minutes": (120, 240),
    "rest_between_devices_minutes": (5, 15),
    "final_check_window_minutes": (10, 5),
    "final_check_age_minutes": (15, 10),
    "peak_check_opens_minutes": (30, 35),
    "peak_check_due_minutes": (40, 40),
    "peak_check_closes_minutes": (50, 45),
    "extra_check_window_minutes": (10, 5),
    "baseline_age_minutes": (60, 30),
    "systolic_line_mmhg": (140, 130),
    "diastolic_line_mmhg": (90, 80),
    "blood_pressure_settling_minutes": (10, 20),
    "blood_pressure_effect_minutes": (240, 300),
    "spo2_floor_percent": (92, 97),
    "moaas_normal": (5, 5),
    "cadss_normal": (4, 0),
    "respiratory_rate_floor": (10, 12),
    "food_minutes": (120, 240),
    "liquid_minutes": (30, 60),
    "nasal_spray_minutes": (60, 120),
    "minimum_age_years": (18, 21),
    "late_device_entry_minutes": (10, 5),
    "patient_stock_days": (45, 1),
    "twice_weekly_interval_days": (2, 3),
    "weekly_interval_days": (5, 7),
}


@pytest.mark.parametrize("name", sorted(NUMBER_NAMES | {sign.normal for sign in ESKETAMINE.signs}))
def test_ships_the_numbers_of_the_specification(name: str) -> None:
    value, bound = SPECIFIED[name]
    number = ESKETAMINE.numbers[name]

    assert (ESKETAMINE.value(name), number.value) == (value, value)
    assert number.bound == bound
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


@pytest.mark.parametrize("code", FILES)
def test_reads_everything_as_the_file_says(code: str) -> None:
    data = FILES[code]
    numbers = {
        name: Number(name, said["value"], said["bound"], Tighten(said["tighten"]), said["unit"], said["source"])
        for name, said in data["numbers"].items()
    }

    def flagged(flag: str) -> frozenset[str]:
        return frozenset(name for name, said in data["indications"].items() if said.get(flag))

    assert read(lambda data: None, code) == Program(
        code=code,
        version=data["version"],
        label=data["label"],
        anchor=data["anchor"],
        mg_per_device=data["mg_per_device"],
        doses_mg=tuple(data["doses_mg"]),
        signs=tuple(Sign(**said) for said in data["signs"]),
        contraindications=data["contraindications"],
        medicines=data["medicines"],
        indications={name: said["label"] for name, said in data["indications"].items()},
        off_label=flagged("off_label"),
        antidepressant_required=flagged("antidepressant_required"),
        regimens=tuple(
            Regimen(
                said["indication"],
                said["phase"],
                said["week_from"],
                said.get("week_to"),
                tuple(said["doses_mg"]),
                tuple(said.get("first_doses_mg", said["doses_mg"])),
                said["interval"],
            )
            for said in data["regimens"]
        ),
        numbers=numbers,
        values={name: number.value for name, number in numbers.items()},
        products=tuple(Product(**said) for said in data["products"]),
    )


@each_program
def test_is_under_a_policy_what_it_was_but_for_what_is_said(program: Program) -> None:
    own = read(lambda data: None, program.code)
    assert own.under({}) == own
    assert own.under({}, ride_service_allowed=False) == replace(own, ride_service_allowed=False)
    assert replace(own, ride_service_allowed=False).under({}) == replace(own, ride_service_allowed=False)
    assert own.under({}, contraindication_review_days=30) == replace(own, contraindication_review_days=30)


# --- what is wrong with a file ------------------------------------------------------------------------


def test_names_the_file_whatever_is_wrong_with_it() -> None:
    with pytest.raises(ProgramError, match=r"^empty-1\.toml: anchor: is missing$"):
        parse_program("", file="empty-1.toml")
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
    too_loose = f"must not be looser than the value when it tightens {number.tighten}"
    assert reason(put(looser, *path, "bound"), code) == (f"numbers.{name}.bound", too_loose)
    assert reason(put("down" if up else "up", *path, "tighten"), code)[0] == f"numbers.{name}.tighten"
    assert reason(put("sideways", *path, "tighten"), code)[0] == f"numbers.{name}.tighten"
    assert reason(put(True, *path, "value"), code) == (f"numbers.{name}.value", "must be of type int")
    assert reason(put(12.5, *path, "bound"), code) == (f"numbers.{name}.bound", "must be of type int")
    assert reason(put("X", *path, "source"), code) == (f"numbers.{name}.source", "must be P, S, G or D")
    assert reason(put(120, *path), code) == (f"numbers.{name}", "must be a table")
    assert reason(put(-1, *path, "value"), code) == (f"numbers.{name}.value", "must not be below 0")
    assert reason(put(-1, *path, "bound"), code) == (f"numbers.{name}.bound", "must not be below 0")


def test_takes_a_number_from_each_kind_of_source_down_to_0() -> None:
    number = {"value": 0, "bound": 0, "tighten": "down", "unit": "score"}
    for source in ("P", "S", "G", "D"):
        found = read(put({**number, "source": source}, "numbers", "cadss_normal")).numbers["cadss_normal"]
        assert found == Number("cadss_normal", 0, 0, Tighten.DOWN, "score", source)


def test_names_the_bound_that_is_below_0_and_not_the_value_that_is_0() -> None:
    number = {"value": 0, "bound": -1, "tighten": "down", "unit": "score", "source": "D"}
    assert reason(put(number, "numbers", "cadss_normal")) == ("numbers.cadss_normal.bound", "must not be below 0")


def test_takes_the_least_that_can_be() -> None:
    assert read(put([1], "doses_mg")).doses_mg == (1,)
    assert read(put(1, "mg_per_device")).mg_per_device == 1
    assert (read(drop("products")).products, read(drop("regimens")).regimens) == ((), ())
    closes = {"value": 50, "bound": 35, "tighten": "down", "unit": "min", "source": "D"}
    assert read(put(closes, "numbers", "peak_check_closes_minutes")).numbers["peak_check_closes_minutes"].bound == 35
    bare = {"code": "sedation", "label": "Sedation", "refusal_code": "SEDATION", "stops_dosing": False}

    def unscored(data: Data) -> None:
        data["signs"][0] = bare
        del data["numbers"]["moaas_normal"]

    assert read(unscored).signs[0] == Sign(**bare)
    assert read(sign(score_min=1)).signs[0].score_min == 1


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("signs", ("code", "label", "refusal_code", "stops_dosing")),
        ("regimens", ("indication", "phase", "week_from", "doses_mg", "interval")),
    ],
)
def test_names_the_key_that_a_sign_or_a_regimen_lacks(table: str, keys: tuple[str, ...]) -> None:
    for key in keys:
        assert reason(drop(table, 0, key)) == (f"{table}[0].{key}", "is missing")
    for key in FILES["esketamine"][table][0]:
        assert reason(put(1.5, table, 0, key))[0] == f"{table}[0].{key}"
    assert reason(put(1, table, 0, "colour")) == (f"{table}[0].colour", "is not a key that any rule reads")


@pytest.mark.parametrize("case", REASONS)
def test_names_what_is_wrong_and_why(case: str) -> None:
    change, key, why = REASONS[case]

    assert reason(change) == (key, why)


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
