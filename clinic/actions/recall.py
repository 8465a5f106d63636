"""A lot is recalled, or not after all."""

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Device, Facility, Recall, RecallWithdrawal, User
from clinic.models.recall import in_force
from clinic.rules.recall import recall_refusals
from clinic.rules.refusals import Refusal, reason_refusals
from clinic.rules.roles import Permission
from clinic.rules.stock import tidy_lot


@repeatable
@transaction.atomic
def record_recall(
    *,
    facility: Facility,
    program_code: str,
    lot: str,
    reference: str,
    note: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Recall:
    """From this moment none of the lot is given here."""
    demand(by, Permission.STOCK, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Recall, action="record_recall", **said):
        return first
    lot = tidy_lot(lot)
    of_lot = {"facility": facility, "program_code": program_code, "lot__iexact": lot}

    known, recalled = Device.objects.filter(**of_lot).exists(), in_force().filter(**of_lot).exists()
    refuse(*recall_refusals(lot, reference, in_force=recalled, known=known))

    said |= {"now": now}
    recall = row(Recall, program_code=program_code, lot=lot, reference=reference.strip(), note=note.strip(), **said)
    write(action="record_recall", subject=facility, rows=[recall], **said)
    return recall


@repeatable
@transaction.atomic
def withdraw_recall(*, recall: Recall, reason: str, entry: Submission, by: User, now: datetime) -> RecallWithdrawal:
    """It does not hold: the lot may be given again. Of two at once the first one's words stand."""
    facility = recall.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(RecallWithdrawal, action="withdraw_recall", subject=recall, **said):
        return first

    refuse(*reason_refusals(reason))
    refuse(*(() if in_force().filter(pk=recall.pk).exists() else (Refusal("RECALL_WITHDRAWN"),)))

    said |= {"now": now}
    withdrawal = row(RecallWithdrawal, recall=recall, reason=reason.strip(), **said)
    write(action="withdraw_recall", subject=recall, rows=[withdrawal], **said)
    return withdrawal
