"""The cast of one clinic, and what it works with: patients, courses, devices, readings."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from clinic.access import forget_roles
from clinic.actions.certification import designate_representative, record_confirmation
from clinic.actions.enrolment import record_enrolment
from clinic.actions.entry import Proof, Submission
from clinic.actions.facility import open_facility
from clinic.actions.patient import register_patient
from clinic.actions.pin import set_pin
from clinic.actions.staff import add_person, grant_role
from clinic.actions.stock import receive_devices
from clinic.actions.tablet import enrol_tablet
from clinic.models import Device, Facility, Organisation, Patient, Sex, Tablet, User
from clinic.rules.enrolment import Setting
from clinic.rules.pack import product_of
from clinic.rules.roles import Role
from clinic.rules.signature import Factor
from clinic.tablet import digest_of
from sessions_app.actions import course, site
from sessions_app.models import Course, Presence, ProgramVersion
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from tests.files import a_file
from tests.replay import replayed

# A Tuesday in the past: the database's own clock is never behind the tests'.
OPENING = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)  # 8:00 in New York
EMPLOYED = OPENING - timedelta(days=365)
INSPECTED = OPENING + timedelta(days=90)
NINE = OPENING + timedelta(hours=1)
PASSWORD = "correct horse battery"
PIN = "284617"


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


class ProofOfWhoever(Proof):
    """Stands for whoever acts: what proving takes is tested where it is done (test_signature.py)."""

    def is_of(self, person: User) -> bool:
        return True


WHOEVER = ProofOfWhoever(UUID(int=0), Factor.PASSWORD, OPENING)


def entry(at: datetime | None = None, **fields: Any) -> Submission:
    """A fresh form, filled in at ``at`` (None: just now)."""
    return Submission(occurred_at=at, **{"proof": WHOEVER, **fields})


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


@replayed
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
        ends_at = INSPECTED if role is Role.INSPECTOR else None
        grant_role(person=person, facility=facility, role=role, starts_at=EMPLOYED, ends_at=ends_at, by=None, now=now)
    program_version = ProgramVersion.objects.get(code=program_code)
    cast = Cast(facility, **{name: person for name, (person, _) in people.items()}, program_version=program_version)
    representative = designate_representative(
        facility=facility, program_code=program_code, person=cast.ada, entry=entry(), by=cast.ada, now=now
    )
    record_confirmation(
        representative=representative,
        confirmation_date=now.date(),
        confirmation_identifier="REMS-0417",
        document=a_file("Confirmation.pdf"),
        after=None,
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


def signed_by(prescriber: User) -> dict[str, Any]:
    """The REMS's form, signed by the patient and by this prescriber on the day of opening."""
    day = OPENING.date()
    return {"patient_signed_date": day, "prescriber_signed_date": day, "prescriber": prescriber}


@replayed
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
        **signed_by(cast.paul),
        entry=entry(),
        by=cast.fred,
        now=OPENING,
    )
    return patient


@replayed
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


@replayed
def make_device(cast: Cast, *, number: str = "", patient: Patient | None = None, **fields: Any) -> Device:
    return make_devices(cast, number=number, patient=patient, **fields)[0]


def make_devices(cast: Cast, *, number: str = "", **fields: Any) -> list[Device]:
    """Of a pack, where a ``code`` is said."""
    said: dict[str, Any] = {"lot": "L-77", "expires_date": date(2027, 12, 31), "by": cast.nora, "now": OPENING}
    said["entry"] = entry()
    code = fields.get("code")
    if code is not None:
        said |= {"lot": code.lot, "expires_date": code.expires_date}
        said["product"] = product_of(code.gtin, cast.program_version.program.products)
    return receive_devices(
        facility=cast.facility,
        program_code=cast.program_version.code,
        number=number or f"D-{next(_NUMBERS)}",
        **{**said, **fields},
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


def give_pin(person: User) -> None:
    set_pin(person=person, pin=PIN, by=person, now=OPENING)


@replayed
def make_tablet(cast: Cast, *, name: str = "Room 2", secret: str = "") -> Tablet:
    """Enrolled; ``secret`` is what its cookie would hold."""
    return enrol_tablet(
        facility=cast.facility,
        name=name,
        secret_digest=digest_of(secret or f"{name} of {cast.facility.pk}"),
        entry=entry(),
        by=cast.ada,
        now=NINE,
    )


@replayed
def make_otto() -> User:
    """Prescriber and administrator, of another organisation."""
    other = Organisation.objects.create(name="Otherfield Group")
    facility = open_facility(
        organisation=other,
        name="Otherfield Clinic",
        setting=Setting.OUTPATIENT,
        time_zone="Europe/London",
        by=None,
        now=OPENING,
    )
    otto = make_person("otto", "Otto Other", "MD")
    for role in (Role.PRESCRIBER, Role.ADMINISTRATOR):
        grant_role(person=otto, facility=facility, role=role, by=None, now=OPENING)
    return otto


def facility_of(person: User) -> Facility:
    """The one facility where this person works."""
    return Facility.objects.filter(role_assignments__user=person).distinct().get()


def employ(person: User, facility: Facility, role: Role) -> None:
    """A role more; roles are read once per request, which a test's person is not."""
    ends_at = INSPECTED if role is Role.INSPECTOR else None
    grant_role(person=person, facility=facility, role=role, ends_at=ends_at, by=None, now=OPENING)
    forget_roles(person)


def one_more(cast: Cast, role: Role, name: str = "Pia Plover") -> User:
    """Somebody else of this role in the clinic."""
    person = make_person(f"{name.split()[0].lower()}-{next(_NUMBERS)}", name)
    employ(person, cast.facility, role)
    return person
