"""Whose questions, review or authorisation falls due at a facility, of those who are being treated: as many queries for
fifty as for one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from clinic.models import Correction, Facility, Patient
from clinic.models.patient import records_of
from clinic.models.signature import Signatures
from sessions_app.models.course import Course
from sessions_app.models.course_record import Authorisation, BenefitReview
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.intake import Answer, Topic
from sessions_app.models.known import dose_spans
from sessions_app.models.program import policies_in_force
from sessions_app.rules.program import Program
from sessions_app.rules.states import State

TREATED = timedelta(days=60)  # [D] whoever was here since then, or is booked, is being treated


@dataclass(frozen=True)
class CourseDue:
    """``asked``: when each contraindication was asked last; ``doses``: the days of this person's doses under the
    programme, the oldest first; ``first_dose``: wherever it was given."""

    course: Course
    program: Program
    next_booked: datetime | None
    asked: dict[str, date]
    doses: list[date]
    first_dose: date | None
    reviewed: list[date]
    authorisations: list[Authorisation]


def courses_due(facility: Facility, *, at: datetime) -> list[CourseDue]:
    """Of everybody who is being treated here; what of it is due the rules say."""
    zone, booked = facility.zone, Q(state=State.SCHEDULED, scheduled_at__gte=at)
    sessions = DosingSession.objects.filter(booked | Q(checked_in_at__gte=at - TREATED), facility=facility)
    treated = dict(sessions.values_list("course").annotate(next=Min("scheduled_at", filter=booked)).order_by())
    people = Patient.objects.filter(courses__in=treated).values_list("pk", "same_person_as")
    persons = {same or key for key, same in people}
    known = Course.objects.filter(facility=facility, patient__in=records_of(persons))
    courses = list(known.select_related("patient").order_by("id"))
    doses: dict[tuple[UUID, str], list[date]] = defaultdict(list)
    for span in dose_spans(persons):
        doses[span["person"], span["dosing_session__program_code"]].append(span["first"].astimezone(zone).date())
    elsewhere: dict[tuple[UUID, str], list[date]] = defaultdict(list)
    for course in courses:
        if course.first_dose_elsewhere_date:
            elsewhere[_of(course)].append(course.first_dose_elsewhere_date)

    asked: dict[UUID, dict[str, date]] = defaultdict(dict)
    for answer in _in_force(Answer, treated).filter(topic=Topic.CONTRAINDICATION):
        asked[answer.course_id][answer.code] = answer.occurred_at.astimezone(zone).date()
    signatures = Signatures.of_subjects(treated)
    reviews = [row for row in _in_force(BenefitReview, treated) if signatures.count(row)]
    authorisations = sorted(_in_force(Authorisation, treated), key=lambda row: (row.from_date, row.to_date, row.pk))
    policies = policies_in_force(facility)
    return [
        CourseDue(
            course,
            policies[course.program_code].program,
            treated[course.pk],
            asked[course.pk],
            sorted(doses[_of(course)]),
            min((*elsewhere[_of(course)], *doses[_of(course)]), default=None),
            [row.occurred_at.astimezone(zone).date() for row in reviews if row.course_id == course.pk],
            [row for row in authorisations if row.course_id == course.pk],
        )
        for course in courses
        if course.pk in treated and course.program_code in policies
    ]


def _of(course: Course) -> tuple[UUID, str]:
    return course.patient.person_id, course.program_code


def _in_force(model: Any, course_ids: Iterable[UUID]) -> QuerySet[Any]:
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    rows = model.objects.filter(~Exists(taken_back), course__in=list(course_ids))
    found: QuerySet[Any] = rows.order_by("occurred_at", "id")
    return found
