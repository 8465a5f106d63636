"""What is written down of a course, as the tests write it."""

from datetime import date, datetime
from typing import Any

from sessions_app.actions import course_record as actions
from sessions_app.models import Authorisation, Course, Treatment, Trial
from sessions_app.rules.treatment import TreatmentKind
from sessions_app.rules.trial import Adequate, TrialClass, TrialResponse
from tests.cast import NINE, Cast, entry

TRIAL: dict[str, Any] = {
    "drug": "Sertraline",
    "drug_class": TrialClass.SSRI,
    "this_episode": True,
    "adequate": Adequate.YES,
    "response": TrialResponse.NONE,
}
TREATMENT: dict[str, Any] = {"kind": TreatmentKind.BENZODIAZEPINE, "name": "Lorazepam", "dose": "1 mg at night"}
AUTHORISATION: dict[str, Any] = {
    "payer": "Juniper Health",
    "number": "88-1",
    "from_date": date(2026, 4, 1),
    "to_date": date(2026, 9, 30),
    "sessions": 20,
}


def a_trial(cast: Cast, course: Course, *, now: datetime = NINE, **fields: Any) -> Trial:
    return actions.record_trial(course=course, **{**TRIAL, **fields}, entry=entry(), by=cast.nora, now=now)


def a_treatment(cast: Cast, course: Course, *, now: datetime = NINE, **fields: Any) -> Treatment:
    return actions.record_treatment(course=course, **{**TREATMENT, **fields}, entry=entry(), by=cast.nora, now=now)


def an_authorisation(cast: Cast, course: Course, *, now: datetime = NINE, **fields: Any) -> Authorisation:
    said = {**AUTHORISATION, **fields}
    return actions.record_authorisation(course=course, **said, entry=entry(), by=cast.fred, now=now)
