"""A REMS programme as data: its signs, doses, questions and numbers, loaded from ``programs/*.toml``.

Nothing of a drug is written in code; a second programme is a file. Standard library only.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from clinic.rules.pack import Product
from clinic.rules.policy import Number, Tighten, numbers_in_force
from sessions_app.rules.products import read_products
from sessions_app.rules.regimen import Regimen
from sessions_app.rules.signs import GATE_CODES, GATE_MEASURES, Sign


class ProgramError(ValueError):
    """A programme file that cannot be used. Says which file, which key, and why."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")


@dataclass(frozen=True)
class Program:
    """One version of a programme under one policy. ``values`` holds every number in force."""

    code: str
    version: str
    label: str
    anchor: str
    mg_per_device: int
    doses_mg: tuple[int, ...]
    signs: tuple[Sign, ...]
    contraindications: Mapping[str, str]
    medicines: Mapping[str, str]
    indications: Mapping[str, str]
    off_label: frozenset[str]
    antidepressant_required: frozenset[str]
    regimens: tuple[Regimen, ...]
    numbers: Mapping[str, Number]
    values: Mapping[str, int]
    ride_service_allowed: bool = True
    extra_checks: tuple[int, ...] = ()
    contraindication_review_days: int | None = None
    products: tuple[Product, ...] = ()

    def value(self, name: str) -> int:
        return self.values[name]

    def minutes(self, name: str) -> timedelta:
        return timedelta(minutes=self.values[name])

    @property
    def minimum_stay(self) -> timedelta:
        return self.minutes("minimum_stay_minutes")

    @property
    def measures(self) -> tuple[str, ...]:
        """What a full check asks, by name."""
        return ("blood_pressure", "spo2", *(sign.code for sign in self.signs))

    def sign(self, code: str) -> Sign | None:
        return next((sign for sign in self.signs if sign.code == code), None)

    def score_is_normal(self, sign: Sign, score: int) -> bool:
        return self._reaches(sign, score, self.values[sign.normal])

    def own_score_is_normal(self, sign: Sign, score: int) -> bool:
        """Normal by the programme's own number, whatever a policy made of it."""
        return self._reaches(sign, score, self.numbers[sign.normal].value)

    @staticmethod
    def _reaches(sign: Sign, score: int, limit: int) -> bool:
        return score >= limit if sign.better == "higher" else score <= limit

    def under(
        self,
        overrides: Mapping[str, int],
        *,
        ride_service_allowed: bool = True,
        extra_checks: Iterable[int] = (),
        contraindication_review_days: int | None = None,
    ) -> "Program":
        """This programme as a facility's policy tightens it. Raises ValueError where it would loosen."""
        return replace(
            self,
            values=numbers_in_force(self.numbers, overrides),
            ride_service_allowed=self.ride_service_allowed and ride_service_allowed,
            extra_checks=tuple(sorted(set(extra_checks))),
            contraindication_review_days=contraindication_review_days,
        )


# What every programme must state, and nothing else: a number the rules do not read is a mistake in the file. Each
# with the direction in which it gets stricter, which is the rule's to say: else a policy could loosen it.
_STRICTER: dict[str, Tighten] = {
    "minimum_stay_minutes": Tighten.UP,
    "rest_between_devices_minutes": Tighten.UP,
    "final_check_window_minutes": Tighten.DOWN,
    "final_check_age_minutes": Tighten.DOWN,
    "peak_check_opens_minutes": Tighten.UP,
    "peak_check_due_minutes": Tighten.UP,
    "peak_check_closes_minutes": Tighten.DOWN,
    "extra_check_window_minutes": Tighten.DOWN,
    "baseline_age_minutes": Tighten.DOWN,
    "systolic_line_mmhg": Tighten.DOWN,
    "diastolic_line_mmhg": Tighten.DOWN,
    "blood_pressure_settling_minutes": Tighten.UP,
    "blood_pressure_effect_minutes": Tighten.UP,
    "spo2_floor_percent": Tighten.UP,
    "food_minutes": Tighten.UP,
    "liquid_minutes": Tighten.UP,
    "nasal_spray_minutes": Tighten.UP,
    "minimum_age_years": Tighten.UP,
    "late_device_entry_minutes": Tighten.DOWN,
    "patient_stock_days": Tighten.DOWN,
    "twice_weekly_interval_days": Tighten.UP,
    "weekly_interval_days": Tighten.UP,
}
NUMBER_NAMES = frozenset(_STRICTER)
_INTERVALS = ("twice_weekly_interval_days", "weekly_interval_days")
ENTRY_GRACE = timedelta(minutes=2)  # [D] how far ahead of the server's clock an entered time may be
_ANCHORS = ("last_device", "first_device")


def parse_program(text: str, *, file: str) -> Program:
    """A programme from the text of its file. Raises ProgramError naming file, key and reason."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProgramError(file, "(whole file)", str(error)) from error
    return build_program(data, file=file)


def build_program(data: Mapping[str, Any], *, file: str) -> Program:
    """A programme from what its file says."""
    return _Reader(file).program(data)


class _Reader:
    """Reads one file, and says which of its keys cannot be used, and why."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fail(self, key: str, reason: str) -> ProgramError:
        return ProgramError(self.file, key, reason)

    def get(self, data: Mapping[str, Any], key: str, kind: type, path: str = "", *, default: Any = None) -> Any:
        where = f"{path}.{key}" if path else key
        if key not in data and default is not None:
            return default
        if key not in data:
            raise self.fail(where, "is missing")
        if not isinstance(data[key], kind) or (kind is int and isinstance(data[key], bool)):
            raise self.fail(where, f"must be of type {kind.__name__}")
        return data[key]

    def only(self, data: Any, keys: Iterable[str], path: str = "") -> Mapping[str, Any]:
        if not isinstance(data, dict):
            raise self.fail(path, "must be a table")
        if unknown := sorted(set(data) - set(keys)):
            raise self.fail(f"{path}.{unknown[0]}" if path else unknown[0], "is not a key that any rule reads")
        return data

    def texts(self, data: Mapping[str, Any], key: str) -> dict[str, str]:
        table = self.get(data, key, dict)
        return {name: self.get(table, name, str, key) for name in table}

    def doses(self, data: Mapping[str, Any], key: str, path: str = "", *, default: Any = None) -> tuple[int, ...]:
        doses = self.get(data, key, list, path, default=default)
        if not doses or not all(type(mg) is int and mg > 0 for mg in doses):
            raise self.fail(f"{path}.{key}" if path else key, "must be a list of whole numbers of mg above 0")
        return tuple(doses)

    def program(self, data: Mapping[str, Any]) -> Program:
        known = {"code", "version", "label", "anchor", "mg_per_device", "doses_mg", "signs", "contraindications"}
        self.only(data, known | {"medicines", "indications", "products", "regimens", "numbers"})
        anchor = self.get(data, "anchor", str)
        if anchor not in _ANCHORS:
            raise self.fail("anchor", f"must be one of {', '.join(_ANCHORS)}")
        if self.get(data, "mg_per_device", int) <= 0:
            raise self.fail("mg_per_device", "must be above 0")
        signs = self.signs(self.get(data, "signs", list))
        numbers = self.numbers(self.get(data, "numbers", dict), signs)
        labels, flags = self.indications(self.get(data, "indications", dict))
        return Program(
            code=self.get(data, "code", str),
            version=self.get(data, "version", str),
            label=self.get(data, "label", str),
            anchor=anchor,
            mg_per_device=data["mg_per_device"],
            doses_mg=self.doses(data, "doses_mg"),
            signs=signs,
            contraindications=self.texts(data, "contraindications"),
            medicines=self.texts(data, "medicines"),
            indications=labels,
            off_label=flags["off_label"],
            antidepressant_required=flags["antidepressant_required"],
            products=read_products(self.get(data, "products", list, default=[]), fail=self.fail),
            regimens=self.regimens(self.get(data, "regimens", list, default=[]), labels),
            numbers=numbers,
            values={name: number.value for name, number in numbers.items()},
        )

    def indications(self, data: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
        labels: dict[str, str] = {}
        flags: dict[str, set[str]] = {"off_label": set(), "antidepressant_required": set()}
        for code, entry in data.items():
            path = f"indications.{code}"
            labels[code] = self.get(self.only(entry, {"label", *flags}, path), "label", str, path)
            for flag, codes in flags.items():
                if self.get(entry, flag, bool, path, default=False):
                    codes.add(code)
        return labels, {flag: frozenset(codes) for flag, codes in flags.items()}

    def numbers(self, data: Mapping[str, Any], signs: Iterable[Sign]) -> dict[str, Number]:
        scored = {sign.normal: Tighten.UP if sign.better == "higher" else Tighten.DOWN for sign in signs if sign.scale}
        stricter = {**scored, **_STRICTER}
        if missing := sorted(set(stricter) - set(data)):
            raise self.fail(f"numbers.{missing[0]}", "is missing")
        if unknown := sorted(set(data) - set(stricter)):
            raise self.fail(f"numbers.{unknown[0]}", "is not a number that any rule reads")
        numbers = {name: self.number(name, entry, stricter[name]) for name, entry in data.items()}
        for sign in signs:
            if sign.scale and not sign.score_min <= numbers[sign.normal].bound <= sign.score_max:
                raise self.fail(f"numbers.{sign.normal}.bound", "must be a score that the scale has")
        if numbers["peak_check_opens_minutes"].bound > numbers["peak_check_closes_minutes"].bound:
            raise self.fail("numbers.peak_check_closes_minutes.bound", "must not be before the check's own opening")
        return numbers

    def number(self, name: str, entry: Any, stricter: Tighten) -> Number:
        path = f"numbers.{name}"
        self.only(entry, {"value", "bound", "tighten", "unit", "source"}, path)
        if self.get(entry, "tighten", str, path) != stricter:
            raise self.fail(f"{path}.tighten", f"must be {stricter}: that is the way this number gets stricter")
        value, bound = self.get(entry, "value", int, path), self.get(entry, "bound", int, path)
        if value < 0 or bound < 0:
            raise self.fail(f"{path}.{'value' if value < 0 else 'bound'}", "must not be below 0")
        if bound < value if stricter is Tighten.UP else bound > value:
            raise self.fail(f"{path}.bound", f"must not be looser than the value when it tightens {stricter}")
        source = self.get(entry, "source", str, path)
        if source not in ("P", "S", "G", "D"):
            raise self.fail(f"{path}.source", "must be P, S, G or D")
        return Number(name, value, bound, stricter, self.get(entry, "unit", str, path), source)

    def signs(self, entries: list[Any]) -> tuple[Sign, ...]:
        if not entries:
            raise self.fail("signs", "a programme watches at least one sign")
        signs = tuple(self.sign(entry, f"signs[{index}]") for index, entry in enumerate(entries))
        for field, taken in (("code", GATE_MEASURES), ("refusal_code", GATE_CODES)):
            codes = [getattr(sign, field) for sign in signs]
            if len(set(codes)) != len(codes):
                raise self.fail("signs", f"two signs have the same {field}")
            if reserved := sorted(set(codes) & set(taken)):
                raise self.fail("signs", f"{reserved[0]} is a {field} of the gates' own")
        return signs

    def sign(self, entry: Any, path: str) -> Sign:
        self.only(entry, [field.name for field in fields(Sign)], path)
        sign = Sign(
            code=self.get(entry, "code", str, path),
            label=self.get(entry, "label", str, path),
            refusal_code=self.get(entry, "refusal_code", str, path),
            stops_dosing=self.get(entry, "stops_dosing", bool, path),
            short=self.get(entry, "short", str, path, default=""),
            scale=self.get(entry, "scale", str, path, default=""),
            better=self.get(entry, "better", str, path, default=""),
            score_min=self.get(entry, "score_min", int, path, default=0),
            score_max=self.get(entry, "score_max", int, path, default=0),
            normal=self.get(entry, "normal", str, path, default=""),
        )
        if sign.scale and (sign.better not in ("higher", "lower") or not sign.normal):
            raise self.fail(f"{path}.better", "a scored sign says which score is better, and its normal number")
        if sign.normal in _STRICTER or (sign.normal and not sign.scale):
            raise self.fail(f"{path}.normal", "must name a number of this sign's own scale")
        return sign

    def regimens(self, entries: list[Any], indications: Mapping[str, str]) -> tuple[Regimen, ...]:
        return tuple(self.regimen(entry, f"regimens[{index}]", indications) for index, entry in enumerate(entries))

    def regimen(self, entry: Any, path: str, indications: Mapping[str, str]) -> Regimen:
        self.only(entry, [field.name for field in fields(Regimen)], path)
        regimen = Regimen(
            indication=self.get(entry, "indication", str, path),
            phase=self.get(entry, "phase", str, path),
            week_from=self.get(entry, "week_from", int, path),
            week_to=self.get(entry, "week_to", int, path) if "week_to" in entry else None,
            doses_mg=self.doses(entry, "doses_mg", path),
            first_doses_mg=self.doses(entry, "first_doses_mg", path, default=entry["doses_mg"]),
            interval=self.get(entry, "interval", str, path),
        )
        if regimen.indication not in indications:
            raise self.fail(f"{path}.indication", "is not one of the indications")
        if regimen.interval not in _INTERVALS:
            raise self.fail(f"{path}.interval", f"must be one of {', '.join(_INTERVALS)}")
        return regimen
