"""A lot is recalled, and is not after all."""

from typing import Any

import pytest

from clinic.actions.recall import record_recall, withdraw_recall
from clinic.models import Device, Recall
from clinic.models.recall import in_force, recalled_among
from tests.by_hand import forge
from tests.expect import refused
from tests.factories import NINE, Cast, entry, make_device, minutes

pytestmark = pytest.mark.paperwork


def recall(cast: Cast, **said: Any) -> Recall:
    given = {"facility": cast.facility, "program_code": "esketamine", "lot": " L-77 ", "reference": "Letter, 3 May"}
    return record_recall(**{**given, "entry": entry(), "by": cast.nora, "now": NINE, **said})


class TestARecall:
    def test_it_is_of_a_lot_that_came_here_and_recorded_once(self, cast: Cast) -> None:
        with refused("FIELD", field="lot"):
            recall(cast)
        device, other = make_device(cast), make_device(cast, lot="L-78")
        assert recalled_among([device, other]) == set()
        assert recall(cast).lot == "L-77"
        assert recalled_among([device, other]) == {("esketamine", "L-77")}
        with refused("FIELD", field="lot"):
            recall(cast)

    def test_it_is_of_the_lot_in_whatever_letters_it_was_typed(self, cast: Cast) -> None:
        device = make_device(cast, lot="l-77a")
        assert device.lot == "L-77A"
        older = Device.objects.get(pk=forge(device, number="D-1", lot="l-77A"))
        assert recall(cast, lot="L-77a ").lot == "L-77A"
        assert recalled_among([device, older]) == {("esketamine", "L-77A"), ("esketamine", "l-77A")}
        with refused("FIELD", field="lot"):
            recall(cast, lot="l-77a")

    def test_it_is_withdrawn_once_with_a_reason_and_may_come_again(self, cast: Cast) -> None:
        make_device(cast)
        first = recall(cast)
        said: dict[str, Any] = {"by": cast.paul, "now": NINE + minutes(1)}
        with refused("FIELD", field="reason"):
            withdraw_recall(recall=first, reason=" ", entry=entry(), **said)
        withdraw_recall(recall=first, reason="Another lot was meant.", entry=entry(), **said)
        assert not in_force().exists()
        with refused("RECALL_WITHDRAWN"):
            withdraw_recall(recall=first, reason="Again.", entry=entry(), **said)
        assert recall(cast)
