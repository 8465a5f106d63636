"""Which PINs are taken, and when wrong ones make a pause."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.pin import pin_lock_refusals, pin_refusals
from clinic.rules.refusals import ClearedBy, Refusal

NINE = datetime(2026, 4, 14, 13, 0, tzinfo=UTC)
SECOND, WINDOW = timedelta(seconds=1), timedelta(minutes=5)


@pytest.mark.parametrize("pin", ["284617", "905273", "737194", "460085", "733717", "321282", "311382"])
def test_it_takes_six_digits_that_nobody_tries_first(pin: str) -> None:
    assert pin_refusals(pin) == ()


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("", "pin_six_digits"),
        ("28461", "pin_six_digits"),
        ("2846175", "pin_six_digits"),
        ("28461a", "pin_six_digits"),
        ("284617\n", "pin_six_digits"),
        ("٢٨٤٦١٧", "pin_six_digits"),
        ("000000", "pin_obvious"),
        ("777777", "pin_obvious"),
        ("838383", "pin_obvious"),
        ("588858", "pin_obvious"),
        ("123456", "pin_obvious"),
        ("890123", "pin_obvious"),
        ("654321", "pin_obvious"),
        ("112233", "pin_obvious"),
        ("998877", "pin_obvious"),
        ("472472", "pin_obvious"),
        ("472274", "pin_obvious"),
        ("140782", "pin_date"),
        ("071482", "pin_date"),
        ("820714", "pin_date"),
        ("010182", "pin_date"),
        ("311282", "pin_date"),
        ("821230", "pin_date"),
    ],
)
def test_it_refuses_what_is_tried_first(pin: str, problem: str) -> None:
    (refusal,) = pin_refusals(pin)
    assert (refusal.params["field"], refusal.params["problem"]) == ("pin", problem)


class TestThePause:
    FIVE = tuple(NINE + SECOND * count for count in range(5))

    def test_it_begins_with_the_fifth(self) -> None:
        now = self.FIVE[-1]
        assert pin_lock_refusals(self.FIVE[:4], now=now) == ()
        ways = (ClearedBy.TIME, ClearedBy.DOCUMENTATION)
        assert pin_lock_refusals(self.FIVE, now=now) == (Refusal("PIN_LOCKED", {}, NINE + WINDOW, ways),)

    @pytest.mark.parametrize(("after", "locked"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
    def test_it_is_over_after_five_minutes(self, after: timedelta, locked: bool) -> None:
        assert bool(pin_lock_refusals(self.FIVE, now=NINE + WINDOW + after)) is locked

    def test_it_counts_from_the_fifth_last_however_many_there_were(self) -> None:
        many = [NINE + SECOND * count for count in range(8)]
        (refusal,) = pin_lock_refusals(reversed(many), now=many[-1])
        assert refusal.clears_at == many[3] + WINDOW
