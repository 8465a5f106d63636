"""A session takes its devices from the cabinet, and says what became of them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clinic.actions.cabinet import move_devices, set_cabinet_policy
from clinic.models import Device, Discrepancy
from clinic.models.cabinet import newest_of, story_of
from clinic.models.discrepancy import discrepancies_with_context, missing_of
from clinic.rules.cabinet import Move, Place
from clinic.rules.discrepancy import DiscrepancyCause
from sessions_app.actions import cabinet
from sessions_app.models import GateException
from sessions_app.rules.facts import Outcome
from tests.clinic.actions.cabinet_attempts import lose, one_more_cabinet, waste
from tests.expect import nothing_written, refused
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    cleared,
    entry,
    in_monitoring,
    make_device,
    make_patient,
    minutes,
)

pytestmark = pytest.mark.paperwork

NOW = NINE + minutes(28)


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return cleared(cast)


def place_of(device: Device) -> Place:
    return newest_of([device])[device.pk].place


def put_back(walk: Walk, *devices: Device, now: Any = NOW) -> Any:
    return cabinet.put_back_devices(devices=devices, **walk.envelope(now))


def of_facility(cast: Cast) -> dict[str, Any]:
    return {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": NINE}


def correct(cast: Cast, device: Device) -> Any:
    return cabinet.correct_movement(device=device, reason="It was another one.", **of_facility(cast))


class TestTaking:
    def test_it_takes_them_for_this_session_and_gives_them(self, walk: Walk) -> None:
        first, second = walk.take(NOW, count=2)
        assert walk.taken() == [first, second]
        given = walk.give(NINE + minutes(30), device=first)
        assert given.entry_id not in {row.entry_id for row in story_of(first)[:-1]}
        assert walk.taken() == [second]
        assert place_of(first) is Place.ADMINISTERED

    def test_it_takes_no_more_than_are_still_to_be_given(self, walk: Walk) -> None:
        three = [make_device(walk.cast) for _ in range(3)]
        with refused("FIELD", field="devices"):
            walk.take(NOW, *three)
        walk.take(NOW, count=2)
        more = make_device(walk.cast)
        with refused("FIELD", field="devices"):
            walk.take(NOW, more)
        walk.give(NINE + minutes(30), device=walk.taken()[0], outcome=Outcome.FAILED)
        assert walk.take(NINE + minutes(31), more) == [more]

    def test_it_takes_what_the_gate_would_give(self, walk: Walk) -> None:
        for device in (
            make_device(walk.cast, expires_date=date(2026, 4, 13)),
            make_device(walk.cast, patient=make_patient(walk.cast)),
            walk.give(NINE + minutes(30)).device,
        ):
            with refused("DEVICE"):
                walk.take(NINE + minutes(35), device)

    def test_it_takes_what_is_in_a_cabinet(self, walk: Walk) -> None:
        wasted = make_device(walk.cast)
        waste(walk.cast, wasted)
        with refused("DEVICE"):
            walk.take(NOW, wasted)
        (taken,) = walk.take(NOW)
        with refused("MOVEMENT"):
            walk.take(NOW, taken)


class TestTakenForAnother:
    def test_it_is_not_given_to_this_patient(self, walk: Walk) -> None:
        (taken,) = walk.take(NOW)
        other = cleared(walk.cast)
        with refused("DEVICE"):
            other.give(NINE + minutes(30), device=taken)
        with refused("DEVICE"):
            other.take(NOW, taken)

    def test_it_was_given_all_the_same_as_an_exception(self, walk: Walk) -> None:
        (taken,) = walk.take(NOW)
        other = cleared(walk.cast)
        given = other.give(NINE + minutes(30), device=taken, exception_reason="The trays were swapped.")
        assert GateException.objects.get().codes == ["DEVICE"]
        steps = story_of(taken)[-3:]
        assert [step.kind for step in steps] == [Move.PUT_BACK, Move.DRAWN, Move.ADMINISTERED]
        assert {step.entry_id for step in steps} == {given.entry_id}
        assert walk.taken() == []
        other.void(given, NINE + minutes(30))
        assert walk.taken() == [taken]


class TestSettling:
    def test_it_goes_back_into_the_cabinet_it_came_from(self, walk: Walk) -> None:
        other = one_more_cabinet(walk.cast)
        device = make_device(walk.cast, cabinet=other)
        walk.take(NOW, device)
        put_back(walk, device)
        assert newest_of([device])[device.pk].to_id == other.pk
        with refused("MOVEMENT"):
            put_back(walk, device)
        with refused("FIELD", field="devices"):
            put_back(walk)

    def test_it_goes_back_from_whoever_has_it(self, walk: Walk) -> None:
        (device,), other = walk.take(NOW), cleared(walk.cast)
        with refused("MOVEMENT"):
            put_back(other, device)

    def test_it_is_wasted_with_a_reason_and_with_a_witness_where_the_clinic_asks(self, walk: Walk) -> None:
        (device,) = walk.take(NOW)

        def wasted(**fields: Any) -> Any:
            said = {"devices": [device], "reason": "It fell.", **walk.envelope(NOW), **fields}
            return cabinet.waste_taken_devices(**said)

        with refused("FIELD", field="reason"):
            wasted(reason=" ")
        policy = {"witnessed": [Move.WASTED], "reason": "State law.", "entry": entry(), "by": walk.cast.ada}
        set_cabinet_policy(facility=walk.cast.facility, now=NINE, **policy)
        with refused("FIELD", field="witness"):
            wasted()
        wasted(witness=walk.cast.nils, entry=entry(witness_proof=entry().proof))
        assert place_of(device) is Place.WASTED

    def test_one_form_sent_twice_says_the_same(self, walk: Walk) -> None:
        form, devices = entry(), walk.take(NOW, count=2)
        said = {**walk.envelope(NOW), "devices": devices, "entry": form}
        first = cabinet.put_back_devices(**said)
        with nothing_written():
            assert cabinet.put_back_devices(**said) == first


ENDS: dict[str, Callable[[Walk], Any]] = {
    "not dosed": lambda walk: walk.end_not_dosed(NINE + minutes(40)),
    "left early": lambda walk: (walk.give(NINE + minutes(30)), walk.leave_early(NINE + minutes(40))),
    "transferred": lambda walk: (walk.give(NINE + minutes(30)), walk.transfer(NINE + minutes(40))),
    "in error": lambda walk: walk.enter_in_error(NINE + minutes(40)),
}


def missing() -> set[Any]:
    """The devices that a discrepancy names and nobody can lay hands on."""
    return set(missing_of(discrepancies_with_context()))


class TestUnaccountedFor:
    @pytest.mark.parametrize("end", ENDS.values(), ids=list(ENDS))
    def test_it_is_a_discrepancy_the_moment_the_session_ends(self, walk: Walk, end: Callable[[Walk], Any]) -> None:
        (device,) = walk.take(NOW)
        end(walk)
        discrepancy = Discrepancy.objects.get()
        assert (discrepancy.cause, discrepancy.for_session_id) == (
            DiscrepancyCause.UNACCOUNTED,
            walk.dosing_session.pk,
        )
        assert missing() == {device.pk}
        assert discrepancy.entry_id == walk.rows("Transition")[-1].entry_id

    def test_it_never_holds_a_patient(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.take(NOW, count=2)
        walk.give(NINE + minutes(30), device=walk.taken()[0])
        walk.finish(NINE + minutes(35), reason="He would rather not.")
        walk.check(NINE + minutes(70))
        walk.instruct(NINE + minutes(90))
        walk.check(STAY_ENDS)
        walk.assess(STAY_ENDS)
        walk.release(STAY_ENDS)
        assert walk.refresh().state == "DISCHARGED"
        assert missing() == {device.pk for device in walk.taken()} != set()

    def test_it_is_none_where_everything_was_settled(self, walk: Walk) -> None:
        put_back(walk, *walk.take(NOW))
        walk.end_not_dosed(NINE + minutes(40))
        assert not Discrepancy.objects.exists()

    @pytest.mark.parametrize("settled", ["back", "wasted", "given elsewhere", "lost"])
    def test_it_is_found_by_what_is_said_of_it_later(self, walk: Walk, settled: str) -> None:
        (device,) = walk.take(NOW)
        walk.end_not_dosed(NINE + minutes(40))
        if settled == "back":
            put_back(walk, device, now=NINE + minutes(50))
        elif settled == "wasted":
            waste(walk.cast, device, now=NINE + minutes(50))
        elif settled == "lost":
            lose(walk.cast, device, now=NINE + minutes(50))
        else:
            other = cleared(walk.cast)
            other.give(NINE + minutes(30), device=device, exception_reason="It was hers.")
        assert missing() == ({device.pk} if settled == "lost" else set())
        assert Discrepancy.objects.count() == 1

    def test_a_void_after_the_end_asks_where_the_device_is(self, cast: Cast) -> None:
        walk = cleared(cast)
        (device,) = walk.take(NOW)
        given = walk.give(NINE + minutes(30), device=device)
        walk.transfer(NINE + minutes(40))
        assert not Discrepancy.objects.exists()
        walk.void(given, NINE + minutes(50))
        assert missing() == {device.pk}

    def test_a_void_elsewhere_after_its_end_asks_where_the_device_is(self, walk: Walk) -> None:
        """Another patient was given it, and was not: it is with the session again that has ended meanwhile."""
        (device,), other = walk.take(NOW), cleared(walk.cast)
        given = other.give(NINE + minutes(30), device=device, exception_reason="The trays were swapped.")
        walk.end_not_dosed(NINE + minutes(40))
        assert not Discrepancy.objects.exists()
        other.void(given, NINE + minutes(50))
        assert Discrepancy.objects.get().for_session_id == walk.dosing_session.pk
        assert missing() == {device.pk}

    def test_it_is_one_of_its_own_though_an_open_one_of_before_names_the_device(self, walk: Walk) -> None:
        (device,) = walk.take(NOW)
        walk.end_not_dosed(NINE + minutes(40))
        put_back(walk, device, now=NINE + minutes(41))
        other = cleared(walk.cast)
        other.take(NINE + minutes(42), device)
        with refused("WITH_A_SESSION"):
            waste(walk.cast, device, now=NINE + minutes(43))
        other.end_not_dosed(NINE + minutes(44))
        assert Discrepancy.objects.filter(for_session_id=other.dosing_session.pk).exists()
        waste(walk.cast, device, now=NINE + minutes(45))

    @pytest.mark.parametrize("leave", [waste, lose])
    def test_what_a_session_under_way_has_it_settles_itself(self, walk: Walk, leave: Callable[..., Any]) -> None:
        (device,) = walk.take(NOW)
        with refused("WITH_A_SESSION"):
            leave(walk.cast, device, now=NOW)

    def test_lost_is_a_discrepancy_of_its_own(self, cast: Cast) -> None:
        device = make_device(cast)
        lose(cast, device, stolen=True)
        assert Discrepancy.objects.get().cause == DiscrepancyCause.STOLEN


class TestPuttingRight:
    def test_it_goes_back_where_it_was_and_both_stay(self, cast: Cast) -> None:
        device = make_device(cast)
        waste(cast, device)
        correct(cast, device)
        assert place_of(device) is Place.CABINET
        assert [row.kind for row in story_of(device)] == [Move.RECEIVED, Move.WASTED, Move.CORRECTED]

    def test_it_takes_back_one_after_the_other(self, cast: Cast) -> None:
        device = make_device(cast)
        room = one_more_cabinet(cast)
        move_devices(devices=[device], cabinet=room, **of_facility(cast))
        lose(cast, device)
        for place in (Place.CABINET, Place.CABINET, Place.SUPPLIER):
            correct(cast, device)
            assert place_of(device) is place
        with refused("NOT_CORRECTED_HERE"):
            correct(cast, device)

    def test_it_leaves_to_the_session_what_the_session_did(self, cast: Cast) -> None:
        given = in_monitoring(cast).rows("DeviceAdministration")[0].device
        with refused("NOT_CORRECTED_HERE"):
            correct(cast, given)

    def test_what_a_session_wasted_and_did_not_is_with_it_again(self, walk: Walk) -> None:
        """And once that is over, nobody knows what became of it."""
        for over in (False, True):
            (device,) = walk.take(NOW)
            cabinet.waste_taken_devices(devices=[device], reason="It fell.", **walk.envelope(NOW))
            if over:
                walk.end_not_dosed(NINE + minutes(40))
            correct(walk.cast, device)
            assert walk.taken() == [device]
            assert missing() == ({device.pk} if over else set())
            if not over:
                put_back(walk, device)
