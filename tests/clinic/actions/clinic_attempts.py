"""Every action of clinic that comes with a form, ready to be tried."""

from datetime import date
from typing import Any

from clinic.actions import patient_record
from clinic.actions.credential import record_credential
from clinic.actions.document import keep_document
from clinic.actions.enrolment import record_enrolment
from clinic.actions.patient import register_patient
from clinic.actions.person import give_role, invite_person
from clinic.actions.staff import add_display
from clinic.actions.stock import receive_devices
from clinic.actions.tablet import enrol_tablet, revoke_tablet
from clinic.models import Sex
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from tests.attempts import ADMIN, REGISTRY, STOCK, Attempt
from tests.clinic.actions.cabinet_attempts import CABINET_ATTEMPTS
from tests.clinic.actions.certification_attempts import CERTIFICATION_ATTEMPTS
from tests.clinic.actions.count_attempts import COUNT_ATTEMPTS
from tests.factories import NINE, Cast, entry, make_patient, make_tablet, signed_by
from tests.files import a_file

ROSALIND: dict[str, Any] = {
    "mrn": "W-1",
    "first_name": "Rosalind",
    "last_name": "Tamarack",
    "birth_date": date(1982, 9, 3),
    "sex": Sex.FEMALE,
}


def in_facility(**fields: Any) -> Any:
    return lambda cast: {"facility": cast.facility, **fields}


def here(cast: Cast) -> Cast:
    return cast


MISSPELT = {**{name: value for name, value in ROSALIND.items() if name != "mrn"}, "last_name": "Tamarak"}


def a_patient(**fields: Any) -> Any:
    return lambda cast: {"patient": make_patient(cast), "facility": cast.facility, **fields}


def an_allergy(cast: Cast) -> dict[str, Any]:
    said = a_patient(substance="Latex")(cast)
    allergy = patient_record.record_allergy(**said, entry=entry(), by=cast.fred, now=NINE)
    return {"allergy": allergy, "facility": cast.facility, "reason": "It was another patient's."}


def as_made(made: dict[str, Any]) -> dict[str, Any]:
    return made


CLINIC_ATTEMPTS = (
    Attempt(register_patient, REGISTRY, here, in_facility(**ROSALIND), "fred"),
    Attempt(
        record_enrolment,
        REGISTRY,
        lambda cast: (cast, make_patient(cast)),
        lambda scene: {
            "facility": scene[0].facility,
            "patient": scene[1],
            "program_code": "esketamine",
            **signed_by(scene[0].paul),
        },
        "fred",
    ),
    Attempt(patient_record.record_allergy, REGISTRY, a_patient(substance="Latex"), as_made, "fred"),
    Attempt(patient_record.take_back_allergy, REGISTRY, an_allergy, as_made, "fred"),
    Attempt(patient_record.record_contact, REGISTRY, a_patient(address="1 Fern Row"), as_made, "fred"),
    Attempt(
        patient_record.record_consent,
        REGISTRY,
        a_patient(kind="TREATMENT", given=True, on_date=date(2026, 4, 14)),
        as_made,
        "fred",
    ),
    Attempt(
        patient_record.correct_details,
        REGISTRY,
        a_patient(**MISSPELT, paper_language="en", reason="Misspelt."),
        as_made,
        "fred",
    ),
    Attempt(
        receive_devices,
        STOCK,
        here,
        in_facility(program_code="esketamine", number="D-1", lot="L-1", expires_date=date(2027, 1, 31)),
    ),
    Attempt(keep_document, ADMIN, here, lambda cast: {"facility": cast.facility, "file": a_file()}),
    Attempt(add_display, ADMIN, here, in_facility(username="wall", password="correct horse battery")),
    Attempt(invite_person, ADMIN, here, in_facility(username="nadia", printed_name="Nadia Noon", role=Role.NURSE)),
    Attempt(give_role, ADMIN, here, lambda cast: {"facility": cast.facility, "person": cast.fred, "role": Role.NURSE}),
    Attempt(
        record_credential,
        ADMIN,
        here,
        lambda cast: {
            "facility": cast.facility,
            "holder": cast.paul,
            "kind": CredentialKind.DEA,
            "number": "AB1234563",
            "issued_by": "DEA",
            "expires_date": date(2027, 1, 31),
            "file": a_file(),
        },
    ),
    Attempt(enrol_tablet, ADMIN, here, in_facility(name="Room 2", secret_digest="a" * 64)),
    Attempt(revoke_tablet, ADMIN, make_tablet, lambda tablet: {"tablet": tablet}),
    *CERTIFICATION_ATTEMPTS,
    *COUNT_ATTEMPTS,
    *CABINET_ATTEMPTS,
)
