"""Who can be treated at all: asked at booking and at the start gate alike."""

from collections.abc import Iterator, Mapping
from datetime import date

from clinic.rules.refusals import Refusal
from sessions_app.rules.program import Program


def age_on(birth_date: date, day: date) -> int:
    """Full years. Someone born on 29 February comes of age on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_refusals(birth_date: date, program: Program, *, on: date) -> Iterator[Refusal]:
    """18 or over: the labelled indications are in adults [P]."""
    minimum = program.value("minimum_age_years")
    if age_on(birth_date, on) < minimum:
        yield Refusal("AGE", {"minimum": minimum})


def present_refusals(answers: Mapping[str, bool | None]) -> Iterator[Refusal]:
    """A contraindication that was answered yes [P]: nobody clears it."""
    if yes := tuple(code for code, answer in answers.items() if answer):
        yield Refusal("CONTRAINDICATION", {"problem": "present", "codes": yes})
