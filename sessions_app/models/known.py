"""What is known of people beside what is charted on their sessions, on whichever record of theirs; each question is
written once (clinic/prepared.py)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from clinic.models import Correction, Counselling
from clinic.models.enrolment import enrolments_in_force
from clinic.models.patient import person_of, records_of
from clinic.models.patient_record import allergies_in_force, consents_in_force
from clinic.prepared import Prepared
from sessions_app.models.course import Course
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome
from sessions_app.models.intake import Answer, Topic
from sessions_app.rules.facts import Outcome


def _of(rows: QuerySet[Any], persons: Iterable[UUID]) -> QuerySet[Any]:
    return rows.filter(patient__in=records_of(persons)).annotate(person=person_of("patient"))


def _enrolments(persons: list[UUID]) -> QuerySet[Any]:
    return _of(enrolments_in_force(), persons).order_by("occurred_at", "id")


def _counsellings(persons: list[UUID]) -> QuerySet[Any]:
    return _of(Counselling.objects.all(), persons)


def _allergies(persons: list[UUID]) -> QuerySet[Any]:
    return _of(allergies_in_force(), persons)


def _consents(persons: list[UUID]) -> QuerySet[Any]:
    return _of(consents_in_force(), persons)


def _courses(persons: list[UUID]) -> QuerySet[Any]:
    """Each with its contraindications ``answered_yes`` and not taken back."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    yes = Answer.objects.filter(~Exists(taken_back), course=OuterRef("pk"), topic=Topic.CONTRAINDICATION, answer=True)
    return _of(Course.objects.annotate(answered_yes=ArraySubquery(yes.values("code"))), persons)


_SPAN = ("dosing_session", "dosing_session__program_code", "person", "first", "last")


def _dose_spans(persons: list[UUID]) -> QuerySet[Any, Any]:
    in_force = ~Exists(Correction.objects.filter(row_id=OuterRef("pk")))
    failed = DeviceOutcome.objects.filter(in_force, administration=OuterRef("pk"), outcome=Outcome.FAILED)
    given = DeviceAdministration.objects.filter(in_force, ~Exists(failed))
    given = given.filter(dosing_session__patient__in=records_of(persons))
    spans = given.values(*_SPAN[:2], person=person_of("dosing_session__patient"))
    return spans.annotate(first=Min("occurred_at"), last=Max("occurred_at")).values_list(*_SPAN)


ENROLMENTS = Prepared(_enrolments, persons=list)
COUNSELLINGS = Prepared(_counsellings, persons=list)
ALLERGIES = Prepared(_allergies, persons=list)
CONSENTS = Prepared(_consents, persons=list)
COURSES = Prepared(_courses, persons=list)
_DOSE_SPANS = Prepared(_dose_spans, persons=list)


def dose_spans(persons: Iterable[UUID]) -> list[dict[str, Any]]:
    """First and last spray of every session of these people in which one was delivered, with the ``person``."""
    return [dict(zip(_SPAN, span, strict=True)) for span in _DOSE_SPANS.read(persons=list(persons))]
