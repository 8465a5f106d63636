"""A cabinet is counted, what differs is questioned, and its day is closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from clinic.access import demand
from clinic.actions.discrepancy import discrepancy_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import (
    Cabinet,
    CabinetClosing,
    Count,
    CountLine,
    Discrepancy,
    Facility,
    StockPolicy,
    User,
)
from clinic.models.count import (
    closing_facts,
    count_facts,
    counts_with_context,
    expected_in,
    last_inventory,
    marks_of,
    stock_policy_of,
)
from clinic.rules.count import (
    CountKind,
    CountMoment,
    Lot,
    cabinet_closing_refusals,
    hand_in_refusals,
    stock_policy_refusals,
)
from clinic.rules.discrepancy import DiscrepancyCause
from clinic.rules.refusals import Refusal, reason_refusals
from clinic.rules.roles import Permission


def _alone_with(cabinet: Cabinet) -> None:
    """Of two who hand in, question or close at one moment, the second sees what the first did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(cabinet.pk)])


@repeatable
@transaction.atomic
def hand_in_count(
    *,
    cabinet: Cabinet,
    kind: CountKind,
    moment: CountMoment,
    counted: Mapping[Lot, int],
    marks: Mapping[Lot, str],
    of: Count | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Count:
    """One person's numbers, lot by lot. ``marks``: what stood for each lot when their sheet was opened; ``of``: the
    count that this goes on with. Raises ActionRefused (COUNT), where devices came or went meanwhile too."""
    facility = cabinet.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    _alone_with(cabinet)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Count, action="hand_in_count", subject=cabinet, **said):
        return first

    began = counts_with_context().get(pk=of.pk, cabinet=cabinet) if of else None
    expected, standing = expected_in(cabinet), marks_of(cabinet, counted)
    moved = tuple(sorted(lot for lot, mark in marks.items() if mark != standing.get(lot, "")))
    facts = count_facts(began) if began else None

    refuse(*_inventoried(kind, cabinet, began))
    refuse(*hand_in_refusals(facts, person_id=by.pk, lots=frozenset(counted), moved=moved))

    said |= {"now": now}
    count = row(
        Count,
        cabinet=cabinet,
        kind=began.kind if began else kind.value,
        moment=began.moment if began else moment.value,
        first=began,
        people=began.people if began else stock_policy_of(facility).count_people,
        **said,
    )
    lines = [
        row(
            CountLine,
            count=count,
            program_code=lot.program_code,
            lot=lot.lot,
            kind=lot.kind.value,
            ndc=lot.ndc,
            counted=number,
            expected=expected.get(lot, 0),
            mark=standing.get(lot, ""),
            **said,
        )
        for lot, number in sorted(counted.items())
    ]
    write(action="hand_in_count", subject=cabinet, rows=[count, *lines], **said)
    return count


def _inventoried(kind: CountKind, cabinet: Cabinet, began: Count | None) -> tuple[Refusal, ...]:
    """The initial inventory is taken once; those after it are biennial."""
    again = kind is CountKind.INITIAL and began is None and last_inventory(cabinet) is not None
    return (Refusal("COUNT", {"problem": "inventoried"}),) if again else ()


@repeatable
@transaction.atomic
def question_count(*, count: Count, text: str, entry: Submission, by: User, now: datetime) -> list[Discrepancy]:
    """Every lot that still differs becomes a discrepancy, which names it and by how many."""
    facility = count.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    _alone_with(count.cabinet)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Discrepancy, action="question_count", subject=count, **said):
        return list(Discrepancy.objects.filter(facility=facility, entry_id=first.entry_id).order_by("pk"))

    facts = count_facts(counts_with_context().get(pk=count.pk))

    refuse(*reason_refusals(text, name="text"))
    refuse(*(() if facts.unsettled else (Refusal("COUNT", {"problem": "nothing_differs"}),)))

    said |= {"now": now}
    rows = [
        each
        for lot, difference in facts.unsettled.items()
        for each in discrepancy_rows(
            cause=DiscrepancyCause.COUNT,
            text=text,
            cabinet=count.cabinet,
            count=count,
            program_code=lot.program_code,
            lot=lot.lot,
            stock_kind=lot.kind.value,
            ndc=lot.ndc,
            difference=difference,
            **said,
        )
    ]
    write(action="question_count", subject=count, rows=rows, **said)
    return rows  # type: ignore[return-value]


@repeatable
@transaction.atomic
def close_cabinet(*, cabinet: Cabinet, entry: Submission, by: User, now: datetime) -> CabinetClosing:
    """The day of this cabinet is over, signed. Of two at once the first one's stands."""
    facility = cabinet.facility
    demand(by, Permission.STOCK, facility.pk, at=now)
    _alone_with(cabinet)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(CabinetClosing, action="close_cabinet", subject=cabinet, **said):
        return first

    today = now.astimezone(facility.zone).date()
    facts, count = closing_facts(cabinet, day=today, facility=facility)

    refuse(*cabinet_closing_refusals(facts))

    said |= {"now": now}
    closing = row(CabinetClosing, cabinet=cabinet, day=today, count=count, **said)
    write(action="close_cabinet", subject=cabinet, rows=[closing], **said)
    return closing


@repeatable
@transaction.atomic
def set_stock_policy(
    *,
    facility: Facility,
    count_people: int,
    reorder_days: int,
    reorder_margin: int,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> StockPolicy:
    """How many people count, and what is kept in stock, from now on."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(StockPolicy, action="set_stock_policy", **said):
        return first
    numbers = {"count_people": count_people, "reorder_days": reorder_days, "reorder_margin": reorder_margin}

    refuse(*stock_policy_refusals(**numbers), *reason_refusals(reason))

    said |= {"now": now}
    policy = row(StockPolicy, reason=reason.strip(), **{**numbers, **said})
    write(action="set_stock_policy", subject=facility, rows=[policy], **said)
    return policy
