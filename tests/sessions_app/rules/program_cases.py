"""What can be wrong with the file of a programme: the change, the key that is named, and the reason."""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


def drop(*path: Any) -> Callable[[Data], object]:
    return lambda data: at_path(data, path[:-1]).pop(path[-1])


def put(value: Any, *path: Any) -> Callable[[Data], object]:
    return lambda data: at_path(data, path[:-1]).__setitem__(path[-1], value)


def at_path(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def sign(**changes: Any) -> Callable[[Data], object]:
    return lambda data: data["signs"][0].update(changes)


REASONS: dict[str, tuple[Callable[[Data], object], str, str]] = {
    "another anchor": (put("middle", "anchor"), "anchor", "must be one of last_device, first_device"),
    "an unknown key": (put(1, "anchr"), "anchr", "is not a key that any rule reads"),
    "a number no rule reads": (
        put({}, "numbers", "blink_rate"),
        "numbers.blink_rate",
        "is not a number that any rule reads",
    ),
    "a product of no number": (
        put([{"ndc": "1", "devices": 2}], "products"),
        "products[0].ndc",
        "must be ten digits parted 4-4-2, 5-3-2 or 5-4-1",
    ),
    "no signs": (put([], "signs"), "signs", "a programme watches at least one sign"),
    "a sign that is no table": (put(["sedation"], "signs"), "signs[0]", "must be a table"),
    "a sign without a code": (drop("signs", 1, "code"), "signs[1].code", "is missing"),
    "a sign with an unknown key": (sign(colour="red"), "signs[0].colour", "is not a key that any rule reads"),
    "a sign that stops by a word": (sign(stops_dosing="yes"), "signs[0].stops_dosing", "must be of type bool"),
    "a short label of no words": (sign(short=3), "signs[0].short", "must be of type str"),
    "a scale without a direction": (
        sign(better=""),
        "signs[0].better",
        "a scored sign says which score is better, and its normal number",
    ),
    "a scale without a normal": (
        sign(normal=""),
        "signs[0].better",
        "a scored sign says which score is better, and its normal number",
    ),
    "a normal that is another number": (
        sign(normal="food_minutes"),
        "signs[0].normal",
        "must name a number of this sign's own scale",
    ),
    "a normal without a scale": (sign(scale=""), "signs[0].normal", "must name a number of this sign's own scale"),
    "a normal that is no word": (sign(normal=["a"]), "signs[0].normal", "must be of type str"),
    "a normal off the scale": (sign(score_max=4), "numbers.moaas_normal.bound", "must be a score that the scale has"),
    "a scale turned round": (
        sign(better="lower"),
        "numbers.moaas_normal.tighten",
        "must be down: that is the way this number gets stricter",
    ),
    "two signs of one code": (sign(code="dissociation"), "signs", "two signs have the same code"),
    "two signs of one refusal": (sign(refusal_code="DISSOCIATION"), "signs", "two signs have the same refusal_code"),
    "a sign called as a measure": (sign(code="spo2"), "signs", "spo2 is a code of the gates' own"),
    "a refusal of the gate": (sign(refusal_code="BP"), "signs", "BP is a refusal_code of the gates' own"),
    "doses that are words": (put(["56"], "doses_mg"), "doses_mg", "must be a list of whole numbers of mg above 0"),
    "no doses": (put([], "doses_mg"), "doses_mg", "must be a list of whole numbers of mg above 0"),
    "a device of nothing": (put(0, "mg_per_device"), "mg_per_device", "must be above 0"),
    "an indication without a label": (drop("indications", "TRD", "label"), "indications.TRD.label", "is missing"),
    "an indication that is a word": (put("TRD", "indications", "TRD"), "indications.TRD", "must be a table"),
    "off-label by a word": (
        put("yes", "indications", "GAD", "off_label"),
        "indications.GAD.off_label",
        "must be of type bool",
    ),
    "a regimen of no indication": (
        put("ADHD", "regimens", 0, "indication"),
        "regimens[0].indication",
        "is not one of the indications",
    ),
    "a regimen without doses": (drop("regimens", 1, "doses_mg"), "regimens[1].doses_mg", "is missing"),
    "a regimen with an interval of food": (
        put("food_minutes", "regimens", 0, "interval"),
        "regimens[0].interval",
        "must be one of twice_weekly_interval_days, weekly_interval_days",
    ),
    "a regimen to a word": (put("ever", "regimens", 0, "week_to"), "regimens[0].week_to", "must be of type int"),
    "a first dose of 0": (
        put([0], "regimens", 0, "first_doses_mg"),
        "regimens[0].first_doses_mg",
        "must be a list of whole numbers of mg above 0",
    ),
    "a contraindication of no words": (
        put(3, "contraindications", "vascular"),
        "contraindications.vascular",
        "must be of type str",
    ),
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
