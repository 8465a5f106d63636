"""What happens around the chairs: people and oximeters come and go, the facility or an enrolment is stopped.

None of it holds a patient who is already being watched: each raises an alarm and a deviation on those sessions.
"""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from clinic.access import demand
from clinic.actions.certification import record_stop
from clinic.actions.enrolment import record_enrolment
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Certification, Enrolment, EnrolmentStatus, Entry, Facility, Patient, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.refusals import reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.alarm import raise_or_clear
from sessions_app.actions.session_entry import lock_watched
from sessions_app.models import ChairList, ClosingTime, DosingSession, OximeterCheck, Presence
from sessions_app.rules.alarms import AlarmCode
from sessions_app.rules.checks import occurred_refusals
from sessions_app.rules.floor import chair_refusals


@repeatable
@transaction.atomic
def record_presence(
    *, facility: Facility, person: User, kind: Presence.Kind, entry: Submission, by: User, now: datetime
) -> Presence:
    """Someone arrived on site or left. No prescriber on site is an alarm on every session under watch, cleared when
    one arrives."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if first := first_result(Presence, facility=facility, entry=entry, action="record_presence", by=by):
        return first

    refuse(*occurred_refusals(entry.occurred_at or now, now=now, not_before=None))

    presence = row(Presence, facility=facility, entry=entry, by=by, now=now, person=person, kind=kind)
    watched = lock_watched(DosingSession.objects.for_facility(facility))
    write(action="record_presence", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(presence,))
    raise_or_clear(watched=watched, code=AlarmCode.PRESCRIBER_ABSENT, request_id=entry.request_id, by=by, now=now)
    return presence


@repeatable
@transaction.atomic
def check_oximeter(
    *, facility: Facility, asset_tag: str, working: bool, entry: Submission, by: User, now: datetime
) -> OximeterCheck:
    """An oximeter was looked at. None that works is an alarm on every session under watch, cleared when one does."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if first := first_result(OximeterCheck, facility=facility, entry=entry, action="check_oximeter", by=by):
        return first

    refuse(*reason_refusals(asset_tag, name="asset_tag"))
    refuse(*occurred_refusals(entry.occurred_at or now, now=now, not_before=None))

    check = row(
        OximeterCheck, facility=facility, entry=entry, by=by, now=now, asset_tag=asset_tag.strip(), working=working
    )
    watched = lock_watched(DosingSession.objects.for_facility(facility))
    write(action="check_oximeter", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(check,))
    raise_or_clear(watched=watched, code=AlarmCode.OXIMETER, request_id=entry.request_id, by=by, now=now)
    return check


@repeatable
@transaction.atomic
def set_chairs(*, facility: Facility, chairs: Sequence[str], entry: Submission, by: User, now: datetime) -> ChairList:
    """The chairs of the room, in its order. Whoever sits on one that is no longer listed stays on the floor."""
    demand(by, Permission.MANAGE_SITE, facility.pk, at=now)
    if first := first_result(ChairList, facility=facility, entry=entry, action="set_chairs", by=by):
        return first

    names = [name for chair in chairs if (name := chair.strip())]
    refuse(*chair_refusals(names))

    listed = row(ChairList, facility=facility, entry=entry, by=by, now=now, chairs=names)
    write(action="set_chairs", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(listed,))
    return listed


@repeatable
@transaction.atomic
def set_closing_time(
    *, facility: Facility, closes: time | None, entry: Submission, by: User, now: datetime
) -> ClosingTime:
    """When the clinic closes from now on; None where everybody counts as here until midnight."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(ClosingTime, facility=facility, entry=entry, action="set_closing_time", by=by):
        return first

    closing = row(ClosingTime, facility=facility, entry=entry, by=by, now=now, closes=closes)
    write(action="set_closing_time", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(closing,))
    return closing


@transaction.atomic
def stop_facility(
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
    """The facility is suspended or has withdrawn from the programme."""
    watched = lock_watched(DosingSession.objects.for_facility(facility).filter(program_code=program_code))
    watched = [] if _sent_before(facility, entry) else watched
    stop = record_stop(
        facility=facility,
        program_code=program_code,
        status=status,
        reason=reason,
        after=after,
        entry=entry,
        by=by,
        now=now,
    )
    raise_or_clear(watched=watched, code=AlarmCode.FACILITY, request_id=entry.request_id, by=by, now=now)
    return stop


@transaction.atomic
def withdraw_enrolment(
    *,
    patient: Patient,
    facility: Facility,
    program_code: str,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Enrolment:
    """The patient's enrolment in the programme was withdrawn. Raises ActionRefused (FIELD)."""
    of_patient = DosingSession.objects.for_facility(facility).of_patient(patient).filter(program_code=program_code)
    watched = lock_watched(of_patient)
    watched = [] if _sent_before(facility, entry) else watched
    withdrawal = record_enrolment(
        patient=patient,
        facility=facility,
        program_code=program_code,
        status=EnrolmentStatus.WITHDRAWN,
        reason=reason,
        entry=entry,
        by=by,
        now=now,
    )
    raise_or_clear(watched=watched, code=AlarmCode.ENROLMENT, request_id=entry.request_id, by=by, now=now)
    return withdrawal


def _sent_before(facility: Facility, entry: Submission) -> bool:
    """Asked with the watched sessions locked, where the other click of one form was waited for."""
    return Entry.objects.filter(facility=facility, entry_id=entry.entry_id).exists()
