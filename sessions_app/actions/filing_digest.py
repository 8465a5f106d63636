"""The daily mail about forms: to whom it goes, and that it was sent, once for each day."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, User
from clinic.models.staff import SYSTEM
from clinic.rules.refusals import field_refusal
from clinic.rules.roles import Permission
from sessions_app.models import DigestChoice, FilingDigest
from sessions_app.models.filing_digest import digest_goes_to
from sessions_app.models.filing_list import Pile, pressing


@repeatable
@transaction.atomic
def choose_digest(
    *, facility: Facility, to: DigestChoice.To, entry: Submission, by: User, now: datetime
) -> DigestChoice:
    """To whom the daily mail about forms goes from now on."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(DigestChoice, facility=facility, entry=entry, action="choose_digest", by=by):
        return first

    refuse(*(() if to in DigestChoice.To.values else (field_refusal("to", "unknown"),)))

    choice = row(DigestChoice, facility=facility, entry=entry, by=by, now=now, to=to)
    write(action="choose_digest", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(choice,))
    return choice


@repeatable
@transaction.atomic
def give_digest(*, facility: Facility, by: User, now: datetime) -> FilingDigest | None:
    """How many forms press on this day of the facility's, written down once, to be told; None where nothing presses,
    nobody wants to know, or it was told today. Raises PermissionDenied for anybody but the system itself."""
    if by.username != SYSTEM:
        raise PermissionDenied("digests are given by the system")
    today = now.astimezone(facility.zone).date()
    if digest_goes_to(facility) == DigestChoice.To.NOBODY:
        return None
    if FilingDigest.objects.filter(facility=facility, day=today).exists():
        return None
    counts = pressing(facility, at=now)
    if not any(counts.values()):
        return None

    entry = Submission()
    digest = row(
        FilingDigest,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        day=today,
        late=counts[Pile.LATE],
        due_today=counts[Pile.TODAY],
        returned=counts[Pile.RETURNED],
        to_amend=counts[Pile.AMEND],
    )
    write(action="give_digest", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(digest,))
    return digest
