"""Some days of a facility's diary, read at the same number of queries for one booking or fifty."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from clinic.models import Facility, Patient
from clinic.models.patient import records_of
from clinic.rules.enrolment import Setting
from clinic.rules.local_time import day_span
from sessions_app.models.course import Course
from sessions_app.models.diary import Closure, DiarySetting, closed_days, closures_of, setting_of
from sessions_app.models.dosing import orders_before
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.facts import contraindications_said
from sessions_app.models.floor import chairs_of
from sessions_app.models.intake import Topic
from sessions_app.models.program import FacilityPolicy, policies_in_force, programs_by_code
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.models.waiting import Waiting
from sessions_app.rules.booking import BookingFacts
from sessions_app.rules.diary import LONGEST, Block, DiaryFacts, Slot, Slots, Taken, block_of, slot_for
from sessions_app.rules.program import Program
from sessions_app.rules.states import OPEN, State


class DiaryDays:
    """From the first day to the last, as it is at ``at``. ``patient``: whose bookings elsewhere matter too; ``but``: a
    booking that looks for another place itself."""

    def __init__(
        self,
        facility: Facility,
        first: date,
        last: date,
        *,
        at: datetime,
        patient: Patient | None = None,
        but: DosingSession | None = None,
    ) -> None:
        self.facility, self.first, self.last, self.at = facility, first, last, at
        self.patient, self.but = patient, but
        self.begins = day_span(first, facility.zone)[0]
        self.ends = day_span(last, facility.zone)[1]
        self._asked: dict[UUID, int | None] = {}

    @cached_property
    def setting(self) -> DiarySetting:
        return setting_of(self.facility)

    @cached_property
    def chairs(self) -> list[str]:
        return chairs_of(self.facility)

    @cached_property
    def closures(self) -> list[Closure]:
        return list(closures_of(self.facility).filter(first_date__lte=self.last, last_date__gte=self.first))

    @cached_property
    def _all(self) -> list[DosingSession]:
        """Booked or open; at this facility, and this patient's wherever."""
        around = Q(scheduled_at__gte=self.begins - LONGEST, scheduled_at__lt=self.ends + LONGEST)
        here = Q(facility=self.facility)
        if self.patient is not None:
            here |= Q(patient__in=records_of([self.patient.person_id]))
        rows = sessions_with_context().filter(here, (Q(state=State.SCHEDULED) & around) | Q(state__in=OPEN))
        if self.but is not None:
            rows = rows.exclude(pk=self.but.pk)
        return list(rows.order_by("scheduled_at", "pk"))

    @property
    def sessions(self) -> list[DosingSession]:
        """Of this facility, as far as they reach into these days."""
        blocks = ((each, self.block_of(each)) for each in self._all if each.facility_id == self.facility.pk)
        return [each for each, block in blocks if block.begins < self.ends and self.begins < block.ends]

    @cached_property
    def _policies(self) -> dict[str, FacilityPolicy]:
        return policies_in_force(self.facility)

    @cached_property
    def _programs(self) -> dict[str, Program]:
        return {**programs_by_code(), **{code: policy.program for code, policy in self._policies.items()}}

    def program(self, code: str) -> Program:
        """As the clinic's policy tightens it."""
        return self._programs[code]

    @cached_property
    def _devices(self) -> dict[UUID, int]:
        return orders_before({session.course_id for session in self._all})

    def _span(self, at: datetime, program_code: str, devices: int) -> Block:
        program = self.program(program_code)
        return block_of(
            at,
            devices=devices,
            program=program,
            stay_minutes=program.value("minimum_stay_minutes"),
            preparation=self.setting.preparation_minutes,
            margin=self.setting.margin_minutes,
        )

    def _most(self, program_code: str) -> int:
        program = self.program(program_code)
        return max(program.doses_mg) // program.mg_per_device

    def block_of(self, session: DosingSession) -> Block:
        """As it was booked; of a booking from before there were blocks, and of whoever is here, as it would be."""
        if session.state == State.SCHEDULED and session.block_from and session.block_until:
            return Block(session.block_from, session.block_until)
        devices = self._devices.get(session.course_id, self._most(session.program_code))
        began = session.checked_in_at or session.scheduled_at
        block = self._span(began, session.program_code, devices)
        return Block(began, max(block.ends, self.at)) if session.checked_in_at else block

    def slots(self, course: Course) -> Slots:
        """What makes the place of a booking of this course: of so many devices as its last order, or the most that the
        programme gives."""
        devices = self._ordered(course.pk).get(course.pk, self._most(course.program_code))

        def slot(at: datetime, chair: str) -> Slot:
            return Slot(at, chair, self._span(at, course.program_code, devices))

        return slot

    def _ordered(self, *course_ids: UUID) -> dict[UUID, int]:
        """Read once for all that were asked about together."""
        if not set(course_ids) <= self._asked.keys():
            found = orders_before(course_ids)
            self._asked |= {key: found.get(key) for key in course_ids}
        return {key: number for key, number in self._asked.items() if number is not None}

    def who_could_come(self, waits: Iterable[Waiting], day: date) -> list[tuple[Waiting, Slot]]:
        """Those whose wish this day suits, each with the first free place, the longest wait first."""
        waits = [each for each in waits if each.wish.suits(day)]
        if not waits:
            return []
        self._ordered(*(each.course_id for each in waits))
        found = []
        for each in waits:
            course = each.course
            person = course.patient.person_id
            asked = {"slot": self.slots(course), "facts": self.facts, "person_id": person, "now": self.at}
            if place := slot_for(each.wish, day, **asked):  # type: ignore[arg-type]
                found.append((each, place))
        return found

    @cached_property
    def facts(self) -> DiaryFacts:
        return DiaryFacts(
            zone=self.facility.zone,
            chairs=tuple(self.chairs),
            hours=self.setting.hours,
            closed=closed_days(self.closures),
            taken=tuple(self._taken(self._all)),
        )

    def _taken(self, sessions: Iterable[DosingSession]) -> Iterable[Taken]:
        for session in sessions:
            here = session.facility_id == self.facility.pk
            yield Taken(
                block=self.block_of(session),
                chair=session.chair,
                person_id=session.patient.person_id,
                who=session.patient.full_name,
                where="" if here else session.facility.name,
                session_id=session.pk,
            )


def booking_facts(course: Course, program: Program, *, at: datetime) -> BookingFacts:
    """What is known before the day of what the start gate asks."""
    # The session it would be: of this course, with nothing charted on it yet.
    session = DosingSession(
        facility=course.facility, patient=course.patient, course=course, program_code=course.program_code
    )
    record = Record(session)
    enrolments = [row for row in record.batch.enrolments(session) if row.occurred_at <= at]
    return BookingFacts(
        program=program,
        setting=Setting(course.facility.setting),
        certification=Site(course.facility, course.program_code, at=at).certification_facts,
        enrolled=bool(enrolments) and enrolments[-1].status == "ENROLLED",
        birth_date=course.patient.birth_date,
        contraindications=contraindications_said(
            (row for row in record.answers() if row.topic == Topic.CONTRAINDICATION),
            elsewhere=[code for each in record.batch.other_courses(session) for code in each.answered_yes],
        ),
    )
