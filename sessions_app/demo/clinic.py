"""Made-up clinics: their people, what the REMS said, policy, presence, oximeters, devices, patients."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from clinic.actions.certification import designate_representative, record_confirmation
from clinic.actions.delivery import Arrival, record_supplier
from clinic.actions.enrolment import record_enrolment
from clinic.actions.entry import Submission
from clinic.actions.facility import open_facility
from clinic.actions.patient import register_patient
from clinic.actions.patient_record import record_allergy, record_contact
from clinic.actions.staff import add_display, add_person, grant_role
from clinic.actions.stock import receive_devices
from clinic.models import AuthorizedRepresentative, Delivery, Device, Facility, Organisation, Patient, User
from clinic.models.cabinet import story_of
from clinic.models.certification import steps_of
from clinic.models.delivery import suppliers_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.enrolment import Setting
from clinic.rules.pack import PackCode
from clinic.rules.roles import Role
from sessions_app.actions import course, site
from sessions_app.demo.papers import a_paper
from sessions_app.demo.people import Somebody
from sessions_app.demo.signed import signed
from sessions_app.models import Course, Presence, ProgramVersion
from sessions_app.models.program import newest_versions
from sessions_app.models.stock import devices_at_hand

PROGRAM = "esketamine"
NEW_YORK = "America/New_York"
SUPPLIER = {"name": "Heather & Reed Supply", "address": "2 Mill Lane, Wrenfield", "dea_number": "RH1234563"}


@dataclass
class Clinic:
    """A facility and who does what there. Each method is one action by the person whose work it is."""

    facility: Facility
    administrator: User
    version: ProgramVersion
    people: dict[str, User] = field(default_factory=dict)
    _devices: list[Device] = field(default_factory=list)

    @classmethod
    def of(cls, facility: Facility) -> "Clinic":
        """As it stands; whoever was first in a role stands for it."""
        people: dict[str, User] = {}
        for held in facility.role_assignments.filter(ended_at__isnull=True).order_by("granted_at", "pk"):
            people.setdefault(held.role, held.user)
            people.setdefault(held.user.username, held.user)
        return cls(facility, people[Role.ADMINISTRATOR.value], newest_versions()[PROGRAM], people)

    def open_cabinet(self, today: date) -> None:
        good = devices_at_hand(self.facility.pk).filter(patient__isnull=True, expires_date__gte=today)
        self._devices = list(good.order_by("expires_date", "number"))

    @property
    def nurse(self) -> User:
        return self.people["nurse"]

    @property
    def prescriber(self) -> User:
        return self.people["prescriber"]

    @property
    def front_desk(self) -> User:
        return self.people.get("front_desk", self.nurse)

    def local(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.facility.zone)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.facility.zone).date()

    # --- the facility -----------------------------------------------------------------------------

    def _last_step(self) -> UUID | None:
        last = steps_of(self.facility, PROGRAM).first()
        return last.pk if last else None

    def of_programme(self, now: datetime) -> dict[str, Any]:
        """What the administrator does about the certification, signed."""
        by = self.administrator
        return {"facility": self.facility, "program_code": PROGRAM, "entry": signed(by, now), "by": by, "now": now}

    def step(self, now: datetime) -> dict[str, Any]:
        """A step of it, from where it stands."""
        return {**self.of_programme(now), "after": self._last_step()}

    def designate(self, person: User, *, now: datetime) -> AuthorizedRepresentative:
        return designate_representative(person=person, **self.of_programme(now))

    def confirm(self, representative: AuthorizedRepresentative, identifier: str, *, now: datetime) -> None:
        """What the REMS is said to have confirmed; made up, as everything here."""
        step = self.step(now)
        record_confirmation(
            representative=representative,
            confirmation_date=self.day_of(now),
            confirmation_identifier=identifier,
            document=a_paper(f"Confirmation {identifier}.pdf"),
            **{name: step[name] for name in ("after", "entry", "by", "now")},
        )

    def certify(self, person: User, identifier: str, *, now: datetime) -> None:
        self.confirm(self.designate(person, now=now), identifier, now=now)

    def suspend(self, reason: str, *, now: datetime) -> None:
        site.stop_facility(status=CertificationStatus.SUSPENDED, reason=reason, **self.step(now))

    def set_policy(self, *, now: datetime, reason: str, **numbers: Any) -> None:
        course.set_policy(
            facility=self.facility,
            program_version=self.version,
            overrides=numbers.pop("overrides", {}),
            reason=reason,
            entry=Submission(),
            by=self.administrator,
            now=now,
            **numbers,
        )

    def list_chairs(self, chairs: Sequence[str], *, now: datetime) -> None:
        site.set_chairs(facility=self.facility, chairs=chairs, entry=Submission(), by=self.administrator, now=now)

    def add_display(self, username: str, password: str, *, now: datetime) -> None:
        said = {"username": username, "password": password}
        add_display(facility=self.facility, **said, entry=Submission(), by=self.administrator, now=now)

    def arrive(self, person: User, *, now: datetime) -> None:
        kind = Presence.Kind.ARRIVED
        site.record_presence(
            facility=self.facility, person=person, kind=kind, entry=Submission(), by=self.nurse, now=now
        )

    def check_oximeter(self, asset_tag: str, *, working: bool = True, now: datetime) -> None:
        site.check_oximeter(
            facility=self.facility, asset_tag=asset_tag, working=working, entry=Submission(), by=self.nurse, now=now
        )

    def receive(
        self, numbers: Sequence[str], lot: str, expires: date, *, now: datetime, patient: Patient | None = None
    ) -> None:
        """Devices come in packs of the programme's products, each scanned; a last one left over is typed in."""
        products = sorted(self.version.program.products, key=lambda product: product.devices, reverse=True)
        left = list(numbers)
        delivery: Arrival | Delivery | None = self._arrival(lot, now)
        while left:
            product = next((product for product in products if product.devices <= len(left)), None)
            count = product.devices if product else 1
            serial = f"S{left[0].replace('-', '')}"
            code = PackCode(product.gtin, expires, lot, serial) if product else None
            devices = receive_devices(
                facility=self.facility,
                program_code=PROGRAM,
                number=left[0],
                devices=count,
                lot=lot,
                expires_date=expires,
                patient=patient,
                code=code,
                product=product or products[-1],
                delivery=delivery,
                entry=Submission(),
                by=self.nurse,
                now=now,
            )
            delivery = story_of(devices[0])[0].delivery
            left = left[count:]
            if patient is None:
                self._devices += devices

    def _arrival(self, lot: str, now: datetime) -> Arrival:
        """One for each lot."""
        supplier = suppliers_of(self.facility).first() or record_supplier(
            facility=self.facility, **SUPPLIER, entry=Submission(), by=self.nurse, now=now
        )
        return Arrival(supplier, f"{now:%m%d}-{lot[2:]}")

    def next_device(self) -> Device:
        """The oldest bulk device that nobody was given."""
        return self._devices.pop(0)

    def devices_at_hand(self) -> list[Device]:
        return list(self._devices)

    # --- its patients -----------------------------------------------------------------------------

    def register(self, somebody: Somebody, *, now: datetime) -> Patient:
        patient = register_patient(
            facility=self.facility,
            mrn=somebody.mrn,
            first_name=somebody.first_name,
            last_name=somebody.last_name,
            birth_date=somebody.born,
            sex=somebody.sex,
            phone="(555) 555-01" + somebody.mrn[-2:],
            paper_language=somebody.paper_language,
            entry=Submission(),
            by=self.front_desk,
            now=now,
        )
        if somebody.enrolled:
            record_enrolment(
                patient=patient,
                facility=self.facility,
                program_code=PROGRAM,
                rems_identifier=f"E-{somebody.mrn[2:]}",
                patient_signed_date=now.astimezone(self.facility.zone).date(),
                prescriber_signed_date=now.astimezone(self.facility.zone).date(),
                prescriber=self.prescriber,
                entry=Submission(),
                by=self.front_desk,
                now=now,
            )
        said: dict[str, Any] = {"facility": self.facility, "patient": patient, "by": self.front_desk, "now": now}
        brother = {
            "contact_name": f"Basil {somebody.last_name}",
            "contact_phone": "(555) 555-0134",
            "contact_relation": "brother",
        }
        if somebody.enrolled:
            besides: dict[str, Any] = brother if somebody.allergy else {}
            address = f"{int(somebody.mrn[-3:])} Sedge Street, Wrenfield"
            record_contact(**said, address=address, **besides, entry=Submission())
        if somebody.allergy:
            record_allergy(**said, substance=somebody.allergy, reaction="Rash", entry=Submission())
        return patient

    def start_course(self, somebody: Somebody, *, now: datetime) -> Course:
        return course.start_course(
            patient=self.register(somebody, now=now),
            facility=self.facility,
            program_version=self.version,
            indication=somebody.indication,
            **somebody.elsewhere(now.date()),
            entry=Submission(),
            by=self.front_desk,
            now=now,
        )

    def justify(self, of_course: Course, rationale: str, *, now: datetime) -> None:
        course.justify_off_label(
            course=of_course,
            rationale=rationale,
            consented_at=now,
            entry=signed(self.prescriber, now),
            by=self.prescriber,
            now=now,
        )


def open_clinic(organisation: Organisation, name: str, *, administrator: User, now: datetime, **about: str) -> Clinic:
    """A facility with its administrator; nobody else works there yet."""
    facility = open_facility(
        organisation=organisation,
        name=name,
        setting=Setting.OUTPATIENT,
        time_zone=NEW_YORK,
        by=None,
        now=now,
        **about,
    )
    grant_role(person=administrator, facility=facility, role=Role.ADMINISTRATOR, by=None, now=now)
    # Read anew: what a person may do is kept on their object for as long as it lives.
    return Clinic(facility, User.objects.get(pk=administrator.pk), newest_versions()[PROGRAM])


def hire(
    clinic: Clinic,
    username: str,
    name: str,
    role: Role,
    *,
    password: str,
    now: datetime,
    ends_at: datetime | None = None,
    **said: str,
) -> User:
    """Somebody new, with a role at this clinic. The first nurse and the first prescriber stand for the others."""
    by = clinic.administrator
    person = add_person(username=username, password=password, printed_name=name, by=by, now=now, **said)
    grant_role(person=person, facility=clinic.facility, role=role, ends_at=ends_at, by=by, now=now)
    clinic.people.setdefault(role.value, person)
    return person


def month_end(day: date) -> date:
    """The last day of a month: what a month-only expiry means."""
    following = day.replace(day=28) + timedelta(days=4)
    return following - timedelta(days=following.day)
