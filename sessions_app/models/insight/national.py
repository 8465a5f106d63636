"""The published figures and the clinic's own, counted of its sessions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sessions_app.models.insight.base import PATIENTS, Scope, ask
from sessions_app.rules.insight import CUTS, EVERY, MIDDLES, SIGNS, condition_of
from sessions_app.rules.national import Condition
from sessions_app.rules.proportion import Proportion
from sessions_app.rules.published import Measure

# Whoever is still here occupies a chair for nobody knows how long.
_MONTHS = """(SELECT json_agg(m) FROM (
    SELECT date_trunc('month', day)::date AS month, facility_id, count(*) AS sessions,
        coalesce(sum(extract(epoch FROM left_at - checked_in_at))
            FILTER (WHERE state IN ('DISCHARGED', 'LEFT_EARLY', 'TRANSFERRED')), 0)::bigint / 60 AS occupied
    FROM lines GROUP BY 1, 2
) m) AS months"""


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
    """In one statement, however many sessions and facilities there are."""
    parts = [_share(str(name), condition) for name, condition in EVERY.items()]
    of_cuts = [(sign, cut) for sign in SIGNS for cut in CUTS]
    for number, (sign, cut) in enumerate(of_cuts):
        condition = condition_of(sign, cut)
        parts += [_share(f"cut_{number}", condition)] if condition else []
    parts += ["(SELECT count(*) FROM patients) AS patients", "(SELECT count(*) FROM lines) AS sessions"]
    parts += ["(SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY age) FROM patients) AS median_age"]
    parts += [
        f"(SELECT percentile_disc(ARRAY{list(MIDDLES)}) WITHIN GROUP (ORDER BY {column}) FROM lines) AS {column}"
        for column in ("ready", "stayed", "days_to_form")
    ]
    parts.append(_MONTHS)
    (found,) = ask(scope, f"{PATIENTS} SELECT {', '.join(parts)}")
    return Counted(
        found["patients"],
        found["sessions"],
        found["median_age"],
        {str(name): Proportion(*found[str(name)]) for name in EVERY},
        {key: Proportion(*found[f"cut_{number}"]) for number, key in enumerate(of_cuts)},
        _whole(found["ready"]),
        _whole(found["stayed"]),
        _whole(found["days_to_form"]),
        tuple(
            Month(date.fromisoformat(each["month"]), UUID(each["facility_id"]), each["sessions"], each["occupied"])
            for each in sorted(found["months"] or (), key=lambda each: each["month"])
        ),
    )


def _share(name: str, condition: Condition) -> str:
    table = "patients" if condition.of_patients else "lines"
    return (
        f"(SELECT ARRAY[count(*) FILTER (WHERE {condition.counted}), count(*)] FROM {table}"
        f' WHERE {condition.among}) AS "{name}"'
    )


def _whole(found: list[int | None] | None) -> tuple[int, ...]:
    return tuple(value for value in found or () if value is not None)
