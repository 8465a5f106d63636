"""The step of certification that asks what is charted at the facility."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import demand
from clinic.actions.certification import take_step
from clinic.actions.entry import Submission, first_result, repeatable
from clinic.models import Certification, Facility, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.requirements import submission_refusals
from clinic.rules.roles import Permission
from sessions_app.models.requirements import Requirements


@repeatable
@transaction.atomic
def submit_certification(
    *, facility: Facility, program_code: str, after: UUID | None, entry: Submission, by: User, now: datetime
) -> Certification:
    """The draft goes to the REMS: everything that it asks is met. That it was sent is written down; Vigil sends
    nothing."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    action = "submit_certification"
    if first := first_result(Certification, facility=facility, entry=entry, action=action, by=by):
        return first

    requirements = Requirements.of(facility, program_code, at=now)

    return take_step(
        to=CertificationStatus.SUBMITTED,
        action=action,
        facility=facility,
        program_code=program_code,
        after=after,
        entry=entry,
        by=by,
        now=now,
        asked=submission_refusals(requirements.facts, today=requirements.today),
        authorized_representative=requirements.site.representative,
    )
