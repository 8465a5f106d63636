"""Who opened whose record at a facility: what was asked for, a page of it, or all of it for a file."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Facility, Patient, RecordAccess, RoleAssignment, User
from clinic.models.patient import records_of
from clinic.models.record_access import accesses_at
from clinic.rules.local_time import day_span
from clinic.rules.roles import Role
from sessions_app.models.patient_search import found, patients_at

PAGE_LENGTH = 50
# Rows of one file; whoever needs more asks for fewer days at a time.
MOST_IN_FILE = 50_000


@dataclass(frozen=True)
class AskedOfAccess:
    """Between which days, both included; by whom; of which patient, by ``words`` (``found``: how they
    stand in an address) or by key; ``everything``: also what
    tablets kept and nobody is known to have opened."""

    first: date
    last: date
    person_id: UUID | None = None
    words: str = ""
    found: str = ""
    patient_id: UUID | None = None
    everything: bool = False


class AccessList:
    """The newest first."""

    def __init__(self, facility: Facility, asked: AskedOfAccess, *, at: datetime) -> None:
        self.facility, self.asked, self.at = facility, asked, at

    @cached_property
    def patient(self) -> Patient | None:
        """Whom it is asked of, where one patient was chosen."""
        key = self.asked.patient_id
        return patients_at([self.facility.pk]).filter(pk=key).first() if key else None

    @cached_property
    def rows(self) -> QuerySet[RecordAccess]:
        asked, zone = self.asked, self.facility.zone
        begins, ends = day_span(asked.first, zone)[0], day_span(asked.last, zone)[1]
        rows = accesses_at(self.facility).filter(at__gte=begins, at__lt=ends)
        if not asked.everything:
            rows = rows.exclude(kind=RecordAccess.Kind.KEPT)
        if asked.person_id:
            rows = rows.filter(person=asked.person_id)
        if asked.patient_id:
            rows = rows.filter(patient__in=records_of([asked.patient_id]))
        if asked.words:
            today = self.at.astimezone(zone).date()
            persons = found(patients_at([self.facility.pk]), asked.words, today=today).order_by().values("pk")
            rows = rows.filter(Q(patient__in=persons) | Q(patient__same_person_as__in=persons))
        return rows

    def page(self, number: str | None) -> Page[Any]:
        return Paginator(self.rows, PAGE_LENGTH).get_page(number)

    @property
    def more_than_a_file(self) -> bool:
        return self.rows[MOST_IN_FILE : MOST_IN_FILE + 1].exists()

    def for_file(self) -> list[RecordAccess]:
        return list(self.rows[:MOST_IN_FILE])

    @cached_property
    def people(self) -> list[User]:
        """Whoever may stand in it: who ever held a role here, and who read from outside."""
        held = RoleAssignment.objects.filter(facility=self.facility, user=OuterRef("pk")).exclude(role=Role.DISPLAY)
        looked = RecordAccess.objects.filter(facility=self.facility, person=OuterRef("pk"))
        return list(User.objects.filter(Exists(held) | Exists(looked)).order_by("printed_name", "username"))
