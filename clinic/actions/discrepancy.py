"""A discrepancy of the cabinet: it is opened, something is done about it, it is closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
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
    in_question,
)
from clinic.rules.discrepancy import (
    DiscrepancyCause,
    DiscrepancyStepKind,
    closing_refusals,
    opening_refusals,
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
    about = {"discrepancy": discrepancy, "occurred_at": discrepancy.occurred_at, **said}
    return [discrepancy, *(row(DiscrepancyDevice, device=device, **about) for device in devices)]


@repeatable
@transaction.atomic
def open_discrepancy(
    *,
    facility: Facility,
    cause: DiscrepancyCause,
    text: str,
    devices: Sequence[Device],
    entry: Submission,
    by: User,
    now: datetime,
) -> Discrepancy:
    """Somebody reports that devices are gone. ``entry.occurred_at``: when that came to light; the clocks run from
    then."""
    demand(by, Permission.STOCK, facility.pk, at=now)
    if any(device.facility_id != facility.pk for device in devices):
        raise PermissionDenied("a device of another facility")
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Discrepancy, action="open_discrepancy", **said):
        return first

    known = in_question(device.pk for device in devices)

    refuse(*opening_refusals(text, in_question=[device.number for device in known]))
    refuse(*(() if devices else (field_refusal("devices", "choose_one"),)))
    refuse(*_not_to_come(entry, now))

    said |= {"now": now}
    rows = discrepancy_rows(cause=cause, text=text, devices=devices, **said)
    write(action="open_discrepancy", subject=facility, rows=rows, **said)
    return rows[0]  # type: ignore[return-value]


@repeatable
@transaction.atomic
def follow_discrepancy(
    *,
    discrepancy: Discrepancy,
    kind: DiscrepancyStepKind,
    text: str = "",
    reference: str = "",
    device: Device | None = None,
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

    facts = facts_of(discrepancies_with_context().get(pk=discrepancy.pk))
    device_id = device.pk if device else None

    refuse(*step_refusals(facts, kind, text=text, reference=reference, device_id=device_id))
    refuse(*_not_to_come(entry, now))

    said |= {"now": now}
    step = row(
        DiscrepancyStep,
        discrepancy=discrepancy,
        kind=kind.value,
        text=text.strip(),
        reference=reference.strip(),
        device=device,
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

    facts = facts_of(discrepancies_with_context().get(pk=discrepancy.pk))

    refuse(*reason_refusals(reason))
    refuse(*closing_refusals(facts))

    said |= {"now": now}
    closure = row(DiscrepancyClosure, discrepancy=discrepancy, reason=reason.strip(), **said)
    write(action="close_discrepancy", subject=discrepancy, rows=(closure,), **said)
    return closure


def _not_to_come(entry: Submission, now: datetime) -> tuple[Any, ...]:
    if entry.occurred_at is None or entry.occurred_at <= now:
        return ()
    return (field_refusal("occurred_time", "future", at=entry.occurred_at, now=now),)
