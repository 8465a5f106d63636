"""The cast, and a walk to any state by legal steps."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clinic.actions.certification import designate_representative, record_confirmation
from clinic.actions.enrolment import record_enrolment
from clinic.actions.entry import Submission
from clinic.actions.facility import open_facility
from clinic.actions.patient import register_patient
from clinic.actions.staff import add_person, grant_role
from clinic.actions.stock import receive_device
from clinic.models import Device, Facility, Organisation, Patient, Sex, User
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from sessions_app.actions import booking, course, discharge, dosing, intake, monitoring, site
from sessions_app.models import Course, DeviceAdministration, DosingSession, Presence, ProgramVersion
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, WayHomeKind

# A Tuesday in the past: the database's own clock is never behind the tests'.
OPENING = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)  # 8:00 in New York
NINE = OPENING + timedelta(hours=1)
PASSWORD = "correct horse battery"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def entry(at: datetime | None = None, **fields: Any) -> Submission:
    """A fresh form, filled in at ``at`` (None: just now)."""
    return Submission(occurred_at=at, **fields)


@dataclass
class Cast:
    """One clinic and its people, as every test knows them."""

    facility: Facility
    nora: User  # nurse
    nils: User  # second nurse
    paul: User  # prescriber
    ada: User  # administrator
    fred: User  # front desk
    ines: User  # inspector
    program_version: ProgramVersion


def make_person(username: str, name: str, credential: str = "") -> User:
    return add_person(
        username=username, password=PASSWORD, printed_name=name, credential=credential, by=None, now=OPENING
    )


def make_cast(
    *,
    facility_name: str = "Wrenfield Clinic",
    organisation: Organisation | None = None,
    suffix: str = "",
    setting: Setting = Setting.OUTPATIENT,
    time_zone: str = "America/New_York",
    program_code: str = "esketamine",
    overrides: dict[str, int] | None = None,
    now: datetime = OPENING,
) -> Cast:
    """A certified facility with its cast on site, a working oximeter and a policy."""
    organisation = organisation or Organisation.objects.create(name=f"{facility_name} Group")
    facility = open_facility(
        organisation=organisation, name=facility_name, setting=setting, time_zone=time_zone, by=None, now=now
    )
    people = {
        "nora": (make_person(f"nora{suffix}", "Nora Nightjar", "RN"), Role.NURSE),
        "nils": (make_person(f"nils{suffix}", "Nils Quince", "RN"), Role.NURSE),
        "paul": (make_person(f"paul{suffix}", "Paul Penstemon", "MD"), Role.PRESCRIBER),
        "ada": (make_person(f"ada{suffix}", "Ada Alder"), Role.ADMINISTRATOR),
        "fred": (make_person(f"fred{suffix}", "Fred Finch"), Role.FRONT_DESK),
        "ines": (make_person(f"ines{suffix}", "Ines Iris"), Role.INSPECTOR),
    }
    for person, role in people.values():
        grant_role(person=person, facility=facility, role=role, by=None, now=now)
    program_version = ProgramVersion.objects.get(code=program_code)
    cast = Cast(facility, **{name: person for name, (person, _) in people.items()}, program_version=program_version)
    representative = designate_representative(
        facility=facility, program_code=program_code, name="Ivo Saltmarsh", entry=entry(), by=cast.ada, now=now
    )
    record_confirmation(
        representative=representative,
        confirmation_date=now.date(),
        confirmation_identifier="REMS-0417",
        entry=entry(),
        by=cast.ada,
        now=now,
    )
    course.set_policy(
        facility=facility,
        program_version=program_version,
        overrides=overrides or {},
        reason="opening",
        entry=entry(),
        by=cast.ada,
        now=now,
    )
    for person in (cast.nora, cast.paul):
        arrive(cast, person, now=now)
    site.check_oximeter(facility=facility, asset_tag="OX-1", working=True, entry=entry(), by=cast.nora, now=now)
    return cast


def arrive(cast: Cast, person: User, *, now: datetime, kind: Presence.Kind = Presence.Kind.ARRIVED) -> Presence:
    return site.record_presence(facility=cast.facility, person=person, kind=kind, entry=entry(), by=cast.nora, now=now)


_NUMBERS = iter(range(4400, 10_000_000))


def make_patient(
    cast: Cast, *, name: tuple[str, str] = ("Rosalind", "Tamarack"), birth_date: date = date(1982, 9, 3)
) -> Patient:
    """An enrolled patient."""
    patient = register_patient(
        facility=cast.facility,
        mrn=f"W-{next(_NUMBERS):06}",
        first_name=name[0],
        last_name=name[1],
        birth_date=birth_date,
        sex=Sex.FEMALE,
        entry=entry(),
        by=cast.fred,
        now=OPENING,
    )
    record_enrolment(
        patient=patient,
        facility=cast.facility,
        program_code=cast.program_version.code,
        rems_identifier="E-1",
        entry=entry(),
        by=cast.fred,
        now=OPENING,
    )
    return patient


def make_course(cast: Cast, *, patient: Patient | None = None, indication: str = "TRD", **fields: Any) -> Course:
    return course.start_course(
        patient=patient or make_patient(cast),
        facility=cast.facility,
        program_version=cast.program_version,
        indication=indication,
        entry=entry(),
        by=cast.fred,
        now=OPENING,
        **fields,
    )


def make_device(cast: Cast, *, number: str = "", patient: Patient | None = None, **fields: Any) -> Device:
    return receive_device(
        facility=cast.facility,
        program_code=cast.program_version.code,
        number=number or f"D-{next(_NUMBERS)}",
        lot="L-77",
        expires_date=fields.pop("expires_date", date(2027, 12, 31)),
        patient=patient,
        entry=entry(),
        by=cast.nora,
        now=fields.pop("now", OPENING),
    )


def full_check(systolic: int = 128, diastolic: int = 82, spo2: int = 98, **signs: SignEntry) -> CheckEntry:
    """A full esketamine check: everything measured, every sign absent unless said otherwise."""
    absent = {
        "sedation": SignEntry(False, 5),
        "dissociation": SignEntry(False),
        "respiratory_depression": SignEntry(False, 14),
    }
    return CheckEntry(
        vitals=Vitals(systolic_mmhg=systolic, diastolic_mmhg=diastolic, pulse_bpm=72, spo2_percent=spo2),
        signs={**absent, **signs},
    )


def pressure(systolic: int, diastolic: int) -> CheckEntry:
    """Only a blood pressure."""
    return CheckEntry(vitals=Vitals(systolic_mmhg=systolic, diastolic_mmhg=diastolic))


@dataclass
class Walk:
    """One session and its people. Each step is an action by the person whose work it is; ``now`` is when."""

    cast: Cast
    dosing_session: DosingSession

    def refresh(self) -> DosingSession:
        return DosingSession.objects.select_related("facility", "patient", "course", "policy__program_version").get(
            pk=self.dosing_session.pk
        )

    def check(
        self, now: datetime, check: CheckEntry | None = None, *, at: datetime | None = None, **fields: Any
    ) -> Any:
        return monitoring.record_check(
            dosing_session=self.dosing_session,
            check=check or full_check(),
            entry=entry(at),
            by=fields.pop("by", self.cast.nora),
            now=now,
            **fields,
        )

    def answer(self, now: datetime) -> None:
        """Everything asked before the dose, answered without trouble."""
        program = self.cast.program_version.program
        common = {"dosing_session": self.dosing_session, "by": self.cast.nora, "now": now}
        intake.answer_questions(
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines=dict.fromkeys(program.medicines, False),
            entry=entry(),
            **common,
        )
        none = intake.IntakeReportEntry(IntakeAnswer.NONE)
        intake.report_intake(reports=dict.fromkeys(Intake, none), entry=entry(), **common)
        intake.verify_enrolment(how="PORTAL", entry=entry(), **common)
        intake.counsel_patient(entry=entry(), **common)
        self.way_home(now)

    def way_home(self, now: datetime, **fields: Any) -> None:
        intake.arrange_way_home(
            dosing_session=self.dosing_session,
            **{
                "kind": WayHomeKind.PERSON,
                "name": "Basil Tamarack",
                "phone": "(555) 555-0134",
                "will_not_drive": True,
                **fields,
            },
            entry=entry(),
            by=self.cast.fred,
            now=now,
        )

    def order(self, now: datetime, devices: int = 2, reason: str = "") -> None:
        dosing.order_dose(
            dosing_session=self.dosing_session,
            mg=28 * devices,
            devices=devices,
            reason=reason,
            entry=entry(),
            by=self.cast.paul,
            now=now,
        )

    def clear(self, now: datetime, **fields: Any) -> None:
        dosing.clear_for_dosing(
            dosing_session=self.dosing_session,
            prescriber=self.cast.paul,
            entry=entry(),
            by=self.cast.nora,
            now=now,
            **fields,
        )

    def give(
        self, now: datetime, *, device: Device | None = None, outcome: Outcome | None = Outcome.FULL, **fields: Any
    ) -> DeviceAdministration:
        given = dosing.administer_device(
            dosing_session=self.dosing_session,
            device=device or make_device(self.cast),
            entry=entry(fields.pop("at", None)),
            by=self.cast.nora,
            now=now,
            **fields,
        )
        if outcome:
            self.outcome(given, outcome, now)
        return given

    def outcome(self, given: DeviceAdministration, outcome: Outcome, now: datetime) -> None:
        dosing.record_outcome(
            dosing_session=self.dosing_session,
            administration=given,
            outcome=outcome,
            entry=entry(),
            by=self.cast.nora,
            now=now,
        )

    def finish(self, now: datetime, reason: str = "") -> None:
        dosing.finish_dosing(
            dosing_session=self.dosing_session,
            stopped_early_reason=reason,
            entry=entry(),
            by=self.cast.nora,
            now=now,
        )

    def instruct(self, now: datetime) -> None:
        discharge.give_instructions(
            dosing_session=self.dosing_session, how="PRINTED", entry=entry(), by=self.cast.nora, now=now
        )

    def assess(self, now: datetime) -> None:
        discharge.assess_readiness(dosing_session=self.dosing_session, entry=entry(), by=self.cast.nora, now=now)

    def release(self, now: datetime, **fields: Any) -> Any:
        return discharge.discharge_patient(
            dosing_session=self.dosing_session,
            handed_over_to=fields.pop("handed_over_to", "Basil Tamarack"),
            entry=fields.pop("entry", None) or entry(),
            by=fields.pop("by", self.cast.nora),
            now=now,
            **fields,
        )


def checked_in(cast: Cast, *, of_course: Course | None = None, now: datetime = NINE) -> Walk:
    dosing_session = booking.check_in(
        course=of_course or make_course(cast),
        identifiers=("name", "birth_date"),
        chair="1",
        entry=entry(),
        by=cast.fred,
        now=now,
    )
    return Walk(cast, dosing_session)


def cleared(cast: Cast, *, devices: int = 2, now: datetime = NINE, **fields: Any) -> Walk:
    """Checked in at ``now``, everything asked, baseline and order at +20, cleared at +25."""
    walk = checked_in(cast, now=now, **fields)
    walk.answer(now + minutes(10))
    walk.check(now + minutes(20))
    walk.order(now + minutes(20), devices)
    walk.clear(now + minutes(25))
    return walk


def in_monitoring(cast: Cast, *, devices: int = 2, now: datetime = NINE, **fields: Any) -> Walk:
    """Cleared, devices from +30 five minutes apart, finished with the last one (two devices: 9:35)."""
    walk = cleared(cast, devices=devices, now=now, **fields)
    for index in range(devices):
        walk.give(now + minutes(30 + 5 * index))
    walk.finish(now + minutes(30 + 5 * (devices - 1)))
    return walk


LAST_DEVICE = NINE + minutes(35)
STAY_ENDS = LAST_DEVICE + minutes(120)


def ready_to_leave(cast: Cast, **fields: Any) -> Walk:
    """Two devices, the check at 40 minutes, the final check and the assessment at the end of the stay."""
    walk = in_monitoring(cast, **fields)
    walk.check(LAST_DEVICE + minutes(40))
    walk.instruct(LAST_DEVICE + minutes(60))
    walk.check(STAY_ENDS - minutes(5))
    walk.assess(STAY_ENDS - minutes(4))
    return walk


def discharged(cast: Cast, **fields: Any) -> Walk:
    walk = ready_to_leave(cast, **fields)
    walk.release(STAY_ENDS)
    return walk
