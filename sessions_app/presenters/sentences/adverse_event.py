"""Sentences about a suspected adverse event."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text


def no_adverse_event(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("This event was taken back"),
        _("Every word about it is void. What happened all the same is told as an event of its own."),
        "arrow-repeat",
    )


def already_described(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Somebody described this event meanwhile"),
        _("Read it there; what you know besides is a follow-up. What you typed is kept below."),
        "arrow-repeat",
    )


SENTENCES: Mapping[str, Callable[[Refusal, Reader], Sentence]] = {
    "NO_ADVERSE_EVENT": no_adverse_event,
    "ALREADY_DESCRIBED": already_described,
}

PROBLEMS: Mapping[str, Text] = {
    "death_said_once": gettext_lazy("A death is ticked above and chosen here, or neither."),
    "must_be_reported": gettext_lazy("A serious event is reported, and in an inpatient setting every suspected one."),
    "before_it_began": gettext_lazy("This day is before the event began."),
}
