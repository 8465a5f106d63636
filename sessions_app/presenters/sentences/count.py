"""Sentences about counting a cabinet, closing its day, and recalls."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.rules.count import Lot
from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text
from sessions_app.presenters.sentences.cabinet import STOCK_WORDS

_COUNT: Mapping[str, tuple[Text, Text]] = {
    "moved": (
        gettext_lazy("Devices came or went while you counted: lot %(lots)s"),
        gettext_lazy("Count that lot again, and hand it in. What you typed is kept."),
    ),
    "agrees": (gettext_lazy("This count agrees already"), gettext_lazy("Begin a new one to count again.")),
    "counted_before": (
        gettext_lazy("You counted this before"),
        gettext_lazy("You count again only what differs; the rest is for somebody else."),
    ),
    "inventoried": (
        gettext_lazy("The initial inventory of this cabinet was taken"),
        gettext_lazy("Those after it are biennial: choose that one."),
    ),
    "nothing_differs": (
        gettext_lazy("Nothing differs any more"),
        gettext_lazy("Somebody counted again, or opened it before. Go back and look at it as it stands."),
    ),
}
_CLOSING: Mapping[str, tuple[Text, Text]] = {
    "closed": (gettext_lazy("This day is closed"), gettext_lazy("Somebody was faster. Their signature stands.")),
    "not_counted": (gettext_lazy("Not counted today"), gettext_lazy("Count the cabinet, then close its day.")),
    "moved": (
        gettext_lazy("Devices came or went since it was counted"),
        gettext_lazy("Count it once more, as the last thing of the day."),
    ),
    "differs": (
        gettext_lazy("The count differs from the book: lot %(lots)s"),
        gettext_lazy("Count that lot again, or open a discrepancy."),
    ),
}


def _listed(refusal: Refusal) -> dict[str, Any]:
    """Two of one number are told apart by their product and for whom they are; of two programmes, by that."""
    lots: Any = refusal.params.get("lots", ())
    several = len({lot.program_code for lot in lots}) > 1
    return {**refusal.params, "lots": ", ".join(_told(lot, of_several=several) for lot in lots)}


def _told(lot: Lot, *, of_several: bool) -> str:
    program, ndc = [lot.program_code] if of_several else [], [f"NDC {lot.ndc}"] if lot.ndc else []
    return f"{lot.lot} ({', '.join((*program, *ndc, str(STOCK_WORDS[lot.kind])))})"


def count(refusal: Refusal, reader: Reader) -> Sentence:
    what, clears = _COUNT[str(refusal.params["problem"])]
    return Sentence(str(what) % _listed(refusal), clears, "clipboard-check")


def closing(refusal: Refusal, reader: Reader) -> Sentence:
    problem, number = str(refusal.params["problem"]), int(str(refusal.params.get("count", 0)))
    said = {"count": number}
    if problem == "discrepancy":
        what = ngettext("%(count)s discrepancy is open", "%(count)s discrepancies are open", number) % said
        return Sentence(what, _("Each is closed with a reason and a signature; it says what it waits for."), "search")
    if problem == "drawn":
        what = ngettext("%(count)s device is with a session", "%(count)s devices are with sessions", number) % said
        return Sentence(what, _("Give it, put it back, or waste it, in its session."), "capsule")
    if problem == "waiting":
        what = ngettext("%(count)s more person counts", "%(count)s more people count", number) % said
        return Sentence(what, _("Somebody else, signed in as themselves; the clinic asks for it."), "people-fill")
    words, clears = _CLOSING[problem]
    return Sentence(str(words) % _listed(refusal), clears, "clipboard-check")


def recall_withdrawn(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(_("This recall was withdrawn before"), _("Their words stand."), "check-lg")


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "COUNT": count,
    "CABINET_CLOSING": closing,
    "RECALL_WITHDRAWN": recall_withdrawn,
}

PROBLEMS: Mapping[str, Text] = {
    "count_missing": gettext_lazy("Say how many there are; 0 where there is none."),
    "lot_twice": gettext_lazy("This lot stands above: say it there."),
    "lot_unknown": gettext_lazy("No device of lot %(value)s ever came here. Read it again."),
    "lot_recalled": gettext_lazy("Lot %(value)s is recalled already."),
}
