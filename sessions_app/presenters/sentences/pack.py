"""Sentences about a scanned pack, and about devices that come together."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import calendar_day
from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text

_BY_HAND = gettext_lazy("Type what is printed on the pack into the fields below, or choose the device by its number.")

# Problem: what is wrong, and the way on.
_WORDS: Mapping[str, tuple[Text, Text]] = {
    "nothing": (gettext_lazy("Nothing is scanned yet"), gettext_lazy("Scan the square code on the pack.")),
    "caps_lock": (
        gettext_lazy("Caps lock is on: the code came with its letters turned round"),
        gettext_lazy("Switch caps lock off and scan again."),
    ),
    "keyboard": (
        gettext_lazy("The scanner types for another keyboard than this one"),
        gettext_lazy("Whoever looks after the scanner sets both to the same layout. Until then, go on without it."),
    ),
    "bar_code": (
        gettext_lazy("This bar code has no lot, no day and no serial"),
        gettext_lazy("Scan the square code on the pack."),
    ),
    "not_a_pack": (
        gettext_lazy("This is not the code of a pack"),
        gettext_lazy("Scan the square code on the pack, or go on without it."),
    ),
    "no_separator": (
        gettext_lazy("Lot and serial run into one another"),
        gettext_lazy("Whoever looks after the scanner has it send the separator. Until then, go on without it."),
    ),
    "misread": (gettext_lazy("The code was misread: its last digit does not fit"), gettext_lazy("Scan again.")),
    "no_product": (gettext_lazy("The code names no product"), _BY_HAND),
    "no_expiry": (gettext_lazy("The code has no last day"), _BY_HAND),
    "no_lot": (gettext_lazy("The code has no lot"), _BY_HAND),
    "no_serial": (gettext_lazy("The code has no serial"), _BY_HAND),
    "other_product": (
        gettext_lazy("Another product: NDC %(ndc)s"),
        gettext_lazy("Not a pack of this programme. Put it back and take one that is."),
    ),
    "expired": (
        gettext_lazy("This pack expired on %(date)s"),
        gettext_lazy("Put it aside, out of the cabinet, and take another."),
    ),
    "received": (
        gettext_lazy("This pack came in before, as %(numbers)s"),
        gettext_lazy("It is not received twice. Scan the next one."),
    ),
    "not_received": (
        gettext_lazy("This pack was never received here: serial %(serial)s"),
        gettext_lazy("Receive it first, on the facility's page; or choose the device by its number."),
    ),
    "all_given": (
        gettext_lazy("No device of this pack is left here: %(numbers)s"),
        gettext_lazy("Take another pack."),
    ),
    "several": (
        gettext_lazy("Typed in without a serial, and alike: %(numbers)s"),
        gettext_lazy("Choose the device by the number that stands on it."),
    ),
}


def problem_words(refusal: Refusal) -> tuple[str, str]:
    """What is wrong, and the way on."""
    said: dict[str, Any] = dict(refusal.params)
    if day := said.get("date"):
        said["date"] = calendar_day(day)
    if numbers := said.get("numbers"):
        said["numbers"] = ", ".join(numbers)
    what, clears = _WORDS[str(refusal.params["problem"])]
    return str(what) % said, str(clears)


def pack(refusal: Refusal, reader: Reader) -> Sentence:
    what, clears = problem_words(refusal)
    return Sentence(what, clears, "capsule", note=_("another"))


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {"PACK": pack}

PROBLEMS: Mapping[str, Text] = {
    "not_as_scanned": gettext_lazy("The scanned code says %(value)s. Clear the scan to go on without it."),
    "not_of_this_pack": gettext_lazy(
        "Device %(number)s is not of the scanned pack. Clear the scan, or choose another."
    ),
    "not_counted_on": gettext_lazy("No %(count)s numbers can be counted on from this one: it ends in digits that fit."),
}
