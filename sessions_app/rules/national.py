"""What the published analysis counts, as conditions on one line for each session (models/insight/base.py), or for each
patient. Words of our own code alone stand in them."""

from dataclasses import dataclass

from sessions_app.rules.published import MIDDLE_AGES, OLD_OVER, YOUNG_UNDER, Measure

PROGRAM = "esketamine"
TWO_HOURS = 120


@dataclass(frozen=True)
class Condition:
    """``counted`` of ``among``; ``of_patients``: a line is a patient, with how many sessions they had. ``value``: the
    column by which those that are counted are put in order, and which is said of each."""

    counted: str
    among: str = "true"
    of_patients: bool = False
    value: str = ""


_YOUNG, _OLD = f"age < {YOUNG_UNDER}", f"age > {OLD_OVER}"

CONDITIONS: dict[Measure, Condition] = {
    Measure.FEMALE: Condition("sex = 'FEMALE'", of_patients=True, value="sessions"),
    Measure.MIDDLE_AGED: Condition(f"age BETWEEN {MIDDLE_AGES[0]} AND {MIDDLE_AGES[1]}", of_patients=True, value="age"),
    Measure.NINE_SESSIONS: Condition("sessions >= 9", of_patients=True, value="sessions"),
    Measure.THIRTEEN_SESSIONS: Condition("sessions >= 13", of_patients=True, value="sessions"),
    Measure.SEDATION: Condition("sedation"),
    Measure.DISSOCIATION: Condition("dissociation"),
    Measure.INCREASED_BP: Condition("raised", "measured"),
    Measure.INCREASED_BP_MALE: Condition("raised", "measured AND sex = 'MALE'"),
    Measure.INCREASED_BP_FEMALE: Condition("raised", "measured AND sex = 'FEMALE'"),
    Measure.INCREASED_BP_YOUNG: Condition("raised", f"measured AND {_YOUNG}"),
    Measure.INCREASED_BP_MIDDLE: Condition("raised", f"measured AND NOT ({_YOUNG} OR {_OLD})"),
    Measure.INCREASED_BP_OLD: Condition("raised", f"measured AND {_OLD}"),
    Measure.SERIOUS: Condition("serious"),
    Measure.SEDATION_GONE: Condition(f"sedation_gone <= {TWO_HOURS}", "sedation AND state = 'DISCHARGED'"),
    Measure.DISSOCIATION_GONE: Condition(f"dissociation_gone <= {TWO_HOURS}", "dissociation AND state = 'DISCHARGED'"),
}
