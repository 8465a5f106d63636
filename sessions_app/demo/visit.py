"""One made-up session, put on the timeline step by step around the time of its last device."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clinic.actions.entry import Submission
from clinic.models import Device, User
from sessions_app.actions import booking, cabinet, correction, departure, discharge, dosing, intake, monitoring
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.people import Somebody
from sessions_app.demo.signed import order, signed
from sessions_app.demo.simulate import Ending, Measured, VisitPlan
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.models import Course, DeviceAdministration, DosingSession, Impairment, Transfer
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, WayHomeKind

CHECK_IN, BASELINE, ORDER, CLEAR, FINISH = -48, -26, -24, -20, 1
CHAIRS_THAT_TAKE = "2358"
REST = 5
CALM = (124, 78)


def reading(systolic: int, diastolic: int, *, spo2: int = 98, **signs: SignEntry) -> CheckEntry:
    """A full check; every sign absent unless said otherwise."""
    absent = {
        "sedation": SignEntry(False, 5),
        "dissociation": SignEntry(False),
        "respiratory_depression": SignEntry(False, 14),
    }
    vitals = Vitals(systolic, diastolic, pulse_bpm=64 + systolic // 12, spo2_percent=spo2)
    return CheckEntry(vitals=vitals, signs={**absent, **signs})


DROWSY: dict[str, Any] = {"sedation": SignEntry(True, 4), "dissociation": SignEntry(True, 16)}
AWAKE: dict[str, Any] = {"sedation": SignEntry(False, 5, gone=True), "dissociation": SignEntry(False, 2, gone=True)}


def measured(what: Measured) -> CheckEntry:
    """A planned check as it is charted."""
    return reading(
        what.systolic,
        what.diastolic,
        spo2=what.spo2,
        sedation=SignEntry(what.sedation, 4 if what.sedation else 5, gone=what.sedation_gone),
        dissociation=SignEntry(what.dissociation, 14 if what.dissociation else 2, gone=what.dissociation_gone),
    )


@dataclass
class Case:
    """A patient of a scene; the course stands once they are registered. ``dosed_before``: today is not their first."""

    somebody: Somebody
    dosed_before: bool
    course: Course = field(init=False)


@dataclass
class Visit:
    """``last_device_at`` is minute 0. Methods put steps on the timeline; nothing happens until it runs."""

    clinic: Clinic
    timeline: Timeline
    case: Case
    last_device_at: datetime
    chair: str
    first: bool = False
    devices: int = 2
    escort: str = "Basil Tamarack"
    reason: str = ""
    nurse: User | None = None
    session: DosingSession = field(init=False)
    _verified_at: datetime = field(init=False)
    _given: DeviceAdministration = field(init=False)
    _taken: list[Device] = field(default_factory=list)

    @property
    def monitor(self) -> User:
        return self.nurse or self.clinic.nurse

    def step(self, minute: float, action: Any, *, by: User | None = None, **said: Any) -> None:
        """An action on this session, at this minute."""

        def do(now: datetime) -> None:
            person = by or self.monitor
            action(dosing_session=self.session, entry=signed(person, now), by=person, now=now, **said)

        self.timeline.at(self.last_device_at + minutes(minute), do)

    # --- before the dose --------------------------------------------------------------------------

    def check_in(self, minute: float = CHECK_IN) -> "Visit":
        def do(now: datetime) -> None:
            self.session = booking.check_in(
                course=self.case.course,
                identifiers=("name", "birth_date"),
                chair=self.chair,
                entry=Submission(),
                by=self.clinic.front_desk,
                now=now,
            )

        self.timeline.at(self.last_device_at + minutes(minute), do)
        return self

    def ask_intake(self, minute: float) -> None:
        def do(now: datetime) -> None:
            reports = {
                Intake.FOOD: intake.IntakeReportEntry(IntakeAnswer.AT, now - minutes(160)),
                Intake.LIQUID: intake.IntakeReportEntry(IntakeAnswer.AT, now - minutes(75)),
                Intake.NASAL_SPRAY: intake.IntakeReportEntry(IntakeAnswer.NONE),
            }
            intake.report_intake(
                dosing_session=self.session, reports=reports, entry=Submission(), by=self.monitor, now=now
            )

        self.timeline.at(self.last_device_at + minutes(minute), do)

    def verify(self, minute: float) -> None:
        self.timeline.at(self.last_device_at + minutes(minute), self._verify)

    def _verify(self, now: datetime) -> None:
        intake.verify_enrolment(dosing_session=self.session, how="PORTAL", entry=Submission(), by=self.monitor, now=now)
        self._verified_at = now

    def verified(self, minute: float) -> "Visit":
        self.timeline.at(self.last_device_at + minutes(minute), self._verified_today)
        return self

    def _verified_today(self, now: datetime) -> None:
        """Verification is the day's: after midnight it is asked for again."""
        if self.clinic.day_of(self._verified_at) != self.clinic.day_of(now):
            self._verify(now)

    def prepare(self) -> "Visit":
        """Everything asked and arranged, the check before the dose, order, cleared."""
        program = self.clinic.version.program
        self.check_in()
        self.ask_intake(CHECK_IN + 4)
        self.step(
            CHECK_IN + 6,
            intake.answer_questions,
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines={**dict.fromkeys(program.medicines, False), "psychostimulant": self.chair == "5"},
        )
        self.verify(CHECK_IN + 8)
        if self.first:
            self.step(CHECK_IN + 10, intake.counsel_patient)
        self.step(
            CHECK_IN + 12,
            intake.arrange_way_home,
            by=self.clinic.front_desk,
            kind=WayHomeKind.PERSON,
            name=self.escort,
            phone="(555) 555-0134",
            will_not_drive=True,
        )
        return self

    def chart(self, minute: float, check: CheckEntry) -> "Visit":
        self.step(minute, monitoring.record_check, check=check)
        return self

    def clear(self, baseline: tuple[int, int] = CALM) -> "Visit":
        self.chart(BASELINE, reading(*baseline))
        mg = self.devices * self.clinic.version.program.mg_per_device
        ordered = {"mg": mg, "devices": self.devices, "reason": self.reason}
        self.step(ORDER, order, by=self.clinic.prescriber, **ordered)
        self.timeline.at(self.last_device_at + minutes(CLEAR), self._clear)
        return self

    def _clear(self, now: datetime) -> None:
        self._verified_today(now)
        dosing.clear_for_dosing(
            dosing_session=self.session,
            prescriber=self.clinic.prescriber,
            entry=Submission(),
            by=self.monitor,
            now=now,
        )
        self._take(now)

    def _take(self, now: datetime) -> None:
        """At the day's own chairs, out of the cabinet at once; elsewhere each as it is handed over."""
        if self.chair not in CHAIRS_THAT_TAKE:
            return
        self._taken = [self.clinic.next_device() for _ in range(self.devices)]
        said: dict[str, Any] = {"entry": Submission(), "by": self.monitor, "now": now}
        cabinet.take_devices(dosing_session=self.session, devices=self._taken, **said)

    # --- the dose and after -----------------------------------------------------------------------

    def give(self, minute: float, outcome: Outcome = Outcome.FULL) -> "Visit":
        """One device, and half a minute later what it delivered."""
        at = self.last_device_at + minutes(minute)
        self.timeline.at(at, self._give)
        self.timeline.at(at + minutes(0.5), lambda now: self._chart_outcome(now, outcome))
        return self

    def _give(self, now: datetime) -> None:
        self._verified_today(now)
        self._given = dosing.administer_device(
            dosing_session=self.session,
            device=self._taken.pop(0) if self._taken else self.clinic.next_device(),
            entry=Submission(),
            by=self.monitor,
            now=now,
        )

    def _chart_outcome(self, now: datetime, outcome: Outcome) -> None:
        dosing.record_outcome(
            dosing_session=self.session,
            administration=self._given,
            outcome=outcome,
            entry=Submission(),
            by=self.monitor,
            now=now,
        )

    def dose(self) -> "Visit":
        """Every device of the order, five minutes apart, and dosing finished."""
        for index in range(self.devices):
            self.give(-REST * (self.devices - 1 - index))
        return self.finish()

    def finish(self, *, stopped_early: str = "") -> "Visit":
        self.step(FINISH, dosing.finish_dosing, stopped_early_reason=stopped_early)
        self.timeline.at(self.last_device_at + minutes(FINISH + 1), self._put_back)
        return self

    def _put_back(self, now: datetime) -> None:
        if self._taken:
            said: dict[str, Any] = {"entry": Submission(), "by": self.monitor, "now": now}
            cabinet.put_back_devices(dosing_session=self.session, devices=self._taken, **said)

    def watch(self, checks: Mapping[int, CheckEntry]) -> "Visit":
        for minute, check in checks.items():
            self.chart(minute, check)
        return self

    def get_ready(self, instructed: float, assessed: float) -> "Visit":
        self.step(instructed, discharge.give_instructions, how="PRINTED", language="en")
        self.step(assessed, discharge.assess_readiness)
        return self

    def leave(self, minute: float) -> "Visit":
        self.step(minute, discharge.discharge_patient, handed_over_to=self.escort)
        return self

    def walk_out(self, minute: float) -> "Visit":
        """The patient is gone before the gate opened."""
        at = self.last_device_at + minutes(minute)
        self.step(
            minute,
            departure.record_left_early,
            last_seen_at=at - minutes(15),
            found_gone_at=at - minutes(5),
            impaired=Impairment.UNKNOWN,
            prescriber_told="Paul Penstemon, by telephone",
            contact_told="Basil Tamarack, tried twice",
        )
        return self

    def not_dosed(self, minute: float, why: str) -> "Visit":
        self.step(minute, dosing.end_not_dosed, reason=why)
        return self

    def transfer(self, minute: float, handed_over: str) -> "Visit":
        self.step(
            minute,
            departure.transfer_patient,
            destination=Transfer.Destination.HOSPITAL,
            place="Wrenfield General",
            handed_over=handed_over,
        )
        return self

    def in_error(self, minute: float, reason: str, *, second: User) -> "Visit":
        """Two people agree that this session never was."""
        self.step(minute, correction.propose_in_error, reason=reason)
        self.step(minute + 4, correction.enter_in_error, by=second)
        return self

    def follow(self, plan: VisitPlan, minutes_of_checks: Iterable[int]) -> "Visit":
        """A whole planned session."""
        self.prepare()
        if plan.ending is Ending.NOT_DOSED:
            return self.not_dosed(-10, "Did not feel well enough today; a new date was given.")
        self.clear(plan.before).dose()
        self.watch({minute: measured(check) for minute, check in plan.checks(minutes_of_checks)})
        if plan.ending is Ending.LEFT_EARLY:
            return self.walk_out(plan.ends_at)
        if plan.ending is Ending.TRANSFERRED:
            return self.transfer(plan.ends_at, "Chest tightness; drug, dose, device times and last readings.")
        return self.get_ready(95, plan.ends_at - 4).leave(plan.ends_at)
