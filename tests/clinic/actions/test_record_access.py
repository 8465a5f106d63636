"""What leaves as a file is written down, or does not leave."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from clinic.actions.record_access import export_accesses, export_paper
from clinic.models import AuditEvent, RecordAccess, User
from clinic.models.record_access import note_opened
from clinic.rules.roles import Permission
from tests.expect import denied, failing_audit
from tests.factories import NINE, Cast, make_cast, make_patient


def export(cast: Cast, by: User) -> RecordAccess:
    said: dict[str, Any] = {"facility": cast.facility, "content": "a", "what": "Access", "asked": {}, "roles": "x"}
    return export_accesses(**said, by=by, now=NINE)


def take_paper(cast: Cast, by: User, patients: Any) -> list[RecordAccess]:
    said: dict[str, Any] = {"facility": cast.facility, "what": "Report", "digest": "a" * 64, "roles": "x"}
    said["permission"] = Permission.READ_CHART
    return export_paper(**said, patients=patients, by=by, now=NINE)


class TestTheListOfWhoOpenedWhat:
    def test_it_is_taken_with_its_event(self, cast: Cast) -> None:
        export(cast, cast.ines)
        event = AuditEvent.objects.get(action="export_accesses")
        assert (event.chain.facility, event.actor) == (cast.facility, cast.ines)

    def test_it_is_for_those_who_review(self, cast: Cast, otto: User) -> None:
        for person in (cast.nora, cast.paul, cast.fred, otto):
            with denied():
                export(cast, person)

    def test_it_is_not_handed_out_unless_it_is_written_down(self, cast: Cast) -> None:
        with failing_audit():
            export(cast, cast.ada)
        assert not RecordAccess.objects.exists()


class TestAPaper:
    def test_it_stands_with_each_patient_it_is_about_in_one_event(self, cast: Cast) -> None:
        patients = [make_patient(cast), make_patient(cast, name=("Basil", "Tamarack"))]
        taken = take_paper(cast, cast.ines, patients)
        assert [row.patient for row in taken] == patients
        event = AuditEvent.objects.get(action="export_paper")
        assert {row["fields"]["digest"] for row in json.loads(event.payload)["rows"]} == {"a" * 64}

    def test_one_about_nobody_is_written_down_too(self, cast: Cast) -> None:
        (taken,) = take_paper(cast, cast.nora, ())
        assert (taken.patient, taken.what) == (None, "Report")

    def test_it_is_for_those_who_read_the_chart_and_of_their_own_patients(self, cast: Cast, otto: User) -> None:
        own = make_patient(cast)
        for person in (cast.ada, cast.fred, otto):
            with denied():
                take_paper(cast, person, [own])
        stranger = make_patient(make_cast(facility_name="Elsewhere", suffix="2"))
        with denied():
            take_paper(cast, cast.nora, [stranger])

    def test_it_is_not_handed_out_unless_it_is_written_down(self, cast: Cast) -> None:
        with failing_audit():
            take_paper(cast, cast.nora, ())
        assert not RecordAccess.objects.exists()


class TestTheTable:
    @pytest.fixture(autouse=True)
    def opened(self, cast: Cast) -> None:
        said: dict[str, Any] = {"facility_id": cast.facility.pk, "person_id": cast.nora.pk, "roles": "nurse"}
        note_opened(**said, patient_ids=[make_patient(cast).pk], kind=RecordAccess.Kind.OPENED, at=NINE)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE clinic_recordaccess SET roles = 'inspector'",
            "DELETE FROM clinic_recordaccess",
            "TRUNCATE clinic_recordaccess",
        ],
    )
    def test_the_application_changes_and_deletes_nothing(self, statement: str) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"kind": "READ"}, "record_access_kind_known"),
            ({"at": NINE.replace(minute=1)}, "record_access_opened_in_an_hour"),
            ({"patient": None}, "record_access_opened_in_an_hour"),
            ({"digest": "a" * 64}, "record_access_opened_in_an_hour"),
            ({"kind": "EXPORTED"}, "record_access_export_has_digest"),
            ({}, "record_access_once_an_hour"),
        ],
    )
    def test_the_database_refuses_what_it_cannot_mean(
        self, cast: Cast, fields: dict[str, Any], constraint: str
    ) -> None:
        row = RecordAccess.objects.get()
        said = {name: getattr(row, name) for name in ("facility", "person", "patient", "kind", "at", "roles")}
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            RecordAccess.objects.create(**said | fields)

    def test_the_database_says_when_it_was_written(self, cast: Cast) -> None:
        assert RecordAccess.objects.get().recorded_at is not None
