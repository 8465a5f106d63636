"""What a review found wanting: raised with somebody's name and a day, and closed with a note."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from clinic.access import demand, roles_of
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, Finding, FindingClosure, User
from clinic.models.requirement import is_closed
from clinic.rules.refusals import Refusal, field_refusal, reason_refusals
from clinic.rules.requirements import Requirement
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def raise_finding(
    *,
    facility: Facility,
    program_code: str,
    text: str,
    owner: User,
    due_date: date,
    requirement: Requirement | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Finding:
    """Something is wanting: somebody of the facility sees to it, by a day that is not over."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Finding, action="raise_finding", **said):
        return first

    refuse(*reason_refusals(text, name="text"))
    refuse(*(() if facility.pk in roles_of(owner, at=now) else (field_refusal("owner", "not_of_the_staff"),)))
    over = due_date < now.astimezone(facility.zone).date()
    refuse(*((field_refusal("due_date", "past_day"),) if over else ()))

    said |= {"now": now}
    finding = row(
        Finding,
        program_code=program_code,
        requirement=requirement.value if requirement else "",
        text=text.strip(),
        owner=owner,
        due_date=due_date,
        **said,
    )
    write(action="raise_finding", subject=facility, rows=(finding,), **said)
    return finding


@repeatable
@transaction.atomic
def close_finding(*, finding: Finding, note: str, entry: Submission, by: User, now: datetime) -> FindingClosure:
    """It is settled; how, says the note. Of two at once the first one's words stand."""
    facility = finding.facility
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(FindingClosure, action="close_finding", subject=finding, **said):
        return first

    refuse(*reason_refusals(note, name="note"))
    refuse(*((Refusal("FINDING_CLOSED"),) if is_closed(finding) else ()))

    said |= {"now": now}
    closure = row(FindingClosure, finding=finding, note=note.strip(), **said)
    write(action="close_finding", subject=finding, rows=(closure,), **said)
    return closure
