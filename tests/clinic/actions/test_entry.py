"""How an action writes: once per entry, with its envelope, in whole minutes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from clinic.actions.entry import Submission, refuse, repeatable, row, whole_minute
from clinic.identifiers import new_id
from clinic.models import Counselling
from clinic.rules.refusals import ActionRefused, Refusal
from tests.factories import NINE, Cast, minutes

SECONDS = timedelta(seconds=59, microseconds=999_999)


class TestRepeatable:
    @pytest.mark.parametrize("name", ["entry_once_per_facility", "facility_policy_version"])
    def test_it_runs_again_when_somebody_was_first(self, name: str) -> None:
        met = [IntegrityError(f'violates unique constraint "{name}"')]

        @repeatable
        def act() -> str:
            if met:
                raise met.pop()
            return "done"

        assert act() == "done"

    def test_it_leaves_every_other_error_alone(self) -> None:
        @repeatable
        def act() -> None:
            raise IntegrityError('violates unique constraint "patient_mrn_once_in_organisation"')

        with pytest.raises(IntegrityError):
            act()


class TestRow:
    def test_it_fills_the_envelope(self, cast: Cast) -> None:
        said = Submission(occurred_at=NINE + SECONDS, performed_by=cast.nils, request_id="r-1")
        made = row(Counselling, facility=cast.facility, entry=said, by=cast.nora, now=NINE + minutes(5))

        assert (made.performed_by, made.recorded_by, made.request_id) == (cast.nils, cast.nora, "r-1")
        assert (made.entry_id, made.occurred_at, made.channel) == (said.entry_id, NINE, "LIVE")
        assert made.recorded_at is None

    def test_it_happened_just_now_where_no_time_was_typed(self, cast: Cast) -> None:
        made = row(Counselling, facility=cast.facility, entry=Submission(), by=cast.nora, now=NINE + SECONDS)
        assert (made.occurred_at, made.performed_by) == (NINE, cast.nora)


class TestRefuse:
    def test_it_raises_every_reason_in_order_and_nothing_for_none(self) -> None:
        refuse()
        with pytest.raises(ActionRefused) as caught:
            refuse(Refusal("B"), Refusal("A"))
        assert [refusal.code for refusal in caught.value.refusals] == ["B", "A"]


def test_it_makes_keys_that_sort_by_time() -> None:
    keys = [new_id() for _ in range(3)]
    assert {key.version for key in keys} == {7}
    assert whole_minute(NINE + SECONDS) == NINE
