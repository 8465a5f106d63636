"""What every entry on a session has in common: its time, its place in the order, the second person."""

from datetime import datetime, timedelta

import pytest

from clinic.models import AuditEvent, Entry
from sessions_app.models import Check, SignObservation
from tests.expect import refused
from tests.factories import NINE, Cast, checked_in, entry, full_check, in_monitoring, make_cast, minutes
from tests.sessions_app.actions.session_attempts import SESSION_ATTEMPTS

SECOND = timedelta(seconds=1)


class TestTheEnteredTime:
    @pytest.mark.parametrize(
        ("at", "passes"),
        [
            (NINE - minutes(1), False),
            (NINE, True),
            (NINE + minutes(12), True),
            (NINE + minutes(13), False),
        ],
    )
    def test_it_lies_between_check_in_and_two_minutes_from_now(self, cast: Cast, at: datetime, passes: bool) -> None:
        walk, now = checked_in(cast), NINE + minutes(10)
        if passes:
            assert walk.check(now, at=at).occurred_at == at
        else:
            with refused("FIELD", field="occurred_time"):
                walk.check(now, at=at)

    def test_it_is_asked_of_every_action_on_a_session_that_is_open(self, cast: Cast) -> None:
        walk, future = in_monitoring(cast), NINE + minutes(300)
        for attempt in SESSION_ATTEMPTS:
            fields = attempt.fields(walk)
            with refused("FIELD", field="occurred_time"):
                attempt.action(**fields, entry=entry(future), by=cast.paul, now=NINE + minutes(60))

    def test_it_is_a_whole_minute(self, cast: Cast) -> None:
        walk = checked_in(cast)
        typed = walk.check(NINE + minutes(10), at=NINE + minutes(5) + 40 * SECOND)
        just_now = walk.check(NINE + minutes(10) + 40 * SECOND)

        assert (typed.occurred_at, just_now.occurred_at) == (NINE + minutes(5), NINE + minutes(10))


class TestTheOrder:
    def test_it_counts_the_entries_of_a_session_without_gaps(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        orders = (
            Entry.objects.filter(subject_id=walk.dosing_session.pk).order_by("order").values_list("order", flat=True)
        )

        assert list(orders) == list(range(1, len(orders) + 1))
        assert walk.refresh().last_order == len(orders)

    def test_it_is_shared_by_the_rows_of_one_entry(self, cast: Cast) -> None:
        walk = checked_in(cast)
        check = walk.check(NINE + minutes(10))
        signs = SignObservation.objects.filter(check_row=check)

        assert {sign.order for sign in signs} == {check.order}
        assert {sign.entry_id for sign in signs} == {check.entry_id}


class TestTheForm:
    def test_it_refuses_the_same_form_for_another_patient(self, cast: Cast) -> None:
        form, walk, other = entry(), checked_in(cast), checked_in(cast)
        walk.check(NINE + minutes(10), form=form)

        with refused("ENTRY_REUSED"):
            other.check(NINE + minutes(10), form=form)

        assert Check.objects.count() == 1

    def test_it_returns_the_first_result_however_the_second_is_filled_in(self, cast: Cast) -> None:
        form, walk = entry(), checked_in(cast)
        first = walk.check(NINE + minutes(10), full_check(150, 80), form=form)
        again = walk.check(NINE + minutes(40), full_check(120, 70), form=form)

        assert (again, again.systolic_mmhg) == (first, 150)

    def test_it_is_another_form_in_another_facility(self, cast: Cast) -> None:
        form, elsewhere = entry(), make_cast(facility_name="Elsewhere", suffix="2")
        checked_in(cast).check(NINE + minutes(10), form=form)
        checked_in(elsewhere).check(NINE + minutes(10), form=form)

        assert Check.objects.filter(entry_id=form.entry_id).count() == 2

    def test_it_says_who_did_it_and_who_entered_it(self, cast: Cast) -> None:
        walk = checked_in(cast)
        check = walk.check(NINE + minutes(10), form=entry(performed_by=cast.nils, request_id="r-1", channel="PAPER"))

        assert (check.performed_by, check.recorded_by) == (cast.nils, cast.nora)
        assert (check.request_id, check.channel) == ("r-1", "PAPER")
        assert AuditEvent.objects.get(entry_id=check.entry_id).request_id == "r-1"
