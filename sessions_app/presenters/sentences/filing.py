"""Sentences about a form and its filing."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text
from sessions_app.rules.filing import FilingState

FILING_WORDS: Mapping[str, Text] = {
    FilingState.INCOMPLETE: gettext_lazy("Something missing"),
    FilingState.READY: gettext_lazy("Ready to send"),
    FilingState.SUBMITTED: gettext_lazy("Sent"),
    FilingState.ACKNOWLEDGED: gettext_lazy("Acknowledged"),
    FilingState.RETURNED: gettext_lazy("Returned"),
    FilingState.AMENDMENT_DUE: gettext_lazy("To amend"),
    FilingState.WITHDRAWN: gettext_lazy("Not needed"),
}


def state(refusal: Refusal, reader: Reader) -> Sentence:
    word = FILING_WORDS[str(refusal.params["state"])]
    return Sentence(
        _("The form has moved on: it is now “%(state)s”") % {"state": word},
        _("Nothing else changed. Go back and look at it as it stands."),
        "arrow-repeat",
    )


def incomplete(refusal: Refusal, reader: Reader) -> Sentence:
    missing = refusal.params["missing"]
    return Sentence(
        _("%(count)s fields that the form must have are empty") % {"count": len(missing)},  # type: ignore[arg-type]
        _("Fill them in; or say below why it was sent all the same. They stay named on what was sent."),
        "pencil-fill",
    )


def none(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("No form is filed for this session"),
        _("One is opened with the first device, in an outpatient setting."),
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "FILING_STATE": state,
    "FILING_INCOMPLETE": incomplete,
    "NO_FILING": none,
}

PROBLEMS: Mapping[str, Text] = {
    "as_derived": gettext_lazy("The record says the same."),
    "not_text": gettext_lazy("Too long: at most 500 characters."),
    "not_date": gettext_lazy("Not a date. Write it as 2026-04-14."),
    "not_yes_no": gettext_lazy("Choose yes or no."),
    "not_choice": gettext_lazy("Choose one of the list."),
    "not_minutes": gettext_lazy("Whole minutes, at most a day."),
    "not_number": gettext_lazy("A number without letters."),
    "not_blood_pressure": gettext_lazy("Not a blood pressure. Write it as 128/82."),
    "unknown_state": gettext_lazy("Two letters, such as PA."),
    "unknown_zip": gettext_lazy("Five digits, or five and four: 18015-2301."),
    "unknown_email": gettext_lazy("Not an e-mail address."),
    "used_already": gettext_lazy("This edition is in use from that day already."),
}
