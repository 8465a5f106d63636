"""The numbers of a programme in words: its own value with where it comes from, how far it may be tightened, and
what this clinic chose."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.policy import Number, Tighten
from sessions_app.presenters.sentences import Text
from sessions_app.rules.alarms import ALARM_MINUTES
from sessions_app.rules.program import Program

NUMBER_WORDS: Mapping[str, Text] = {
    "minimum_stay_minutes": gettext_lazy("Minimum stay after the last device"),
    "rest_between_devices_minutes": gettext_lazy("Rest between two devices"),
    "final_check_window_minutes": gettext_lazy("Final check counts before the end of the stay, from"),
    "final_check_age_minutes": gettext_lazy("Final check at release is no older than"),
    "peak_check_opens_minutes": gettext_lazy("40-min check counts from minute"),
    "peak_check_due_minutes": gettext_lazy("40-min check is due at minute"),
    "peak_check_closes_minutes": gettext_lazy("40-min check counts until minute"),
    "extra_check_window_minutes": gettext_lazy("The clinic's own checks count, earlier or later by"),
    "baseline_age_minutes": gettext_lazy("Check before the dose is no older than"),
    "systolic_line_mmhg": gettext_lazy("Blood pressure line, systolic"),
    "diastolic_line_mmhg": gettext_lazy("Blood pressure line, diastolic"),
    "blood_pressure_settling_minutes": gettext_lazy("Falling pressure: readings apart by"),
    "blood_pressure_effect_minutes": gettext_lazy("Effect on blood pressure lasts"),
    "spo2_floor_percent": gettext_lazy("SpO₂ at least"),
    "moaas_normal": gettext_lazy("MOAA/S at least"),
    "cadss_normal": gettext_lazy("CADSS at most"),
    "respiratory_rate_floor": gettext_lazy("Breaths at least"),
    "food_minutes": gettext_lazy("No food before the dose for"),
    "liquid_minutes": gettext_lazy("No drink before the dose for"),
    "nasal_spray_minutes": gettext_lazy("No other nasal spray before the dose for"),
    "minimum_age_years": gettext_lazy("Age at least"),
    "late_device_entry_minutes": gettext_lazy("Device time needs a second person when typed later than"),
    "patient_stock_days": gettext_lazy("A device for a named patient is used within"),
    "twice_weekly_interval_days": gettext_lazy("Between doses, twice weekly, at least"),
    "weekly_interval_days": gettext_lazy("Between doses, weekly, at least"),
    "due_soon_minutes": gettext_lazy("A check is shown as due soon, before its minute"),
    "escalation_minutes": gettext_lazy("An alarm nobody has is told to the prescriber after"),
    "follow_up_minutes": gettext_lazy("A patient who left early is called within"),
    "contraindication_review_days": gettext_lazy("Contraindications are asked again after"),
    "adverse_event_days": gettext_lazy("A suspected adverse event is reported within"),
}
SOURCE_WORDS: Mapping[str, Text] = {
    "P": gettext_lazy("label, REMS, law"),
    "S": gettext_lazy("secondary source"),
    "G": gettext_lazy("not confirmed"),
    "D": gettext_lazy("Vigil's own"),
}
_UNITS: Mapping[str, Text] = {
    "min": gettext_lazy("%(value)s min"),
    "mmHg": gettext_lazy("%(value)s mmHg"),
    "%": gettext_lazy("%(value)s %%"),
    "/min": gettext_lazy("%(value)s a minute"),
    "years": gettext_lazy("%(value)s years"),
    "days": gettext_lazy("%(value)s days"),
}


def number_label(name: str) -> str:
    """A number nobody has put into words yet still reads as words."""
    return str(NUMBER_WORDS.get(name, name.replace("_", " ").capitalize()))


def with_unit(number: Number, value: int) -> str:
    return str(_UNITS.get(number.unit, "%(value)s")) % {"value": value}


def bound_words(number: Number) -> str:
    """How far a policy may go; empty where it may not go anywhere."""
    if number.bound == number.value:
        return ""
    said = _("up to %(bound)s") if number.tighten is Tighten.UP else _("down to %(bound)s")
    return said % {"bound": with_unit(number, number.bound)}


def alarm_bounds(low: int, high: int) -> str:
    """Between what a clinic chooses freely: no gate stands on it."""
    return _("from %(low)s to %(high)s min") % {"low": low, "high": high}


def days_words(days: int | None) -> str:
    """Vigil states no number of days: it knows none."""
    return str(_UNITS["days"]) % {"value": days} if days else _("no number set")


def policy_rows(program: Program, alarms: Mapping[str, int], days: Mapping[str, int | None]) -> list[dict[str, Any]]:
    """Rows of the facility page. ``program`` is as the clinic's policy tightens it."""
    rows = [
        {
            "label": number_label(name),
            "programme": with_unit(number, number.value),
            "bound": bound_words(number),
            "clinic": with_unit(number, program.value(name)),
            "tighter": program.value(name) != number.value,
            "source": str(SOURCE_WORDS[number.source]),
        }
        for name, number in program.numbers.items()
    ]
    checks = ", ".join(str(minute) for minute in program.extra_checks)
    ride = _("allowed") if program.ride_service_allowed else _("not allowed")
    return [
        *rows,
        *(_alarm_row(name, alarms[name], bounds) for name, bounds in ALARM_MINUTES.items()),
        {
            "label": number_label("adverse_event_days"),
            "bound": _("the clinic's own; Vigil knows no deadline"),
            "clinic": days_words(days.get("adverse_event_days")),
        },
        {
            "label": number_label("contraindication_review_days"),
            "programme": _("once for a course"),
            "bound": _("the clinic's own, stricter only"),
            "clinic": days_words(days.get("contraindication_review_days")),
            "tighter": bool(days.get("contraindication_review_days")),
            "source": str(SOURCE_WORDS["D"]),
        },
        {"label": _("The clinic's own checks at minute"), "clinic": checks or _("none")},
        {"label": _("A ride service as the way home"), "clinic": ride},
    ]


def _alarm_row(name: str, minutes: int, bounds: tuple[int, int]) -> dict[str, Any]:
    return {
        "label": number_label(name),
        "bound": alarm_bounds(*bounds),
        "clinic": str(_UNITS["min"]) % {"value": minutes},
        "source": str(SOURCE_WORDS["D"]),
    }
