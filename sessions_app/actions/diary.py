"""When the clinic is open, and by which numbers its diary is kept."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, User
from clinic.rules.refusals import Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.models import Closure, ClosureWithdrawal, DiarySetting
from sessions_app.models.diary import closures_of
from sessions_app.rules.diary import closure_refusals, hours_refusals


@repeatable
@transaction.atomic
def set_diary(
    *,
    facility: Facility,
    opens: Sequence[time | None],
    closes: Sequence[time | None],
    numbers: dict[str, Any],
    entry: Submission,
    by: User,
    now: datetime,
) -> DiarySetting:
    """Opening hours and numbers, for bookings made from now on: what is booked keeps its place. ``numbers``: columns of
    DiarySetting."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(DiarySetting, action="set_diary", **said):
        return first

    refuse(*hours_refusals(opens, closes))

    said |= {"now": now}
    setting = row(DiarySetting, opens=list(opens), closes=list(closes), **numbers, **said)
    write(action="set_diary", subject=facility, rows=(setting,), **said)
    return setting


@repeatable
@transaction.atomic
def close_days(
    *, facility: Facility, first_date: date, last_date: date, reason: str, entry: Submission, by: User, now: datetime
) -> Closure:
    """Closed on these days. Whoever is booked then stays booked until somebody moves or cancels it: the diary shows
    them."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Closure, action="close_days", **said):
        return first

    refuse(*closure_refusals(first_date, last_date, reason, today=now.astimezone(facility.zone).date()))

    said |= {"now": now}
    closure = row(Closure, first_date=first_date, last_date=last_date, reason=reason.strip(), **said)
    write(action="close_days", subject=facility, rows=(closure,), **said)
    return closure


@repeatable
@transaction.atomic
def withdraw_closure(*, closure: Closure, reason: str, entry: Submission, by: User, now: datetime) -> ClosureWithdrawal:
    """Open on those days after all. Of two at once the first one's words stand."""
    facility = closure.facility
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(ClosureWithdrawal, action="withdraw_closure", subject=closure, **said):
        return first

    refuse(*reason_refusals(reason))
    refuse(*(() if closures_of(facility).filter(pk=closure.pk).exists() else (Refusal("CLOSURE_WITHDRAWN"),)))

    said |= {"now": now}
    withdrawal = row(ClosureWithdrawal, closure=closure, reason=reason.strip(), **said)
    write(action="withdraw_closure", subject=closure, rows=(withdrawal,), **said)
    return withdrawal
