"""What a clinic asks of its own sessions: conditions on one line for each (models/insight/base.py), and by what they
are cut. Words and numbers of our own code alone stand in them."""

from collections.abc import Mapping
from enum import StrEnum

from sessions_app.rules.national import CONDITIONS, Condition
from sessions_app.rules.published import OLD_OVER, PHASES, YOUNG_UNDER, Measure

FEW = 5  # [D]: fewer than so many might be known, so that only who reads the chart is told how many


class Own(StrEnum):
    """Figures of the clinic's own."""

    ALL = "ALL"
    STAYED = "STAYED"
    LEFT_EARLY = "LEFT_EARLY"
    TRANSFERRED = "TRANSFERRED"
    PEAK_CHECK = "PEAK_CHECK"
    EXTRA_CHECKS = "EXTRA_CHECKS"
    FORM_ON_TIME = "FORM_ON_TIME"
    FORM_LATE = "FORM_LATE"
    SAME_THREE = "SAME_THREE"
    ROUND = "ROUND"


RECORDED = (
    *(Own.ALL, Own.STAYED, Own.LEFT_EARLY, Own.TRANSFERRED, Own.PEAK_CHECK, Own.EXTRA_CHECKS),
    *(Own.FORM_ON_TIME, Own.FORM_LATE),
)
QUESTIONS = (Own.SAME_THREE, Own.ROUND)

_THREE = "cardinality(readings) >= 3"
_PLANNED = "SELECT FROM unnest(extra_checks) AS due WHERE due + margin < minimum_stay_minutes"
_MADE = "SELECT FROM unnest(check_minutes) AS minute WHERE minute BETWEEN due - margin AND due + margin"
_SECOND = "interval '1 second'"  # the last of its day is still in time
_TO_JUDGE = f"sent_at IS NOT NULL OR due_at <= %(at)s::timestamptz - {_SECOND}"

OWN: dict[Own, Condition] = {
    Own.ALL: Condition("true"),
    Own.STAYED: Condition("stayed >= minimum_stay_minutes", "state = 'DISCHARGED'"),
    Own.LEFT_EARLY: Condition("state = 'LEFT_EARLY'"),
    Own.TRANSFERRED: Condition("state = 'TRANSFERRED'"),
    Own.PEAK_CHECK: Condition(
        "EXISTS (SELECT FROM unnest(check_minutes) AS minute WHERE minute BETWEEN %(opens)s AND %(closes)s)",
        "state = 'DISCHARGED'",
    ),
    Own.EXTRA_CHECKS: Condition(
        f"NOT EXISTS ({_PLANNED} AND NOT EXISTS ({_MADE}))", f"state = 'DISCHARGED' AND EXISTS ({_PLANNED})"
    ),
    Own.FORM_ON_TIME: Condition(f"coalesce(sent_at < due_at + {_SECOND}, false)", _TO_JUDGE),
    Own.FORM_LATE: Condition(f"NOT coalesce(sent_at < due_at + {_SECOND}, false)", _TO_JUDGE),
    Own.SAME_THREE: Condition("EXISTS (SELECT FROM unnest(readings) AS r GROUP BY r HAVING count(*) >= 3)", _THREE),
    Own.ROUND: Condition("NOT EXISTS (SELECT FROM unnest(readings) AS r WHERE r / 1000 %% 10 <> 0)", _THREE),
}

SIGNS = (Measure.SEDATION, Measure.DISSOCIATION, Measure.INCREASED_BP)


def _phase(first: int, last: int | None) -> str:
    return f"number >= {first}" + (f" AND number <= {last}" if last else "")


# By what signs are told apart.
CUTS: dict[str, str] = {
    "TWO_DEVICES": "devices = 2",
    "THREE_DEVICES": "devices = 3",
    **{f"PHASE_{first}": _phase(first, last) for first, last in PHASES},
    "FEMALE": "sex = 'FEMALE'",
    "MALE": "sex = 'MALE'",
    "YOUNG": f"age < {YOUNG_UNDER}",
    "MIDDLE": f"age BETWEEN {YOUNG_UNDER} AND {OLD_OVER}",
    "OLD": f"age > {OLD_OVER}",
}

EVERY: Mapping[str, Condition] = {**CONDITIONS, **OWN}  # type: ignore[dict-item]


def condition_of(figure: str, cut: str = "") -> Condition | None:
    """By the names of an address. None for a figure or a cut that there is not, and for figures about patients."""
    found = EVERY.get(figure)
    if found is None or found.of_patients or (cut and cut not in CUTS):
        return None
    return Condition(found.counted, f"({found.among}) AND ({CUTS[cut]})") if cut else found
