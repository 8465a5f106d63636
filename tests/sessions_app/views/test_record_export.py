"""Who takes a record away: with a reason, written down, and reviewed."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, RecordAccess
from clinic.rules.roles import THROUGH_GLASS, Permission
from tests.clock import clock_at
from tests.factories import STAY_ENDS, Cast, booked, discharged, minutes
from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db
NOW = STAY_ENDS + minutes(90)
WHY = "Asked for by the patient."


def take(client: Client, kind: str, key: Any, *, reason: str = WHY) -> Any:
    with clock_at(NOW):
        answer = client.post(
            reverse(f"sessions_app:export-{kind}", args=[key]), {"entry_id": str(uuid4()), "reason": reason}
        )
    if answer.streaming:
        b"".join(answer.streaming_content)  # which closes its file
    return answer


class TestTakingIt:
    def test_it_is_written_down_with_its_reason_and_digest(self, cast: Cast, client: Client) -> None:
        session = discharged(cast).dosing_session
        client.force_login(cast.nora)
        answer = take(client, "session", session.pk)
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"] == f'attachment; filename="vigil-session-{session.pk}-20260414.zip"'
        taken = RecordAccess.objects.get(kind="EXPORTED")
        assert (taken.person, taken.patient, taken.reason) == (cast.nora, session.patient, WHY)
        event = AuditEvent.objects.get(action="export_record")
        assert json.loads(event.payload)["rows"][0]["fields"]["digest"] == taken.digest
        client.force_login(cast.ada)
        with clock_at(NOW):
            (row, *_opened) = client.get("/facility/access/").context["rows"]
        assert (row["word"], row["what"], row["reason"]) == ("Exported", "Session of 14 Apr 2026", WHY)

    @pytest.mark.parametrize("kind", ["session", "patient"])
    def test_it_is_for_those_who_may_and_with_a_reason(self, cast: Cast, client: Client, otto: Any, kind: str) -> None:
        session = booked(cast).dosing_session
        key = session.pk if kind == "session" else session.patient_id
        for person, status in ((cast.fred, 403), (cast.ada, 403), (otto, 404), (cast.ines, 422)):
            client.force_login(person)
            assert take(client, kind, key, reason=" ").status_code == status
        assert not RecordAccess.objects.filter(kind="EXPORTED").exists()

    def test_it_is_never_through_a_broken_glass(self, cast: Cast) -> None:
        assert Permission.EXPORT not in THROUGH_GLASS
