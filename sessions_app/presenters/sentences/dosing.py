"""Sentences about devices and the end of dosing."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, measure_name
from sessions_app.presenters.sentences.start import NOBODY_HERE


def device(refusal: Refusal, reader: Reader) -> Sentence:
    number, day = refusal.params.get("number"), refusal.params.get("date")
    date_text = calendar_day(day) if day is not None else ""  # type: ignore[arg-type]
    what = {
        "given": _("Device %(number)s was given before"),
        "drawn": _("Device %(number)s was taken for another patient"),
        "gone": _("Device %(number)s is not in the cabinet any more"),
        "recalled": _("Device %(number)s is of a recalled lot"),
        "expired": _("Device %(number)s expired on %(date)s"),
        "other_patient": _("Device %(number)s belongs to another patient"),
        "use_by": _("Device %(number)s was to be used by %(date)s"),
    }[str(refusal.params.get("problem"))]
    return Sentence(
        what % {"number": number, "date": date_text}, _("Clears with another device."), "capsule", note=_("another")
    )


def device_interval(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Rest between devices"),
        _("The last device was given at %(at)s.") % {"at": reader.clock(refusal.params.get("last_at"))},
        "hourglass-split",
    )


def device_count(refusal: Refusal, reader: Reader) -> Sentence:
    if refusal.params.get("bound_ids"):
        return Sentence(
            _("A device failed: the prescriber decides on replacing it"),
            _("Given %(given)s of %(ordered)s ordered.") % dict(refusal.params),
            "capsule",
            "decide",
            _("Decide"),
        )
    return Sentence(
        _("All ordered devices are given"),
        _("%(given)s of %(ordered)s given. Finish dosing.") % dict(refusal.params),
        "capsule",
        "finish-dosing",
        _("Finish"),
    )


def new_sign(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("New since the first device: %(measure)s") % {"measure": measure_name(refusal, reader)},
        _("Clears with the prescriber's decision; or stop dosing."),
        "exclamation-triangle-fill",
        "decide",
        _("Decide"),
    )


def device_outcome(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("A device has no outcome yet"),
        _("Clears with full, partial or failed for each device."),
        "capsule",
        "record-outcome",
        _("Chart it"),
    )


def spray_delivered(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("A spray was delivered"), _("A dose half taken is monitored like any other."), "capsule", note=NOBODY_HERE
    )


def out_of_turn(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Not the moment for a device"),
        _("A device given all the same is recorded with a reason."),
        "capsule",
        "administer-device",
        _("Record"),
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "DEVICE": device,
    "DEVICE_INTERVAL": device_interval,
    "DEVICE_COUNT": device_count,
    "NEW_SIGN": new_sign,
    "DEVICE_OUTCOME": device_outcome,
    "SPRAY_DELIVERED": spray_delivered,
    "OUT_OF_TURN": out_of_turn,
}
