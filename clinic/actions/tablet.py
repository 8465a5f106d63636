"""Shared tablets are enrolled and revoked by who runs the facility."""

from datetime import datetime

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, Tablet, TabletRevocation, User
from clinic.rules.refusals import field_refusal, reason_refusals
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def enrol_tablet(
    *, facility: Facility, name: str, secret_digest: str, entry: Submission, by: User, now: datetime
) -> Tablet:
    """The device that keeps this secret is a shared tablet of the facility from now on."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(Tablet, facility=facility, entry=entry, action="enrol_tablet", by=by):
        return first
    name = name.strip()
    refuse(*reason_refusals(name, name="name"))
    taken = Tablet.objects.in_force().filter(facility=facility, name=name).exists()
    refuse(*((field_refusal("name", "taken", value=name),) if taken else ()))

    tablet = row(
        Tablet,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        occurred_at=now,
        name=name,
        secret_digest=secret_digest,
    )
    write(action="enrol_tablet", facility=facility, entry=entry, by=by, now=now, subject=tablet, rows=(tablet,))
    return tablet


@repeatable
@transaction.atomic
def revoke_tablet(*, tablet: Tablet, entry: Submission, by: User, now: datetime) -> TabletRevocation:
    """Everybody signed in on it is signed out with their next request. One revoked before stays as it was revoked."""
    demand(by, Permission.MANAGE_FACILITY, tablet.facility_id, at=now)
    facility, action = tablet.facility, "revoke_tablet"
    if first := first_result(TabletRevocation, facility=facility, entry=entry, action=action, by=by, subject=tablet):
        return first
    if before := TabletRevocation.objects.filter(tablet=tablet).first():
        return before

    revocation = row(TabletRevocation, facility=facility, entry=entry, by=by, now=now, occurred_at=now, tablet=tablet)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=tablet, rows=(revocation,))
    return revocation
