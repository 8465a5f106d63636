"""What a clinic asks of its own sessions: conditions on one line for each (models/insight/base.py), and by what they
are cut. Words and numbers of our own code alone stand in them."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from math import ceil

from sessions_app.rules.national import CONDITIONS, Condition
from sessions_app.rules.published import OLD_OVER, PHASES, YOUNG_UNDER, Measure

MIDDLES = (0.1, 0.5, 0.9)  # the values that a tenth, half and nine tenths do not go beyond
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
    PATIENTS = "PATIENTS"
    AGE = "AGE"
    READY = "READY"
    RELEASED = "RELEASED"
    DAYS_TO_FORM = "DAYS_TO_FORM"


RECORDED = (
    *(Own.ALL, Own.STAYED, Own.LEFT_EARLY, Own.TRANSFERRED, Own.PEAK_CHECK, Own.EXTRA_CHECKS),
    *(Own.FORM_ON_TIME, Own.FORM_LATE),
)
QUESTIONS = (Own.SAME_THREE, Own.ROUND)

_SECOND = "interval '1 second'"  # the last of its day is still in time
_TO_JUDGE = f"sent_at IS NOT NULL OR due_at <= %(at)s::timestamptz - {_SECOND}"

OWN: dict[Own, Condition] = {
    Own.ALL: Condition("true"),
    Own.STAYED: Condition("stayed >= minimum_stay_minutes", "state = 'DISCHARGED'"),
    Own.LEFT_EARLY: Condition("state = 'LEFT_EARLY'"),
    Own.TRANSFERRED: Condition("state = 'TRANSFERRED'"),
    Own.PEAK_CHECK: Condition("peak_checked", "state = 'DISCHARGED'"),
    Own.EXTRA_CHECKS: Condition("extra_made", "state = 'DISCHARGED' AND extra_asked"),
    Own.FORM_ON_TIME: Condition(f"coalesce(sent_at < due_at + {_SECOND}, false)", _TO_JUDGE),
    Own.FORM_LATE: Condition(f"NOT coalesce(sent_at < due_at + {_SECOND}, false)", _TO_JUDGE),
    Own.SAME_THREE: Condition("same_three", "three_readings"),
    Own.ROUND: Condition("all_round", "three_readings"),
    Own.PATIENTS: Condition("true", of_patients=True, value="sessions"),
    Own.AGE: Condition("true", of_patients=True, value="age"),
    Own.READY: Condition("true", "ready IS NOT NULL", value="ready"),
    Own.RELEASED: Condition("true", "stayed IS NOT NULL", value="stayed"),
    Own.DAYS_TO_FORM: Condition("true", "days_to_form IS NOT NULL", value="days_to_form"),
}

SIGNS = (Measure.SEDATION, Measure.DISSOCIATION, Measure.INCREASED_BP)


# By what signs are told apart: devices, sessions before, sex, age.
CUTS: dict[str, str] = {
    "TWO_DEVICES": "devices = 2",
    "THREE_DEVICES": "devices = 3",
    **{f"PHASE_{first}": f"number >= {first}" + (f" AND number <= {last}" if last else "") for first, last in PHASES},
    "FEMALE": "sex = 'FEMALE'",
    "MALE": "sex = 'MALE'",
    "YOUNG": f"age < {YOUNG_UNDER}",
    "MIDDLE": f"age BETWEEN {YOUNG_UNDER} AND {OLD_OVER}",
    "OLD": f"age > {OLD_OVER}",
}

EVERY: Mapping[str, Condition] = {**CONDITIONS, **OWN}  # type: ignore[dict-item]


def condition_of(figure: str, cut: str = "", *, everybody: bool = False) -> Condition | None:
    """By the names of an address; ``everybody``: those among whom it is counted. None for a figure or a cut that there
    is not, and for cuts of patients."""
    found = EVERY.get(figure)
    if found is None or (cut and (found.of_patients or cut not in CUTS)):
        return None
    among = f"({found.among}) AND ({CUTS[cut]})" if cut else found.among
    return replace(found, among=among, counted="true" if everybody else found.counted)


def page_of(share: float, total: int, *, at_once: int) -> int:
    """Of a list in the order of its values: where the one stands that so much of them do not go beyond."""
    return max(0, ceil(share * total) - 1) // at_once + 1
