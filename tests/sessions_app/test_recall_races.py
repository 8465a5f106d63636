"""A recall and a draw of one moment, on PostgreSQL: nothing is drawn once the recall is committed, and who comes second
is told why."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clinic.actions.recall import record_recall
from clinic.models import AuditChain, AuditEvent, Device, Recall, StockMovement
from clinic.models.cabinet import newest_of, step_after
from clinic.rules.cabinet import Move, Place
from clinic.rules.refusals import ActionRefused
from tests.by_hand import forge
from tests.factories import NINE, Cast, Walk, cleared, entry, make_cast, make_device, minutes
from tests.race import Waiting, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.paperwork]
AT = NINE + minutes(25)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return cleared(cast)


@pytest.fixture
def device(walk: Walk) -> Device:
    return make_device(walk.cast, number="W-7", lot="L-7")


def recall(cast: Cast, lot: str = "L-7") -> Recall:
    said: dict[str, Any] = {"facility": cast.facility, "entry": entry(), "by": cast.paul, "now": AT}
    return record_recall(program_code="esketamine", lot=lot, reference="Letter of today", **said)


def problems(outcome: Any) -> set[Any]:
    assert isinstance(outcome, ActionRefused), outcome
    return {(refusal.code, refusal.params["problem"], refusal.params["number"]) for refusal in outcome.refusals}


def drawn(device: Device) -> bool:
    return StockMovement.objects.filter(device=device, kind=Move.DRAWN).exists()


def test_whichever_comes_first_both_are_right(walk: Walk, device: Device) -> None:
    taken, recalled = race(partial(walk.take, AT, device), partial(recall, walk.cast))

    assert isinstance(recalled, Recall)
    assert drawn(device) != isinstance(taken, ActionRefused)
    if drawn(device):
        order = AuditEvent.objects.filter(action__in=("take_devices", "record_recall")).order_by("sequence")
        assert [event.action for event in order] == ["take_devices", "record_recall"]  # as they were committed
    else:
        assert problems(taken) == {("DEVICE", "recalled", "W-7")}


def test_a_recall_is_committed_while_what_was_asked_already_is_drawn(walk: Walk, device: Device) -> None:
    """The question was answered, the step is written, and waits to be said in the audit: then comes the recall."""
    with transaction.atomic():
        AuditChain.objects.select_for_update().get(facility=walk.cast.facility)
        take = Waiting(partial(walk.take, AT, device))
        recall(walk.cast)

    assert problems(take.result()) == {("DEVICE", "recalled", "W-7")}
    assert not drawn(device)


def test_so_is_what_is_handed_over_out_of_the_cabinet(walk: Walk, device: Device) -> None:
    with transaction.atomic():
        AuditChain.objects.select_for_update().get(facility=walk.cast.facility)
        give = Waiting(partial(walk.give, NINE + minutes(30), device=device))
        recall(walk.cast)

    assert problems(give.result()) == {("DEVICE", "recalled", "W-7")}
    assert not drawn(device)


def test_a_recall_waits_for_a_draw_and_what_was_drawn_is_not_given(walk: Walk, device: Device) -> None:
    with transaction.atomic():
        walk.take(AT, device)
        waiting = Waiting(partial(recall, walk.cast))

    assert isinstance(waiting.result(), Recall)
    assert StockMovement.objects.newest().get(device=device).place is Place.DRAWN
    with pytest.raises(ActionRefused) as caught:
        walk.give(NINE + minutes(30), device=device)
    assert problems(caught.value) == {("DEVICE", "recalled", "W-7")}


class TestByHand:
    """With plain SQL, as the application's role, past every action: the database alone."""

    @pytest.fixture
    def another(self, walk: Walk, device: Device) -> Recall:
        """A recall to be copied by hand."""
        make_device(walk.cast, number="W-8", lot="L-8")
        return recall(walk.cast, "L-8")

    def test_a_draw_waits_for_a_recall_and_sees_it(self, walk: Walk, device: Device, another: Recall) -> None:
        with transaction.atomic():
            forge(another, lot="l-7")
            draw = Waiting(partial(draw_by_hand, walk, device))

        outcome = draw.result()
        assert isinstance(outcome, IntegrityError)
        assert "stock_movement_not_recalled" in str(outcome)
        assert not drawn(device)

    def test_a_draw_that_waited_for_a_recall_that_came_to_nothing_is_taken(
        self, walk: Walk, device: Device, another: Recall
    ) -> None:
        with transaction.atomic():
            forge(another, lot="L-7")
            draw = Waiting(partial(draw_by_hand, walk, device))
            transaction.set_rollback(True)

        assert not isinstance(draw.result(), Exception)
        assert drawn(device)

    def test_a_recall_is_not_committed_before_the_draw_that_was_first(
        self, walk: Walk, device: Device, another: Recall
    ) -> None:
        with transaction.atomic():
            draw_by_hand(walk, device)
            later = Waiting(partial(forge, another, lot="L-7"))
            assert not Recall.objects.filter(lot="L-7").exists()

        assert not isinstance(later.result(), Exception)
        assert drawn(device)

    def test_another_facility_waits_for_nobody(self, walk: Walk, device: Device, another: Recall) -> None:
        elsewhere = cleared(make_cast(facility_name="Annex", suffix="2", organisation=walk.cast.facility.organisation))
        theirs = make_device(elsewhere.cast, number="W-9", lot="L-7")
        with transaction.atomic():
            forge(another, lot="L-7")
            draw = Waiting(partial(draw_by_hand, elsewhere, theirs))
            assert not isinstance(draw.result(), Exception)

        assert drawn(theirs)


def draw_by_hand(walk: Walk, device: Device) -> Any:
    last = newest_of([device])[device.pk]
    fields = step_after(last, Move.DRAWN, to=walk.dosing_session.pk)
    return forge(last, **fields, undoes=None, reason="")
