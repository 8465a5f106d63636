"""One facility's sessions of one day: those booked for it, and every open one whenever it began."""

from datetime import datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from clinic.models import Facility
from clinic.prepared import Prepared
from clinic.rules.local_time import day_span
from sessions_app.models.dosing_session import DosingSession, DosingSessionQuerySet, Transition, sessions_with_context
from sessions_app.models.filing_list import Pile, pressing
from sessions_app.models.floor import chairs_of
from sessions_app.models.follow_up import FollowUp, open_follow_ups
from sessions_app.models.paper import how_many_to_compare
from sessions_app.models.program import programs_by_code
from sessions_app.models.record import Batch
from sessions_app.models.score import SafetyAlert, unanswered_alerts
from sessions_app.models.site import Site
from sessions_app.rules.program import Program
from sessions_app.rules.states import OPEN, State


def _of_day(facility_id: UUID, begins_at: datetime, ends_at: datetime) -> DosingSessionQuerySet:
    of_day = Q(scheduled_at__gte=begins_at, scheduled_at__lt=ends_at)
    rows = sessions_with_context().filter(of_day | Q(state__in=OPEN), facility=facility_id)
    return rows.select_related("transition").order_by("chair", "scheduled_at")


_OF_DAY = Prepared(_of_day, facility_id=UUID, begins_at=datetime, ends_at=datetime)


class Day:
    """Read at the same number of queries for one chair or fifty."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at

    @cached_property
    def sessions(self) -> list[DosingSession]:
        zone = self.facility.zone
        midnight = datetime.combine(self.at.astimezone(zone).date(), time.min, tzinfo=zone)
        next_midnight = midnight + timedelta(days=1)
        return list(_OF_DAY.instances(facility_id=self.facility.pk, begins_at=midnight, ends_at=next_midnight))

    @property
    def booked(self) -> list[DosingSession]:
        return [session for session in self.sessions if session.state == State.SCHEDULED]

    @cached_property
    def chairs(self) -> list[str]:
        return chairs_of(self.facility)

    @cached_property
    def programs(self) -> dict[str, Program]:
        """What a booking, which has nothing pinned yet, is called after."""
        return programs_by_code() if self.booked else {}

    @cached_property
    def open(self) -> Batch:
        return Batch(session for session in self.sessions if session.state in OPEN)

    @property
    def finished(self) -> list[tuple[DosingSession, Transition]]:
        over = [session for session in self.sessions if session.state not in (State.SCHEDULED, *OPEN)]
        return [(session, session.transition) for session in over]

    @cached_property
    def follow_ups(self) -> list[FollowUp]:
        """Who left early on whatever day and was not reached yet."""
        return open_follow_ups(self.facility)

    @cached_property
    def alerts_between(self) -> list[SafetyAlert]:
        """Safety alerts that nobody answered, of whoever does not sit here: no chair shows them."""
        here = {session.patient.person_id for session in self.open.sessions}
        return [alert for alert in unanswered_alerts(self.facility) if alert.course.patient.person_id not in here]

    @property
    def forgotten(self) -> list[DosingSession]:
        """Open, and begun on an earlier day."""
        today, _ends = day_span(self.at.astimezone(self.facility.zone).date(), self.facility.zone)
        return [session for session in self.open.sessions if session.checked_in_at and session.checked_in_at < today]

    @cached_property
    def forms(self) -> dict[Pile, int]:
        """Forms that must not be left lying today."""
        return pressing(self.facility, at=self.at)

    @cached_property
    def to_compare(self) -> int:
        """Sessions from paper that wait for their second person."""
        return how_many_to_compare(self.facility)

    @cached_property
    def site(self) -> Site:
        """Of the programme most sessions of the day are under; one clinic runs one, as a rule."""
        codes = [session.program_code for session in self.sessions]
        return self.open.site(self.facility, max(codes, key=codes.count, default="esketamine"), at=self.at)
