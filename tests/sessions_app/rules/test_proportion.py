"""Wilson's interval against values that others computed (Newcombe 1998, table I, method 3)."""

import pytest

from sessions_app.rules.proportion import Proportion, wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
        (0, 1, 0.0000, 0.7935),
        (1, 1, 0.2065, 1.0000),
    ],
)
def test_it_is_as_published(count: int, total: int, low: float, high: float) -> None:
    assert wilson(count, total) == pytest.approx((low, high), abs=0.00006)


@pytest.mark.parametrize(("count", "total"), [(0, 0), (-1, 3), (4, 3)])
def test_it_is_of_something(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=r"^a share is of"):
        wilson(count, total)


def test_a_share_of_nothing_is_none() -> None:
    assert Proportion(0, 0).share is None
    assert Proportion(0, 0).interval is None
    assert Proportion(1, 4).share == 0.25


def test_its_interval_is_of_its_own_numbers_and_ends_at_all_of_them() -> None:
    assert Proportion(81, 263).interval == wilson(81, 263)
    assert wilson(3, 3)[1] == 1.0
    assert wilson(1, 1, z=0.001)[1] <= 1.0
