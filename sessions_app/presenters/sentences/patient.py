"""Sentences about who a patient is, and what is known of them."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text


def may_be_known(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("This may be somebody who is registered already"),
        _("Open the one it is, or say that it is none of them."),
        "people-fill",
    )


def session_open(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("A session of this person is open"),
        _("What the gates read of a person stays as it is under it. End it first: not dosed, if nothing was given."),
        "person-check",
    )


def transfer_begun(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("The day of this transfer has come"),
        _("It can be called off only before. To be treated here again, the patient is enrolled anew."),
        "calendar-event",
    )


SENTENCES: Mapping[str, Callable[[Refusal, Reader], Sentence]] = {
    "MAY_BE_KNOWN": may_be_known,
    "SESSION_OPEN": session_open,
    "TRANSFER_BEGUN": transfer_begun,
}

PROBLEMS: Mapping[str, Text] = {
    "signature_day_missing": gettext_lazy("Both sign the form. Say on which day."),
    "told_too_late": gettext_lazy("The REMS is told before the day of the transfer."),
    "not_elsewhere": gettext_lazy("Another facility of this organisation."),
    "not_enrolled_here": gettext_lazy("The patient is not enrolled here, or is transferred already."),
    "known_already": gettext_lazy("%(value)s is listed already."),
    "allergy_known": gettext_lazy("An allergy is listed. Take it back first, with the reason."),
    "same_record": gettext_lazy("This is the number of this very record."),
    "unknown_patient": gettext_lazy("No patient of this organisation has this number."),
    "linked_already": gettext_lazy("This record is a duplicate of another one already."),
    "stands_for_others": gettext_lazy("This record stands for another one already: keep it, and link the other to it."),
    "not_alike": gettext_lazy("Born on another day, or called and reached otherwise: a prescriber links these."),
    "kept_is_linked": gettext_lazy("That record is a duplicate itself. Give the number of the one that is kept."),
}
