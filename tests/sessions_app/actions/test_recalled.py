"""A device of a recalled lot is not handed over; one that was, is recorded."""

from typing import Any

import pytest

from clinic.actions.recall import record_recall
from clinic.rules.pack import PackCode, gtin_of
from sessions_app.actions.dosing import administer_device
from sessions_app.models.recalled import given_of_lot, whereabouts
from sessions_app.models.stock import devices_for, scanned_devices
from tests.expect import refused
from tests.factories import LAST_DEVICE, NINE, Cast, cleared, entry, in_monitoring, make_device, make_devices, minutes

pytestmark = pytest.mark.paperwork
THEN = NINE + minutes(30)


def recall(cast: Cast, lot: str = "L-77") -> Any:
    said: dict[str, Any] = {"program_code": "esketamine", "lot": lot, "reference": "Letter, 3 May"}
    return record_recall(facility=cast.facility, **said, entry=entry(), by=cast.nora, now=THEN)


def test_it_is_refused_and_another_lot_is_not(cast: Cast) -> None:
    walk, recalled, other = cleared(cast), make_device(cast, lot="X-1"), make_device(cast, lot="X-2")
    recall(cast, "X-1")
    said: dict[str, Any] = {"dosing_session": walk.dosing_session, "by": cast.nora, "now": THEN}
    with refused("DEVICE") as caught:
        administer_device(device=recalled, **said, entry=entry())
    assert caught.value.refusals[0].params["problem"] == "recalled"
    assert recalled not in devices_for(walk.refresh())
    assert administer_device(device=other, **said, entry=entry())


def test_what_was_given_all_the_same_is_recorded_with_its_reason(cast: Cast) -> None:
    walk, recalled = cleared(cast), make_device(cast, lot="X-1")
    of = recall(cast, "X-1")
    given = administer_device(
        dosing_session=walk.dosing_session,
        device=recalled,
        exception_reason="It was in the patient's hand.",
        entry=entry(),
        by=cast.nora,
        now=THEN,
    )
    assert list(given_of_lot(of)) == [given]


def test_a_scanned_pack_of_it_is_known(cast: Cast) -> None:
    walk = cleared(cast)
    device = make_device(cast)
    code = PackCode(gtin_of("50458-028-02"), device.expires_date, device.lot, "S-1")
    make_devices(cast, code=code, devices=2)
    recall(cast)
    found = scanned_devices(walk.refresh(), code)
    assert [each.recalled for each in (*found.pack, *found.alike)] == [True] * len([*found.pack, *found.alike])
    assert len(found.pack) == 2


def test_it_knows_who_had_it_and_where_every_device_is(cast: Cast) -> None:
    walk, left = in_monitoring(cast), make_device(cast)
    of = recall(cast)
    given = list(given_of_lot(of))
    assert [row.occurred_at for row in given] == [LAST_DEVICE, LAST_DEVICE - minutes(5)]
    assert {row.dosing_session for row in given} == {walk.dosing_session}
    places = {device.number: cabinet.name if cabinet else step.to_place for device, step, cabinet in whereabouts(of)}
    assert places[left.number] == "Main cabinet"
    assert sorted(places.values()).count("ADMINISTERED") == 2
