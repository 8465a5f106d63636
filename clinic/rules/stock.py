"""May this very device be given to this patient today?"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clinic.rules.refusals import ClearedBy, Refusal


class StockKind(StrEnum):
    """BULK came from a distributor; PATIENT_SPECIFIC was delivered by a pharmacy for one named patient."""

    BULK = "BULK"
    PATIENT_SPECIFIC = "PATIENT_SPECIFIC"


@dataclass(frozen=True)
class StockDevice:
    """One device in the cabinet, as seen for one patient. ``expires_date`` is the last day it may be used
    (a month-only expiry is the last day of that month)."""

    number: str
    expires_date: date
    kind: StockKind
    for_this_patient: bool
    received_date: date
    given: bool
    drawn_elsewhere: bool = False  # taken out of the cabinet for another session
    gone: bool = False  # wasted, returned, lost, or never received after all
    recalled: bool = False

    @property
    def at_hand(self) -> bool:
        return not (self.given or self.drawn_elsewhere or self.gone)


NUMBER_LENGTH = 20


def tidy_lot(typed: str) -> str:
    """In capitals, as it is printed, however somebody typed it: a lot is compared with a recall, a count and a code."""
    return typed.strip().upper()


def numbers_from(number: str, count: int) -> tuple[str, ...]:
    """The clinic's own numbers of devices that come together: the first, and on from it. Empty where it does not end
    in digits, or the last would not fit."""
    stem = number.rstrip("0123456789")
    digits = number[len(stem) :]
    if count == 1:
        return (number,)
    if not digits:
        return ()
    numbers = tuple(f"{stem}{int(digits) + more:0{len(digits)}}" for more in range(count))
    return numbers if len(numbers[-1]) <= NUMBER_LENGTH else ()


def use_by(received_date: date, *, patient_stock_days: int) -> date:
    """One delivered for a named patient is used within 45 days of receipt (21 USC 829a, domain.md section 6; the number
    is facility policy)."""
    return received_date + timedelta(days=patient_stock_days)


def last_day(kind: StockKind, *, expires_date: date, received_date: date, patient_stock_days: int) -> date:
    """Of its expiry and its use-by the earlier; bulk has no use-by."""
    if kind is StockKind.BULK:
        return expires_date
    return min(expires_date, use_by(received_date, patient_stock_days=patient_stock_days))


def device_refusals(device: StockDevice, *, today: date, patient_stock_days: int) -> tuple[Refusal, ...]:
    """A device is here, unexpired, given to nobody, this patient's or bulk, and within its use-by: one delivered for
    a named patient is used only for that patient."""
    day = use_by(device.received_date, patient_stock_days=patient_stock_days)
    checks = (
        (device.given, "given", None),
        (device.drawn_elsewhere, "drawn", None),
        (device.gone, "gone", None),
        (device.recalled, "recalled", None),
        (today > device.expires_date, "expired", device.expires_date),
        (device.kind is StockKind.PATIENT_SPECIFIC and not device.for_this_patient, "other_patient", None),
        (device.kind is StockKind.PATIENT_SPECIFIC and today > day, "use_by", day),
    )
    return tuple(device_refusal(device.number, problem, date_) for fails, problem, date_ in checks if fails)


def device_refusal(number: str, problem: str, date_: date | None = None) -> Refusal:
    return Refusal("DEVICE", {"problem": problem, "number": number, "date": date_}, None, (ClearedBy.OTHER,))
