"""Voids, and a session entered in error."""

from uuid import uuid4

import pytest

from clinic.models import Correction
from clinic.rules.roles import Role
from sessions_app.actions import correction, intake
from sessions_app.models.facts import session_facts
from sessions_app.rules.states import State
from tests.expect import denied, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    employ,
    entry,
    full_check,
    in_monitoring,
    in_state,
    make_cast,
    minutes,
    one_more,
)

LATER = LAST_DEVICE + minutes(40)


def propose(walk: Walk, **fields: object) -> object:
    return correction.propose_in_error(**{"reason": "Booked twice.", **walk.envelope(LATER), **fields})


def agree(walk: Walk, **fields: object) -> object:
    return correction.enter_in_error(**{**walk.envelope(LATER, by=walk.cast.paul), **fields})


class TestVoidRow:
    def test_it_takes_the_row_out_of_force_and_keeps_it(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER, full_check(190, 80))

        made = walk.void(wrong, LATER)

        wrong.refresh_from_db()
        assert (made.row_id, made.subject_id, made.row_kind) == (wrong.pk, walk.dosing_session.pk, "Check")
        assert wrong.pk not in {check.id for check in session_facts(walk.refresh(), at=LATER).checks}

    def test_it_takes_what_was_charted_with_a_check_along(self, cast: Cast) -> None:
        walk = checked_in(cast)
        walk.void(walk.check(NINE), NINE)
        facts = session_facts(walk.refresh(), at=NINE)
        assert (facts.checks, facts.sign_events) == ((), ())

    def test_it_takes_a_second_person_for_a_device(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        given = walk.rows("DeviceAdministration")[0]
        with refused("SECOND_PERSON"):
            walk.void(given, LATER, by=cast.nora)
        walk.void(given, LATER, by=cast.nils)

    @pytest.mark.parametrize("kind", ["DoseOrder", "Answer"])
    def test_it_is_a_prescribers_where_only_a_prescriber_may_open_the_gate(self, cast: Cast, kind: str) -> None:
        walk = cleared(cast)
        row = walk.rows(kind)[0]
        with denied():
            walk.void(row, LATER)
        assert walk.void(row, LATER, by=cast.paul).row_id == row.pk

    def test_it_takes_a_yes_out_of_force_that_a_later_no_does_not_answer(self, cast: Cast) -> None:
        walk = checked_in(cast)

        def answer(yes: bool) -> None:
            intake.answer_questions(contraindications={"vascular": yes}, **walk.envelope(NINE))

        def standing() -> object:
            start = session_facts(walk.refresh(), at=NINE, start=True).start
            return start and start.contraindications["vascular"]

        answer(True)
        answer(False)
        assert standing() is True
        walk.void(walk.rows("Answer")[0], NINE, by=cast.paul)
        assert standing() is False

    def test_it_refuses_a_second_time(self, cast: Cast) -> None:
        walk = checked_in(cast)
        check = walk.check(NINE)
        walk.void(check, NINE)
        with refused("ALREADY_VOIDED"):
            walk.void(check, NINE)

    def test_it_refuses_without_a_reason(self, cast: Cast) -> None:
        walk = checked_in(cast)
        check = walk.check(NINE)
        with refused("FIELD", field="reason"):
            walk.void(check, NINE, reason="  ")

    def test_it_refuses_what_is_not_of_this_session(self, cast: Cast) -> None:
        walk, other = checked_in(cast), checked_in(cast)
        check = other.check(NINE)
        with refused("NOTHING_TO_VOID"):
            walk.void(check, NINE)

    @pytest.mark.parametrize("kind", ["Transition", "Discharge", "Clearance", "Correction", "User", ""])
    def test_it_refuses_what_is_undone_by_going_on(self, cast: Cast, kind: str) -> None:
        walk = discharged(cast)
        row_id = walk.rows(kind)[0].pk if kind in ("Transition", "Discharge", "Clearance") else uuid4()
        with refused("NOTHING_TO_VOID"):
            correction.void_row(row_kind=kind, row_id=row_id, reason="x", **walk.envelope(LATER))


class TestEnteredInError:
    @pytest.mark.parametrize("state", [state for state in State if state is not State.ENTERED_IN_ERROR])
    def test_it_is_reached_from_every_state_once_the_devices_are_voided(self, cast: Cast, state: State) -> None:
        walk = in_state(cast, state)
        for given in walk.rows("DeviceAdministration"):
            walk.void(given, LATER)

        propose(walk)
        agree(walk)

        session = walk.refresh()
        assert (session.state, session.discharge) == ("ENTERED_IN_ERROR", None)
        assert (session.transition.performed_by, session.transition.second_person) == (cast.paul, cast.nora)

    def test_it_needs_every_device_voided_first(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        propose(walk)
        first, last = walk.rows("DeviceAdministration")
        walk.void(first, LATER)
        with refused("DEVICES_NOT_VOIDED"):
            agree(walk)
        walk.void(last, LATER)
        agree(walk)

    def test_it_needs_somebody_to_propose_it(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused("SECOND_PERSON"):
            agree(walk)

    def test_it_needs_two_people(self, cast: Cast) -> None:
        walk = checked_in(cast)
        propose(walk)
        with refused("SECOND_PERSON"):
            agree(walk, by=cast.nora)

    @pytest.mark.parametrize("hidden", ["in the proposal", "in the agreement"])
    def test_it_sees_one_person_behind_another_name(self, cast: Cast, hidden: str) -> None:
        walk = checked_in(cast)
        if hidden == "in the proposal":
            propose(walk, entry=entry(performed_by=cast.nils))
            said: dict[str, object] = {"by": cast.nora}
        else:
            propose(walk)
            said = {"by": cast.paul, "entry": entry(performed_by=cast.nora)}
        with refused("SECOND_PERSON"):
            agree(walk, **said)

    def test_it_falls_with_its_proposal(self, cast: Cast) -> None:
        walk = checked_in(cast)
        propose(walk)
        walk.void(walk.rows("Deviation")[0], LATER)
        with refused("SECOND_PERSON"):
            agree(walk)

    def test_it_frees_the_patient_and_the_devices(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        given = walk.rows("DeviceAdministration")
        for row in given:
            walk.void(row, LATER)
        propose(walk)
        agree(walk)

        again = cleared(cast, of_course=walk.dosing_session.course)
        again.give(NINE + minutes(30), device=given[0].device)

        assert again.refresh().state == "DOSING"

    def test_it_does_not_take_somebody_licensed_elsewhere(self, cast: Cast) -> None:
        walk, elsewhere = checked_in(cast), make_cast(facility_name="Elsewhere", suffix="2")
        visitor = one_more(elsewhere, Role.PRESCRIBER)
        employ(visitor, cast.facility, Role.FRONT_DESK)
        propose(walk)
        with denied():
            agree(walk, by=visitor)
        assert not Correction.objects.exists()
