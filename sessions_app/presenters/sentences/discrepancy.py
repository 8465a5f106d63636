"""Sentences about discrepancies of the cabinet."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text

_WORDS: Mapping[str, tuple[Text, Text, str]] = {
    "closed": (
        gettext_lazy("Somebody closed this discrepancy before"),
        gettext_lazy("Their words stand. What comes to light later is added as a step."),
        "check-lg",
    ),
    "adrift": (
        gettext_lazy("The ledger still has a device with its session"),
        gettext_lazy("Say on the cabinet's page what became of it: put back, wasted, or lost."),
        "capsule",
    ),
    "not_judged": (
        gettext_lazy("Nobody has judged yet whether it is a theft or significant loss"),
        gettext_lazy("Record it as one or as neither, and why; or have the ledger say where every device is."),
        "search",
    ),
    "notice": (
        gettext_lazy("The written notice to the DEA is not recorded"),
        gettext_lazy("Record when and how it was sent; due within one business day of discovery."),
        "file-earmark-text-fill",
    ),
    "form_106": (
        gettext_lazy("Form 106 is not recorded"),
        gettext_lazy("Record its reference once it is filed; due within 45 days of discovery."),
        "file-earmark-text-fill",
    ),
}


def discrepancy(refusal: Refusal, reader: Reader) -> Sentence:
    what, clears, icon = _WORDS[str(refusal.params["problem"])]
    return Sentence(what, clears, icon)


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {"DISCREPANCY": discrepancy}
