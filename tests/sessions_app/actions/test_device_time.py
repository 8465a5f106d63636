"""A device time typed late counts from its entry until a second licensed person confirms it."""

from datetime import datetime, timedelta

import pytest

from clinic.rules.roles import Role
from sessions_app.actions import dosing
from sessions_app.models import DeviceAdministration, DeviceTimeConfirmation, Discharge
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, cleared, employ, entry, make_cast, minutes

FIRST = NINE + minutes(30)
TYPED = NINE + minutes(36)
ENTERED = NINE + minutes(50)
SECOND = timedelta(seconds=1)


def confirm(walk: Walk, given: DeviceAdministration, now: datetime, **fields: object) -> DeviceTimeConfirmation:
    return dosing.confirm_device_time(administration=given, **{**walk.envelope(now), "by": walk.cast.nils, **fields})


def late(cast: Cast) -> tuple[Walk, DeviceAdministration]:
    """The second device was given at 9:36 and typed later; dosing is finished."""
    walk = cleared(cast)
    walk.give(FIRST)
    given = walk.give(ENTERED, at=TYPED)
    walk.finish(ENTERED)
    return walk, given


def ready_at(walk: Walk, ends: datetime) -> None:
    """Everything but the time, for a stay that ends then; the check at 40 minutes follows the typed time."""
    walk.check(TYPED + minutes(40))
    walk.instruct(ends - minutes(30))
    walk.check(ends - minutes(5))
    walk.assess(ends - minutes(4))


class TestWhatCounts:
    @pytest.mark.parametrize(
        ("after", "counted"),
        [
            (minutes(10) - SECOND, TYPED),
            (minutes(10), TYPED),
            (minutes(10) + SECOND, TYPED + minutes(11)),
            (minutes(11), TYPED + minutes(11)),
        ],
        ids=["-1 s", "10 min", "+1 s", "11 min"],
    )
    def test_it_counts_from_its_entry_when_typed_more_than_ten_minutes_late(
        self, cast: Cast, after: timedelta, counted: datetime
    ) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        given = walk.give(TYPED + after, at=TYPED)

        assert (given.occurred_at, given.counted_at) == (TYPED, counted)


class TestTheStay:
    def test_it_counts_from_the_entry_while_nobody_confirmed(self, cast: Cast) -> None:
        walk, given = late(cast)
        ends = given.counted_at + minutes(120)
        ready_at(walk, ends)

        with refused("MINIMUM_STAY"):
            walk.release(ends - SECOND)
        walk.release(ends)

        release = Discharge.objects.get()
        assert (release.anchor_counted_at, release.time_confirmation) == (given.counted_at, None)

    def test_it_counts_from_the_typed_time_once_confirmed(self, cast: Cast) -> None:
        walk, given = late(cast)
        ends = TYPED + minutes(120)
        ready_at(walk, ends)
        with refused("MINIMUM_STAY", "FINAL_CHECK"):
            walk.release(ends)

        confirmation = confirm(walk, given, ends - minutes(3))
        with refused("MINIMUM_STAY"):
            walk.release(ends - SECOND)
        walk.release(ends)

        release = Discharge.objects.get()
        assert (release.anchor_counted_at, release.anchor_confirmed_at) == (None, TYPED)
        assert release.time_confirmation == confirmation

    def test_it_counts_from_the_entry_again_when_the_confirmation_is_voided(self, cast: Cast) -> None:
        walk, given = late(cast)
        ends = TYPED + minutes(120)
        ready_at(walk, ends)
        walk.void(confirm(walk, given, ends - minutes(3)), ends - minutes(2))

        with refused("MINIMUM_STAY", "FINAL_CHECK"):
            walk.release(ends)


class TestConfirmDeviceTime:
    def test_it_refuses_who_entered_it(self, cast: Cast) -> None:
        walk, given = late(cast)
        with refused("SECOND_PERSON"):
            confirm(walk, given, NINE + minutes(60), by=cast.nora)

    def test_it_refuses_who_gave_it(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        given = walk.give(ENTERED, form=entry(TYPED, performed_by=cast.nils))

        with refused("SECOND_PERSON"):
            confirm(walk, given, NINE + minutes(60), by=cast.nils)

    def test_it_refuses_who_entered_it_behind_another_name(self, cast: Cast) -> None:
        walk, given = late(cast)
        with refused("SECOND_PERSON"):
            confirm(walk, given, NINE + minutes(60), by=cast.paul, entry=entry(performed_by=cast.nora))

    def test_it_refuses_a_device_of_another_session(self, cast: Cast) -> None:
        walk, other = late(cast)[0], late(cast)[1]
        with refused("FIELD", field="administration"):
            confirm(walk, other, NINE + minutes(60))

    def test_it_refuses_a_device_of_another_facility(self, cast: Cast) -> None:
        walk = late(cast)[0]
        elsewhere = make_cast(facility_name="Elsewhere", suffix="2")
        employ(cast.nils, elsewhere.facility, Role.NURSE)
        other = late(elsewhere)[1]
        with refused("FIELD", field="administration"):
            confirm(walk, other, NINE + minutes(60))

    def test_it_refuses_a_voided_device(self, cast: Cast) -> None:
        walk, given = late(cast)
        walk.void(given, NINE + minutes(55))
        with refused("FIELD", field="administration"):
            confirm(walk, given, NINE + minutes(60))
