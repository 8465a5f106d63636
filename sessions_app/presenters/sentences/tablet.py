"""Sentences about PINs."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text


def pin_locked(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Five wrong PINs within five minutes"),
        _("The PIN works again from %(at)s, or when this person has signed in with the password.")
        % {"at": reader.clock(refusal.clears_at)},
        "lock",
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {"PIN_LOCKED": pin_locked}
PROBLEMS: dict[str, Text] = {
    "pin_six_digits": gettext_lazy("A PIN has six digits."),
    "pin_obvious": gettext_lazy("Somebody would try this one first. Choose another."),
    "pin_date": gettext_lazy("It reads as a date, and would be tried early. Choose another."),
    "pin_wrong": gettext_lazy("This is not the right PIN. Tries left: %(left)s."),
}
