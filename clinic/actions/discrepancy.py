"""A discrepancy of the cabinet: what opens one, what is done about it, and that it is closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Device, Facility, User
from clinic.models.discrepancy import (
    Discrepancy,
    DiscrepancyClosure,
    DiscrepancyDevice,
    DiscrepancyStep,
    discrepancies_with_context,
    facts_of,
    missing_of,
)
from clinic.rules.discrepancy import (
    DiscrepancyCause,
    DiscrepancyStepKind,
    closing_refusals,
    step_refusals,
)
from clinic.rules.refusals import field_refusal, reason_refusals
from clinic.rules.roles import Permission


def discrepancy_rows(
    *,
    cause: DiscrepancyCause,
    text: str,
    devices: Sequence[Device] = (),
    for_session_id: UUID | None = None,
    facility: Facility,
    entry: Submission,
    by: User,
    now: datetime,
    **fields: Any,
) -> list[Model]:
    """The rows of a discrepancy that some other action opens, to be written with its own: the discrepancy, then the
    devices it names. That action has asked its own permission."""
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    discrepancy = row(
        Discrepancy, cause=cause.value, text=text.strip(), for_session_id=for_session_id, **said, **fields
    )
    return [discrepancy, *naming_rows(discrepancy, devices, **said)]


def naming_rows(discrepancy: Discrepancy, devices: Sequence[Device], **said: Any) -> list[Model]:
    """Which devices are in question."""
    return [row(DiscrepancyDevice, discrepancy=discrepancy, device=device, **said) for device in devices]


@repeatable
@transaction.atomic
def follow_discrepancy(
    *,
    discrepancy: Discrepancy,
    kind: DiscrepancyStepKind,
    text: str = "",
    reference: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DiscrepancyStep:
    """Something was done about it, when ``entry.occurred_at`` says."""
    facility = discrepancy.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(DiscrepancyStep, action="follow_discrepancy", subject=discrepancy, **said):
        return first

    refuse(*step_refusals(kind, text=text, reference=reference))
    if entry.occurred_at is not None and entry.occurred_at > now:
        refuse(field_refusal("occurred_time", "future", at=entry.occurred_at, now=now))

    said |= {"now": now}
    step = row(
        DiscrepancyStep,
        discrepancy=discrepancy,
        kind=kind.value,
        text=text.strip(),
        reference=reference.strip(),
        **said,
    )
    write(action="follow_discrepancy", subject=discrepancy, rows=(step,), **said)
    return step


@repeatable
@transaction.atomic
def close_discrepancy(
    *, discrepancy: Discrepancy, reason: str, entry: Submission, by: User, now: datetime
) -> DiscrepancyClosure:
    """It is settled; why, says the reason, signed. Of two at once the first one's words stand."""
    facility = discrepancy.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(DiscrepancyClosure, action="close_discrepancy", subject=discrepancy, **said):
        return first

    known = discrepancies_with_context().get(pk=discrepancy.pk)

    refuse(*reason_refusals(reason))
    refuse(*closing_refusals(facts_of(known, missing_of([known]))))

    said |= {"now": now}
    closure = row(DiscrepancyClosure, discrepancy=discrepancy, reason=reason.strip(), **said)
    write(action="close_discrepancy", subject=discrepancy, rows=(closure,), **said)
    return closure
