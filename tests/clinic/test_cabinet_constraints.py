"""The cabinet's ledger held by the database alone: hand-written rows, as the application's role."""

from datetime import date, timedelta
from typing import Any

import pytest

from clinic.actions.recall import record_recall, withdraw_recall
from clinic.identifiers import new_id
from clinic.models import Cabinet, Device, StockMovement
from clinic.models.cabinet import newest_of, story_of
from sessions_app.rules.facts import Outcome
from tests.by_hand import forge
from tests.clinic.actions.cabinet_attempts import lose, one_more_cabinet, waste
from tests.expect import held_by
from tests.factories import (
    LAST_DEVICE,
    NINE,
    OPENING,
    Cast,
    cleared,
    entry,
    in_monitoring,
    make_cast,
    make_device,
    make_patient,
    minutes,
)
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]


@pytest.fixture
def device(cast: Cast) -> Device:
    return make_device(cast)


def on_from(last: StockMovement, kind: str, to: str, to_id: Any, **lie: Any) -> None:
    """One step more, right in everything but for the lie."""
    said = {
        "step": last.step + 1,
        "previous": last.step,
        "kind": kind,
        "from_place": last.to_place,
        "from_id": last.to_id,
        "to_place": to,
        "to_id": to_id,
        "given_as": None,
        "undoes": None,
        "reason": "Why not.",
    }
    forge(last, **{**said, **lie})


def step(device: Device, kind: str, to: str, to_id: Any = None, **lie: Any) -> None:
    on_from(newest_of([device])[device.pk], kind, to, to_id or device.facility_id, **lie)


class TestOneLine:
    def test_it_takes_a_step_that_fits(self, device: Device) -> None:
        step(device, "WASTED", "WASTED")
        assert newest_of([device])[device.pk].to_place == "WASTED"

    def test_it_begins_with_one_receipt(self, cast: Cast, device: Device) -> None:
        receipt = story_of(device)[0]
        with held_by("stock_movement_one_line"):
            forge(receipt)
        with held_by("stock_movement_begins_with_receipt"):
            forge(receipt, step=2, previous=1)
        with held_by("stock_movement_begins_with_receipt"):
            on_from(receipt, "WASTED", "WASTED", device.facility_id, previous=None)
        with held_by("stock_movement_begins_with_receipt"):
            on_from(receipt, "WASTED", "WASTED", device.facility_id, step=3)

    def test_it_begins_where_the_last_step_led(self, cast: Cast, device: Device) -> None:
        other = one_more_cabinet(cast)
        with held_by("stock_movement_begins_where_the_last_led"):
            step(device, "WASTED", "WASTED", from_id=other.pk)
        waste(cast, device)
        with held_by("stock_movement_begins_where_the_last_led"):
            step(device, "LOST", "LOST", from_place="CABINET", from_id=Cabinet.objects.earliest("pk").pk)

    def test_it_leaves_a_place_once(self, cast: Cast, device: Device) -> None:
        first = story_of(device)[0]
        waste(cast, device)
        with held_by("stock_movement_one_line"):
            on_from(first, "LOST", "LOST", device.facility_id)

    def test_it_goes_only_a_way_there_is(self, cast: Cast, device: Device) -> None:
        here, session = Cabinet.objects.get().pk, cleared(cast).dosing_session
        for kind, to in (("FOUND", "CABINET"), ("WASTED", "LOST"), ("ADMINISTERED", "ADMINISTERED"), ("X", "CABINET")):
            with held_by("stock_movement_way_known"):
                to_id = device.facility_id if to == "LOST" else here
                step(device, kind, to, to_id, given_as=new_id() if kind == "ADMINISTERED" else None)
        for place in ("WASTED", "LOST", "RETURNED"):
            with held_by("stock_movement_to_its_place"):
                step(device, place, place, session.pk)
        with held_by("stock_movement_moved_elsewhere"):
            step(device, "MOVED", "CABINET", here)

    def test_it_says_why(self, device: Device) -> None:
        for kind in ("WASTED", "LOST"):
            with held_by("stock_movement_has_reason"):
                step(device, kind, kind, reason="")


class TestWhere:
    def test_it_stays_at_its_registered_location(self, cast: Cast, device: Device) -> None:
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        there = Cabinet.objects.get(facility=elsewhere.facility)
        for place in (there.pk, new_id()):
            with held_by("stock_movement_within_its_location"):
                step(device, "MOVED", "CABINET", place)
        session = cleared(elsewhere).dosing_session
        with held_by("stock_movement_drawn_for_a_session_here"):
            step(device, "DRAWN", "DRAWN", session.pk)
        theirs = newest_of([make_device(elsewhere)]).popitem()[1]
        with held_by("stock_movement_device_of_same_facility"):
            step(
                device,
                "WASTED",
                "WASTED",
                elsewhere.facility.pk,
                facility_id=theirs.facility_id,
                entry_id=theirs.entry_id,
            )

    def test_its_witness_is_somebody_else(self, cast: Cast, device: Device) -> None:
        with held_by("stock_movement_witness_is_another"):
            step(device, "WASTED", "WASTED", witness_id=cast.nora.pk)
        step(device, "WASTED", "WASTED", witness_id=cast.nils.pk)


class TestDrawn:
    def draw(self, cast: Cast, device: Device, **lie: Any) -> None:
        walk = cleared(cast)
        step(device, "DRAWN", "DRAWN", walk.dosing_session.pk, **{"reason": "", "occurred_at": NINE, **lie})

    def test_it_is_drawn_up_to_its_last_day(self, cast: Cast) -> None:
        late, today = (make_device(cast, expires_date=date(2026, 4, day)) for day in (13, 14))
        with held_by("stock_movement_unexpired"):
            self.draw(cast, late)
        self.draw(cast, today)
        self.draw(cast, late, reason="It was given all the same.")

    def test_it_is_nobody_elses(self, cast: Cast) -> None:
        with held_by("stock_movement_for_its_own_patient"):
            self.draw(cast, make_device(cast, patient=make_patient(cast)))

    def test_it_is_within_its_use_by(self, cast: Cast) -> None:
        walk = cleared(cast)
        for days, fits in ((45, True), (46, False)):
            own = make_device(cast, patient=walk.dosing_session.patient, now=OPENING - timedelta(days=days))
            said = {"reason": "", "occurred_at": NINE}
            if fits:
                step(own, "DRAWN", "DRAWN", walk.dosing_session.pk, **said)
            else:
                with held_by("stock_movement_within_use_by"):
                    step(own, "DRAWN", "DRAWN", walk.dosing_session.pk, **said)

    def test_it_is_of_no_recalled_lot(self, cast: Cast, device: Device) -> None:
        said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}
        recall = record_recall(program_code="esketamine", lot=device.lot.lower(), reference="Letter", **said)
        with held_by("stock_movement_not_recalled"):
            self.draw(cast, device)
        self.draw(cast, make_device(cast, lot=device.lot), reason="It was given all the same.")
        self.draw(cast, make_device(cast, lot="L-2"))
        withdraw_recall(recall=recall, reason="Another lot.", entry=entry(), by=cast.nora, now=NINE)
        self.draw(cast, device)

    def test_it_is_drawn_once(self, cast: Cast, device: Device) -> None:
        self.draw(cast, device)
        with held_by("stock_movement_way_known"):
            self.draw(cast, device)


class TestGiven:
    def test_it_is_given_as_it_is_charted(self, cast: Cast, device: Device) -> None:
        walk = cleared(cast)
        step(device, "DRAWN", "DRAWN", walk.dosing_session.pk)
        with held_by("stock_movement_given_as_said"):
            step(device, "ADMINISTERED", "ADMINISTERED", walk.dosing_session.pk)
        with held_by("stock_movement_given_as_charted"):
            step(device, "ADMINISTERED", "ADMINISTERED", walk.dosing_session.pk, given_as=new_id())
        other = in_monitoring(cast).rows("DeviceAdministration")[0]
        with held_by("stock_movement_given_as_charted"):
            step(device, "ADMINISTERED", "ADMINISTERED", walk.dosing_session.pk, given_as=other.pk)

    def test_it_is_given_to_whom_it_was_drawn_for(self, cast: Cast, device: Device) -> None:
        walk, other = cleared(cast), cleared(cast)
        step(device, "DRAWN", "DRAWN", walk.dosing_session.pk)
        with held_by("stock_movement_to_its_place"):
            step(device, "ADMINISTERED", "ADMINISTERED", other.dosing_session.pk, given_as=new_id())

    def test_it_is_given_until_that_is_voided(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        given = walk.rows("DeviceAdministration")[0]
        *_, drawn, last = story_of(given.device)
        back = {"to": drawn.to_place, "to_id": drawn.to_id, "undoes": last.step}
        with held_by("stock_movement_given_until_voided"):
            on_from(last, "CORRECTED", **back)
        walk.void(given, LAST_DEVICE)
        assert newest_of([given.device])[given.device_id].to_place == "CABINET"

    def test_it_is_given_once_wherever_it_is_found(self, cast: Cast, device: Device) -> None:
        walk = cleared(cast)
        given = walk.give(NINE + minutes(30), device=device, outcome=Outcome.FAILED)
        lose(cast, device)
        with held_by("stock_movement_given_once"):
            step(device, "FOUND", "CABINET", Cabinet.objects.get().pk)
        walk.void(given, NINE + minutes(30))
        step(device, "FOUND", "CABINET", Cabinet.objects.get().pk)

    def test_it_is_taken_back_the_way_it_came(self, cast: Cast, device: Device) -> None:
        waste(cast, device)
        receipt, last = story_of(device)
        with held_by("stock_movement_undone_back"):
            on_from(last, "CORRECTED", "LOST", device.facility_id, undoes=last.step)
        with held_by("stock_movement_undone_from_its_end"):
            on_from(last, "CORRECTED", receipt.from_place, receipt.from_id, undoes=receipt.step)
        with held_by("stock_movement_way_known"):
            on_from(last, "CORRECTED", last.from_place, last.from_id)
        on_from(last, "CORRECTED", last.from_place, last.from_id, undoes=last.step)
