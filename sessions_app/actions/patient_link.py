"""Two records turn out to be one person, or not after all. Nothing that was written moves: both are read as one."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from clinic.access import demand, demand_own_patient, may
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Correction, Facility, Patient, PatientLink, User
from clinic.models.patient import identity_of
from clinic.rules.patient import LinkFacts, link_refusals, may_be_one, open_session_refusals
from clinic.rules.refusals import ActionRefused, Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import lock_person
from sessions_app.models import DosingSession


@repeatable
@transaction.atomic
def link_patients(
    *, duplicate: Patient, kept: Patient, reason: str, facility: Facility, entry: Submission, by: User, now: datetime
) -> PatientLink:
    """``duplicate`` is the same person as ``kept``, which stands for both from now on. Raises ActionRefused (FIELD,
    SESSION_OPEN)."""
    demand(by, Permission.LINK, facility.pk, at=now)
    demand_own_patient(duplicate, facility)
    records = {record.pk: record for record in lock_person(duplicate, kept, to_link=True)}
    action = "link_patients"
    if first := first_result(PatientLink, facility=facility, entry=entry, action=action, by=by, subject=duplicate):
        return first
    duplicate, kept = records[duplicate.pk], records[kept.pk]

    facts = LinkFacts(
        same_record=duplicate == kept,
        same_organisation=kept.organisation_id == facility.organisation_id,
        duplicate_is_linked=duplicate.same_person_as_id is not None,
        duplicate_stands_for_others=any(record.same_person_as_id == duplicate.pk for record in records.values()),
        kept_is_linked=kept.same_person_as_id is not None,
        has_open_session=_has_open_session(records.values()),
        alike=may_be_one(identity_of(duplicate), identity_of(kept)),
        by_prescriber=may(by, Permission.PRESCRIBE, facility.pk, at=now),
    )
    refuse(*link_refusals(facts, reason=reason))

    link = row(
        PatientLink,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        organisation_id=facility.organisation_id,
        duplicate=duplicate,
        kept=kept,
        reason=reason.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=duplicate, rows=(link,))
    _point(duplicate, link)
    return link


@repeatable
@transaction.atomic
def unlink_patients(
    *, duplicate: Patient, reason: str, facility: Facility, entry: Submission, by: User, now: datetime
) -> Correction:
    """They were two people after all: each record is read for itself again. A prescriber says so and signs: what the
    other record said (a contraindication, a dose of yesterday) no longer counts. Raises ActionRefused (SESSION_OPEN,
    NOTHING_TO_VOID, FIELD, SIGNATURE)."""
    demand(by, Permission.PRESCRIBE, facility.pk, at=now)
    demand_own_patient(duplicate, facility)
    records = {record.pk: record for record in lock_person(duplicate, to_link=True)}
    action = "unlink_patients"
    if first := first_result(Correction, facility=facility, entry=entry, action=action, by=by, subject=duplicate):
        return first
    duplicate = records[duplicate.pk]

    if duplicate.link_id is None:
        raise ActionRefused((Refusal("NOTHING_TO_VOID"),))
    refuse(*open_session_refusals(_has_open_session(records.values())), *reason_refusals(reason))

    undone = row(
        Correction,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        row_kind=PatientLink.__name__,
        row_id=duplicate.link_id,
        subject_id=duplicate.pk,
        reason=reason.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=duplicate, rows=(undone,))
    _point(duplicate, None)
    return undone


def _has_open_session(records: Iterable[Patient]) -> bool:
    return DosingSession.objects.open().filter(patient__in=list(records)).exists()


def _point(duplicate: Patient, link: PatientLink | None) -> None:
    duplicate.link, duplicate.same_person_as_id = link, link.kept_id if link else None
    duplicate.save(update_fields=["link", "same_person_as"])
