"""A page's own form as somebody fills it in who does not know what is right: every field by its kind and its name."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.cast import PASSWORD

NUMBERS = {
    "systolic_mmhg": ("118", "118", "118", "128", "140", "141", "160", "", "7", "x"),
    "diastolic_mmhg": ("74", "74", "74", "80", "90", "91", "", "250"),
    "pulse_bpm": ("70", "70", "70", ""),
    "spo2_percent": ("98", "98", "98", "92", "91", "", "101"),
    "sign_sedation_score": ("", "5", "5", "4"),
    "sign_dissociation_score": ("", "0", "5"),
    "sign_respiratory_depression_score": ("", "14", "9"),
    "stay_minutes": ("180", "250", "119", "-1", "99999"),
    "bp_not_obtained": ("", "", "REFUSED"),
    "spo2_not_obtained": ("", "", "REFUSED"),
    "pulse_not_obtained": ("", "", "REFUSED"),
}
WELL = {
    "systolic_mmhg": "118",
    "diastolic_mmhg": "74",
    "pulse_bpm": "70",
    "spo2_percent": "98",
    **{f"sign_{code}_present": "no" for code in ("sedation", "dissociation", "respiratory_depression")},
}
# What a nurse leaves alone whose patient is well and who writes down what happens as it happens.
UNUSUAL = ("exception_reason", "late_baseline", "symptoms", "other_symptom", "other", "before_dose")
WORDS = ("Because it was so.", "Because it was so.", "", "ØÜ漢 <script>", "x" * 3000)


@dataclass
class Asked:
    """One form: what it holds unasked, what can be chosen, and what can be typed or ticked."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Asked] = []
        self.codes: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "data-code" in said:
            self.codes.append(said["data-code"])
        if tag == "form":
            self.found.append(Asked(said.get("action", "")))
        if not self.found:
            return
        form, name, value = self.found[-1], said.get("name", ""), said.get("value", "")
        match tag, said.get("type", "text"):
            case "input", "hidden" if name:
                form.hidden[name] = value
            case "input", "radio":
                form.choices.setdefault(name, []).append(value)
            case "input", "checkbox" if name:
                form.ticks[name] = value or "on"
            case ("input", "submit" | "button") | ("button", _):
                pass
            case (("input" | "textarea"), _) if name:
                form.typed[name] = value
            case "select", _:
                self._select = name
            case "option", _ if self._select:
                form.choices.setdefault(self._select, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def read(text: str) -> tuple[Asked | None, set[str]]:
    """The form that makes an entry, if the page has one; and the refusals it shows."""
    reader = _Forms()
    reader.feed(text)
    return next((form for form in reader.found if "entry_id" in form.hidden), None), set(reader.codes)


def filled(form: Asked, luck: Random, *, now: datetime, zone: ZoneInfo, careful: bool) -> dict[str, Any]:
    """Everything it asks; ``careful``: as a nurse would whose patient is well, else as it comes."""
    said: dict[str, Any] = dict(form.hidden)
    for name, options in form.choices.items():
        said[name] = luck.choice(options if luck.random() < 0.9 else [*options, "", "nothing like it"])
    for name, value in form.ticks.items():
        if careful or luck.random() < 0.8:
            said[name] = value
    for name in form.typed:
        said[name] = _typed(name, luck, now, zone, careful)
    if careful:
        said |= {name: shown for name, shown in form.typed.items() if name.endswith("time")}
        said |= {"code": ""} if "code" in form.typed else {}  # nothing is scanned
        said |= {name: value for name, value in WELL.items() if name in {*form.typed, *form.choices}}
        said = {name: value for name, value in said.items() if not name.endswith(("_not_obtained", "_gone"))}
        said = {name: value for name, value in said.items() if name not in UNUSUAL}
    return {name: value for name, value in said.items() if value != "" or name in form.typed}


def _typed(name: str, luck: Random, now: datetime, zone: ZoneInfo, careful: bool) -> str:
    if name == "signature":
        return PASSWORD if careful or luck.random() < 0.9 else "wrong"
    if name in NUMBERS:
        return luck.choice(NUMBERS[name])
    if name.endswith(("_time", "time")):
        at = now - timedelta(minutes=luck.choice((0, 1, 5, 12, 30, 90, -1, -30)))
        return "" if careful or luck.random() < 0.6 else at.astimezone(zone).strftime("%H:%M")
    return "Because it was so." if careful else luck.choice(WORDS)
