"""The stays that an expected departure is learned from. For planning; no gate and no action reads it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Min, QuerySet
from django.db.models.functions import Coalesce

from clinic.models import Facility
from clinic.models.patient import person_of, records_of
from clinic.prepared import Prepared
from sessions_app.models.dosing import DeviceAdministration
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.program import programs_by_code
from sessions_app.models.record import Batch
from sessions_app.rules.course import regimen_of_week, week_of_course
from sessions_app.rules.expected_departure import CLINIC_AT_MOST, ExpectedDeparture, Past, Stay
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Program
from sessions_app.rules.states import State

LOOKS_BACK = timedelta(days=365)
_ROWS = 2 * CLINIC_AT_MOST  # of the clinic and of whoever sits here: both phases are among them
BACK_TESTED = 1000  # at most so many of the newest stays: enough to tell, and a page that takes no longer each year [D]


def expected_departures(
    facility: Facility, sitting: Iterable[tuple[DosingSession, SessionFacts]], *, at: datetime
) -> dict[UUID, ExpectedDeparture]:
    """By session, of those who are being monitored and whose like there was often enough."""
    waiting = [(session, facts) for session, facts in sitting if facts.state is State.MONITORING]
    if not waiting:
        return {}
    lately = {"since": at - LOOKS_BACK, "at": at}
    own = _THEIR_STAYS.read(persons=list({session.patient.person_id for session, _facts in waiting}), **lately)
    here = _STAYS_HERE.read(facility_id=facility.pk, **lately)
    stays, firsts = _read([*own, *here], also={session.course_id for session, _facts in waiting})
    past = Past()
    for stay in sorted(stays, key=lambda stay: stay.left_at):
        past.learn(stay)
    found = {}
    for session, facts in waiting:
        if facts.stay_ends_at is None:
            continue
        began = facts.stay_ends_at - facts.minimum_stay
        first = _first_dose(session.course.first_dose_elsewhere_date, firsts.get(session.course_id), facility.zone)
        phase = _phase(facts.program, session.course.indication, first, began.astimezone(facility.zone).date())
        expected = past.expects(
            person_id=session.patient.person_id,
            facility_id=facility.pk,
            phase=phase,
            stay_ends_at=facts.stay_ends_at,
        )
        if expected is not None:
            found[session.pk] = expected
    return found


def departures_among(
    facility: Facility, sessions: Iterable[DosingSession], *, at: datetime
) -> dict[UUID, ExpectedDeparture]:
    """Of those of them who are being monitored: for who plans their chair's next patient."""
    sitting = Batch(session for session in sessions if session.state == State.MONITORING)
    facts = (
        (each.dosing_session, session_facts(each.dosing_session, at=at, record=each)) for each in sitting.records()
    )
    return expected_departures(facility, facts, at=at)


def stays_of(facility_ids: Sequence[UUID], program_code: str, *, until: date) -> list[Stay]:
    """The newest that ended with a release before the end of that day, of all of these facilities."""
    # Wherever in the world; whoever asks cuts by their own days.
    ends = datetime.combine(until + timedelta(days=2), time(), tzinfo=UTC)
    rows = _released().filter(facility__in=facility_ids, program_code=program_code, scheduled_at__lt=ends)
    return _read(_of_stays(rows)[:BACK_TESTED], also=())[0]


def _released() -> QuerySet[DosingSession]:
    return DosingSession.objects.filter(state=State.DISCHARGED).order_by("-scheduled_at", "pk")


_COLUMNS = (
    *("pk", "person", "facility", "facility__time_zone", "program_code", "course", "course__indication"),
    *("course__first_dose_elsewhere_date", "began_at", "discharge__departed_at", "discharge__stay_minutes"),
)


def _of_stays(released: QuerySet[DosingSession]) -> QuerySet[DosingSession, Any]:
    return released.annotate(
        person=person_of("patient"),
        began_at=Coalesce("discharge__anchor_counted_at", "discharge__anchor_confirmed_at"),
    ).values_list(*_COLUMNS)


def _lately(since: datetime, at: datetime) -> QuerySet[DosingSession]:
    return _released().filter(scheduled_at__range=(since, at), discharge__departed_at__lt=at)


def _their_stays(persons: list[UUID], since: datetime, at: datetime) -> QuerySet[DosingSession, Any]:
    return _of_stays(_lately(since, at).filter(patient__in=records_of(persons)))[:_ROWS]


def _stays_here(facility_id: UUID, since: datetime, at: datetime) -> QuerySet[DosingSession, Any]:
    return _of_stays(_lately(since, at).filter(facility=facility_id))[:_ROWS]


def _firsts(courses: list[UUID]) -> QuerySet[DeviceAdministration, Any]:
    given = DeviceAdministration.objects.filter(dosing_session__course__among=courses)
    return given.values(course=F("dosing_session__course")).values_list("course", Min("occurred_at"))


_THEIR_STAYS = Prepared(_their_stays, persons=list, since=datetime, at=datetime)
_STAYS_HERE = Prepared(_stays_here, facility_id=UUID, since=datetime, at=datetime)
_FIRSTS = Prepared(_firsts, courses=list)


def _read(found: Iterable[tuple[Any, ...]], *, also: Iterable[UUID]) -> tuple[list[Stay], dict[UUID, datetime]]:
    """And when the courses began here, those ``also`` asked about among them."""
    rows = {row[0]: row for row in found}
    firsts = dict(_FIRSTS.read(courses=list({*also, *(row[5] for row in rows.values())})))
    programs, stays = programs_by_code() if rows else {}, []
    for pk, person, place, zone_name, code, course, indication, elsewhere, began, left, minutes in rows.values():
        zone = ZoneInfo(zone_name)
        first = _first_dose(elsewhere, firsts.get(course), zone)
        phase = _phase(programs[code], indication, first, began.astimezone(zone).date())
        stays.append(Stay(pk, person, place, phase, began, left, timedelta(minutes=minutes)))
    return stays, firsts


def _first_dose(elsewhere: date | None, here: datetime | None, zone: ZoneInfo) -> date | None:
    days = [elsewhere, here.astimezone(zone).date() if here else None]
    return min((day for day in days if day), default=None)


def _phase(program: Program, indication: str, first: date | None, day: date) -> str:
    """By the weeks since the course's first dose; off the table every week is like every other."""
    line = regimen_of_week(program, indication, week_of_course(first, day))
    return f"{program.code} {line.phase if line else ''}"
