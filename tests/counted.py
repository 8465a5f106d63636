"""A cabinet that was counted and differs, and a lot that is recalled."""

from typing import Any

from clinic.actions.count import hand_in_count, question_count
from clinic.actions.recall import record_recall
from clinic.models import Count
from clinic.models.cabinet import cabinets_of
from clinic.models.count import expected_in, marks_of
from clinic.rules.count import CountKind, CountMoment, Lot
from clinic.rules.stock import StockKind
from tests.cast import NINE, Cast, entry, make_device


def counted_and_recalled(cast: Cast) -> None:
    """One device of lot X-1 fewer than the book has, in a discrepancy; and that lot recalled."""
    make_device(cast, number="X-101", lot="X-1")
    count = counted_and_differs(cast, Lot("esketamine", "X-1", StockKind.BULK))
    question_count(count=count, text="Counted twice.", entry=entry(), by=cast.nora, now=NINE)
    lot = {"program_code": "esketamine", "lot": "X-1", "reference": "Letter of 3 May"}
    record_recall(facility=cast.facility, **lot, entry=entry(), by=cast.nora, now=NINE)


def counted_and_differs(cast: Cast, without: Lot) -> Count:
    """None of this lot was there."""
    cabinet = cabinets_of(cast.facility)[0]
    counted = {**expected_in(cabinet), without: 0}
    said: dict[str, Any] = {"kind": CountKind.DAILY, "moment": CountMoment.CLOSE, "marks": marks_of(cabinet, counted)}
    return hand_in_count(cabinet=cabinet, counted=counted, **said, entry=entry(), by=cast.nora, now=NINE)
