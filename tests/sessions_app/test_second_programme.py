"""A session under another programme, with its own signs, anchor and numbers: nothing is hard-coded, neither in the
actions nor in the database."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from clinic.embedded_postgres import Addresses
from clinic.identifiers import new_id
from clinic.models import Device
from clinic.rules.pack import gtin_of
from sessions_app.actions import dosing
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.program import Program, parse_program
from tests import database
from tests.by_hand import forge
from tests.clock import clock_at
from tests.expect import held_by, nothing_written, refused
from tests.factories import NINE, Cast, Walk, checked_in, make_cast, make_course, minutes
from tests.replay import LEDGER
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[1] / "programs" / "sedaline-1.toml"
TABLE = "sessions_app_programversion"
SECOND = timedelta(seconds=1)
FIRST_DEVICE, LAST_DEVICE = NINE + minutes(30), NINE + minutes(40)
STAY_ENDS = FIRST_DEVICE + minutes(180)


@pytest.fixture(scope="module")
def sedaline(django_db_setup: None, database_addresses: Addresses) -> Iterator[Program]:
    """Loaded by the owner, as a shipped programme is; taken out again, which nobody else could."""
    text = FILE.read_text(encoding="utf-8")
    program, key = parse_program(text, file=FILE.name), str(new_id())
    columns: dict[str, Any] = {
        "id": key,
        "code": program.code,
        "version": program.version,
        "text": text,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "minimum_stay_minutes": program.value("minimum_stay_minutes"),
        "final_check_window_minutes": program.value("final_check_window_minutes"),
    }
    login = database.login(database_addresses.owner) | {"NAME": connection.settings_dict["NAME"]}
    with closing(database.connect(login)) as as_owner, as_owner.cursor() as cursor:
        names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
        cursor.execute(f"INSERT INTO {TABLE} ({names}) VALUES ({values})", list(columns.values()))
        yield program
        cursor.execute(f"DELETE FROM {TABLE} WHERE id = %s", [key])
    LEDGER.emptied()  # as it was before


@pytest.fixture
def cast(sedaline: Program, db: None) -> Cast:
    return make_cast(program_code="sedaline")


def readings(**signs: SignEntry) -> CheckEntry:
    normal = {
        "drowsiness": SignEntry(False, 10),
        "confusion": SignEntry(False, 0),
        "slurred_speech": SignEntry(False),
    }
    vitals = Vitals(systolic_mmhg=120, diastolic_mmhg=75, pulse_bpm=70, spo2_percent=98)
    return CheckEntry(vitals=vitals, signs={**normal, **signs})


def in_monitoring(cast: Cast) -> Walk:
    """Two devices, ten minutes apart."""
    walk = checked_in(cast, of_course=make_course(cast, indication="INSOMNIA"))
    walk.answer(NINE + minutes(10))
    walk.check(NINE + minutes(20), readings())
    dosing.order_dose(mg=60, devices=2, reason="No table.", **walk.envelope(NINE + minutes(20), by=cast.paul))
    walk.clear(NINE + minutes(25))
    walk.give(FIRST_DEVICE)
    walk.give(LAST_DEVICE)
    walk.finish(LAST_DEVICE)
    return walk


class TestSedaline:
    def test_it_releases_by_its_own_anchor_and_minimum(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(30), readings())
        walk.instruct(STAY_ENDS - minutes(30))
        walk.check(STAY_ENDS - minutes(10), readings())
        walk.assess(STAY_ENDS - minutes(10))

        with refused("MINIMUM_STAY"):
            walk.release(STAY_ENDS - SECOND)
        release = walk.release(STAY_ENDS)

        assert (release.anchor_device, release.stay_minutes) == (walk.rows("DeviceAdministration")[0], 180)
        with held_by("discharge_not_before_minimum_stay"):
            forge(release, occurred_at=STAY_ENDS - SECOND)
        with held_by("discharge_stay_never_shortened"):
            forge(release, stay_minutes=120)

    def test_it_asks_for_its_own_signs_under_its_own_codes(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(30), readings())
        walk.instruct(STAY_ENDS)
        walk.check(STAY_ENDS, readings(drowsiness=SignEntry(True, 3), slurred_speech=SignEntry(True)))
        walk.assess(STAY_ENDS)
        with refused("DROWSY", "SPEECH", "UNRESOLVED"):
            walk.release(STAY_ENDS)
        with refused("FIELD", field="sign_sedation_present"):
            walk.check(STAY_ENDS, readings(sedation=SignEntry(False)))

    def test_it_pins_its_own_numbers(self, cast: Cast) -> None:
        session = checked_in(cast, of_course=make_course(cast, indication="INSOMNIA")).refresh()
        assert (session.minimum_stay_minutes, session.final_check_window_minutes) == (180, 15)


def test_a_pack_is_received_as_its_own(cast: Cast, client: Client) -> None:
    typed = {"program": "sedaline", "number": "W-1", "lot": "L-1", "expires_date": "2027-12-31"}
    client.force_login(cast.ada)
    with clock_at(NINE):
        with nothing_written():
            response = fill_in(client, "/facility/receive-device/", **typed, product="50458-028-02")
        assert "Not a pack of this programme." in response.content.decode()
        assert fill_in(client, "/facility/receive-device/", **typed, product="9999-0042-04").status_code == 302
    assert Device.objects.get().gtin == gtin_of("9999-0042-04")
