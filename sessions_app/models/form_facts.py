"""What a form is filled from: the record of a session, its patient, whoever monitored, and the setting."""

from datetime import datetime

from clinic.models import Device, FacilityContact, User
from clinic.models.contact import contact_of, facility_contact, person_contacts
from sessions_app.models.adverse_event import serious_cases
from sessions_app.models.discharge import Discharge, LeftEarly, ReadinessAssessment, Transfer
from sessions_app.models.dosing import DeviceAdministration
from sessions_app.models.facts import session_facts
from sessions_app.models.floor import Watch
from sessions_app.models.intake import Topic
from sessions_app.models.monitoring import Check
from sessions_app.models.record import Record
from sessions_app.rules.derivation import Derived, FormFacts, Source, SourceKind, first_spray
from sessions_app.rules.facts import CheckKind, SessionFacts
from sessions_app.rules.states import State


def form_facts(record: Record, *, at: datetime) -> FormFacts:
    """Everything the derivations read, from rows in force."""
    session = record.dosing_session
    facts = session_facts(session, at=at, record=record)
    first = first_spray(facts)
    treated_at = first.occurred_at if first else session.occurred_at
    named = (*record.checks(), *record.sign_events(), *record.in_force(DeviceAdministration))
    return FormFacts(
        session=facts,
        said={
            **_patient(record),
            **_medicines(record),
            **_monitor(record),
            **_setting(record),
            **_course(record, treated_at),
            **_events(record, facts),
        },
        people={row.pk: row.performed_by.printed_name for row in named},
        released=_released(record),
    )


def _patient(record: Record) -> dict[str, Derived]:
    patient = record.dosing_session.patient
    source = Source(SourceKind.PATIENT, row=str(patient.pk))
    said = {
        "first_name": patient.first_name,
        "middle_initial": patient.middle_initial,
        "last_name": patient.last_name,
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
    }
    return {f"patient.{name}": Derived(value, source) for name, value in said.items()}


def _medicines(record: Record) -> dict[str, Derived]:
    """As asked on the day; the newest answer to each class."""
    today = [row for row in record.answers() if row.dosing_session_id == record.dosing_session.pk]
    asked = sorted((row for row in today if row.topic == Topic.MEDICINE), key=lambda row: row.order or 0)
    return {
        f"medicine.{row.code}": Derived("yes" if row.answer else "no", _source(SourceKind.ANSWER, row)) for row in asked
    }


def _source(kind: SourceKind, row: object) -> Source:
    at, who, key = (getattr(row, name) for name in ("occurred_at", "performed_by", "pk"))
    return Source(kind, at, who.printed_name, str(key))


def monitor_of(record: Record) -> User:
    """Who monitored: whoever watched the chair last; else whoever found the patient ready, took the last check after
    the dose, or gave the first device."""
    for model in (Watch, ReadinessAssessment, Check, DeviceAdministration):
        rows = record.in_force(model)
        if model is Check:
            rows = [row for row in rows if getattr(row, "kind", "") == CheckKind.MONITORING]
        if rows:
            newest = max(rows, key=lambda row: row.order)
            return newest.watcher if isinstance(newest, Watch) else newest.performed_by
    return record.dosing_session.performed_by


def _monitor(record: Record) -> dict[str, Derived]:
    person = monitor_of(record)
    organisation_id = record.dosing_session.facility.organisation_id
    contact = person_contacts([person.pk], organisation_id).get(person.pk)
    entered = contact_of(person, contact)
    source = Source(SourceKind.PERSON, contact.occurred_at if contact else None, str(person), str(person.pk))
    names = ("first_name", "last_name", "phone", "email")
    return {f"monitor.{name}": Derived(getattr(entered, name), source) for name in names}


def _setting(record: Record) -> dict[str, Derived]:
    facility = record.dosing_session.facility
    contact = facility_contact(facility)
    source = Source(SourceKind.SETTING, contact.occurred_at if contact else None, row=str(facility.pk))
    names = ("address_1", "address_2", "city", "state", "zip_code")
    parts = {f"setting.{name}": Derived(getattr(contact or FacilityContact(), name), source) for name in names}
    return {"setting.name": Derived(facility.name, source), **parts}


def _course(record: Record, treated_at: datetime) -> dict[str, Derived]:
    """Whether it was this person's first dose anywhere that is known of, and whether they were enrolled then."""
    session, batch = record.dosing_session, record.batch
    courses = (session.course, *batch.other_courses(session))
    elsewhere = any(course.first_dose_elsewhere_date is not None for course in courses)
    first, _last = batch.other_doses(session, before=treated_at)
    found = {"first_treatment": Derived("no" if elsewhere or first else "yes", Source(SourceKind.DOSES, first))}
    words = [row for row in batch.enrolments(session) if row.occurred_at <= treated_at]
    if words:
        enrolled = "yes" if words[-1].status == "ENROLLED" else "no"
        found["enrolled"] = Derived(
            enrolled, Source(SourceKind.ENROLMENT, words[-1].occurred_at, "", str(words[-1].pk))
        )
    return found


def _events(record: Record, facts: SessionFacts) -> dict[str, Derived]:
    """Lots of the devices that delivered, serious events of the day, and when somebody who was not released was last
    seen."""
    found: dict[str, Derived] = {}
    delivered = {device.id for device in facts.delivered}
    given = [row for row in record.in_force(DeviceAdministration) if row.pk in delivered]
    if given:
        devices = Device.objects.filter(pk__in=[row.device_id for row in given])
        lots = dict(devices.values_list("pk", "lot"))
        said = dict.fromkeys(lots[row.device_id] for row in given)
        found["lots"] = Derived(", ".join(lot for lot in said if lot), _source(SourceKind.DEVICE, given[0]))
    if serious := serious_cases(record):
        source = _source(SourceKind.EVENT, serious[0].newest or serious[0].begin)
        found["serious_event"] = Derived("yes", source)
        found["serious_event_details"] = Derived(" ".join(case.told for case in serious), source)
    elif record.dosing_session.state == State.DISCHARGED and (released := _released(record)):
        found["serious_event"] = Derived("no", released)
    left = [*record.in_force(LeftEarly), *record.in_force(Transfer)]
    if left:
        newest = max(left, key=lambda row: row.order)
        seen_at = newest.last_seen_at if isinstance(newest, LeftEarly) else newest.occurred_at
        who = newest.performed_by.printed_name
        found["last_seen"] = Derived("yes", Source(SourceKind.RELEASE, seen_at, who, str(newest.pk)))
    return found


def _released(record: Record) -> Source | None:
    """The release that stands: of a session that was re-opened, none until the next."""
    session = record.dosing_session
    if session.state != State.DISCHARGED:
        return None
    release = next((row for row in record.all(Discharge) if row.pk == session.discharge_id), None)
    return _source(SourceKind.RELEASE, release) if release else None
