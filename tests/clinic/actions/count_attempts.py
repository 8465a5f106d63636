"""What is done about the cabinet, ready to be tried."""

from typing import Any

from clinic.actions.discrepancy import close_discrepancy, follow_discrepancy, open_discrepancy
from clinic.models import Discrepancy
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyStepKind
from tests.attempts import STOCK, Attempt
from tests.factories import NINE, Cast, entry, make_device


def a_lost_device(cast: Cast) -> dict[str, Any]:
    devices = [make_device(cast)]
    return {"facility": cast.facility, "cause": DiscrepancyCause.LOST, "text": "Gone.", "devices": devices}


def an_open_one(cast: Cast) -> Discrepancy:
    return open_discrepancy(**a_lost_device(cast), entry=entry(), by=cast.nora, now=NINE)


def a_judged_one(cast: Cast) -> Discrepancy:
    discrepancy, kind = an_open_one(cast), DiscrepancyStepKind.NOT_SIGNIFICANT
    follow_discrepancy(discrepancy=discrepancy, kind=kind, text="One.", entry=entry(), by=cast.nora, now=NINE)
    return discrepancy


COUNT_ATTEMPTS = (
    Attempt(open_discrepancy, STOCK, a_lost_device, lambda made: made),
    Attempt(
        follow_discrepancy,
        STOCK,
        an_open_one,
        lambda found: {"discrepancy": found, "kind": DiscrepancyStepKind.NOTE, "text": "Looked everywhere."},
    ),
    Attempt(close_discrepancy, STOCK, a_judged_one, lambda found: {"discrepancy": found, "reason": "Found broken."}),
)
