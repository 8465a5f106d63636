"""Sentences of the discharge gate."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _

from clinic.presenters.time import whole_minutes
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.presenters.sentences import Reader, Sentence, measure_name


def minimum_stay(refusal: Refusal, reader: Reader) -> Sentence:
    params = refusal.params
    if params.get("device_at") is None:
        return Sentence(
            _("No device delivered a spray"),
            _("Record the session as not dosed."),
            "capsule",
            "end-not-dosed",
            _("Not dosed"),
        )
    stay = params.get("stay")
    minutes = whole_minutes(stay) if isinstance(stay, timedelta) else 0
    what = (
        _("Two hours are not over yet")
        if minutes == 120
        else _("%(minutes)s minutes are not over yet") % {"minutes": minutes}
    )
    at, counted = reader.clock(params.get("device_at")), reader.clock(params.get("counted_at"))
    if at != counted:
        clears = _("Device time %(at)s was entered late and counts from %(counted)s until a second person confirms it.")
        return Sentence(
            what, clears % {"at": at, "counted": counted}, "hourglass-split", "confirm-device-time", _("Confirm")
        )
    clears = _("Counted from the device at %(at)s.") % {"at": at}
    if params.get("ordered"):
        clears = _("The prescriber lengthened this stay. %(clears)s") % {"clears": clears}
    return Sentence(what, clears, "hourglass-split")


def baseline_check(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("No check before the dose"),
        _("Clears with the late entry of a check really made, or after the prescriber's examination."),
        "clipboard-pulse",
        "record-deviation",
        _("Explain"),
    )


def peak_check(refusal: Refusal, reader: Reader) -> Sentence:
    opens, closes = reader.clock(refusal.params.get("opens_at")), reader.clock(refusal.params.get("closes_at"))
    if refusal.params.get("missed"):
        return Sentence(
            _("40-min check missed or late"),
            _("No blood pressure between %(opens)s and %(closes)s. Clears with a reason, kept on record.")
            % {"opens": opens, "closes": closes},
            "pencil-fill",
            "record-deviation",
            _("Give reason"),
        )
    return Sentence(
        _("40-min check still to come"),
        _("Clears with a blood pressure from %(opens)s to %(closes)s.") % {"opens": opens, "closes": closes},
        "clipboard-pulse",
        "record-check",
        _("Chart"),
    )


def final_check(refusal: Refusal, reader: Reader) -> Sentence:
    opens_at = refusal.params.get("opens_at")
    return Sentence(
        _("No final check yet"),
        _("Clears with a full check from %(at)s on.") % {"at": reader.clock(opens_at)},
        "clipboard-pulse",
        "record-check",
        _("Chart"),
    )


def final_stale(refusal: Refusal, reader: Reader) -> Sentence:
    age = refusal.params.get("age")
    return Sentence(
        _("Final check of %(at)s is too old") % {"at": reader.clock(refusal.params.get("taken_at"))},
        _("Clears with a full check; it counts for %(minutes)s minutes.")
        % {"minutes": whole_minutes(age) if isinstance(age, timedelta) else ""},
        "clipboard-pulse",
        "record-check",
        _("Chart"),
    )


def not_obtained(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("%(measure)s not measured at the final check") % {"measure": measure_name(refusal, reader)},
        _("Clears with a reading, or after the prescriber's examination."),
        "activity",
        "decide",
        _("Decide"),
    )


def sign(refusal: Refusal, reader: Reader) -> Sentence:
    """Every sign of a programme: its name comes from the programme's file."""
    name, at = measure_name(refusal, reader), reader.clock(refusal.params.get("last_at"))
    if refusal.params.get("last_at") is None:
        return Sentence(
            _("%(sign)s not asked since the dose") % {"sign": name},
            _("Clears with a check."),
            "clipboard-pulse",
            "record-check",
            _("Chart"),
        )
    what = (
        _("%(sign)s could not be judged at %(at)s")
        if refusal.params.get("answer") is None
        else _("%(sign)s holds, last at %(at)s")
    )
    step, label = (
        ("decide", _("Decide")) if ClearedBy.PRESCRIBER in refusal.cleared_by else ("record-check", _("Chart"))
    )
    clears = (
        _("No worse than before the dose: clears by the prescriber, or with a check that finds it gone.")
        if refusal.params.get("no_worse")
        else _("Clears with a check that finds it gone.")
    )
    return Sentence(what % {"sign": name, "at": at}, clears, "pause-fill", step, label)


def unresolved(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("%(sign)s began at %(at)s, its end is not charted")
        % {"sign": measure_name(refusal, reader), "at": reader.clock(refusal.params.get("since"))},
        _("Clears with the time it was gone; “by the time of this check” is enough."),
        "pencil-fill",
        "record-sign",
        _("Chart its end"),
    )


def spo2(refusal: Refusal, reader: Reader) -> Sentence:
    percent = refusal.params.get("percent")
    if percent is None:
        return Sentence(_("No SpO₂ yet"), _("Clears with a reading."), "activity", "record-check", _("Chart"))
    what = _("SpO₂ %(percent)s %% at %(at)s is below %(floor)s %% (clinic policy)") % {
        "percent": percent,
        "at": reader.clock(refusal.params.get("taken_at")),
        "floor": refusal.params.get("floor"),
    }
    if refusal.params.get("own"):
        clears = _("Not below this patient's own before the dose: clears by the prescriber, or with a reading.")
        return Sentence(what, clears, "activity", "decide", _("Decide"))
    return Sentence(what, _("Clears with a reading at or above it."), "activity", "record-check", _("Chart"))


def blood_pressure(refusal: Refusal, reader: Reader) -> Sentence:
    params = refusal.params
    if params.get("systolic") is None:
        return Sentence(_("No blood pressure yet"), _("Clears with a reading."), "activity", "record-check", _("Chart"))
    line = params.get("line")
    systolic, diastolic = line if isinstance(line, tuple) else ("", "")
    what = (
        _("Blood pressure is above the line and rising")
        if params.get("rising")
        else _("Blood pressure is above the line")
    )
    said = _("%(reading)s at %(at)s, line %(line)s.") % {
        "reading": f"{params.get('systolic')}/{params.get('diastolic')}",
        "at": reader.clock(params.get("taken_at")),
        "line": f"{systolic}/{diastolic}",
    }
    if params.get("ways"):
        clears = _("The prescriber may decide on this reading.")
        return Sentence(what, f"{said} {clears}", "pause-fill", "decide", _("Decide"))
    clears = _(
        "Clears at the line or below; the prescriber may decide once it falls, or from %(at)s after examination."
    ) % {"at": reader.clock(params.get("effect_over_at"))}
    return Sentence(what, f"{said} {clears}", "pause-fill", "record-check", _("Repeat BP"))


def serious_event(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Serious event at %(at)s") % {"at": reader.clock(refusal.params.get("at"))},
        _("Clears with the prescriber's disposition, else a transfer."),
        "exclamation-triangle-fill",
        "decide",
        _("Decide"),
    )


def safety_alert(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Safety alert of %(at)s not answered") % {"at": reader.clock(refusal.params.get("at"))},
        _("Clears with the prescriber's plan, else a transfer."),
        "exclamation-triangle-fill",
        "answer-safety-alert",
        _("Answer"),
    )


def readiness(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Readiness to leave not assessed"),
        _("A nurse or prescriber assesses after the last check."),
        "pen-fill",
        "assess-readiness",
        _("Assess"),
    )


def safe_way_home(refusal: Refusal, reader: Reader) -> Sentence:
    missing = str(refusal.params.get("missing"))
    what = {
        "way_home": _("No safe way home yet"),
        "ride_service": _("A ride service is not enough here (clinic policy)"),
        "ward": _("The ward takes inpatients only"),
        "name_and_phone": _("Way home without name and phone"),
        "will_not_drive": _("“Will not drive” not confirmed"),
        "handed_over_to": _("Nobody named who takes the patient over"),
    }[missing]
    step = "discharge" if missing == "handed_over_to" else "arrange-way-home"
    return Sentence(
        what, _("Clears with who takes the patient home, name and phone."), "telephone-fill", step, _("Way home")
    )


def instructions(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Instructions not yet given"),
        _("No driving until the day after a night's sleep; whom to call."),
        "file-earmark-text-fill",
        "give-instructions",
        _("Go through"),
    )


def time_impossible(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Left at %(at)s cannot be") % {"at": reader.clock(refusal.params.get("departed_at"))},
        _("It is %(now)s. The patient leaves at or after the release.")
        % {"now": reader.clock(refusal.params.get("now"))},
        "clock",
        "discharge",
        _("Release"),
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "MINIMUM_STAY": minimum_stay,
    "BASELINE_CHECK": baseline_check,
    "PEAK_CHECK": peak_check,
    "FINAL_CHECK": final_check,
    "FINAL_STALE": final_stale,
    "NOT_OBTAINED": not_obtained,
    "UNRESOLVED": unresolved,
    "SPO2": spo2,
    "BP": blood_pressure,
    "SERIOUS_EVENT": serious_event,
    "SAFETY_ALERT": safety_alert,
    "READINESS": readiness,
    "SAFE_WAY_HOME": safe_way_home,
    "INSTRUCTIONS": instructions,
    "TIME_IMPOSSIBLE": time_impossible,
}
