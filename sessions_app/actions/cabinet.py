"""A session takes its devices from the cabinet once it is cleared, and says what became of those nobody gave; and what
was recorded wrongly of a device is put right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.cabinet import steps_back, witness_refusals
from clinic.actions.entry import Submission, first_result, refuse, repeatable, write
from clinic.models import Device, Facility, StockMovement, User
from clinic.models.cabinet import story_of
from clinic.models.recall import recalled_among
from clinic.rules.cabinet import Move, Place, correction_refusals, moved_meanwhile
from clinic.rules.refusals import field_refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from clinic.rules.stock import device_refusals
from sessions_app.actions.device_line import DeviceLine
from sessions_app.actions.session_entry import SessionEntry, begin, unaccounted_with
from sessions_app.models import DosingSession
from sessions_app.models.facts import local_date, session_facts
from sessions_app.models.stock import session_steps, still_drawn, stock_device
from sessions_app.rules.administration import devices_left
from sessions_app.rules.states import State


@repeatable
@transaction.atomic
def take_devices(
    *, dosing_session: DosingSession, devices: Sequence[Device], entry: Submission, by: User, now: datetime
) -> list[StockMovement]:
    """Out of the cabinet, for this patient: no more than are still to be given, and none that the start gate would
    refuse. Raises ActionRefused (STATE, DEVICE, FIELD)."""
    opened = begin(dosing_session, action="take_devices", permission=Permission.ADMINISTER, entry=entry, by=by, now=now)
    if opened.repeated(StockMovement):
        return _written(opened)
    session = opened.dosing_session
    refuse(*in_state(session.state, State.CLEARED, State.DOSING, wanted="take"))
    facts = session_facts(session, at=now, start=True)
    lines = [DeviceLine.of(device, opened) for device in _in_order(devices)]

    refuse(*(() if lines and _of_programme(devices, session) else (field_refusal("devices", "no_devices"),)))
    days, today = facts.program.value("patient_stock_days"), local_date(session, now)
    recalled = recalled_among(devices)
    for device, line in zip(_in_order(devices), lines, strict=True):
        is_recalled = (device.program_code, device.lot) in recalled
        stock = stock_device(device, dosing_session=session, last=line.last, recalled=is_recalled)
        refuse(*device_refusals(stock, today=today, patient_stock_days=days))
        refuse(*(() if line.last.place is Place.CABINET else (moved_meanwhile(device.number, line.last.place),)))
    left = devices_left(facts) - len(still_drawn(session_steps(session), session))
    refuse(*(() if len(lines) <= left else (field_refusal("devices", "more_than_ordered", left=max(left, 0)),)))

    for line in lines:
        line.go(Move.DRAWN, to=session.pk)
    opened.write()
    return _written(opened)


@repeatable
@transaction.atomic
def put_back_devices(
    *, dosing_session: DosingSession, devices: Sequence[Device], entry: Submission, by: User, now: datetime
) -> list[StockMovement]:
    """What was taken and not given is back in the cabinet it came from; after the end of the session too."""
    return _settle("put_back_devices", Move.PUT_BACK, dosing_session, devices, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def waste_taken_devices(
    *,
    dosing_session: DosingSession,
    devices: Sequence[Device],
    reason: str,
    witness: User | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    """What was taken and cannot go back is wasted, with its reason."""
    said: dict[str, Any] = {"entry": entry, "by": by, "now": now}
    fields = {"reason": reason.strip(), "witness": witness}
    return _settle("waste_taken_devices", Move.WASTED, dosing_session, devices, fields=fields, **said)


def _settle(
    action: str,
    kind: Move,
    dosing_session: DosingSession,
    devices: Sequence[Device],
    *,
    fields: dict[str, Any] | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    opened = begin(dosing_session, action=action, permission=Permission.CHART, entry=entry, by=by, now=now)
    if opened.repeated(StockMovement):
        return _written(opened)
    session, fields = opened.dosing_session, fields or {}
    lines = [DeviceLine.of(device, opened) for device in _in_order(devices)]

    refuse(*(() if lines else (field_refusal("devices", "no_devices"),)))
    held = {device.pk for device in still_drawn(session_steps(session), session)}
    for device, line in zip(_in_order(devices), lines, strict=True):
        refuse(*(() if device.pk in held else (moved_meanwhile(device.number, line.last.place),)))
    if kind is Move.WASTED:
        refuse(*reason_refusals(fields["reason"]))
        refuse(*witness_refusals(kind=kind, witness=fields["witness"], facility=session.facility, by=by, now=now))

    for line in lines:
        # The step that took it out of the cabinet says from which.
        line.go(kind, to=line.standing()[-1].from_id if kind is Move.PUT_BACK else None, **fields)
    opened.write()
    return _written(opened)


@repeatable
@transaction.atomic
def correct_movement(
    *, facility: Facility, device: Device, reason: str, entry: Submission, by: User, now: datetime
) -> StockMovement:
    """What was recorded last of this device was recorded wrongly: it goes back where it was, and both stay in the
    book; with a session that is over it is unaccounted for. Raises ActionRefused (NOT_CORRECTED_HERE) for what a
    session did."""
    demand(by, Permission.STOCK, facility.pk, at=now)
    action = "correct_movement"
    if first := first_result(StockMovement, facility=facility, entry=entry, action=action, by=by):
        return first
    refuse(*(() if device.facility_id == facility.pk else (field_refusal("devices", "no_devices"),)))
    story = story_of(device)

    refuse(*correction_refusals((each.as_step for each in story), number=device.number), *reason_refusals(reason))

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    rows = steps_back(story, reason=reason, **said)
    write(action=action, subject=facility, rows=[*rows, *unaccounted_with(rows[-1], **said)], **said)
    return rows[0]


def _in_order(devices: Sequence[Device]) -> list[Device]:
    """The same for everybody who locks them."""
    return sorted(devices, key=lambda device: device.pk)


def _of_programme(devices: Sequence[Device], session: DosingSession) -> bool:
    return all(
        (device.facility_id, device.program_code) == (session.facility_id, session.program_code) for device in devices
    )


def _written(opened: SessionEntry) -> list[StockMovement]:
    rows = StockMovement.objects.filter(facility=opened.dosing_session.facility_id, entry_id=opened.entry.entry_id)
    return list(rows.order_by("device"))
