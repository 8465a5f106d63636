"""Which device may be given: unexpired, given to nobody, this patient's or bulk, of this clinic."""

from datetime import date, datetime, timedelta

import pytest

from clinic.models.cabinet import story_of
from clinic.rules.roles import Role
from sessions_app.actions.site import check_oximeter
from sessions_app.models import DeviceAdministration, GateException, Presence
from sessions_app.models.stock import devices_for
from tests.expect import refused
from tests.factories import (
    NINE,
    OPENING,
    Cast,
    Walk,
    arrive,
    cleared,
    employ,
    entry,
    in_monitoring,
    make_cast,
    make_device,
    make_patient,
    minutes,
)

FIRST = NINE + minutes(30)


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return cleared(cast)


def days_ago(count: int) -> datetime:
    return OPENING - timedelta(days=count)


class TestTheDevice:
    @pytest.mark.parametrize(("last_day", "passes"), [(date(2026, 4, 13), False), (date(2026, 4, 14), True)])
    def test_it_is_given_up_to_its_last_day(self, walk: Walk, last_day: date, passes: bool) -> None:
        device = make_device(walk.cast, expires_date=last_day)
        if passes:
            assert walk.give(FIRST, device=device).device == device
        else:
            with refused("DEVICE"):
                walk.give(FIRST, device=device)

    @pytest.mark.parametrize(("received_days_ago", "passes"), [(45, True), (46, False)])
    def test_it_is_used_by_day_45_when_it_is_the_patients_own(
        self, walk: Walk, received_days_ago: int, passes: bool
    ) -> None:
        patient = walk.refresh().patient
        device = make_device(walk.cast, patient=patient, now=days_ago(received_days_ago))
        if passes:
            assert walk.give(FIRST, device=device).device == device
        else:
            with refused("DEVICE"):
                walk.give(FIRST, device=device)

    def test_it_is_not_another_patients(self, walk: Walk) -> None:
        device = make_device(walk.cast, patient=make_patient(walk.cast))
        with refused("DEVICE"):
            walk.give(FIRST, device=device)

    def test_it_is_recorded_as_an_exception_when_it_was_another_patients(self, walk: Walk) -> None:
        device = make_device(walk.cast, patient=make_patient(walk.cast))
        walk.give(FIRST, device=device, exception_reason="Taken from the wrong tray.")
        assert GateException.objects.get().codes == ["DEVICE"]

    def test_it_is_not_another_facilitys(self, walk: Walk) -> None:
        elsewhere = make_cast(facility_name="Elsewhere", suffix="2")
        employ(walk.cast.nora, elsewhere.facility, Role.NURSE)
        device = make_device(elsewhere)
        with refused("FIELD", field="device"):
            walk.give(FIRST, device=device, exception_reason="It was lent.")


class TestTypedBack:
    """A device of half past nine is judged by the clinic of half past nine, and by that of now."""

    @pytest.mark.parametrize(("at", "passes"), [(31, False), (36, True)])
    def test_it_asks_who_was_on_site_then(self, walk: Walk, at: int, passes: bool) -> None:
        arrive(walk.cast, walk.cast.paul, kind=Presence.Kind.LEFT, now=NINE + minutes(28))
        arrive(walk.cast, walk.cast.paul, now=NINE + minutes(35))
        device = make_device(walk.cast)
        if passes:
            walk.give(NINE + minutes(37), device=device, at=NINE + minutes(at))
        else:
            with refused("PRESCRIBER_ABSENT"):
                walk.give(NINE + minutes(37), device=device, at=NINE + minutes(at))

    def test_it_asks_which_oximeter_worked_then(self, walk: Walk) -> None:
        for working, minute in ((False, 28), (True, 35)):
            said = {"facility": walk.cast.facility, "asset_tag": "OX-1", "working": working}
            check_oximeter(**said, entry=entry(), by=walk.cast.nora, now=NINE + minutes(minute))
        device = make_device(walk.cast)
        with refused("OXIMETER"):
            walk.give(NINE + minutes(37), device=device, at=NINE + minutes(31))


class TestGivenOnce:
    def test_it_is_given_to_nobody_else_with_or_without_a_reason(self, cast: Cast, walk: Walk) -> None:
        given, other = walk.give(FIRST), cleared(cast)
        with refused("DEVICE"):
            other.give(FIRST, device=given.device)
        with refused("DEVICE"):
            other.give(FIRST, device=given.device, exception_reason="It was still full.")

    def test_it_can_be_given_again_once_when_its_use_was_voided(self, cast: Cast, walk: Walk) -> None:
        given, other, third = walk.give(FIRST), cleared(cast), cleared(cast)
        walk.void(given, FIRST, reason="It was another number.")

        again = other.give(FIRST, device=given.device)

        assert [row.given_as for row in story_of(given.device) if row.given_as] == [given.pk, again.pk]
        with refused("DEVICE"):
            third.give(FIRST, device=given.device)

    def test_it_forms_one_line_of_uses(self, cast: Cast, walk: Walk) -> None:
        first, other = walk.give(FIRST), cleared(cast)
        walk.void(first, FIRST)
        second = other.give(FIRST, device=first.device)
        other.void(second, FIRST)

        walk.give(FIRST, device=first.device)

        once = ["DRAWN", "ADMINISTERED"]
        back = ["CORRECTED", "CORRECTED"]
        kinds = [row.kind for row in story_of(first.device)]
        assert kinds == ["RECEIVED", *once, *back, *once, *back, *once]
        assert [row.step for row in story_of(first.device)] == list(range(1, 12))

    def test_it_is_back_in_the_cabinet_when_its_use_was_voided(self, cast: Cast) -> None:
        walk, other = in_monitoring(cast), cleared(cast)
        given = DeviceAdministration.objects.filter(dosing_session=walk.dosing_session).first()
        assert given is not None
        assert given.device not in devices_for(other.dosing_session)

        walk.void(given, NINE + minutes(60))

        assert given.device in devices_for(other.dosing_session)
