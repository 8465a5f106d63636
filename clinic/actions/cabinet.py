"""What happens to devices of the cabinet besides a session: moved, wasted, returned, lost and found."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from clinic.access import demand, is_licensed
from clinic.actions.delivery import Arrival
from clinic.actions.discrepancy import discrepancy_rows, naming_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Cabinet, CabinetPolicy, Device, Discrepancy, DiscrepancyStep, Facility, StockMovement, User
from clinic.models.cabinet import (
    cabinets_of,
    given_to_nobody,
    newest_of,
    since_given,
    standing_of,
    step_after,
    step_back,
    story_of,
    witnessed_at,
)
from clinic.models.discrepancy import discrepancies_with_context, facts_of, in_question, missed
from clinic.rules.cabinet import Move, Place, move_refusals, was_given
from clinic.rules.discrepancy import DiscrepancyCause, DiscrepancyStepKind, naming_refusals
from clinic.rules.refusals import Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission


def cabinet_at(facility: Facility, cabinet: Cabinet | None) -> Cabinet:
    """This one, of this facility; or its first. Raises ActionRefused."""
    found = cabinets_of(facility)
    chosen = found.filter(pk=cabinet.pk).first() if cabinet else found.first()
    if chosen is None:
        refuse(field_refusal("cabinet", "unknown_cabinet"))
    return chosen  # type: ignore[return-value]


def witness_refusals(
    *, kind: Move, witness: User | None, facility: Facility, by: User, now: datetime
) -> tuple[Refusal, ...]:
    """Whoever sees it is licensed here and another than who does it; whether anybody has to says the clinic."""
    if witness is None:
        asked = kind in witnessed_at(facility)
        return (field_refusal("witness", "witness_asked"),) if asked else ()
    fit = witness.pk != by.pk and is_licensed(witness, facility.pk, at=now)
    return () if fit else (field_refusal("witness", "no_witness"),)


@repeatable
@transaction.atomic
def move_devices(
    *, facility: Facility, devices: Sequence[Device], cabinet: Cabinet, entry: Submission, by: User, now: datetime
) -> list[StockMovement]:
    """To another cabinet of the same registered location. Raises ActionRefused (MOVEMENT, FIELD)."""
    return _go(Move.MOVED, devices, facility=facility, to=cabinet, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def waste_devices(
    *,
    facility: Facility,
    devices: Sequence[Device],
    reason: str,
    witness: User | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    """Destroyed here, and how."""
    said: dict[str, Any] = {"facility": facility, "witness": witness, "entry": entry, "by": by, "now": now}
    return _go(Move.WASTED, devices, reason=reason, **said)


@repeatable
@transaction.atomic
def return_devices(
    *,
    facility: Facility,
    devices: Sequence[Device],
    delivery: Arrival,
    witness: User | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    """To a reverse distributor, under a paper."""
    said: dict[str, Any] = {"facility": facility, "witness": witness, "entry": entry, "by": by, "now": now}
    return _go(Move.RETURNED, devices, delivery=delivery, **said)


@repeatable
@transaction.atomic
def report_lost(
    *,
    facility: Facility,
    devices: Sequence[Device],
    reason: str,
    stolen: bool = False,
    discrepancy: Discrepancy | None = None,
    witness: User | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    """Lost or stolen: not where the book has it. Opens a discrepancy of those that no open one names yet; or names
    them in ``discrepancy``, where a count had found them wanting. What is stolen is judged so where it is named."""
    cause = DiscrepancyCause.STOLEN if stolen else DiscrepancyCause.LOST

    def question(last: list[StockMovement], **said: Any) -> list[Model]:
        named = in_question(devices)
        known = {each.device_id for each in named}
        new = [each for each in devices if each.pk not in known]
        open_ones = {each.discrepancy_id: each.discrepancy for each in named}
        rows: list[Model] = []
        if discrepancy is not None:
            refuse(*naming_refusals(facts_of(discrepancies_with_context().get(pk=discrepancy.pk), {})))
            rows, open_ones[discrepancy.pk] = naming_rows(discrepancy, new, **said), discrepancy
        elif new:
            places = {step.to_id for step in last if step.place is Place.CABINET}
            where: dict[str, Any] = {"cabinet_id": places.pop()} if len(places) == 1 else {}
            rows = discrepancy_rows(cause=cause, text=reason, devices=new, **where, **said)
        judged: dict[str, Any] = {"kind": DiscrepancyStepKind.SIGNIFICANT.value, "text": reason.strip()}
        stolen_from = open_ones.values() if stolen else ()
        return [*rows, *(row(DiscrepancyStep, discrepancy=each, **judged, **said) for each in stolen_from)]

    said: dict[str, Any] = {"facility": facility, "witness": witness, "entry": entry, "by": by, "now": now}
    return _go(Move.LOST, devices, reason=reason, question=question, **said)


@repeatable
@transaction.atomic
def report_found(
    *,
    facility: Facility,
    devices: Sequence[Device],
    cabinet: Cabinet,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> list[StockMovement]:
    """What was lost is back in a cabinet; what a patient had been handed before, where it was lost from."""
    return _go(Move.FOUND, devices, facility=facility, to=cabinet, reason=reason, entry=entry, by=by, now=now)


def _go(
    kind: Move,
    devices: Sequence[Device],
    *,
    facility: Facility,
    entry: Submission,
    by: User,
    now: datetime,
    to: Cabinet | None = None,
    reason: str = "",
    witness: User | None = None,
    delivery: Arrival | None = None,
    question: Callable[..., list[Model]] | None = None,
) -> list[StockMovement]:
    demand(by, Permission.STOCK, facility.pk, at=now)
    action = _ACTIONS[kind]
    if first := first_result(StockMovement, facility=facility, entry=entry, action=action, by=by):
        return list(StockMovement.objects.filter(facility=facility, entry_id=first.entry_id).order_by("device"))
    here = sorted((each for each in devices if each.facility_id == facility.pk), key=lambda each: each.pk)
    last = newest_of(here)

    refuse(*(() if here and len(here) == len(devices) else (field_refusal("devices", "no_devices"),)))
    over, steps = missed(here), [(each.number, last[each.pk]) for each in here]
    for number, step in steps:
        left = (step.device_id, step.to_id) in over
        refuse(*move_refusals(kind, number=number, place=step.place, missed=left))
    refuse(*(reason_refusals(reason) if kind in (Move.WASTED, Move.LOST, Move.FOUND) else ()))
    refuse(*witness_refusals(kind=kind, witness=witness, facility=facility, by=by, now=now))
    place = cabinet_at(facility, to).pk if to else None
    if kind is Move.MOVED and any(step.to_id == place for step in last.values()):
        refuse(field_refusal("cabinet", "there_already"))

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    papers = delivery.rows(**said) if delivery else ()
    fields = {"reason": reason.strip(), "witness": witness, "delivery": papers[0] if papers else None}
    rows = []
    for each in here:
        at, story = last[each.pk], story_of(each) if kind is Move.FOUND else []
        if was_given(step.as_step for step in story):
            rows += steps_back(story, reason=reason, **said)
            at = rows[-1]
        if kind is not Move.FOUND or at.place is Place.LOST:
            rows.append(row(StockMovement, **said, **step_after(at, kind, to=place, **fields)))
        elif at.place is Place.DRAWN:  # given to nobody after all, and here
            rows.append(row(StockMovement, **said, **step_after(at, Move.PUT_BACK, to=place)))
    questions = question(list(last.values()), **said) if question else []
    write(action=action, subject=facility, rows=[*rows, *papers, *questions], **said)
    return rows


_ACTIONS = {
    Move.MOVED: "move_devices",
    Move.WASTED: "waste_devices",
    Move.RETURNED: "return_devices",
    Move.LOST: "report_lost",
    Move.FOUND: "report_found",
}


def steps_back(story: Sequence[StockMovement], *, reason: str, **said: Any) -> list[StockMovement]:
    """The step that stands last is taken back; and with it what rests on an administration that was voided since."""
    *standing, last = standing_of(story)
    undone, at, rows = [last], story[-1], []
    if voided := given_to_nobody(standing):
        undone += since_given(standing, voided)
    for each in undone:
        at = row(StockMovement, **said, **step_back(at, each, reason=reason.strip()))
        rows.append(at)
    return rows


@repeatable
@transaction.atomic
def add_cabinet(*, facility: Facility, name: str, entry: Submission, by: User, now: datetime) -> Cabinet:
    """One more cabinet of this facility."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "add_cabinet"
    if first := first_result(Cabinet, facility=facility, entry=entry, action=action, by=by):
        return first
    name = name.strip()

    taken = cabinets_of(facility).filter(name=name).exists()
    refuse(*reason_refusals(name, name="name"), *((field_refusal("name", "taken", value=name),) if taken else ()))

    cabinet = Cabinet(facility=facility, name=name)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=facility, rows=[cabinet])
    return cabinet


@repeatable
@transaction.atomic
def set_cabinet_policy(
    *,
    facility: Facility,
    witnessed: Sequence[Move],
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> CabinetPolicy:
    """For what this clinic asks a witness from now on."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "set_cabinet_policy"
    if first := first_result(CabinetPolicy, facility=facility, entry=entry, action=action, by=by):
        return first

    refuse(*reason_refusals(reason))

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    policy = row(CabinetPolicy, **said, witnessed=sorted(kind.value for kind in witnessed), reason=reason.strip())
    write(action=action, subject=facility, rows=[policy], **said)
    return policy
