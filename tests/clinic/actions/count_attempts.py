"""What is done about the cabinet's counts, discrepancies and recalls, ready to be tried."""

from typing import Any

from clinic.actions.cabinet import report_lost
from clinic.actions.count import close_cabinet, hand_in_count, question_count, set_stock_policy
from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy
from clinic.actions.recall import record_recall, withdraw_recall
from clinic.models import Cabinet, Count, Discrepancy, Recall
from clinic.models.cabinet import cabinets_of
from clinic.models.count import marks_of
from clinic.rules.count import CountKind, CountMoment, Lot
from clinic.rules.discrepancy import DiscrepancyStepKind
from clinic.rules.stock import StockKind
from tests.attempts import ADMIN, STOCK, Attempt
from tests.factories import NINE, Cast, entry, make_device

LOT = Lot("esketamine", "L-77", StockKind.BULK)


def a_sheet(cast: Cast, *, found: int = 1) -> dict[str, Any]:
    """Of a cabinet with one device."""
    make_device(cast)
    cabinet = cabinets_of(cast.facility)[0]
    said: dict[str, Any] = {"kind": CountKind.DAILY, "moment": CountMoment.CLOSE, "marks": marks_of(cabinet, [LOT])}
    return {"cabinet": cabinet, "counted": {LOT: found}, **said}


def counted(cast: Cast, *, found: int = 1) -> Count:
    return hand_in_count(**a_sheet(cast, found=found), entry=entry(), by=cast.nora, now=NINE)


def a_counted_cabinet(cast: Cast) -> Cabinet:
    return counted(cast).cabinet


def an_open_one(cast: Cast) -> Discrepancy:
    said: dict[str, Any] = {"facility": cast.facility, "devices": [make_device(cast)], "reason": "Gone."}
    report_lost(**said, entry=entry(), by=cast.nora, now=NINE)
    return Discrepancy.objects.latest("id")


def a_judged_one(cast: Cast) -> Discrepancy:
    discrepancy, kind = an_open_one(cast), DiscrepancyStepKind.NOT_SIGNIFICANT
    follow_discrepancy(discrepancy=discrepancy, kind=kind, text="One.", entry=entry(), by=cast.nora, now=NINE)
    return discrepancy


def a_recall(cast: Cast) -> dict[str, Any]:
    make_device(cast)
    said = {"program_code": "esketamine", "lot": "L-77", "reference": "Letter, 3 May"}
    return {"facility": cast.facility, **said}


def recalled(cast: Cast) -> Recall:
    return record_recall(**a_recall(cast), entry=entry(), by=cast.nora, now=NINE)


def as_made(made: dict[str, Any]) -> dict[str, Any]:
    return made


COUNT_ATTEMPTS = (
    Attempt(hand_in_count, STOCK, a_sheet, as_made),
    Attempt(
        question_count,
        STOCK,
        lambda cast: counted(cast, found=0),
        lambda count: {"count": count, "text": "Counted twice."},
    ),
    Attempt(close_cabinet, STOCK, a_counted_cabinet, lambda cabinet: {"cabinet": cabinet}),
    Attempt(
        set_stock_policy,
        ADMIN,
        lambda cast: cast,
        lambda cast: {
            "facility": cast.facility,
            "count_people": 2,
            "reorder_days": 7,
            "reorder_margin": 3,
            "reason": "Two see more.",
        },
    ),
    Attempt(
        follow_discrepancy,
        STOCK,
        an_open_one,
        lambda found: {"discrepancy": found, "kind": DiscrepancyStepKind.NOTE, "text": "Looked everywhere."},
    ),
    Attempt(close_discrepancy, STOCK, a_judged_one, lambda found: {"discrepancy": found, "reason": "Found broken."}),
    Attempt(record_recall, STOCK, a_recall, as_made),
    Attempt(withdraw_recall, STOCK, recalled, lambda recall: {"recall": recall, "reason": "Another lot."}),
)
