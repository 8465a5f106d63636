"""What is known of somebody leaves Vigil as a file: that it did is in the audit, with the digest of what was handed
out, and in the list of who saw what."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import audit
from clinic.access import demand, demand_own_patient
from clinic.actions.entry import refuse
from clinic.models import Facility, Patient, RecordAccess, User
from clinic.rules.refusals import reason_refusals
from clinic.rules.roles import Permission


@transaction.atomic
def export_accesses(
    *, facility: Facility, content: str, what: str, asked: Mapping[str, str], roles: str, by: User, now: datetime
) -> RecordAccess:
    """Who took the list of who opened whose record, and how it was asked for."""
    demand(by, Permission.REVIEW, facility.pk, at=now)

    taken = RecordAccess.objects.create(
        facility=facility,
        person=by,
        kind=RecordAccess.Kind.EXPORTED,
        at=now,
        roles=roles,
        what=what,
        digest=hashlib.sha256(content.encode()).hexdigest(),
    )
    audit.record(
        action="export_accesses",
        facility=facility,
        by=by,
        now=now,
        subject=facility,
        rows=(taken,),
        details={"asked": dict(asked)},
    )
    return taken


def demand_export(*, patient: Patient, facility: Facility, reason: str, by: User, now: datetime) -> None:
    """Whether somebody may take this patient's record of this facility away, for this reason; asked before it is put
    together, and again when it is written down. Raises ActionRefused without a reason."""
    demand_own_patient(patient, facility)
    demand(by, Permission.EXPORT, facility.pk, at=now)
    refuse(*reason_refusals(reason))


@transaction.atomic
def export_record(
    *,
    patient: Patient,
    facility: Facility,
    session_id: UUID | None,
    what: str,
    digest: str,
    reason: str,
    roles: str,
    by: User,
    now: datetime,
) -> RecordAccess:
    """Who took which record away, and why; ``digest``: of the archive that was handed out. Twice is two."""
    demand_export(patient=patient, facility=facility, reason=reason, by=by, now=now)

    taken = RecordAccess.objects.create(
        facility=facility,
        person=by,
        patient=patient,
        kind=RecordAccess.Kind.EXPORTED,
        at=now,
        roles=roles,
        what=what,
        reason=reason.strip(),
        digest=digest,
    )
    audit.record(
        action="export_record",
        facility=facility,
        by=by,
        now=now,
        subject=patient,
        rows=(taken,),
        details={"session": session_id},
    )
    return taken


@transaction.atomic
def export_paper(
    *,
    facility: Facility,
    patients: Sequence[Patient],
    permission: Permission,
    what: str,
    digest: str,
    roles: str,
    by: User,
    now: datetime,
) -> list[RecordAccess]:
    """Who took which paper, of whom; one that is about several patients stands with each. ``permission``: what it
    takes to read it. Twice is two."""
    demand(by, permission, facility.pk, at=now)
    for patient in patients:
        demand_own_patient(patient, facility)

    taken = RecordAccess.objects.bulk_create(
        RecordAccess(
            facility=facility,
            person=by,
            patient=patient,
            kind=RecordAccess.Kind.EXPORTED,
            at=now,
            roles=roles,
            what=what,
            digest=digest,
        )
        for patient in patients or (None,)
    )
    subject = patients[0] if len(patients) == 1 else facility
    audit.record(action="export_paper", facility=facility, by=by, now=now, subject=subject, rows=taken)
    return taken
