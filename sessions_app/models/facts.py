"""From rows in force to the facts that the rules read. The only reader of clinical rows for the gates."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from clinic.models import Correction
from clinic.rules.enrolment import Setting
from sessions_app.models.discharge import Deviation, InstructionsGiven, ReadinessAssessment, StayExtension
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome, DeviceTimeConfirmation, PrescriberDecision
from sessions_app.models.dosing_session import DosingSession, SessionRow
from sessions_app.models.intake import WayHomeArrangement
from sessions_app.models.monitoring import Check, SeriousEvent, SignEvent, SignObservation
from sessions_app.models.start_facts import start_facts
from sessions_app.rules import facts as rules
from sessions_app.rules.states import State

Row = TypeVar("Row", bound=SessionRow)


class Record:
    """The rows of one dosing session, each table read once, with the ids of those taken out of force."""

    def __init__(self, dosing_session: DosingSession) -> None:
        self.dosing_session = dosing_session
        subjects = (dosing_session.pk, dosing_session.course_id)
        self.corrected: frozenset[UUID] = frozenset(
            Correction.objects.filter(subject_id__in=subjects).values_list("row_id", flat=True)
        )
        self.administrations = self.in_force(DeviceAdministration)
        self.checks = self.in_force(Check)
        check_ids = {check.pk for check in self.checks}
        self.signs = [row for row in self.in_force(SignObservation) if row.check_row_id in check_ids]
        # What was charted with a voided check ("gone by the time of this check") goes with it.
        self.sign_events = [
            row for row in self.in_force(SignEvent) if row.check_row_id is None or row.check_row_id in check_ids
        ]

    def in_force(self, model: type[Row]) -> list[Row]:
        """Rows not corrected, in order of time, then of entry."""
        rows = model._default_manager.filter(dosing_session=self.dosing_session).order_by("occurred_at", "order", "id")
        return [row for row in rows if row.pk not in self.corrected]

    def latest(self, model: type[Row]) -> Row | None:
        """The row entered last and still in force."""
        return max(self.in_force(model), key=lambda row: row.order, default=None)

    def given_devices(self) -> tuple[rules.GivenDevice, ...]:
        outcomes: dict[UUID, DeviceOutcome] = {}
        for outcome in sorted(self.in_force(DeviceOutcome), key=lambda row: row.order):
            outcomes[outcome.administration_id] = outcome
        confirmed = {row.administration_id for row in self.in_force(DeviceTimeConfirmation)}
        return tuple(
            rules.GivenDevice(
                id=row.pk,
                order=row.order,
                occurred_at=row.occurred_at,
                counted_at=row.occurred_at if row.pk in confirmed else row.counted_at,
                outcome=rules.Outcome(outcomes[row.pk].outcome) if row.pk in outcomes else None,
            )
            for row in self.administrations
        )

    def check_facts(self) -> tuple[rules.Check, ...]:
        answers: dict[UUID, list[rules.SignAnswer]] = {}
        for row in self.signs:
            if row.check_row_id is not None:
                answers.setdefault(row.check_row_id, []).append(rules.SignAnswer(row.code, row.present, row.score))
        return tuple(
            rules.Check(
                id=row.pk,
                order=row.order,
                kind=rules.CheckKind(row.kind),
                occurred_at=row.occurred_at,
                systolic_mmhg=row.systolic_mmhg,
                diastolic_mmhg=row.diastolic_mmhg,
                blood_pressure_not_obtained=bool(row.blood_pressure_not_obtained),
                spo2_percent=row.spo2_percent,
                spo2_not_obtained=bool(row.spo2_not_obtained),
                signs=tuple(answers.get(row.pk, ())),
            )
            for row in self.checks
        )

    def way_home(self) -> rules.WayHome | None:
        row = self.latest(WayHomeArrangement)
        return row and rules.WayHome(rules.WayHomeKind(row.kind), row.name, row.phone, row.will_not_drive)


def session_facts(
    dosing_session: DosingSession, *, at: datetime, start: bool = False, record: Record | None = None
) -> rules.SessionFacts:
    """The facts of a checked-in session. ``start`` also reads what only the start gate asks, as it is at ``at``.

    Raises ValueError for a session that was never checked in: nothing is pinned for it yet.
    """
    policy, facility = dosing_session.policy, dosing_session.facility
    if policy is None or dosing_session.checked_in_at is None:
        raise ValueError("a session has facts from its check-in on")
    record = record or Record(dosing_session)
    return rules.SessionFacts(
        program=policy.program,
        state=State(dosing_session.state),
        setting=Setting(facility.setting),
        time_zone=facility.time_zone,
        checked_in_at=dosing_session.checked_in_at,
        checks=record.check_facts(),
        sign_events=tuple(
            rules.SignEvent(row.pk, row.order, row.code, rules.SignEventKind(row.kind), row.occurred_at)
            for row in record.sign_events
        ),
        devices=record.given_devices(),
        decisions=tuple(
            rules.Decision(row.order, row.code, row.measure, frozenset(row.bound_ids), row.occurred_at, row.examined)
            for row in record.in_force(PrescriberDecision)
        ),
        deviations=tuple(
            rules.Deviation(row.code, frozenset(row.bound_ids), row.examined) for row in record.in_force(Deviation)
        ),
        serious_events=tuple(
            rules.OpenConcern(row.pk, row.order, row.occurred_at) for row in record.in_force(SeriousEvent)
        ),
        stay_ordered=_longest(row.stay_minutes for row in record.in_force(StayExtension)),
        assessed_at=tuple(row.occurred_at for row in record.in_force(ReadinessAssessment)),
        way_home=record.way_home(),
        instructions_given=bool(record.in_force(InstructionsGiven)),
        start=start_facts(dosing_session, corrected=record.corrected, at=at) if start else None,
    )


def _longest(minutes: Iterable[int]) -> timedelta | None:
    longest = max(minutes, default=None)
    return timedelta(minutes=longest) if longest is not None else None


def local_date(dosing_session: DosingSession, at: datetime) -> date:
    """The facility's calendar day at a moment."""
    return at.astimezone(dosing_session.facility.zone).date()
