"""The patients a facility knows, and what its lists show beside each name: as many queries for fifty as for one."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Max, Q, QuerySet

from clinic.models import Enrolment, Facility, Patient
from clinic.models.enrolment import enrolments_in_force
from clinic.models.patient import person_of, records_of
from clinic.rules.local_time import day_span
from sessions_app.models.course import Course
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.known import dose_spans
from sessions_app.models.patient_search import everybody_at, found, patients_at
from sessions_app.rules.states import OPEN, State

PAGE_LENGTH = 50


def chairs_in_use(facility: Facility) -> list[str]:
    """The chairs that somebody sits in now."""
    taken = DosingSession.objects.for_facility(facility).open().exclude(chair="")
    return sorted(set(taken.values_list("chair", flat=True)))


class PatientList:
    """One page of a facility's patients, with the courses, enrolments and sessions they have there."""

    def __init__(self, facility: Facility, *, words: str, page: str | None, at: datetime) -> None:
        self.facility, self.words, self.at = facility, words.strip(), at
        today = at.astimezone(facility.zone).date()
        known = patients_at([facility.pk]) if self.words else everybody_at([facility.pk])
        self.page: Page[Any] = Paginator(found(known, self.words, today=today), PAGE_LENGTH).get_page(page)
        self.patients: list[Patient] = list(self.page.object_list)

    @property
    def total(self) -> int:
        return self.page.paginator.count

    def _here(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of these people, on whichever record; each row with its ``person``."""
        rows = rows.filter(facility=self.facility, patient__in=self._records)
        return rows.annotate(person=person_of("patient"))

    @property
    def _records(self) -> QuerySet[Patient]:
        return records_of(patient.pk for patient in self.patients)

    @cached_property
    def courses(self) -> dict[UUID, Course]:
        """The latest of each patient."""
        return _newest(self._here(Course.objects.order_by("occurred_at", "id")))

    @cached_property
    def enrolments(self) -> dict[UUID, Enrolment]:
        """The latest word on each patient."""
        known = enrolments_in_force().filter(occurred_at__lte=self.at)
        return _newest(self._here(known.order_by("occurred_at", "id")))

    @cached_property
    def last_check_ins(self) -> dict[UUID, datetime]:
        sessions = DosingSession.objects.exclude(state=State.ENTERED_IN_ERROR).filter(checked_in_at__isnull=False)
        rows = self._here(sessions).values("person").annotate(last=Max("checked_in_at"))
        return {row["person"]: row["last"] for row in rows}

    @cached_property
    def first_doses(self) -> dict[tuple[UUID, str], datetime]:
        """By patient and programme, wherever in the organisation it was given."""
        found: dict[tuple[UUID, str], datetime] = {}
        for span in dose_spans(patient.pk for patient in self.patients):
            key = (span["person"], span["dosing_session__program_code"])
            found[key] = min(span["first"], found.get(key, span["first"]))
        return found

    @cached_property
    def sessions_today(self) -> dict[UUID, DosingSession]:
        """What concerns each patient today: the open session, else the last one booked for today or ended today."""
        begins, ends = day_span(self.at.astimezone(self.facility.zone).date(), self.facility.zone)
        today = Q(scheduled_at__gte=begins, scheduled_at__lt=ends) & ~Q(
            state__in=(State.CANCELLED, State.ENTERED_IN_ERROR)
        )
        sessions = self._here(DosingSession.objects.filter(Q(state__in=OPEN) | today).order_by("scheduled_at", "id"))
        found_today = list(sessions)
        return _newest(sorted(found_today, key=lambda session: session.state in OPEN))

    def __iter__(self) -> Iterator[Patient]:
        return iter(self.patients)


def _newest(rows: Iterable[Any]) -> dict[UUID, Any]:
    """By person, the last of rows in ascending order."""
    return {row.person: row for row in rows}
