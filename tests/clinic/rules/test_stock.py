"""This very device, to this patient, today."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.rules.refusals import ClearedBy
from clinic.rules.stock import StockDevice, StockKind, device_refusals

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


def test_gives_no_device_twice() -> None:
    assert problems(replace(BULK, given=True)) == ["given"]


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
