"""The course of whoever has had most sessions: what was tried, what is taken besides, an authorisation nearly used."""

from datetime import date, datetime, timedelta
from typing import Any

from clinic.actions.entry import Submission
from sessions_app.actions import course_record as actions
from sessions_app.demo.clinic import Clinic
from sessions_app.models import Course, Trial
from sessions_app.models.patient_history import PatientHistory
from sessions_app.rules.treatment import TreatmentKind
from sessions_app.rules.trial import Adequate, TrialClass, TrialResponse

TRIALS: tuple[dict[str, Any], ...] = (
    {"drug": "Sertraline", "drug_class": TrialClass.SSRI, "dose": "200 mg", "weeks": 10, "why_stopped": "No better."},
    {"drug": "Venlafaxine", "drug_class": TrialClass.SNRI, "dose": "225 mg", "weeks": 12, "why_stopped": "No better."},
)
TREATMENTS: tuple[dict[str, Any], ...] = (
    {"kind": TreatmentKind.ANTIDEPRESSANT, "name": "Duloxetine", "dose": "60 mg"},
    {"kind": TreatmentKind.BENZODIAZEPINE, "name": "Lorazepam", "dose": "0.5 mg at night, when needed"},
    {"kind": TreatmentKind.PSYCHOTHERAPY, "name": "Behavioural activation", "dose": "weekly"},
)
SESSIONS_LEFT = 2


def show(clinic: Clinic, mrn: str, *, now: datetime) -> None:
    """Once, on the latest course of this patient."""
    course = Course.objects.filter(facility=clinic.facility, patient__mrn=mrn).order_by("-pk").first()
    if course is None or Trial.objects.filter(course=course).exists():
        return
    said: dict[str, Any] = {"course": course, "by": clinic.nurse, "now": now}
    found: dict[str, Any] = {"this_episode": True, "adequate": Adequate.YES, "response": TrialResponse.NONE}
    for trial in TRIALS:
        actions.record_trial(**said, **trial, **found, entry=Submission())
    for treatment in TREATMENTS:
        actions.record_treatment(**said, **treatment, from_date=_before(course), entry=Submission())
    used = len(PatientHistory(course.patient, [clinic.facility], at=now).dose_days(course))
    actions.record_authorisation(
        course=course,
        payer="Juniper Health Plan",
        number="PA-20417",
        from_date=_before(course),
        to_date=now.date() + timedelta(days=40),
        sessions=used + SESSIONS_LEFT,
        entry=Submission(),
        by=clinic.front_desk,
        now=now,
    )


def _before(course: Course) -> date:
    return course.occurred_at.date() - timedelta(days=3)
