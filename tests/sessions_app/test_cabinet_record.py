"""What the ledger says of a session's devices, and the events that wrote it: found by their entries, however many there
are of the whole clinic."""

import pytest
from django.db import connection

from clinic.actions.cabinet import move_devices
from sessions_app.models.cabinet_record import CabinetRecord
from tests.clinic.actions.cabinet_attempts import one_more_cabinet
from tests.factories import NINE, Cast, cleared, entry, make_device, minutes
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]


def test_events_that_are_about_the_clinic_are_found_by_their_entries(cast: Cast) -> None:
    walk, device = cleared(cast), make_device(cast)
    said = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}
    move_devices(devices=[device], cabinet=one_more_cabinet(cast), **said)
    walk.give(NINE + minutes(30), device=device)

    events = CabinetRecord(cast.facility, [walk.dosing_session]).events()

    assert {event.action for event in events} == {"receive_devices", "move_devices"}
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "nestloop"):  # of a few rows each way is as good as another
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert "audit_event_of_the_cabinet" in events.explain()
