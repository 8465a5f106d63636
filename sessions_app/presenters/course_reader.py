"""One course as one person reads it: whose rows, which day, what they may do."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from clinic.rules.roles import Permission
from sessions_app.models import Authorisation, BenefitReview, Course, Treatment, TreatmentEnd, Trial
from sessions_app.models.course import Antidepressant, CourseRow
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.course_words import BENEFIT_WORDS
from sessions_app.rules.program import Program

# A row that no longer counts, in a few words.
_NAMED: dict[type[CourseRow], Callable[[Any], Any]] = {
    Trial: lambda row: row.drug,
    Treatment: lambda row: ", ".join(part for part in (row.name, row.dose) if part),
    TreatmentEnd: lambda row: _("Its end, %(day)s") % {"day": calendar_day(row.to_date)},
    BenefitReview: lambda row: _("Benefit: %(benefit)s") % {"benefit": str(BENEFIT_WORDS[row.benefit]).lower()},
    Antidepressant: lambda row: row.drug,
    Authorisation: lambda row: ", ".join(part for part in (row.payer, row.number) if part),
}


def named(row: CourseRow) -> str:
    return str(_NAMED[type(row)](row))


class CourseReader:
    """One course as one person reads it now."""

    def __init__(
        self, course: Course, history: PatientHistory, program: Program, *, may: Callable[[Permission], bool]
    ) -> None:
        self.course, self.history, self.program, self.may = course, history, program, may
        self.zone = course.facility.zone
        self.today = history.at.astimezone(self.zone).date()

    def mine(self, rows: Iterable[Any]) -> list[Any]:
        return [row for row in rows if row.course_id == self.course.pk]

    def day(self, row: CourseRow | Course) -> date:
        return row.occurred_at.astimezone(self.zone).date()

    def url(self, step: str, *more: Any) -> str:
        return reverse(f"sessions_app:{step}", args=[self.course.patient_id, self.course.pk, *more])

    def add(self, permission: Permission, step: str, label: str) -> dict[str, str]:
        return {"link_url": self.url(step), "link_label": label} if self.may(permission) else {}

    def take_back(self, row: CourseRow, permission: Permission) -> str:
        return self.url("take-back-course-row", row.pk) if self.may(permission) else ""

    def by(self, row: CourseRow) -> str:
        return f"{row.performed_by}, {calendar_day(self.day(row))}"

    def signed_by(self, row: CourseRow, note: dict[str, Any] | None) -> str:
        """The day beside the signature, which tells its time alone."""
        return f"{calendar_day(self.day(row))}, {note['text']}" if note else self.by(row)
