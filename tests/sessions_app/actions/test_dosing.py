"""From the order to the end of dosing."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.models import Device
from clinic.rules.roles import Role
from sessions_app.actions import dosing
from sessions_app.models import Clearance, DeviceAdministration, DeviceOutcome
from sessions_app.models.facts import session_facts
from sessions_app.rules.facts import Outcome
from sessions_app.rules.states import State
from tests.expect import refused
from tests.factories import (
    NINE,
    Cast,
    Walk,
    checked_in,
    cleared,
    full_check,
    in_state,
    make_device,
    minutes,
    one_more,
)
from tests.sessions_app.actions.test_decision import decide

FIRST, SECOND = NINE + minutes(30), NINE + minutes(35)


@pytest.fixture
def spare(cast: Cast) -> Device:
    """One more device in the cabinet."""
    return make_device(cast)


def outcomes(walk: Walk) -> list[Outcome | None]:
    return [device.outcome for device in session_facts(walk.refresh(), at=SECOND).devices]


def finish(walk: Walk, now: Any, reason: str = "") -> None:
    dosing.finish_dosing(stopped_early_reason=reason, **walk.envelope(now))


class TestOrderDose:
    @pytest.mark.parametrize(("mg", "devices"), [(56, 3), (30, 1), (0, 0)])
    def test_it_refuses_milligrams_that_are_not_the_devices(self, cast: Cast, mg: int, devices: int) -> None:
        walk = checked_in(cast)
        with refused("FIELD", field="mg"):
            dosing.order_dose(mg=mg, devices=devices, **walk.envelope(NINE, by=cast.paul))

    def test_it_counts_the_order_given_last(self, cast: Cast) -> None:
        walk = checked_in(cast)
        walk.order(NINE, 2)
        walk.order(NINE, 3, "Tolerated well.")

        start = session_facts(walk.refresh(), at=NINE, start=True).start
        assert start is not None
        assert start.order is not None
        assert (start.order.mg, start.order.reason) == (84, "Tolerated well.")


class TestClearForDosing:
    def test_it_names_the_prescriber(self, cast: Cast) -> None:
        walk = cleared(cast)
        assert Clearance.objects.get(dosing_session=walk.dosing_session).prescriber == cast.paul
        assert walk.refresh().state == "CLEARED"

    def test_it_lists_everything_that_is_missing(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused(
            *("ENROLMENT", "CONTRAINDICATION", "MEDICINES", "DOSE_ORDER", "OXIMETER", "BASELINE"),
            *("FASTING", "LIQUID", "NASAL", "SAFE_WAY_HOME", "COUNSELLING"),
        ):
            walk.clear(NINE + minutes(10))

    def test_it_refuses_a_prescriber_who_is_not_on_site(self, cast: Cast) -> None:
        pia, walk = one_more(cast, Role.PRESCRIBER), prepared(cast)
        with refused("PRESCRIBER_ABSENT"):
            dosing.clear_for_dosing(prescriber=pia, **walk.envelope(NINE + minutes(25)))

    def test_it_refuses_somebody_on_site_who_is_no_prescriber(self, cast: Cast) -> None:
        walk = prepared(cast)
        with refused("PRESCRIBER_ABSENT"):
            dosing.clear_for_dosing(prescriber=cast.nora, **walk.envelope(NINE + minutes(25)))


def prepared(cast: Cast) -> Walk:
    """Everything asked, measured and ordered; not yet cleared."""
    walk = checked_in(cast)
    walk.answer(NINE + minutes(10))
    walk.check(NINE + minutes(20))
    walk.order(NINE + minutes(20))
    return walk


class TestAdministerDevice:
    def test_it_begins_dosing_with_the_first(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(FIRST, outcome=None)
        assert (walk.refresh().state, given.counted_at) == ("DOSING", FIRST)

    def test_it_asks_for_rest_to_the_very_minute(self, cast: Cast, spare: Device) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        with refused("DEVICE_INTERVAL"):
            walk.give(SECOND - timedelta(seconds=1), device=spare)
        assert walk.give(SECOND).occurred_at == SECOND

    def test_it_refuses_more_than_was_ordered(self, cast: Cast, spare: Device) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        walk.give(SECOND)
        with refused("DEVICE_COUNT"):
            walk.give(NINE + minutes(40), device=spare)

    def test_it_replaces_a_failed_one_by_the_prescriber_only(self, cast: Cast, spare: Device) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        failed = walk.give(SECOND, outcome=Outcome.FAILED)
        with refused("DEVICE_COUNT"):
            walk.give(NINE + minutes(41), device=spare)

        decide(walk, "DEVICE_COUNT", [failed.pk], NINE + minutes(41))
        walk.give(NINE + minutes(41))

        assert outcomes(walk) == [Outcome.FULL, Outcome.FAILED, Outcome.FULL]

    def test_it_stops_at_a_new_sign(self, cast: Cast, spare: Device) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        walk.check(NINE + minutes(33), full_check(160, 80))
        with refused("NEW_SIGN"):
            walk.give(SECOND, device=spare)


class TestRecordOutcome:
    def test_it_counts_the_outcome_recorded_last(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(FIRST, outcome=Outcome.FULL)
        walk.outcome(given, Outcome.PARTIAL, SECOND)

        assert outcomes(walk) == [Outcome.PARTIAL]
        assert DeviceOutcome.objects.count() == 2

    @pytest.mark.parametrize("charted", [Outcome.FULL, Outcome.PARTIAL])
    def test_it_takes_a_second_person_to_say_that_a_spray_was_none(self, cast: Cast, charted: Outcome) -> None:
        walk = cleared(cast)
        given = walk.give(FIRST, outcome=charted)
        with refused("SECOND_PERSON"):
            walk.outcome(given, Outcome.FAILED, SECOND)
        walk.outcome(given, Outcome.FAILED, SECOND, by=cast.nils)
        assert outcomes(walk) == [Outcome.FAILED]

    def test_it_takes_nobody_else_for_a_first_failure(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(FIRST, outcome=Outcome.FAILED)
        assert outcomes(walk) == [Outcome.FAILED]

    def test_it_refuses_a_device_of_another_session_and_a_voided_one(self, cast: Cast) -> None:
        walk, other = in_state(cast, State.DOSING), in_state(cast, State.DOSING)
        own, foreign = (DeviceAdministration.objects.get(dosing_session=each.dosing_session) for each in (walk, other))

        with refused("FIELD", field="administration"):
            walk.outcome(foreign, Outcome.FAILED, SECOND)
        walk.void(own, SECOND)
        with refused("FIELD", field="administration"):
            walk.outcome(own, Outcome.FAILED, SECOND)


class TestTheEndOfDosing:
    def test_it_asks_for_every_outcome(self, cast: Cast) -> None:
        walk = cleared(cast)
        walk.give(FIRST)
        given = walk.give(SECOND, outcome=None)
        with refused("DEVICE_OUTCOME"):
            finish(walk, SECOND)
        walk.outcome(given, Outcome.FULL, SECOND)
        finish(walk, SECOND)
        assert walk.refresh().state == "MONITORING"

    def test_it_asks_why_it_was_stopped_early(self, cast: Cast) -> None:
        walk = in_state(cast, State.DOSING)
        with refused("FIELD", field="stopped_early_reason"):
            finish(walk, FIRST, " ")
        finish(walk, FIRST, "Nausea.")
        assert walk.refresh().transition.reason == "Nausea."

    def test_it_ends_not_dosed_only_where_no_spray_was_delivered(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(FIRST, outcome=None)
        with refused("DEVICE_OUTCOME"):
            walk.end_not_dosed(SECOND)
        walk.outcome(given, Outcome.PARTIAL, SECOND)
        with refused("SPRAY_DELIVERED"):
            walk.end_not_dosed(SECOND)
        walk.outcome(given, Outcome.FAILED, SECOND, by=cast.nils)
        walk.end_not_dosed(SECOND)
        assert walk.refresh().state == "NOT_DOSED"

    def test_it_asks_why_there_was_no_dose(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused("FIELD", field="reason"):
            dosing.end_not_dosed(reason="", **walk.envelope(NINE))
