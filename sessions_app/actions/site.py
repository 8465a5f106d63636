"""What happens around the chairs: people and oximeters come and go, the facility or an enrolment is stopped.

None of it holds a patient who is already being watched: each raises an alarm and a deviation on those sessions.
"""

from datetime import datetime

from django.db import transaction

from clinic.access import demand
from clinic.actions.certification import record_stop
from clinic.actions.enrolment import record_enrolment
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Certification, Enrolment, EnrolmentStatus, Entry, Facility, Patient, User
from clinic.rules.certification import CertificationStatus
from clinic.rules.refusals import reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import SessionEntry
from sessions_app.models import Alarm, Deviation, DosingSession, OximeterCheck, Presence
from sessions_app.models.dosing_session import DosingSessionQuerySet
from sessions_app.models.site import Site
from sessions_app.rules.checks import occurred_refusals


@repeatable
@transaction.atomic
def record_presence(
    *, facility: Facility, person: User, kind: Presence.Kind, entry: Submission, by: User, now: datetime
) -> Presence:
    """Someone arrived on site or left. The last prescriber leaving is an alarm on every session under watch."""
    demand(by, Permission.MANAGE_SITE, facility.pk)
    if first := first_result(Presence, facility=facility, entry=entry, action="record_presence", by=by):
        return first

    refuse(*occurred_refusals(entry.occurred_at or now, now=now, not_before=None))

    presence = row(Presence, facility=facility, entry=entry, by=by, now=now, person=person, kind=kind)
    watched = _lock_watched(DosingSession.objects.for_facility(facility)) if kind == Presence.Kind.LEFT else []
    there_was = Site(facility, "", at=now).prescribers_on_site
    write(action="record_presence", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(presence,))
    if there_was and not Site(facility, "", at=now).prescribers_on_site:
        _alarm(watched, "PRESCRIBER_ABSENT", entry, by, now)
    return presence


@repeatable
@transaction.atomic
def check_oximeter(
    *, facility: Facility, asset_tag: str, working: bool, entry: Submission, by: User, now: datetime
) -> OximeterCheck:
    """An oximeter was looked at. The last one failing is an alarm on every session under watch."""
    demand(by, Permission.MANAGE_SITE, facility.pk)
    if first := first_result(OximeterCheck, facility=facility, entry=entry, action="check_oximeter", by=by):
        return first

    refuse(*reason_refusals(asset_tag, name="asset_tag"))
    refuse(*occurred_refusals(entry.occurred_at or now, now=now, not_before=None))

    check = row(
        OximeterCheck, facility=facility, entry=entry, by=by, now=now, asset_tag=asset_tag.strip(), working=working
    )
    watched = [] if working else _lock_watched(DosingSession.objects.for_facility(facility))
    there_was = Site(facility, "", at=now).working_oximeters
    write(action="check_oximeter", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(check,))
    if there_was and not Site(facility, "", at=now).working_oximeters:
        _alarm(watched, "OXIMETER", entry, by, now)
    return check


@transaction.atomic
def stop_facility(
    *,
    facility: Facility,
    program_code: str,
    status: CertificationStatus,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Certification:
    """The facility is suspended or has withdrawn from the programme."""
    watched = _lock_watched(DosingSession.objects.for_facility(facility).filter(program_code=program_code))
    watched = [] if _sent_before(facility, entry) else watched
    stop = record_stop(
        facility=facility, program_code=program_code, status=status, reason=reason, entry=entry, by=by, now=now
    )
    _alarm(watched, "FACILITY", entry, by, now)
    return stop


@transaction.atomic
def withdraw_enrolment(
    *, patient: Patient, facility: Facility, program_code: str, entry: Submission, by: User, now: datetime
) -> Enrolment:
    """The patient's enrolment in the programme was withdrawn."""
    of_patient = DosingSession.objects.for_facility(facility).filter(patient=patient, program_code=program_code)
    watched = _lock_watched(of_patient)
    watched = [] if _sent_before(facility, entry) else watched
    withdrawal = record_enrolment(
        patient=patient,
        facility=facility,
        program_code=program_code,
        status=EnrolmentStatus.WITHDRAWN,
        entry=entry,
        by=by,
        now=now,
    )
    _alarm(watched, "ENROLMENT", entry, by, now)
    return withdrawal


def _sent_before(facility: Facility, entry: Submission) -> bool:
    """Asked with the watched sessions locked, where the other click of one form was waited for."""
    return Entry.objects.filter(facility=facility, entry_id=entry.entry_id).exists()


def _lock_watched(sessions: DosingSessionQuerySet) -> list[DosingSession]:
    """The sessions under watch, locked in order of their keys and before anything is written: the audit chain is
    locked last by everybody."""
    return list(sessions.under_watch().select_related("facility").locked().order_by("pk"))


def _alarm(watched: list[DosingSession], code: str, entry: Submission, by: User, now: datetime) -> None:
    for dosing_session in watched:
        request = Submission(request_id=entry.request_id)
        order = dosing_session.last_order + 1
        raised = SessionEntry(dosing_session, "raise_alarm", request, by, now, order)
        raised.add(Alarm, code=code, params={})
        raised.add(Deviation, code=code, reason=f"{code} while the patient was being monitored")
        raised.write()
