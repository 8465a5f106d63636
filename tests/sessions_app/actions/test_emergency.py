"""From the button to its end: what it writes, what it holds, what ends it."""

from datetime import datetime
from typing import Any

import pytest

from sessions_app.actions import emergency
from sessions_app.models import Emergency, EmergencyCall, EmergencyEnd
from sessions_app.rules.states import OPEN, State
from tests.expect import refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    entry,
    in_monitoring,
    in_state,
    make_device,
    minutes,
    ready_to_leave,
)
from tests.sessions_app.actions.test_decision import decide

LATER = LAST_DEVICE + minutes(20)
Kind, Whom = Emergency.Kind, EmergencyCall.Whom


def raise_it(walk: Walk, now: datetime = LATER, **fields: Any) -> Emergency:
    by = fields.pop("by", walk.cast.fred)
    return emergency.raise_emergency(**{"kind": Kind.CHEST_PAIN, **fields}, **walk.envelope(now, by=by))


def end_it(walk: Walk, now: datetime = LATER, note: str = "Awake, 130/80, no pain.", **fields: Any) -> EmergencyEnd:
    return emergency.end_emergency(note=note, **walk.envelope(now, **fields))


class TestRaiseEmergency:
    @pytest.mark.parametrize("state", OPEN)
    def test_it_is_for_anybody_at_the_desk_in_any_open_session(self, cast: Cast, state: State) -> None:
        walk = in_state(cast, state)

        raised = raise_it(walk, what=" left arm ", calls={Whom.AMBULANCE: "", Whom.PRESCRIBER: " Paul "})

        assert (raised.kind, raised.what, raised.performed_by) == ("CHEST_PAIN", "left arm", cast.fred)
        assert raised.serious_event.what == "chest pain. left arm"
        calls = walk.rows("EmergencyCall")
        assert [(call.whom, call.name, call.entry_id) for call in calls] == [
            ("AMBULANCE", "", raised.entry_id),
            ("PRESCRIBER", "Paul", raised.entry_id),
        ]

    def test_it_says_what_where_no_kind_fits(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="what"):
            raise_it(walk, kind=Kind.OTHER, what=" ")
        assert raise_it(walk, kind=Kind.OTHER, what="Nosebleed").serious_event.what == "Nosebleed"

    def test_it_is_one_at_a_time(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        raise_it(walk)
        with refused("EMERGENCY_OPEN"):
            raise_it(walk, by=cast.nora)
        end_it(walk)
        raise_it(walk)
        assert len(walk.rows("Emergency")) == 2

    def test_it_stops_clearing_and_the_first_device_while_it_lasts(self, cast: Cast) -> None:
        walk, device = in_state(cast, State.CLEARED), make_device(cast)
        raise_it(walk, NINE + minutes(26))
        with refused("EMERGENCY"):
            walk.give(NINE + minutes(30), device=device)
        end_it(walk, NINE + minutes(29))
        walk.give(NINE + minutes(30), device=device)

        other = checked_in(cast)
        other.answer(NINE + minutes(10))
        other.check(NINE + minutes(20))
        other.order(NINE + minutes(20))
        raise_it(other, NINE + minutes(21))
        with refused("EMERGENCY"):
            other.clear(NINE + minutes(25))
        end_it(other, NINE + minutes(24))
        other.clear(NINE + minutes(25))

    def test_it_holds_from_now_on_when_its_time_was_typed_ahead(self, cast: Cast) -> None:
        walk, device, now = in_state(cast, State.CLEARED), make_device(cast), NINE + minutes(30)
        said = {**walk.envelope(now, by=cast.fred), "entry": entry(now + minutes(2))}
        assert emergency.raise_emergency(kind=Kind.FALL, **said).occurred_at == now
        with refused("EMERGENCY"):
            walk.give(now, device=device)

    def test_it_holds_the_next_device_until_a_prescriber_decides(self, cast: Cast) -> None:
        walk = in_state(cast, State.CLEARED)
        walk.give(NINE + minutes(30))
        event = raise_it(walk, NINE + minutes(31)).serious_event
        end_it(walk, NINE + minutes(33))
        device = make_device(cast)
        with refused("NEW_SIGN"):
            walk.give(NINE + minutes(35), device=device)
        decide(walk, "NEW_SIGN", [event.pk], NINE + minutes(35), measure="serious_event")
        walk.give(NINE + minutes(35), device=device)

    def test_it_holds_the_release_until_a_prescriber_disposed_of_it(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        event = raise_it(walk, STAY_ENDS - minutes(3)).serious_event
        end_it(walk, STAY_ENDS - minutes(2))
        with refused("SERIOUS_EVENT"):
            walk.release(STAY_ENDS)
        decide(walk, "SERIOUS_EVENT", [event.pk], STAY_ENDS)
        walk.release(STAY_ENDS)


class TestRecordEmergencyCall:
    def test_it_goes_with_the_newest_emergency_even_after_its_end(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        first = raise_it(walk)
        end_it(walk)
        call = emergency.record_emergency_call(whom=Whom.CONTACT, name="Basil", **walk.envelope(LATER, by=cast.fred))
        assert (call.emergency, call.name) == (first, "Basil")

    def test_it_needs_one(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("NO_EMERGENCY"):
            emergency.record_emergency_call(whom=Whom.AMBULANCE, **walk.envelope(LATER))


class TestEndEmergency:
    def test_it_is_back_in_monitoring_with_words(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        raise_it(walk)
        with refused("FIELD", field="note"):
            end_it(walk, note=" ")
        assert end_it(walk).how == "MONITORING"
        assert walk.refresh().state == "MONITORING"

    def test_it_is_over_once(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("NO_EMERGENCY"):
            end_it(walk)
        raise_it(walk)
        end_it(walk)
        with refused("NO_EMERGENCY"):
            end_it(walk, by=cast.nils)


class TestTheEndOfTheSession:
    def test_it_ends_with_the_transfer_in_the_same_entry(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        raise_it(walk)
        walk.transfer(LATER + minutes(10))
        [end], [transfer] = walk.rows("EmergencyEnd"), walk.rows("Transfer")
        assert (end.how, end.entry_id) == ("TRANSFERRED", transfer.entry_id)

    def test_it_does_not_outlast_a_patient_who_runs_off(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        raise_it(walk, kind=Kind.AGITATION)
        walk.leave_early(LATER + minutes(10))
        assert [end.how for end in walk.rows("EmergencyEnd")] == ["WITH_SESSION"]

    def test_it_does_not_outlast_a_session_without_a_dose(self, cast: Cast) -> None:
        walk = in_state(cast, State.CHECKED_IN)
        raise_it(walk, NINE + minutes(2))
        walk.end_not_dosed(NINE + minutes(9))
        assert [end.how for end in walk.rows("EmergencyEnd")] == ["WITH_SESSION"]

    def test_it_leaves_an_emergency_that_is_over_alone(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        raise_it(walk)
        end_it(walk)
        walk.transfer(LATER + minutes(10))
        assert [end.how for end in walk.rows("EmergencyEnd")] == ["MONITORING"]
