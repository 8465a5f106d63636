"""Everything that happened at one made-up clinic, day by day: deliveries, patients, sessions, forms."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count, cycle
from random import Random

from clinic.rules.pack import Product
from sessions_app.demo.clinic import month_end
from sessions_app.simulate.calendar import Appointment, Patient
from sessions_app.simulate.courses import Ending
from sessions_app.simulate.desk import Job, do, first_job
from sessions_app.simulate.ledger import Ledger, Person, Row
from sessions_app.simulate.on_session import OnSession
from sessions_app.simulate.place import PROGRAM, Enrolled, Place
from sessions_app.simulate.visit import Session

AT_ONCE = 50  # devices of one entry, as the action has it
STOCKED = timedelta(days=28)
BASELINE_KEPT = timedelta(days=540)  # how long a device may be kept
FIRST = ("Ansel", "Briar", "Cleo", "Devin", "Ezra", "Flora", "Gale", "Hollis", "Imogen", "Jory", "Keane", "Linnea")
LAST = ("Aster", "Bracken", "Campion", "Dogwood", "Foxglove", "Heron", "Linden", "Mallow", "Oakley", "Pipit", "Thistle")


@dataclass
class Clinic:
    """Writes into the ledger; ``days`` yields after each, for whoever takes what is written. ``moved``: sessions and
    filings whose columns moved after they were copied."""

    place: Place
    ledger: Ledger
    appointments: list[Appointment]
    random: Random
    moved: list[OnSession] = field(default_factory=list)
    sessions: int = 0
    _devices: deque[str] = field(default_factory=deque)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _patients: dict[int, Enrolled] = field(default_factory=dict)
    _jobs: list[tuple[datetime, int, Job]] = field(default_factory=list)

    def days(self) -> Iterator[int]:
        """How many sessions so far, after each day on which something happened."""
        upcoming = deque(self.appointments)
        while upcoming:
            day = self._day(upcoming[0])
            self._work_until(day)
            today = []
            while upcoming and self._day(upcoming[0]) == day:
                today.append(upcoming.popleft())
            self._stock(day, today, upcoming)
            for appointment in today:
                self._visit(appointment)
            self.ledger.chain()
            yield self.sessions
        self._work_until(date.max)
        self.ledger.chain()
        yield self.sessions

    def _day(self, appointment: Appointment) -> date:
        return appointment.at.astimezone(self.place.zone).date()

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.place.zone)

    def _work_until(self, day: date) -> None:
        """The forms of earlier days, up to that morning."""
        while self._jobs and self._jobs[0][0].astimezone(self.place.zone).date() < day:
            _at, number, job = heappop(self._jobs)
            following = do(job, self.random)
            self.moved.append(job.session)
            if following:
                heappush(self._jobs, (following.at, number, following))
        self.ledger.chain()

    # --- devices ------------------------------------------------------------------------------------------

    def _stock(self, day: date, today: list[Appointment], upcoming: deque[Appointment]) -> None:
        """In the morning of a day for which there is not enough: for it and the next four weeks."""
        if sum(each.visit.devices for each in today) <= len(self._devices):
            return
        needed = sum(each.visit.devices for each in today) - len(self._devices)
        for each in upcoming:
            if self._day(each) > day + STOCKED:
                break
            needed += each.visit.devices
        at, kits = self._at(day, time(7)), cycle(self.place.products)
        while needed > 0:
            needed -= self._receive(at, next(kits), needed)

    def _receive(self, at: datetime, kit: Product, needed: int) -> int:
        """Whole kits, each product under a lot of its own; how many devices they hold."""
        place, ledger, by, lot = self.place, self.ledger, self.place.nurses[0], f"L-{at:%y%j}-{kit.devices}"
        devices = min(-(-needed // kit.devices), AT_ONCE // kit.devices) * kit.devices
        entry_id = ledger.new_id(at)
        expires = month_end((at + BASELINE_KEPT).date()).isoformat()
        said = {"program_code": PROGRAM, "lot": lot, "expires_date": expires, "kind": "BULK", "gtin": kit.gtin}
        rows = [
            ledger.envelope("clinic.Device", at, by, entry_id, number=f"S-{next(self._numbers):06d}", **said)
            for _ in range(devices)
        ]
        of = {"supplier_id": place.supplier_id, "invoice": f"{lot}-{next(self._numbers)}"}
        delivery = ledger.envelope("clinic.Delivery", at, by, entry_id, **of)
        steps = [
            ledger.envelope(
                "clinic.StockMovement",
                at,
                by,
                entry_id,
                device_id=device["id"],
                step=1,
                kind="RECEIVED",
                from_place="SUPPLIER",
                from_id=place.facility_id,
                to_place="CABINET",
                to_id=place.cabinet_id,
                delivery_id=delivery[1]["id"],
            )
            for _label, device in rows
        ]
        first = rows[0][1]["id"]
        written = [*rows, *steps, delivery]
        ledger.write("receive_devices", ("clinic.Device", first), written, by=by, at=at, entry_id=entry_id)
        self._devices += [device["id"] for _label, device in rows]
        return devices

    # --- patients and their sessions --------------------------------------------------------------------------

    def _visit(self, appointment: Appointment) -> None:
        patient = self._patient(appointment)
        visit = appointment.visit
        dosed = visit.ending is not Ending.NOT_DOSED
        session = Session(
            self.ledger,
            self.place,
            patient,
            visit,
            appointment.at.astimezone(UTC),
            appointment.chair,
            self.place.nurses[int(appointment.chair) % len(self.place.nurses)],
            [self._devices.popleft() for _ in range(visit.devices if dosed else 0)],
        )
        session.follow()
        self.sessions += 1
        if session.filing:
            self.ledger.keep("sessions_app.Filing", session.filing, session.at)
            job = first_job(session, self.random)
            heappush(self._jobs, (job.at, self.sessions, job))

    def _patient(self, appointment: Appointment) -> Enrolled:
        number = appointment.patient.number
        if number not in self._patients:
            self._patients[number] = self._register(appointment.patient, self._day(appointment))
        return self._patients[number]

    def _register(self, patient: Patient, day: date) -> Enrolled:
        """Registered, enrolled and with a course some minutes before they are first checked in."""
        plan, random, by = patient.plan, self.random, self.place.front_desk
        at = self._at(day, time(7, 10))
        born = date(day.year - plan.age, day.month, min(day.day, 28)) - timedelta(days=random.randint(0, 330))
        name = {"first_name": random.choice(FIRST), "last_name": random.choice(LAST)}
        sex = "FEMALE" if plan.female else "MALE"
        registered = self._of_patient(
            "register_patient",
            "clinic.Patient",
            at,
            by,
            None,
            organisation_id=self.place.organisation_id,
            mrn=f"S-{patient.number:06d}",
            **name,
            birth_date=born.isoformat(),
            sex=sex,
            phone=f"(555) 555-01{patient.number % 100:02d}",
        )
        key, signed = registered["id"], day.isoformat()
        form = {"patient_signed_date": signed, "prescriber_signed_date": signed}
        self._of_patient(
            "record_enrolment",
            "clinic.Enrolment",
            at,
            by,
            key,
            program_code=PROGRAM,
            status="ENROLLED",
            rems_identifier=f"E-{patient.number:06d}",
            **form,
            prescriber_id=self.place.prescriber.id,
        )
        of = {"program_code": PROGRAM, "indication": "TRD"}
        course = self._of_patient("start_course", "sessions_app.Course", at, by, key, **of)
        said = {f"patient_{name}": value for name, value in name.items()}
        said |= {"patient_birth_date": born.isoformat(), "patient_sex": sex, "patient_enrolled": "yes"}
        return Enrolled(key, course["id"], said)

    def _of_patient(self, action: str, label: str, at: datetime, by: Person, key: str | None, **said: object) -> Row:
        entry_id = self.ledger.new_id(at)
        of = {"patient_id": key} if key else {}
        made = self.ledger.envelope(label, at, by, entry_id, **of, **said)
        subject = ("clinic.Patient", key or made[1]["id"])
        self.ledger.write(action, subject, [made], by=by, at=at, entry_id=entry_id)
        return made[1]
