"""Whom devices come from and go back to, and the paper that they come or go with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Delivery, Facility, Supplier, User
from clinic.rules.dea import dea_number_refusals, tidy_dea_number
from clinic.rules.refusals import reason_refusals
from clinic.rules.roles import Permission


@dataclass(frozen=True)
class Arrival:
    """A delivery that is entered with what came in it, or went with it."""

    supplier: Supplier
    invoice: str
    document: CheckedFile | None = None

    def rows(self, **said: Any) -> tuple[Any, ...]:
        """The delivery first, not yet written. Raises ActionRefused."""
        refuse(*reason_refusals(self.invoice, name="invoice"))
        papers = document_rows(file=self.document, **said) if self.document else ()
        document = papers[0] if papers else None
        delivery = row(Delivery, **said, supplier=self.supplier, invoice=self.invoice.strip(), document=document)
        return delivery, *papers


@repeatable
@transaction.atomic
def record_supplier(
    *, facility: Facility, name: str, address: str, dea_number: str, entry: Submission, by: User, now: datetime
) -> Supplier:
    """Whom devices come from or go back to, remembered; told again, it takes the place of what was told before."""
    demand(by, Permission.STOCK, facility.pk, at=now)
    action = "record_supplier"
    if first := first_result(Supplier, facility=facility, entry=entry, action=action, by=by):
        return first
    number = tidy_dea_number(dea_number)

    refuse(*reason_refusals(name, name="name"), *reason_refusals(address, name="address"))
    refuse(*dea_number_refusals(number, name="dea_number"))

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    supplier = row(Supplier, **said, name=name.strip(), address=address.strip(), dea_number=number)
    write(action=action, subject=facility, rows=[supplier], **said)
    return supplier
