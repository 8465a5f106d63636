"""Putting right: a row is taken out of force with a reason, and stays visible; a whole session entered in error
needs two people."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import is_licensed
from clinic.actions.entry import Submission, refuse, repeatable
from clinic.models import Correction, User
from clinic.rules.refusals import ActionRefused, ClearedBy, Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app import models
from sessions_app.actions.device_line import follow_outcome, take_back
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin, beside, lock_all
from sessions_app.models.record import Record
from sessions_app.rules.charting import void_permission
from sessions_app.rules.departure import IN_ERROR
from sessions_app.rules.facts import Outcome
from sessions_app.rules.states import ENDED, State, transition_refusals

# What may be voided. Transitions, releases and other ends are undone by going on, not by voiding.
VOIDABLE: dict[str, type[models.SessionRow | models.Answer]] = {
    model.__name__: model
    for model in (
        models.Check,
        models.AdverseEventAccount,
        models.AdverseEventReport,
        models.Answer,
        models.Deviation,
        models.DeviceAdministration,
        models.DeviceOutcome,
        models.DeviceTimeConfirmation,
        models.DoseOrder,
        models.EnrolmentVerification,
        models.FollowUpCall,
        models.InstructionsGiven,
        models.IntakeReport,
        models.MedicineGiven,
        models.PrescriberContact,
        models.PrescriberDecision,
        models.ReadinessAssessment,
        models.SeriousEvent,
        models.SignEvent,
        models.StayExtension,
        models.WayHomeArrangement,
    )
}

# The stay counts from a device that was given: whoever entered it does not take it back alone.
SECOND_PERSON_TO_VOID = ("DeviceAdministration",)


@repeatable
@transaction.atomic
def void_row(
    *,
    dosing_session: models.DosingSession,
    row_kind: str,
    row_id: UUID,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Correction:
    """Take one row of this session out of force. What replaces it is entered anew. Raises ActionRefused."""
    permission = void_permission(row_kind)
    of_another = _asked_in_another(dosing_session, row_kind, row_id)
    # Both locks before anything is read, in the order of their keys.
    locked = {each.pk: each for each in lock_all(models.DosingSession.objects.filter(pk__in=of_another))}
    opened = begin(dosing_session, action="void_row", permission=permission, entry=entry, by=by, now=now)
    if first := opened.repeated(Correction):
        return first
    session, model = opened.dosing_session, VOIDABLE.get(row_kind)
    row = _row_of(session, model, row_id) if model else None

    if row is None:
        raise ActionRefused((Refusal("NOTHING_TO_VOID"),))
    alone = row_kind in SECOND_PERSON_TO_VOID and not opened.is_second_to(row)
    refuse(*((Refusal("SECOND_PERSON", {}, None, (ClearedBy.OTHER,)),) if alone else ()))
    voided = Correction.objects.filter(row_id=row_id).exists()
    refuse(*((Refusal("ALREADY_VOIDED"),) if voided else ()), *reason_refusals(reason))

    correction = opened.envelope(
        Correction, row_kind=row_kind, row_id=row_id, subject_id=_subject_of(row, session), reason=reason.strip()
    )
    opened.rows.append(correction)
    _follow_in_cabinet(opened, row, reason.strip())
    opened.write()
    rejudge_ended(opened)
    for key in {*locked} - {session.pk}:
        rejudge_ended(beside(locked[key], "review_answer", entry.request_id, by, now))
    return correction


def _asked_in_another(dosing_session: models.DosingSession, row_kind: str, row_id: UUID) -> set[UUID]:
    """An answer of the course may have been given in another session, whose gate and form follow from it: both."""
    if row_kind != models.Answer.__name__:
        return set()
    asked = models.Answer.objects.filter(pk=row_id, course=dosing_session.course_id)
    found = set(asked.exclude(dosing_session=None).values_list("dosing_session_id", flat=True))
    return found | {dosing_session.pk} if found - {dosing_session.pk} else set()


def _follow_in_cabinet(opened: SessionEntry, row: models.SessionRow | models.Answer, reason: str) -> None:
    """The cabinet's ledger goes with what is charted of a device."""
    if isinstance(row, models.DeviceAdministration):
        take_back(opened, row, reason=reason)
        if opened.dosing_session.state in ENDED:
            opened.miss_devices()
    elif isinstance(row, models.DeviceOutcome):
        said = Record(opened.dosing_session).in_force(models.DeviceOutcome)
        left = [each for each in said if each.administration_id == row.administration_id and each.pk != row.pk]
        newest = max(left, key=lambda each: each.order, default=None)
        follow_outcome(opened, row.administration, Outcome(newest.outcome) if newest else None)


def knows_row(session: models.DosingSession, row_kind: str, row_id: UUID) -> bool:
    """Whether a row of a kind that can be voided is this session's, struck or not."""
    return row_kind not in VOIDABLE or _row_of(session, VOIDABLE[row_kind], row_id) is not None


def _row_of(
    session: models.DosingSession, model: type[models.SessionRow | models.Answer], row_id: UUID
) -> models.SessionRow | models.Answer | None:
    """A row of this session; an answer to a question of its course may come from an earlier session."""
    scope = {"course": session.course} if model is models.Answer else {"dosing_session": session}
    return model._default_manager.filter(pk=row_id, **scope).first()


def _subject_of(row: models.SessionRow | models.Answer, session: models.DosingSession) -> UUID:
    return row.course_id if isinstance(row, models.Answer) else session.pk


@transaction.atomic
def propose_in_error(
    *, dosing_session: models.DosingSession, reason: str, entry: Submission, by: User, now: datetime
) -> models.Deviation:
    """The first of two people says that this session was entered in error, and why."""
    opened = begin(
        dosing_session, action="propose_in_error", permission=Permission.CORRECT, entry=entry, by=by, now=now
    )
    if first := opened.repeated(models.Deviation):
        return first

    refuse(*transition_refusals(State(opened.dosing_session.state), State.ENTERED_IN_ERROR), *reason_refusals(reason))

    proposal = opened.add(models.Deviation, code=IN_ERROR, reason=reason.strip())
    opened.write()
    return proposal


@transaction.atomic
def enter_in_error(
    *, dosing_session: models.DosingSession, entry: Submission, by: User, now: datetime
) -> models.DosingSession:
    """A second licensed person agrees; every device row was voided before. Raises ActionRefused."""
    opened = begin(dosing_session, action="enter_in_error", permission=Permission.CORRECT, entry=entry, by=by, now=now)
    if first := opened.repeated(models.Transition):
        return first.dosing_session
    session, record = opened.dosing_session, Record(opened.dosing_session)
    proposals = [row for row in record.in_force(models.Deviation) if row.code == IN_ERROR and opened.is_second_to(row)]

    refuse(*transition_refusals(State(session.state), State.ENTERED_IN_ERROR))
    refuse(
        *(
            (Refusal("DEVICES_NOT_VOIDED", {}, None, (ClearedBy.DOCUMENTATION,)),)
            if record.in_force(models.DeviceAdministration)
            else ()
        )
    )
    two_people = bool(proposals) and is_licensed(by, session.facility_id, at=now)
    refuse(*(() if two_people else (Refusal("SECOND_PERSON", {}, None, (ClearedBy.OTHER,)),)))

    opened.move(State.ENTERED_IN_ERROR, reason=proposals[-1].reason, second_person=proposals[-1].performed_by)
    opened.set(discharge=None)
    opened.write()
    review_filing(opened)
    return session
