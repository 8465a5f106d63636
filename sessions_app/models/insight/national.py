"""The published figures, counted of our own sessions."""

from dataclasses import dataclass
from typing import Any

from sessions_app.models.insight.base import Scope, ask, sessions_that
from sessions_app.rules.national import CONDITIONS
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import PHASES, Measure

# One line for each person: as they were at their first session of the period, and how many they had in it.
_PATIENTS = """
, patients AS (
    SELECT person_id, count(*)::int AS sessions, min(age) AS age, min(sex) AS sex,
        min(number) AS began FROM lines GROUP BY person_id
)
"""


@dataclass(frozen=True)
class National:
    """``by_phase``: of each phase its sessions, and how often each sign and rise was seen in it."""

    patients: int
    sessions: int
    median_age: float | None
    figures: dict[Measure, Proportion]
    by_phase: tuple[tuple[Proportion, Proportion, Proportion], ...]


def national(scope: Scope) -> National:
    """In one statement."""
    parts = []
    for measure, condition in CONDITIONS.items():
        table = "patients" if condition.of_patients else "lines"
        parts.append(
            f"(SELECT ARRAY[count(*) FILTER (WHERE {condition.counted}), count(*)] FROM {table}"
            f' WHERE {condition.among}) AS "{measure}"'
        )
    for index, (first, last) in enumerate(PHASES):
        parts.append(
            "(SELECT ARRAY[count(*), count(*) FILTER (WHERE sedation), count(*) FILTER (WHERE dissociation),"
            " count(*) FILTER (WHERE measured), count(*) FILTER (WHERE raised)]"
            f" FROM lines WHERE {in_phase(first, last)}) AS phase_{index}"
        )
    parts += ["(SELECT count(*) FROM patients) AS patients", "(SELECT count(*) FROM lines) AS sessions"]
    parts += ["(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age) FROM patients) AS median_age"]
    (found,) = ask(scope, f"{_PATIENTS} SELECT {', '.join(parts)}")
    return National(
        found["patients"],
        found["sessions"],
        found["median_age"],
        {measure: Proportion(*found[measure]) for measure in CONDITIONS},
        tuple(_phase(found[f"phase_{index}"]) for index in range(len(PHASES))),
    )


def in_phase(first: int, last: int | None) -> str:
    return f"number >= {first}" + (f" AND number <= {last}" if last else "")


def _phase(counts: list[int]) -> tuple[Proportion, Proportion, Proportion]:
    sessions, sedated, dissociated, measured, raised = counts
    return Proportion(sedated, sessions), Proportion(dissociated, sessions), Proportion(raised, measured)


def sessions_of(scope: Scope, measure: Measure, *, page: int, at_once: int) -> list[Any]:
    """Those a figure counts; of a figure about patients, nobody's in particular."""
    condition = CONDITIONS[measure]
    return sessions_that(scope, f"({condition.counted}) AND ({condition.among})", page=page, at_once=at_once)
