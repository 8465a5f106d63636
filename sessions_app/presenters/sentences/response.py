"""Sentences about scores, safety alerts and the tablet in a patient's hand."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence


def session_open(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("A session of this patient is open"),
        _("Enter it on that session, so that its release knows of it."),
        "arrow-repeat",
    )


def nothing_to_answer(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("This alert was taken back"), _("Its score was entered wrongly; nothing waits here any more."), "arrow-repeat"
    )


def not_a_tablet(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("This device is not a tablet of this clinic"),
        _("A questionnaire is handed over on an enrolled tablet of this clinic, on site. Elsewhere, enter it."),
        "slash-circle",
    )


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    "SCORED_IN_SESSION": session_open,
    "NOTHING_TO_ANSWER": nothing_to_answer,
    "NOT_A_TABLET": not_a_tablet,
}
