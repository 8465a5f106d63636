"""Sentences about the people of a facility: their roles, their credentials."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text

SENTENCES: Mapping[str, Callable[[Refusal, Reader], Sentence]] = {
    "WORKS_ELSEWHERE": lambda refusal, reader: Sentence(
        gettext_lazy("They also work where you do not administer"),
        gettext_lazy("An administrator of every place of theirs does this. Recovery codes still work."),
        "people-fill",
    ),
    "LAST_ADMINISTRATOR": lambda refusal, reader: Sentence(
        gettext_lazy("Nobody would be left to run this facility"),
        gettext_lazy("Make somebody else an administrator without an end first."),
        "person-badge",
    ),
}

PROBLEMS: Mapping[str, Text] = {
    "closed_out": gettext_lazy("Their sign-in is closed. Bring them back first."),
    "not_for_a_person": gettext_lazy("A display is added on the facility page; a person has another role."),
    "starts_in_the_past": gettext_lazy("This day is over. A role begins now or later."),
    "ends_before_it_starts": gettext_lazy("The last day is not before the first."),
    "inspector_has_last_day": gettext_lazy("An inspector looks for a time: enter the last day."),
    "inspector_stands_alone": gettext_lazy(
        "They hold another role. An inspector looks at one facility and does no work."
    ),
    "is_an_inspector": gettext_lazy("They are here to inspect. End that role first."),
    "own_facility": gettext_lazy("You have a role there: open the record as always."),
    "not_known_there": gettext_lazy("Nobody there has this record number."),
    "not_your_own": gettext_lazy("You read this yourself. Somebody else reviews it."),
    "reviewed_already": gettext_lazy("Somebody reviewed this before you."),
    "held_already": gettext_lazy("They hold this role now. Leave this empty: the new term takes its place at once."),
    "day_or_no_end": gettext_lazy("Either a last day, or no end."),
}
