"""Allergies, address and emergency contact, consent, and who the patient is."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.actions import patient_record
from clinic.actions.document import open_document
from clinic.models import Patient, PatientDetails, User
from clinic.models.patient import IDENTITY
from clinic.models.patient_record import allergies_of, consents_of, contact_of, earlier_details
from sessions_app.models.facts import session_facts
from sessions_app.rules.gates import gate_refusals
from tests.expect import denied, held_by, refused
from tests.factories import NINE, OPENING, Cast, checked_in, entry, facility_of, make_course, make_patient, minutes
from tests.files import a_file


@pytest.fixture
def patient(cast: Cast) -> Patient:
    return make_patient(cast)


def said(cast: Cast, patient: Patient, **fields: Any) -> dict[str, Any]:
    return {"patient": patient, "facility": cast.facility, "entry": entry(), "by": cast.fred, "now": NINE, **fields}


def allergy(cast: Cast, patient: Patient, **fields: Any) -> Any:
    return patient_record.record_allergy(**said(cast, patient, **fields))


class TestAllergies:
    def test_not_asked_none_known_and_known_are_three_answers(self, cast: Cast, patient: Patient) -> None:
        assert allergies_of(patient) == []
        none = allergy(cast, patient)
        assert allergies_of(patient) == [none]
        latex = allergy(cast, patient, substance=" Latex ", reaction=" rash ")
        assert allergies_of(patient) == [latex]
        assert (latex.substance, latex.reaction) == ("Latex", "rash")

    def test_none_known_does_not_stand_beside_one_that_is(self, cast: Cast, patient: Patient) -> None:
        latex = allergy(cast, patient, substance="Latex")
        with refused("FIELD", field="none_known"):
            allergy(cast, patient)
        with refused("FIELD", field="substance"):
            allergy(cast, patient, substance="latex")
        with refused("FIELD", field="substance"):
            allergy(cast, patient, reaction="rash")
        fields = {"allergy": latex, "facility": cast.facility, "by": cast.fred, "now": NINE}
        with refused("FIELD", field="reason"):
            patient_record.take_back_allergy(**fields, reason=" ", entry=entry())
        patient_record.take_back_allergy(**fields, reason="Another patient's.", entry=entry())
        with refused("ALREADY_VOIDED"):
            patient_record.take_back_allergy(**fields, reason="Again.", entry=entry())
        assert allergies_of(patient) == []
        none = allergy(cast, patient)
        assert allergies_of(patient) == [none]


class TestContact:
    def test_the_newest_counts_as_a_whole(self, cast: Cast, patient: Patient) -> None:
        fields = {"contact_name": "Basil Tamarack", "contact_phone": "(555) 555-0134", "contact_relation": "brother"}
        patient_record.record_contact(**said(cast, patient, address="1 Fern Row", **fields))
        newest = patient_record.record_contact(**said(cast, patient, now=NINE + minutes(1), address="2 Moss Lane"))
        assert contact_of(patient) == newest
        assert newest.contact_name == ""

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({}, "address"),
            ({"contact_name": "Basil"}, "contact_phone"),
            ({"contact_phone": "555"}, "contact_name"),
            ({"contact_relation": "brother"}, "contact_name"),
        ],
    )
    def test_whoever_is_to_be_reached_has_name_and_telephone(
        self, cast: Cast, patient: Patient, fields: dict[str, str], field: str
    ) -> None:
        with refused("FIELD", field=field):
            patient_record.record_contact(**said(cast, patient, **fields))


class TestConsent:
    def test_the_newest_of_each_kind_counts_with_its_paper(self, cast: Cast, patient: Patient) -> None:
        fields = {"kind": "PHOTO", "on_date": date(2026, 4, 13)}
        given = patient_record.record_consent(**said(cast, patient, **fields, given=True, file=a_file()))
        assert given.document is not None
        treatment = patient_record.record_consent(
            **said(cast, patient, kind="TREATMENT", given=True, on_date=date(2026, 4, 1))
        )
        back = patient_record.record_consent(
            **said(cast, patient, kind="PHOTO", given=False, on_date=date(2026, 4, 14))
        )
        assert consents_of(patient) == [treatment, back]

    @pytest.mark.parametrize(("kind", "desk_opens"), [("OFF_LABEL", False), ("TREATMENT", True)])
    def test_the_paper_of_an_off_label_consent_is_of_the_chart(
        self, cast: Cast, patient: Patient, kind: str, desk_opens: bool
    ) -> None:
        fields = {"kind": kind, "given": True, "on_date": date(2026, 4, 13), "file": a_file()}
        paper = patient_record.record_consent(**said(cast, patient, **fields)).document
        assert paper is not None
        assert open_document(document=paper, by=cast.nora, now=NINE)
        for person in (cast.fred, cast.ada):
            with nullcontext() if desk_opens else denied():
                assert open_document(document=paper, by=person, now=NINE)

    def test_it_is_of_a_known_kind_and_no_day_to_come(self, cast: Cast, patient: Patient) -> None:
        with refused("FIELD", field="on_date"):
            patient_record.record_consent(**said(cast, patient, kind="PHOTO", given=True, on_date=date(2026, 4, 15)))
        with refused("FIELD", field="kind"):
            patient_record.record_consent(**said(cast, patient, kind="X", given=True, on_date=date(2026, 4, 1)))


def details(patient: Patient, **changed: Any) -> dict[str, Any]:
    return {**{name: getattr(patient, name) for name in IDENTITY}, "reason": "Misspelt.", **changed}


class TestDetails:
    def test_the_newest_is_the_record_and_the_first_stays_with_who_and_when(self, cast: Cast, patient: Patient) -> None:
        patient_record.correct_details(**said(cast, patient, by=cast.nora, **details(patient, last_name=" Tamarisk ")))
        patient.refresh_from_db()
        assert patient.last_name == "Tamarisk"
        patient_record.correct_details(
            **said(cast, patient, now=NINE + minutes(1), **details(patient, phone="(555) 555-0111"))
        )
        patient.refresh_from_db()
        told = [(each.last_name, each.phone, each.performed_by, each.occurred_at) for each in earlier_details(patient)]
        assert told == [
            ("Tamarisk", "(555) 555-0111", cast.fred, NINE + minutes(1)),
            ("Tamarisk", "", cast.nora, NINE),
            ("Tamarack", "", cast.fred, OPENING),
        ]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"last_name": " "}, "last_name"),
            ({"birth_date": date(2026, 4, 15)}, "birth_date"),
            ({"reason": " ", "last_name": "X"}, "reason"),
            ({}, "reason"),  # nothing is changed
        ],
    )
    def test_it_refuses(self, cast: Cast, patient: Patient, changed: dict[str, Any], field: str) -> None:
        with refused("FIELD", field=field):
            patient_record.correct_details(**said(cast, patient, **details(patient, **changed)))

    def test_a_corrected_birth_date_is_asked_by_the_gate(self, cast: Cast, patient: Patient) -> None:
        walk = checked_in(cast, of_course=make_course(cast, patient=patient))
        walk.answer(NINE + minutes(1))
        young = NINE.date() - timedelta(days=365 * 17)
        patient_record.correct_details(**said(cast, patient, **details(patient, birth_date=young)))
        facts = session_facts(walk.refresh(), at=NINE + minutes(2), start=True)
        assert "AGE" in {refusal.code for refusal in gate_refusals(facts, now=NINE + minutes(2))}

    def test_the_database_holds_the_record_to_its_newest_row(self, cast: Cast, patient: Patient) -> None:
        patient_record.correct_details(**said(cast, patient, **details(patient, last_name="Tamarisk")))
        assert PatientDetails.objects.filter(patient=patient).count() == 2
        with held_by("patient_is_as_in_details"):
            Patient.objects.filter(pk=patient.pk).update(last_name="Tamarack")


def test_nothing_of_it_is_of_another_organisation(cast: Cast, patient: Patient, otto: User) -> None:
    elsewhere = {"facility": facility_of(otto), "by": otto}
    for action, fields in (
        (patient_record.record_allergy, {"substance": "Latex"}),
        (patient_record.record_contact, {"address": "1 Fern Row"}),
        (patient_record.record_consent, {"kind": "PHOTO", "given": True, "on_date": date(2026, 4, 1)}),
        (patient_record.correct_details, details(patient, last_name="X")),
    ):
        with denied():
            action(**said(cast, patient, **fields, **elsewhere))
