"""One made-up session, put on the timeline step by step around the time of its last device."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clinic.actions.entry import Submission
from clinic.models import User
from sessions_app.actions import booking, departure, discharge, dosing, intake, monitoring
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.models import Course, DeviceAdministration, DosingSession, Impairment
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, WayHomeKind

CHECK_IN, BASELINE, ORDER, CLEAR, FINISH = -48, -26, -24, -20, 1
REST = 5
CALM = {-26: (124, 78), 20: (132, 83), 40: (136, 86), 60: (131, 82), 90: (127, 80), 115: (124, 79)}


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


@dataclass
class Visit:
    """``last_device_at`` is minute 0. Methods put steps on the timeline; nothing happens until it runs."""

    clinic: Clinic
    timeline: Timeline
    of_course: Course
    last_device_at: datetime
    chair: str
    devices: int = 2
    escort: str = "Basil Tamarack"
    reason: str = ""
    nurse: User | None = None
    session: DosingSession = field(init=False)
    _verified_at: datetime = field(init=False)
    _given: DeviceAdministration = field(init=False)

    def _by(self, person: User | None = None) -> User:
        return person or self.nurse or self.clinic.nurse

    def _step(self, minute: float, action: Any, *, by: User | None = None, **said: Any) -> None:
        """An action on this session, at this minute."""

        def do(now: datetime) -> None:
            action(dosing_session=self.session, entry=Submission(), by=self._by(by), now=now, **said)

        self.timeline.at(self.last_device_at + minutes(minute), do)

    # --- before the dose --------------------------------------------------------------------------

    def check_in(self, minute: float = CHECK_IN) -> "Visit":
        def do(now: datetime) -> None:
            self.session = booking.check_in(
                course=self.of_course,
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
                dosing_session=self.session, reports=reports, entry=Submission(), by=self._by(), now=now
            )

        self.timeline.at(self.last_device_at + minutes(minute), do)

    def verify(self, minute: float) -> None:
        self.timeline.at(self.last_device_at + minutes(minute), self._verify)

    def _verify(self, now: datetime) -> None:
        intake.verify_enrolment(dosing_session=self.session, how="PORTAL", entry=Submission(), by=self._by(), now=now)
        self._verified_at = now

    def _verified_today(self, now: datetime) -> None:
        """Verification is the day's: after midnight it is asked for again."""
        if self.clinic.day_of(self._verified_at) != self.clinic.day_of(now):
            self._verify(now)

    def prepare(self, *, first_here: bool = False) -> "Visit":
        """Everything asked and arranged, the check before the dose, order, cleared."""
        program = self.clinic.version.program
        self.check_in()
        self.ask_intake(CHECK_IN + 4)
        self._step(
            CHECK_IN + 6,
            intake.answer_questions,
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines={**dict.fromkeys(program.medicines, False), "psychostimulant": self.chair == "5"},
        )
        self.verify(CHECK_IN + 8)
        if first_here:
            self._step(CHECK_IN + 10, intake.counsel_patient)
        self._step(
            CHECK_IN + 12,
            intake.arrange_way_home,
            by=self.clinic.front_desk,
            kind=WayHomeKind.PERSON,
            name=self.escort,
            phone="(555) 555-0134",
            will_not_drive=True,
        )
        return self

    def clear(self, baseline: tuple[int, int] = CALM[-26]) -> "Visit":
        self._step(BASELINE, monitoring.record_check, check=reading(*baseline))
        mg = self.devices * self.clinic.version.program.mg_per_device
        order = {"mg": mg, "devices": self.devices, "reason": self.reason}
        self._step(ORDER, dosing.order_dose, by=self.clinic.prescriber, **order)
        self.timeline.at(self.last_device_at + minutes(CLEAR), self._clear)
        return self

    def _clear(self, now: datetime) -> None:
        self._verified_today(now)
        dosing.clear_for_dosing(
            dosing_session=self.session,
            prescriber=self.clinic.prescriber,
            entry=Submission(),
            by=self._by(),
            now=now,
        )

    # --- the dose and after -----------------------------------------------------------------------

    def give(self, minute: float) -> None:
        """One device, and half a minute later what it delivered."""
        at = self.last_device_at + minutes(minute)
        self.timeline.at(at, self._give)
        self.timeline.at(at + minutes(0.5), self._chart_outcome)

    def _give(self, now: datetime) -> None:
        self._verified_today(now)
        self._given = dosing.administer_device(
            dosing_session=self.session,
            device=self.clinic.next_device(),
            entry=Submission(),
            by=self._by(),
            now=now,
        )

    def _chart_outcome(self, now: datetime) -> None:
        dosing.record_outcome(
            dosing_session=self.session,
            administration=self._given,
            outcome=Outcome.FULL,
            entry=Submission(),
            by=self._by(),
            now=now,
        )

    def dose(self) -> "Visit":
        """Every device of the order, five minutes apart, and dosing finished."""
        for index in range(self.devices):
            self.give(-REST * (self.devices - 1 - index))
        self._step(FINISH, dosing.finish_dosing)
        return self

    def watch(self, checks: Mapping[int, CheckEntry]) -> "Visit":
        for minute, check in checks.items():
            self._step(minute, monitoring.record_check, check=check)
        return self

    def get_ready(self, instructed: float, assessed: float) -> "Visit":
        self._step(instructed, discharge.give_instructions, how="PRINTED", language="en")
        self._step(assessed, discharge.assess_readiness)
        return self

    def leave(self, minute: float) -> "Visit":
        self._step(minute, discharge.discharge_patient, handed_over_to=self.escort)
        return self

    def walk_out(self, minute: float) -> "Visit":
        """The patient is gone before the gate opened."""
        at = self.last_device_at + minutes(minute)
        self._step(
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
        self._step(minute, dosing.end_not_dosed, reason=why)
        return self

    def go_home_as_usual(self, baseline: tuple[int, int] = CALM[-26]) -> "Visit":
        """A calm session, from the check before the dose to the release."""
        calm = {minute: reading(*pressure) for minute, pressure in CALM.items() if minute > 0}
        return self.clear(baseline).dose().watch(calm).get_ready(95, 117).leave(122)
