"""What a session does to a device, in the cabinet's ledger."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.actions.cabinet import report_found
from clinic.models import Cabinet, Device
from clinic.models.cabinet import newest_of, story_of
from clinic.rules.cabinet import Move, Place
from sessions_app.actions.cabinet import correct_movement
from sessions_app.rules.facts import Outcome
from tests.clinic.actions.cabinet_attempts import lose, waste
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, cleared, entry, make_device, minutes

pytestmark = pytest.mark.paperwork

FIRST = NINE + minutes(30)


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return cleared(cast)


def place_of(device: Device) -> Place:
    return newest_of([device])[device.pk].place


def kinds_of(device: Device) -> list[str]:
    return [row.kind for row in story_of(device)]


class TestHandingOver:
    def test_it_comes_out_of_the_cabinet_in_the_same_entry(self, walk: Walk) -> None:
        given = walk.give(FIRST)
        _, drawn, handed = story_of(given.device)
        assert (drawn.kind, handed.kind, handed.given_as) == (Move.DRAWN, Move.ADMINISTERED, given.pk)
        assert drawn.entry_id == handed.entry_id == given.entry_id
        assert drawn.to_id == handed.to_id == walk.dosing_session.pk

    def test_it_says_why_where_the_gate_would_have_refused_the_device(self, walk: Walk) -> None:
        late = make_device(walk.cast, expires_date=(NINE - timedelta(days=1)).date())
        walk.give(FIRST, device=late, exception_reason="It was in her hand.")
        walk.give(FIRST + minutes(1), exception_reason="Too soon, by herself.")
        reasons = [story_of(row.device)[1].reason for row in walk.rows("DeviceAdministration")]
        assert reasons == ["It was in her hand.", ""]

    def test_it_says_so_too_where_it_was_given_before_anybody_cleared_the_patient(self, walk: Walk) -> None:
        late = make_device(walk.cast, expires_date=(NINE - timedelta(days=1)).date())
        walk.give(FIRST, device=late, at=NINE + minutes(20), exception_reason="It was in her hand.")
        assert [step.reason for step in story_of(late)][1:] == ["It was in her hand.", ""]


class TestItsOutcome:
    def test_it_failed_and_did_not_after_all(self, walk: Walk) -> None:
        given = walk.give(FIRST, outcome=Outcome.FAILED)
        assert place_of(given.device) is Place.FAILED
        walk.outcome(given, Outcome.FAILED, FIRST)
        assert kinds_of(given.device)[-1] == Move.FAILED

        walk.outcome(given, Outcome.PARTIAL, FIRST)

        assert place_of(given.device) is Place.ADMINISTERED
        assert kinds_of(given.device)[-2:] == [Move.FAILED, Move.CORRECTED]

    def test_it_follows_what_is_in_force(self, walk: Walk) -> None:
        given = walk.give(FIRST, outcome=Outcome.FULL)
        walk.outcome(given, Outcome.FAILED, FIRST, by=walk.cast.nils)
        failed = walk.rows("DeviceOutcome")[-1]
        assert place_of(given.device) is Place.FAILED
        walk.void(failed, FIRST)
        assert place_of(given.device) is Place.ADMINISTERED


class TestVoided:
    @pytest.mark.parametrize("outcome", [None, Outcome.FULL, Outcome.FAILED])
    def test_it_is_back_where_it_was_before(self, walk: Walk, outcome: Outcome | None) -> None:
        given = walk.give(FIRST, outcome=outcome)
        walk.void(given, FIRST)
        assert place_of(given.device) is Place.CABINET
        other = cleared(walk.cast)
        assert other.give(FIRST, device=given.device)
        with refused("DEVICE"):
            walk.give(FIRST, device=given.device)


class TestDoneWithSince:
    """A failed one was wasted or lost, before anybody saw that it was another."""

    def found(self, walk: Walk, device: Device) -> None:
        said = {"facility": walk.cast.facility, "entry": entry(), "by": walk.cast.nora, "now": FIRST}
        report_found(devices=[device], cabinet=Cabinet.objects.get(), reason="Behind the drawer.", **said)

    def put_right(self, walk: Walk, device: Device) -> None:
        said = {"facility": walk.cast.facility, "entry": entry(), "by": walk.cast.nora, "now": FIRST}
        correct_movement(device=device, reason="It was another one.", **said)

    def test_found_again_it_is_nobody_elses(self, walk: Walk) -> None:
        device = walk.give(FIRST, outcome=Outcome.FAILED).device
        lose(walk.cast, device, now=FIRST)
        self.found(walk, device)
        assert place_of(device) is Place.FAILED
        other = cleared(walk.cast)
        with refused("DEVICE"):
            other.give(FIRST, device=device)

    @pytest.mark.parametrize("leave", [waste, lose])
    def test_it_is_free_once_it_was_given_to_nobody(self, walk: Walk, leave: Any) -> None:
        given = walk.give(FIRST, outcome=Outcome.FAILED)
        leave(walk.cast, given.device, now=FIRST)
        walk.void(given, FIRST)
        assert place_of(given.device) in (Place.WASTED, Place.LOST)
        (self.put_right if leave is waste else self.found)(walk, given.device)
        assert place_of(given.device) is Place.CABINET
        assert cleared(walk.cast).give(FIRST, device=given.device)

    def test_what_was_taken_given_to_nobody_and_found_is_in_the_cabinet(self, walk: Walk) -> None:
        (device,) = walk.take(FIRST)
        given = walk.give(FIRST, device=device, outcome=Outcome.FAILED)
        lose(walk.cast, device, now=FIRST)
        walk.void(given, FIRST)
        self.found(walk, device)
        assert place_of(device) is Place.CABINET
