"""The published figures and the clinic's own, counted of its sessions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sessions_app.models.insight.base import PATIENTS, Scope, ask
from sessions_app.rules.insight import CUTS, EVERY, MIDDLES, SIGNS, Own, condition_of
from sessions_app.rules.national import Condition
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import Measure

# Whoever is still here occupies a chair for nobody knows how long.
_MONTHS = """(SELECT json_agg(m) AS months FROM (
    SELECT date_trunc('month', day)::date AS month, facility_id, count(*) AS sessions,
        coalesce(sum(occupied_seconds), 0)::bigint / 60 AS occupied
    FROM lines GROUP BY 1, 2
) m) AS counted_months"""


@dataclass(frozen=True)
class Month:
    """Of one facility: how many sessions, and for how many minutes somebody sat in a chair."""

    month: date
    facility_id: UUID
    sessions: int
    occupied: int


@dataclass(frozen=True)
class Counted:
    """``cuts``: of each sign, by what it is told apart. ``ready``, ``left``: minutes from the last device to the
    assessment and to leaving, ``days_to_form`` days to the form's first sending: of a tenth, half and nine tenths."""

    patients: int
    sessions: int
    median_age: float | None
    figures: dict[str, Proportion]
    cuts: dict[tuple[Measure, str], Proportion]
    ready: tuple[int, ...]
    left: tuple[int, ...]
    days_to_form: tuple[int, ...]
    months: tuple[Month, ...]


def counted(scope: Scope) -> Counted:
    """In one statement, however many sessions and facilities there are, which goes once through lines and patients."""
    cuts = [(sign, cut) for sign in SIGNS for cut in CUTS]
    asked: dict[Any, Condition] = {**EVERY, **{key: condition for key in cuts if (condition := condition_of(*key))}}
    of_lines = [key for key, condition in asked.items() if not condition.of_patients]
    of_patients = [key for key, condition in asked.items() if condition.of_patients]
    middles = ", ".join(
        f"percentile_disc(ARRAY{list(MIDDLES)}) WITHIN GROUP (ORDER BY {column}) AS {column}"
        for column in ("ready", "stayed", "days_to_form")
    )
    question = f"""{PATIENTS} SELECT * FROM
        (SELECT {_shares(asked, of_lines)} AS of_lines, {middles} FROM lines) AS counted_lines,
        (SELECT {_shares(asked, of_patients)} AS of_patients,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY age) AS median_age FROM patients) AS counted_patients,
        {_MONTHS}"""
    (found,) = ask(scope, question)
    counts = [*found["of_lines"], *found["of_patients"]]
    shares = {key: Proportion(*both) for key, both in zip([*of_lines, *of_patients], counts, strict=True)}
    return Counted(
        shares[Own.PATIENTS].total,
        shares[Own.ALL].total,
        found["median_age"],
        {str(name): shares[name] for name in EVERY},
        {key: shares[key] for key in cuts},
        _whole(found["ready"]),
        _whole(found["stayed"]),
        _whole(found["days_to_form"]),
        tuple(
            Month(date.fromisoformat(each["month"]), UUID(each["facility_id"]), each["sessions"], each["occupied"])
            for each in sorted(found["months"] or (), key=lambda each: each["month"])
        ),
    )


def _shares(asked: Mapping[Any, Condition], keys: Iterable[Any]) -> str:
    """Of each how many of how many. What several of them ask, PostgreSQL counts once."""
    counts = "ARRAY[count(*) FILTER (WHERE ({0.among}) AND ({0.counted})), count(*) FILTER (WHERE {0.among})]"
    return f"ARRAY[{', '.join(counts.format(asked[key]) for key in keys)}]"


def _whole(found: list[int | None] | None) -> tuple[int, ...]:
    return tuple(value for value in found or () if value is not None)
