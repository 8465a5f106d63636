"""Who watches, who takes over, who sits where, and when the prescriber was asked."""

from typing import Any

import pytest

from clinic.models import User
from clinic.rules.roles import Role
from sessions_app.actions import floor
from sessions_app.models import ChairMove, PrescriberContact, Watch
from sessions_app.models.facts import session_facts
from sessions_app.rules.gates import gate_refusals
from tests.expect import refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    discharged,
    full_check,
    in_monitoring,
    make_course,
    minutes,
    one_more,
)
from tests.sessions_app.actions.test_departure import reopen

LATER = LAST_DEVICE + minutes(30)


def watch(walk: Walk, by: User, now: Any = LATER) -> Watch:
    return floor.take_watch(**walk.envelope(now, by=by))


def hand_over(walk: Walk, to: User, state: str = "Drowsy, wakes when spoken to.", **fields: Any) -> Watch:
    return floor.hand_over(receiver=to, written_state=state, **walk.envelope(fields.pop("now", LATER), **fields))


def move(walk: Walk, chair: str, now: Any = LATER) -> ChairMove:
    return floor.move_chair(to_chair=chair, **walk.envelope(now, by=walk.cast.fred))


def contact(walk: Walk, how: str, **fields: Any) -> PrescriberContact:
    said = {"prescriber": walk.cast.paul, "how": how, **fields}
    return floor.contact_prescriber(**said, **walk.envelope(LATER))


class TestTakeWatch:
    def test_it_is_the_newest_that_counts(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        watch(walk, cast.nora)
        watch(walk, cast.nils)
        assert [row.watcher for row in walk.rows("Watch")] == [cast.nora, cast.nils]

    def test_it_lets_one_nurse_watch_several_chairs(self, cast: Cast) -> None:
        walks = [checked_in(cast) for _chair in range(3)]
        for walk in walks:
            watch(walk, cast.nora, NINE)
        assert {walk.rows("Watch")[-1].watcher for walk in walks} == {cast.nora}


class TestHandOver:
    def test_it_says_from_whom_and_how_the_patient_is(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        watch(walk, cast.nora)

        handed = hand_over(walk, cast.nils)

        assert (handed.watcher, handed.handed_over_by) == (cast.nils, cast.nora)
        assert handed.written_state == "Drowsy, wakes when spoken to."

    def test_it_hands_over_a_chair_that_nobody_watches(self, cast: Cast) -> None:
        assert hand_over(in_monitoring(cast), cast.paul).watcher == cast.paul

    def test_it_asks_for_a_written_state(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="written_state"):
            hand_over(walk, cast.nils, state="  ")

    def test_it_is_not_to_oneself(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="receiver"):
            hand_over(walk, cast.nora)

    @pytest.mark.parametrize("name", ["fred", "ada", "ines"])
    def test_it_is_not_to_somebody_without_a_licence(self, cast: Cast, name: str) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="receiver"):
            hand_over(walk, getattr(cast, name))

    def test_it_is_not_to_a_prescriber_of_another_facility(self, cast: Cast, otto: User) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="receiver"):
            hand_over(walk, otto)

    def test_it_leaves_a_chair_that_somebody_else_took_meanwhile(self, cast: Cast) -> None:
        walk, pia = in_monitoring(cast), one_more(cast, Role.NURSE)
        watch(walk, cast.nora)
        watch(walk, cast.nils)
        with refused("NOT_YOUR_CHAIR") as caught:
            hand_over(walk, pia)
        assert caught.value.refusals[0].params == {"who": "Nils Quince"}


class TestMoveChair:
    def test_it_moves_the_session_and_keeps_from_where(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        moved = move(walk, " 4 ")
        assert (walk.refresh().chair, moved.from_chair, moved.to_chair) == ("4", "1", "4")

    def test_it_names_who_sits_there(self, cast: Cast) -> None:
        walk, other = in_monitoring(cast), checked_in(cast)
        with refused("FIELD", field="chair") as caught:
            move(walk, other.dosing_session.chair)
        assert caught.value.refusals[0].params["who"] == "Rosalind Tamarack"

    def test_it_takes_a_chair_that_somebody_left(self, cast: Cast) -> None:
        walk, gone = in_monitoring(cast), checked_in(cast)
        gone.end_not_dosed(NINE + minutes(10))
        assert move(walk, "2").to_chair == "2"

    @pytest.mark.parametrize("chair", ["", "  ", "1"])
    def test_it_asks_which_and_another(self, cast: Cast, chair: str) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field="chair"):
            move(walk, chair)

    def test_it_brings_back_without_a_chair_who_lost_it(self, cast: Cast) -> None:
        walk = discharged(cast)
        checked_in(cast, of_course=make_course(cast), now=STAY_ENDS)

        reopen(walk, STAY_ENDS + minutes(5))

        assert (walk.refresh().state, walk.refresh().chair) == ("MONITORING", "")
        assert move(walk, "2", STAY_ENDS + minutes(6)).from_chair == ""


class TestContactPrescriber:
    @pytest.mark.parametrize("how", ["CALLED", "ARRIVED"])
    def test_it_is_one_line(self, cast: Cast, how: str) -> None:
        assert contact(in_monitoring(cast), how).prescriber == cast.paul

    def test_it_holds_what_was_said_by_telephone_and_read_back(self, cast: Cast) -> None:
        row = contact(in_monitoring(cast), "TELEPHONE", said=" Repeat at 11. ", read_back=True)
        assert (row.said, row.read_back) == ("Repeat at 11.", True)

    @pytest.mark.parametrize(
        ("fields", "field"),
        [({"said": "Repeat."}, "read_back"), ({"read_back": True}, "said"), ({"said": " ", "read_back": True}, "said")],
    )
    def test_it_asks_for_words_and_the_read_back(self, cast: Cast, fields: dict[str, Any], field: str) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD", field=field):
            contact(walk, "TELEPHONE", **fields)

    @pytest.mark.parametrize("name", ["nora", "ada"])
    def test_it_is_a_prescriber_of_this_facility(self, cast: Cast, otto: User, name: str) -> None:
        walk = in_monitoring(cast)
        for person in (getattr(cast, name), otto):
            with refused("FIELD", field="prescriber"):
                contact(walk, "CALLED", prescriber=person)

    def test_it_opens_no_gate(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(STAY_ENDS, full_check(150, 80))

        def refusals() -> Any:
            return gate_refusals(session_facts(walk.refresh(), at=STAY_ENDS), now=STAY_ENDS)

        before = refusals()
        contact(walk, "TELEPHONE", said="Let them go.", read_back=True)
        assert refusals() == before
        assert "BP" in {refusal.code for refusal in before}
