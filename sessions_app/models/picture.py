"""Everything that the picture of one course is drawn from, each part read when first asked for."""

from datetime import date, datetime
from functools import cached_property

from sessions_app.models.course import Antidepressant, Course
from sessions_app.models.dosing import DoseOrder
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.program import programs_by_code
from sessions_app.models.record import Batch, Record
from sessions_app.models.score import (
    SafetyAlert,
    SafetyPlan,
    Score,
    alerts_of_courses,
    in_force,
    instruments,
    plans_with_context,
    scores_of,
)
from sessions_app.rules.program import Program
from sessions_app.rules.response import DoseDay, PhaseSpan, Scored, Series, dose_day, phase_spans, series_of
from sessions_app.rules.states import OPEN


class Picture:
    def __init__(self, course: Course, *, at: datetime) -> None:
        self.course, self.at = course, at
        self.zone = course.facility.zone

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    @cached_property
    def program(self) -> Program | None:
        return programs_by_code().get(self.course.program_code)

    @cached_property
    def scores(self) -> list[Score]:
        return scores_of([self.course])

    @cached_property
    def series(self) -> list[Series]:
        """Of every instrument that has a total here, in the order in which they are offered."""
        found = []
        for code, instrument in instruments().items():
            totals = [
                Scored(
                    row.occurred_at, row.total, row.timing == Score.AskedAt.AT_READINESS, row.handover_id is not None
                )
                for row in self.scores
                if row.instrument == code and row.total is not None
            ]
            if series := series_of(instrument, totals):
                found.append(series)
        return found

    @cached_property
    def alerts(self) -> list[SafetyAlert]:
        return alerts_of_courses([self.course.pk])

    @cached_property
    def plans(self) -> list[SafetyPlan]:
        rows = plans_with_context().filter(in_force(), course=self.course)
        return list(rows.order_by("occurred_at", "id"))

    @cached_property
    def sessions(self) -> list[DosingSession]:
        """In order of time, as far as they began."""
        rows = sessions_with_context().filter(course=self.course).exclude(checked_in_at=None)
        return list(rows.order_by("checked_in_at"))

    @cached_property
    def dose_days(self) -> list[DoseDay]:
        """Of every session with a dose, numbered from one; doses given elsewhere are not among them."""
        days: list[DoseDay] = []
        for record in Batch(self.sessions).records():
            facts = session_facts(record.dosing_session, at=self.at, record=record)
            if facts.delivered:
                order = record.latest(DoseOrder)
                until = self._until(record)
                days.append(dose_day(facts, number=len(days) + 1, mg=order.mg if order else None, until=until))
        return days

    def _until(self, record: Record) -> datetime:
        if record.dosing_session.state in OPEN:
            return self.at
        last = max((row.occurred_at for row in record.checks()), default=self.at)
        return min(last, self.at)

    @property
    def first_dose_date(self) -> date | None:
        """Wherever it was given."""
        days = [self.day(day.at) for day in self.dose_days[:1]]
        elsewhere = self.course.first_dose_elsewhere_date
        return min([*days, *([elsewhere] if elsewhere else [])], default=None)

    @property
    def phases(self) -> tuple[PhaseSpan, ...]:
        if self.program is None:
            return ()
        return phase_spans(self.program, self.course.indication, self.first_dose_date)

    @cached_property
    def antidepressants(self) -> list[Antidepressant]:
        rows = Antidepressant.objects.filter(in_force(), course=self.course)
        return list(rows.order_by("occurred_at", "id"))

    @property
    def open_session(self) -> DosingSession | None:
        return next((session for session in self.sessions if session.state in OPEN), None)
