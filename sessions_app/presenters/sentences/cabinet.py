"""Sentences about the cabinet: where a device is, and what is asked when it moves."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.cabinet import Place
from clinic.rules.refusals import Refusal
from clinic.rules.stock import StockKind
from sessions_app.presenters.sentences import Reader, Sentence, Text

STOCK_WORDS: Mapping[StockKind, Text] = {
    StockKind.BULK: gettext_lazy("bulk"),
    StockKind.PATIENT_SPECIFIC: gettext_lazy("for named patients"),
}
PLACES: Mapping[str, Text] = {
    Place.SUPPLIER: gettext_lazy("not received after all"),
    Place.CABINET: gettext_lazy("in the cabinet"),
    Place.DRAWN: gettext_lazy("taken for a patient"),
    Place.ADMINISTERED: gettext_lazy("given"),
    Place.FAILED: gettext_lazy("failed"),
    Place.WASTED: gettext_lazy("wasted"),
    Place.RETURNED: gettext_lazy("returned to the distributor"),
    Place.LOST: gettext_lazy("lost or stolen"),
}


def movement(refusal: Refusal, reader: Reader) -> Sentence:
    number, place = refusal.params.get("number"), str(refusal.params.get("place"))
    return Sentence(
        _("Device %(number)s: %(place)s") % {"number": number, "place": PLACES[place]},
        _("Look at its story. What was recorded wrongly is put right there first."),
        "capsule",
        note=_("another"),
    )


def with_a_session(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Device %(number)s is in the hands of a session under way") % dict(refusal.params),
        _("It is given, put back or wasted there."),
        "capsule",
        note=_("another"),
    )


def not_corrected_here(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("What happened last to device %(number)s was charted in a session") % dict(refusal.params),
        _("It is put right there: void the device, or chart its outcome anew."),
        "capsule",
    )


def witness(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("The witness has not proved who they are"), _("They type their own password, or PIN."), "pencil-fill"
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "MOVEMENT": movement,
    "WITH_A_SESSION": with_a_session,
    "NOT_CORRECTED_HERE": not_corrected_here,
    "WITNESS": witness,
}

PROBLEMS: Mapping[str, Text] = {
    "witness_asked": gettext_lazy("This clinic asks for a second person who sees it."),
    "no_witness": gettext_lazy("A witness is another nurse or prescriber of this clinic."),
    "unknown_cabinet": gettext_lazy("This cabinet is not one of this clinic's."),
    "there_already": gettext_lazy("A device is in this cabinet already."),
    "more_than_ordered": gettext_lazy("More than are still to be given: %(left)s."),
    "no_devices": gettext_lazy("Choose at least one device."),
}
