"""The made-up registry beside what was published: each share with its tolerance, which follows from how many there
are."""

from math import sqrt
from typing import Any

from clinic.models import Facility
from sessions_app.models.insight.base import PATIENTS, Scope, ask
from sessions_app.rules.national import CONDITIONS, PROGRAM, Condition
from sessions_app.rules.published import FIGURES, FROM, MEAN_SESSIONS, MEDIAN_AGE, TO, Measure

WITHIN = 3.3  # standard errors: of sixteen figures that are right, one in sixty checks has one outside
MEDIAN_WITHIN = 1.2533 * 16  # of a normal distribution as wide as these ages


def compare(*, out: Any) -> list[str]:
    """Prints every figure; the names of those outside their tolerance."""
    facilities = tuple(Facility.objects.values_list("pk", flat=True))
    scope = Scope(facilities, PROGRAM, FROM.replace(year=FROM.year - 1), TO.replace(year=TO.year + 10))
    shares = ", ".join(_share(measure, condition) for measure, condition in CONDITIONS.items())
    of_patients = (
        "(SELECT ARRAY[count(*), avg(sessions), stddev(sessions), percentile_cont(0.5) WITHIN GROUP (ORDER BY age)]"
        " FROM patients) AS patients"
    )
    (found,) = ask(scope, f"{PATIENTS} SELECT {shares}, {of_patients}")
    patients, mean, deviation, age = (float(value) for value in found["patients"])
    lines = [(measure.value, FIGURES[measure].share, *_of(found, measure)) for measure in CONDITIONS]
    lines.append(("MEAN_SESSIONS", MEAN_SESSIONS, mean, WITHIN * deviation / sqrt(patients)))
    lines.append(("MEDIAN_AGE", MEDIAN_AGE, age, 1 + WITHIN * MEDIAN_WITHIN / sqrt(patients)))
    outside = []
    out.write(f"{'figure':<22}{'published':>12}{'simulated':>12}{'tolerance':>12}\n")
    for name, published, simulated, tolerance in lines:
        at_most = name in FIGURES and FIGURES[Measure(name)].at_most
        holds = simulated <= published + tolerance if at_most else abs(simulated - published) <= tolerance
        outside += [] if holds else [name]
        sign = "<" if at_most else ""
        told = f"{sign}{published:.4f}", f"{simulated:.4f}", f"{tolerance:.4f}"
        out.write(f"{name:<22}{told[0]:>12}{told[1]:>12}{told[2]:>12}  {'' if holds else 'OUTSIDE'}\n")
    return outside


def _share(measure: Measure, condition: Condition) -> str:
    """How many of how many, and what is needed to say how much patients differ."""
    table = "patients" if condition.of_patients else "lines"
    return (
        f"(SELECT ARRAY[sum(yes), sum(of_all), sum(yes ^ 2), sum(yes * of_all), sum(of_all ^ 2)] FROM (SELECT"
        f" count(*) FILTER (WHERE {condition.counted}) AS yes, count(*) AS of_all FROM {table}"
        f' WHERE {condition.among} GROUP BY person_id) AS each) AS "{measure}"'
    )


def _of(found: dict[str, Any], measure: Measure) -> tuple[float, float]:
    """The share, and by how much it may differ: sessions of one patient are alike, so that patients and not sessions
    are what was drawn. Never less than of that many sessions of their own."""
    yes, of_all, yes_squared, both, of_all_squared = (float(value or 0) for value in found[measure])
    if not of_all:
        return 0.0, 1.0
    share, published = yes / of_all, FIGURES[measure].share
    squares = max(0.0, yes_squared - 2 * share * both + share**2 * of_all_squared)
    least = sqrt(published * (1 - published) / of_all)
    return share, WITHIN * max(least, sqrt(squares) / of_all)
