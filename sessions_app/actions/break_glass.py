"""Reading a patient outside one's facilities, in the organisation: for a reason, for an hour, and looked at after."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model

from clinic import audit
from clinic.access import demand, demand_own_patient, may, roles_of
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import AuditEvent, BreakGlass, BreakGlassReview, Facility, Patient, User
from clinic.rules.refusals import field_refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.models.patient_search import patients_at

LASTS = timedelta(minutes=60)  # [D]


@repeatable
@transaction.atomic
def break_glass(
    *, patient: Patient, facility: Facility, reason: str, entry: Submission, by: User, now: datetime
) -> BreakGlass:
    """For an hour ``by`` reads this patient's record at a facility where they have no role. Whoever treats patients
    somewhere in the organisation may."""
    demand_own_patient(patient, facility)
    places = Facility.objects.filter(pk__in=roles_of(by, at=now), organisation=facility.organisation_id)
    if not any(may(by, Permission.BREAK_GLASS, place.pk, at=now) for place in places):
        raise PermissionDenied(Permission.BREAK_GLASS.value)
    if first := first_result(BreakGlass, facility=facility, entry=entry, action="break_glass", by=by, subject=patient):
        return first

    refuse(*reason_refusals(reason))
    if facility in places:
        refuse(field_refusal("place", "own_facility"))
    if not patients_at([facility.pk]).filter(pk=patient.pk).exists():
        refuse(field_refusal("mrn", "not_known_there"))

    broken = row(
        BreakGlass,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        occurred_at=now,
        patient=patient,
        reason=reason.strip(),
        until=now + LASTS,
    )
    write(action="break_glass", facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(broken,))
    return broken


@transaction.atomic
def read_through_glass(*, glass: BreakGlass, subject: Model, page: str, by: User, now: datetime) -> AuditEvent:
    """A page was opened that only this lets open."""
    return audit.record(
        action="read_through_glass",
        facility=glass.facility,
        by=by,
        now=now,
        subject=subject,
        rows=(),
        details={"break_glass": glass.pk, "page": page},
    )


@repeatable
@transaction.atomic
def review_break_glass(
    *,
    glass: BreakGlass,
    verdict: BreakGlassReview.Verdict,
    note: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> BreakGlassReview:
    """Whether there was a reason, by somebody else who runs the facility. Once; none needs a note of why."""
    facility = glass.facility
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said = {"facility": facility, "entry": entry, "action": "review_break_glass", "by": by}
    if first := first_result(BreakGlassReview, subject=glass, **said):  # type: ignore[arg-type]
        return first

    if glass.performed_by_id == by.pk:
        refuse(field_refusal("verdict", "not_your_own"))
    if BreakGlassReview.objects.filter(break_glass=glass).exists():
        refuse(field_refusal("verdict", "reviewed_already"))
    if verdict == BreakGlassReview.Verdict.NOT_JUSTIFIED:
        refuse(*reason_refusals(note, name="note"))

    review = row(
        BreakGlassReview,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        break_glass=glass,
        verdict=verdict,
        note=note.strip(),
    )
    write(action="review_break_glass", facility=facility, entry=entry, by=by, now=now, subject=glass, rows=(review,))
    return review
