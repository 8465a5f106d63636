"""This very device, to this patient, today."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy
from clinic.rules.stock import NUMBER_LENGTH, StockDevice, StockKind, device_refusals, last_day, numbers_from, tidy_lot

TODAY = date(2025, 3, 4)
BULK = StockDevice("A-1", date(2025, 3, 31), StockKind.BULK, False, TODAY, given=False)
OWN = replace(BULK, kind=StockKind.PATIENT_SPECIFIC, for_this_patient=True)


def problems(device: StockDevice, *, today: date = TODAY, days: int = 45) -> list[object]:
    refusals = device_refusals(device, today=today, patient_stock_days=days)
    assert all(
        (row.code, row.cleared_by, row.params["number"]) == ("DEVICE", (ClearedBy.OTHER,), "A-1") for row in refusals
    )
    return [row.params["problem"] for row in refusals]


def test_gives_bulk_and_the_patients_own_and_nobody_elses() -> None:
    assert problems(BULK) == problems(OWN) == []
    assert problems(replace(OWN, for_this_patient=False)) == ["other_patient"]


@pytest.mark.parametrize(
    ("kind", "came", "last"),
    [
        (StockKind.BULK, date(2024, 1, 1), date(2025, 3, 31)),
        (StockKind.PATIENT_SPECIFIC, date(2025, 2, 14), date(2025, 3, 31)),
        (StockKind.PATIENT_SPECIFIC, date(2025, 2, 13), date(2025, 3, 30)),
        (StockKind.PATIENT_SPECIFIC, date(2025, 3, 1), date(2025, 3, 31)),
    ],
)
def test_its_last_day_is_that_of_its_expiry_or_its_use_by(kind: StockKind, came: date, last: date) -> None:
    said: dict[str, Any] = {"expires_date": date(2025, 3, 31), "received_date": came, "patient_stock_days": 45}
    assert last_day(kind, **said) == last


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"given": True}, "given"),
        ({"drawn_elsewhere": True}, "drawn"),
        ({"gone": True}, "gone"),
        ({"recalled": True}, "recalled"),
    ],
)
def test_gives_no_device_twice_and_none_that_is_elsewhere_gone_or_recalled(
    changed: dict[str, Any], problem: str
) -> None:
    device = replace(BULK, **changed)
    assert problems(device) == [problem]
    assert BULK.at_hand
    assert device.at_hand is (problem == "recalled")


@pytest.mark.parametrize(("days", "expired"), [(-1, False), (0, False), (1, True)])
def test_uses_a_device_up_to_the_last_day_of_its_expiry(days: int, expired: bool) -> None:
    today = BULK.expires_date + timedelta(days=days)

    assert problems(BULK, today=today) == (["expired"] if expired else [])


@pytest.mark.parametrize(("days", "past"), [(44, False), (45, False), (46, True)])
def test_uses_a_named_patients_device_within_its_days_of_receipt_and_bulk_without_end(days: int, past: bool) -> None:
    received = TODAY - timedelta(days=days)

    assert problems(replace(OWN, received_date=received)) == (["use_by"] if past else [])
    assert problems(replace(BULK, received_date=received)) == []


def test_says_everything_that_is_wrong_with_a_device() -> None:
    worst = replace(
        OWN, for_this_patient=False, given=True, expires_date=date(2025, 1, 31), received_date=date(2024, 1, 1)
    )

    assert problems(worst) == ["given", "expired", "other_patient", "use_by"]


def test_says_until_when_it_might_have_been_used() -> None:
    days = {"given": None, "other_patient": None, "expired": date(2025, 1, 31), "use_by": date(2024, 2, 15)}
    worst = {"given": True, "expires_date": days["expired"], "received_date": date(2024, 1, 1)}
    refusals = device_refusals(replace(OWN, for_this_patient=False, **worst), today=TODAY, patient_stock_days=45)
    assert {row.params["problem"]: row.params["date"] for row in refusals} == days


@pytest.mark.parametrize(
    ("first", "count", "numbers"),
    [
        ("D-9", 1, ("D-9",)),
        ("D", 1, ("D",)),
        ("D", 2, ()),
        ("AX9", 2, ("AX9", "AX10")),
        ("9X", 2, ()),
        ("A-08", 3, ("A-08", "A-09", "A-10")),
        ("9" * (NUMBER_LENGTH - 1), 2, ("9" * (NUMBER_LENGTH - 1), "1" + "0" * (NUMBER_LENGTH - 1))),
        ("9" * NUMBER_LENGTH, 2, ()),
    ],
)
def test_numbers_what_comes_together(first: str, count: int, numbers: tuple[str, ...]) -> None:
    assert numbers_from(first, count) == numbers


def test_a_lot_is_one_lot_however_it_was_typed() -> None:
    assert tidy_lot(" 24f07a ") == tidy_lot("24F07A") == "24F07A"
