"""The certification of a facility, step by step, each signed. What the REMS said is written down: the app certifies
nobody. A step names the one it was decided upon (``after``): of two at once one is taken, and the other sees it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from clinic.access import demand, roles_of
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, whole_minute, write
from clinic.inspection import CheckedFile
from clinic.models import AuthorizedRepresentative, Certification, CertificationReview, Facility, User
from clinic.models.certification import representatives_of, steps_of, submitted_under_another
from clinic.models.requirement import open_findings
from clinic.rules.certification import (
    STOPS,
    CertificationStatus,
    confirmation_refusals,
    may_step,
    next_review,
    review_refusals,
    step_refusals,
)
from clinic.rules.refusals import Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission, Role

STAFF = frozenset(Role) - {Role.DISPLAY, Role.INSPECTOR}


def _row_of_step(
    last: Certification | None,
    to: CertificationStatus,
    *,
    facility: Facility,
    program_code: str,
    entry: Submission,
    by: User,
    now: datetime,
    **fields: Any,
) -> Certification:
    """From now on, and never before the step it follows."""
    at = whole_minute(now)
    return row(
        Certification,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        occurred_at=max(at, last.occurred_at) if last else at,
        program_code=program_code,
        previous=last,
        from_status=last.status if last else "",
        status=to.value,
        **fields,
    )


def take_step(
    *,
    to: CertificationStatus,
    action: str,
    facility: Facility,
    program_code: str,
    after: UUID | None,
    entry: Submission,
    by: User,
    now: datetime,
    asked: Sequence[Refusal] = (),
    papers: Sequence[Model] = (),
    **fields: Any,
) -> Certification:
    """One step along the table, with the papers it brings; ``asked``: what else was asked and refused. Called within
    an action's transaction; the database holds the line unforked."""
    last = steps_of(facility, program_code).first()

    refuse(*step_refusals(status_of(last), to, moved_on=(last.pk if last else None) != after))
    refuse(*asked)

    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by, "now": now}
    step = _row_of_step(last, to, program_code=program_code, **said, **fields)
    write(action=action, subject=facility, rows=(step, *papers), **said)
    return step


def status_of(last: Certification | None) -> CertificationStatus | None:
    return CertificationStatus(last.status) if last else None


@repeatable
@transaction.atomic
def begin_certification(
    *, facility: Facility, program_code: str, after: UUID | None, entry: Submission, by: User, now: datetime
) -> Certification:
    """A draft is begun: of a facility that never was certified, one that withdrew, or one whose submission came back
    with findings."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "action": "begin_certification", "by": by}
    if first := first_result(Certification, **said):
        return first

    return take_step(to=CertificationStatus.DRAFT, program_code=program_code, after=after, now=now, **said)


@repeatable
@transaction.atomic
def return_submission(
    *, facility: Facility, program_code: str, after: UUID | None, entry: Submission, by: User, now: datetime
) -> Certification:
    """A submission comes back with its findings: at least one is open."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "action": "return_submission", "by": by}
    if first := first_result(Certification, **said):
        return first

    asked = () if open_findings(facility, program_code).exists() else (Refusal("NO_FINDING"),)

    return take_step(
        to=CertificationStatus.RETURNED, program_code=program_code, after=after, now=now, asked=asked, **said
    )


@repeatable
@transaction.atomic
def record_confirmation(
    *,
    representative: AuthorizedRepresentative,
    confirmation_date: date,
    confirmation_identifier: str,
    document: CheckedFile,
    after: UUID | None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """The REMS's own confirmation of the facility under this representative: date, identifier, document. It answers
    the step before it: a submission under this very one, or with a new word what made it due or suspended it."""
    facility, program_code = representative.facility, representative.program_code
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Certification, action="record_confirmation", **said):
        return first

    refuse(*reason_refusals(confirmation_identifier, name="confirmation_identifier"))
    today = now.astimezone(facility.zone).date()
    refuse(*(() if confirmation_date <= today else (field_refusal("confirmation_date", "future_day"),)))
    asked = _asked_of_word(representative, confirmation_date, confirmation_identifier)

    papers = document_rows(file=document, now=now, **said)
    return take_step(
        to=CertificationStatus.CERTIFIED,
        action="record_confirmation",
        program_code=program_code,
        after=after,
        now=now,
        asked=asked,
        papers=papers,
        authorized_representative=representative,
        confirmation_date=confirmation_date,
        confirmation_identifier=confirmation_identifier.strip(),
        document=papers[0],
        **said,
    )


def _asked_of_word(representative: AuthorizedRepresentative, day: date, identifier: str) -> tuple[Refusal, ...]:
    """Of the present representative; and it answers the last step, where there is one."""
    facility, program_code = representative.facility, representative.program_code
    line, present = steps_of(facility, program_code), representatives_of(facility, program_code).first()
    if present != representative:
        return (Refusal("REPRESENTATIVE_CHANGED", {"name": _name(present)}),)
    if (last := line.first()) is None:  # it adopts Vigil, certified long ago
        return ()
    if submitted_under_another(last, representative):
        return (Refusal("SUBMITTED_UNDER_ANOTHER", {"name": _name(last.authorized_representative)}),)
    since = max(last.occurred_at, representative.occurred_at).astimezone(facility.zone).date()
    confirmed = line.filter(status=CertificationStatus.CERTIFIED).values_list("confirmation_identifier", flat=True)
    return confirmation_refusals(status_of(last), day, identifier, since=since, recorded=set(confirmed))


def _name(representative: AuthorizedRepresentative | None) -> str:
    return representative.name if representative else ""


@repeatable
@transaction.atomic
def record_stop(
    *,
    facility: Facility,
    program_code: str,
    status: CertificationStatus,
    reason: str,
    after: UUID | None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """The facility is suspended or has withdrawn: nobody new is dosed from this moment."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "action": "record_stop", "by": by}
    if first := first_result(Certification, **said):
        return first

    refuse(*reason_refusals(reason))
    refuse(*(() if status in STOPS else (field_refusal("status", "not_a_stop"),)))

    return take_step(to=status, program_code=program_code, after=after, now=now, reason=reason.strip(), **said)


@repeatable
@transaction.atomic
def declare_recertification(
    *,
    facility: Facility,
    program_code: str,
    reason: str,
    after: UUID | None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """Re-certification is due for another reason than a new representative. New doses go on, unless the facility's own
    policy stops them."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "action": "declare_recertification", "by": by}
    if first := first_result(Certification, **said):
        return first

    refuse(*reason_refusals(reason))

    to = CertificationStatus.RECERTIFICATION_DUE
    return take_step(to=to, program_code=program_code, after=after, now=now, reason=reason.strip(), **said)


@repeatable
@transaction.atomic
def designate_representative(
    *, facility: Facility, program_code: str, person: User, entry: Submission, by: User, now: datetime
) -> AuthorizedRepresentative:
    """A new Authorized Representative: new dosing stops until the REMS confirms the facility under this one, and a
    certified facility is due for re-certification from this moment."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(AuthorizedRepresentative, action="designate_representative", **said):
        return first

    last, present = steps_of(facility, program_code).first(), representatives_of(facility, program_code).first()
    works_here = roles_of(person, at=now).get(facility.pk, frozenset()) & STAFF
    refuse(*(() if works_here else (field_refusal("person", "not_of_the_staff"),)))
    refuse(*((field_refusal("person", "represents_already"),) if present and present.person_id == person.pk else ()))

    said |= {"now": now}
    about = {"program_code": program_code, **said}
    representative = row(AuthorizedRepresentative, name=person.printed_name, person=person, **about)
    rows: list[Model] = [representative]
    due = CertificationStatus.RECERTIFICATION_DUE
    if may_step(status_of(last), due):
        rows.append(_row_of_step(last, due, authorized_representative=representative, **about))
    write(action="designate_representative", subject=facility, rows=rows, **said)
    return representative


@repeatable
@transaction.atomic
def review_certification(
    *,
    facility: Facility,
    program_code: str,
    interval_months: int | None,
    overdue_stops: bool,
    note: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> CertificationReview:
    """The facility has looked its own certification over, and says when it will again."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(CertificationReview, action="review_certification", **said):
        return first

    refuse(*review_refusals(interval_months, overdue_stops=overdue_stops))

    said |= {"now": now}
    review = row(
        CertificationReview,
        occurred_at=whole_minute(now),
        program_code=program_code,
        interval_months=interval_months,
        due_date=next_review(now.astimezone(facility.zone).date(), interval_months),
        overdue_stops=overdue_stops,
        note=note.strip(),
        **said,
    )
    write(action="review_certification", subject=facility, rows=(review,), **said)
    return review
