"""What the gates look at: frozen facts of one dosing session, read from rows in force.

Times are aware UTC, whole minutes as charted. ``order`` is the place of a row in the order of entry within
its session (assigned under the session's lock), so that "entered after" never depends on a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from clinic.rules.certification import CertificationFacts
from clinic.rules.enrolment import EnrolmentFacts, Setting
from sessions_app.rules.once import WorkedOutOnce
from sessions_app.rules.states import State

if TYPE_CHECKING:
    from sessions_app.rules.program import Program


class CheckKind(StrEnum):
    """BASELINE checks are taken before the first device; MONITORING checks after it."""

    BASELINE = "BASELINE"
    MONITORING = "MONITORING"


class SignEventKind(StrEnum):
    ONSET = "ONSET"
    RESOLUTION = "RESOLUTION"


class Outcome(StrEnum):
    """What a device delivered: two sprays, one, or none."""

    FULL = "FULL"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"


class Intake(StrEnum):
    """What has to lie some time back before a dose."""

    FOOD = "FOOD"
    LIQUID = "LIQUID"
    NASAL_SPRAY = "NASAL_SPRAY"


class IntakeAnswer(StrEnum):
    AT = "AT"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class WayHomeKind(StrEnum):
    """A person, a ride service where policy allows it, or the ward for an inpatient."""

    PERSON = "PERSON"
    RIDE_SERVICE = "RIDE_SERVICE"
    WARD = "WARD"


@dataclass(frozen=True)
class SignAnswer:
    """One sign as observed at one check: present, absent, or not obtained (``present`` is None)."""

    code: str
    present: bool | None
    score: int | None = None


@dataclass(frozen=True)
class Check:
    """One set of readings at one minute; a measure not asked is None, one refused or failed is *not obtained*."""

    id: UUID
    order: int
    kind: CheckKind
    occurred_at: datetime
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    blood_pressure_not_obtained: bool = False
    spo2_percent: int | None = None
    spo2_not_obtained: bool = False
    signs: tuple[SignAnswer, ...] = ()

    def sign(self, code: str) -> SignAnswer | None:
        return next((answer for answer in self.signs if answer.code == code), None)


@dataclass(frozen=True)
class SignEvent:
    """A sign began or was gone at a time, charted outside a check or with one ("by the time of this check")."""

    id: UUID
    order: int
    code: str
    kind: SignEventKind
    occurred_at: datetime


@dataclass(frozen=True)
class GivenDevice:
    """A device handed over. ``counted_at`` is later than ``occurred_at`` while a late typed time awaits its
    second licensed person. ``outcome`` is None until charted, and counts as delivered until then."""

    id: UUID
    order: int
    occurred_at: datetime
    counted_at: datetime
    outcome: Outcome | None = None

    @property
    def delivered(self) -> bool:
        return self.outcome is not Outcome.FAILED


@dataclass(frozen=True)
class Decision:
    """A prescriber's decision with reason, on one refusal code, bound to the very rows it judged."""

    order: int
    code: str
    measure: str
    bound_ids: frozenset[UUID]
    occurred_at: datetime
    examined: bool


@dataclass(frozen=True)
class Deviation:
    """A licensed person's account of a check missed or late. ``examined``: a prescriber examined the patient."""

    code: str
    bound_ids: frozenset[UUID]
    examined: bool


@dataclass(frozen=True)
class OpenConcern:
    """A serious event or a safety alert, unresolved until a prescriber's decision is bound to it."""

    id: UUID
    order: int
    occurred_at: datetime


@dataclass(frozen=True)
class WayHome:
    kind: WayHomeKind
    name: str
    phone: str
    will_not_drive: bool


@dataclass(frozen=True)
class IntakeRow:
    """Food, liquid or nasal spray as asked today; ``last_at`` only with AT."""

    id: UUID
    answer: IntakeAnswer
    last_at: datetime | None = None


@dataclass(frozen=True)
class DoseOrder:
    """What the prescriber ordered. ``reason`` answers a dose off the table or too soon, or an off-label course."""

    mg: int
    devices: int
    reason: str


@dataclass(frozen=True)
class CourseFacts:
    """The course this dose belongs to. ``off_label_*`` matter only for an off-label course; dates are the
    facility's calendar days; both count doses given elsewhere too. ``benefit_reviewed``: at the end of induction."""

    indication: str
    off_label: bool
    off_label_documented: bool
    antidepressant_recorded: bool
    first_dose_date: date | None
    last_dose_date: date | None
    counselled: bool
    dosed_here: bool
    benefit_reviewed: bool


@dataclass(frozen=True)
class StartFacts:
    """What only the start gate asks (gate.md, "Start gate")."""

    certification: CertificationFacts
    enrolment: EnrolmentFacts
    birth_date: date
    course: CourseFacts
    contraindications: dict[str, bool | None]
    contraindications_asked: dict[str, date]
    anything_new: bool | None
    asked_again: bool
    medicines: dict[str, bool | None]
    order: DoseOrder | None
    prescriber_on_site: bool
    oximeter_on_site: bool
    intake: dict[Intake, IntakeRow]
    emergency_since: datetime | None = None


@dataclass(frozen=True)
class Reopening:
    """An ended session went back to monitoring: what was looked at before says nothing about the next release."""

    order: int
    occurred_at: datetime


@dataclass(frozen=True)
class SessionFacts(WorkedOutOnce):
    """One dosing session as its gates see it. Lists hold only rows in force, in order of time, then entry."""

    program: "Program"
    state: State
    setting: Setting
    time_zone: str
    checked_in_at: datetime
    checks: tuple[Check, ...] = ()
    sign_events: tuple[SignEvent, ...] = ()
    devices: tuple[GivenDevice, ...] = ()
    decisions: tuple[Decision, ...] = ()
    deviations: tuple[Deviation, ...] = ()
    serious_events: tuple[OpenConcern, ...] = ()
    safety_alerts: tuple[OpenConcern, ...] = ()
    stay_ordered: timedelta | None = None
    assessed_at: tuple[datetime, ...] = ()
    way_home: WayHome | None = None
    instructions_given: bool = False
    cleared_at: datetime | None = None
    reopened: Reopening | None = None
    start: StartFacts | None = field(default=None, repr=False)

    # --- the clock of the stay ------------------------------------------------------------------------

    @cached_property
    def delivered(self) -> tuple[GivenDevice, ...]:
        return tuple(device for device in self.devices if device.delivered)

    @cached_property
    def first_device_at(self) -> datetime | None:
        return min((device.occurred_at for device in self.devices), default=None)

    @cached_property
    def anchor_device(self) -> GivenDevice | None:
        """The device whose counted time starts the stay: the programme says last or first."""
        pick = max if self.program.anchor == "last_device" else min
        return pick(self.delivered, key=lambda device: (device.counted_at, device.order), default=None)

    @cached_property
    def minimum_stay(self) -> timedelta:
        """The programme's minimum as tightened by policy, or the longer stay a prescriber ordered."""
        own = self.program.minimum_stay
        return max(own, self.stay_ordered) if self.stay_ordered else own

    @cached_property
    def stay_ends_at(self) -> datetime | None:
        device = self.anchor_device
        return device.counted_at + self.minimum_stay if device else None

    @cached_property
    def open_alerts(self) -> tuple[OpenConcern, ...]:
        """Safety alerts that wait for a prescriber's plan."""
        return tuple(alert for alert in self.safety_alerts if not self.decision_on("SAFETY_ALERT", {alert.id}))

    # --- who may still speak ---------------------------------------------------------------------------

    def standing(self, decision: Decision) -> bool:
        """Whether a decision still stands: a check or device of an earlier time entered after it voids it. A
        decision is never earlier than what it judged, whatever time was typed."""
        judged = (check.occurred_at for check in self.checks if check.id in decision.bound_ids)
        decided_at = max((decision.occurred_at, *judged))
        rows: tuple[Check | GivenDevice, ...] = (*self.checks, *self.devices)
        return not any(row.order > decision.order and row.occurred_at < decided_at for row in rows)

    def decision_on(self, code: str, bound_to: Iterable[UUID], *, measure: str = "") -> Decision | None:
        """The standing decision on ``code`` bound to exactly these rows, if there is one."""
        ids = frozenset(bound_to)
        found = (
            decision
            for decision in self.decisions
            if decision.code == code
            and decision.measure == measure
            and decision.bound_ids == ids
            and self.standing(decision)
        )
        return max(found, key=lambda decision: decision.order, default=None)
