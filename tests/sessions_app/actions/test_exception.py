"""A gate refuses a permission, never a fact: what happened all the same is kept, with its codes and a reason."""

import pytest

from clinic.models import Device
from sessions_app.actions import exception
from sessions_app.models import GateException, Presence
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, arrive, checked_in, cleared, in_monitoring, make_device, minutes
from tests.sessions_app.actions.test_dosing import prepared

FIRST = NINE + minutes(30)


@pytest.fixture
def spare(cast: Cast) -> Device:
    """One more device in the cabinet."""
    return make_device(cast)


def exceptions(walk: Walk) -> list[tuple[str, set[str]]]:
    rows = GateException.objects.filter(dosing_session=walk.dosing_session).order_by("order")
    return [(row.gate, set(row.codes)) for row in rows]


class TestAtClearing:
    def test_it_records_what_happened_all_the_same_as_an_exception(self, cast: Cast) -> None:
        walk = prepared(cast)
        arrive(cast, cast.paul, kind=Presence.Kind.LEFT, now=NINE + minutes(22))

        walk.clear(NINE + minutes(25), exception_reason="He was called to the ward for a moment.")

        assert exceptions(walk) == [("CLEARING", {"PRESCRIBER_ABSENT"})]
        assert walk.refresh().state == "CLEARED"

    def test_it_is_recorded_by_a_licensed_person_only(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        """No role of today clears without a licence; one of tomorrow might."""
        walk = prepared(cast)
        arrive(cast, cast.paul, kind=Presence.Kind.LEFT, now=NINE + minutes(22))
        monkeypatch.setattr(exception, "is_licensed", lambda *who_and_where, **_: False)
        with refused("NOT_LICENSED", "PRESCRIBER_ABSENT"):
            walk.clear(NINE + minutes(25), exception_reason="He was called to the ward for a moment.")

    def test_it_records_no_exception_where_the_gate_is_open(self, cast: Cast) -> None:
        walk = prepared(cast)
        walk.clear(NINE + minutes(25), exception_reason="Just in case.")
        assert exceptions(walk) == []


class TestBeforeADevice:
    def test_it_records_a_spray_too_soon_as_an_exception(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        walk.give(FIRST + minutes(4), exception_reason="The patient took it by himself.")
        assert exceptions(walk) == [("ADMINISTRATION", {"DEVICE_INTERVAL"})]

    def test_it_records_a_device_given_before_clearing_and_names_what_was_missing(
        self, cast: Cast, spare: Device
    ) -> None:
        walk = checked_in(cast)
        with refused("STATE"):
            walk.give(FIRST, device=spare)

        walk.give(FIRST, exception_reason="Given during the outage.")

        ((gate, codes),) = exceptions(walk)
        assert (gate, walk.refresh().state) == ("ADMINISTRATION", "DOSING")
        assert {"OUT_OF_TURN", "BASELINE", "DOSE_ORDER", "FASTING"} <= codes

    def test_it_records_a_device_found_after_dosing_was_finished(self, cast: Cast, spare: Device) -> None:
        walk = in_monitoring(cast)
        with refused("STATE"):
            walk.give(NINE + minutes(45), device=spare)

        walk.give(NINE + minutes(45), exception_reason="A third one was in his hand.")

        assert exceptions(walk) == [("ADMINISTRATION", {"OUT_OF_TURN", "DEVICE_COUNT"})]
        assert walk.refresh().state == "MONITORING"
