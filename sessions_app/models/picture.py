"""Everything that the picture of one course is drawn from, each part read when first asked for."""

from datetime import datetime
from functools import cached_property

from sessions_app.models.course import Course
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Batch, Record
from sessions_app.models.score import SafetyAlert, Score, alerts_of_courses, scores_of
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import OPEN


class Picture:
    def __init__(self, course: Course, *, at: datetime) -> None:
        self.course, self.at = course, at

    @cached_property
    def scores(self) -> list[Score]:
        return scores_of([self.course])

    @cached_property
    def alerts(self) -> list[SafetyAlert]:
        return alerts_of_courses([self.course.pk])

    @cached_property
    def sessions(self) -> list[DosingSession]:
        """In order of time, as far as they began."""
        rows = sessions_with_context().filter(course=self.course).exclude(checked_in_at=None)
        return list(rows.order_by("checked_in_at"))

    @cached_property
    def records(self) -> list[tuple[Record, SessionFacts]]:
        """With a dose, in order of time."""
        found = [(record, session_facts(record.dosing_session, at=self.at, record=record)) for record in self._batch]
        return [(record, facts) for record, facts in found if facts.delivered]

    @property
    def _batch(self) -> list[Record]:
        return Batch(self.sessions).records()

    @property
    def open_session(self) -> DosingSession | None:
        return next((session for session in self.sessions if session.state in OPEN), None)
