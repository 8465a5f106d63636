"""What leaves as a file is written down, or does not leave."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from clinic.actions.record_access import export_accesses
from clinic.models import AuditEvent, RecordAccess, User
from clinic.models.record_access import note_opened
from tests.expect import denied, failing_audit
from tests.factories import NINE, Cast, make_patient


def export(cast: Cast, by: User) -> RecordAccess:
    said: dict[str, Any] = {"facility": cast.facility, "content": "a", "what": "Access", "asked": {}, "roles": "x"}
    return export_accesses(**said, by=by, now=NINE)


class TestTheListOfWhoOpenedWhat:
    def test_it_is_taken_with_its_event(self, cast: Cast) -> None:
        export(cast, cast.ines)
        event = AuditEvent.objects.get(action="export_accesses")
        assert (event.chain.facility, event.actor) == (cast.facility, cast.ines)

    def test_it_is_for_those_who_review(self, cast: Cast, otto: User) -> None:
        for person in (cast.nora, cast.paul, cast.fred, otto):
            with denied():
                export(cast, person)

    def test_it_is_not_handed_out_unless_it_is_written_down(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        with failing_audit(monkeypatch):
            export(cast, cast.ada)
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
