"""The other ends of a session: left early, transferred, and the way back on the same day."""

from datetime import datetime

from django.db import IntegrityError, transaction

from clinic.actions.entry import Submission, refuse, repeatable
from clinic.models import User
from clinic.rules.refusals import ActionRefused, ClearedBy, Refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import SessionEntry, begin, lock_person
from sessions_app.models import DosingSession, Impairment, LeftEarly, Transfer, Transition
from sessions_app.models.chairs import sitting
from sessions_app.models.facts import local_date, session_facts
from sessions_app.models.paper import sheets_to_compare
from sessions_app.models.record import Record
from sessions_app.rules.departure import left_early_refusals, reopening_refusals
from sessions_app.rules.states import State, transition_refusals


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    return begin(dosing_session, action=action, permission=Permission.CHART, entry=entry, by=by, now=now)


@transaction.atomic
def record_left_early(
    *,
    dosing_session: DosingSession,
    last_seen_at: datetime,
    found_gone_at: datetime,
    impaired: Impairment,
    prescriber_told: str,
    contact_told: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> LeftEarly:
    """The patient is gone before the gate opened: who was told or tried, when last seen and found gone, whether
    impaired. It never counts as compliant. Raises ActionRefused (STATE, FIELD)."""
    opened = _begin(dosing_session, "record_left_early", entry, by, now)
    if first := opened.repeated(LeftEarly):
        return first
    session = opened.dosing_session
    refuse(*transition_refusals(State(session.state), State.LEFT_EARLY))
    record = Record(session)
    facts = session_facts(session, at=now, record=record)

    refuse(*left_early_refusals(facts, last_seen_at=last_seen_at, found_gone_at=found_gone_at, now=now))
    refuse(
        *reason_refusals(prescriber_told, name="prescriber_told"), *reason_refusals(contact_told, name="contact_told")
    )

    left = opened.add(
        LeftEarly,
        last_seen_at=last_seen_at,
        found_gone_at=found_gone_at,
        impaired=impaired,
        prescriber_told=prescriber_told.strip(),
        contact_told=contact_told.strip(),
        last_check=checks[-1] if (checks := record.checks()) else None,
    )
    opened.move(State.LEFT_EARLY)
    opened.write()
    review_filing(opened)
    return left


@transaction.atomic
def transfer_patient(
    *,
    dosing_session: DosingSession,
    destination: Transfer.Destination,
    place: str,
    handed_over: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> Transfer:
    """Somebody else took over: hospital, other unit, or death; and what was handed over."""
    opened = _begin(dosing_session, "transfer_patient", entry, by, now)
    if first := opened.repeated(Transfer):
        return first

    refuse(*transition_refusals(State(opened.dosing_session.state), State.TRANSFERRED))
    refuse(*reason_refusals(handed_over, name="handed_over"))

    transfer = opened.add(Transfer, destination=destination, place=place.strip(), handed_over=handed_over.strip())
    opened.move(State.TRANSFERRED)
    opened.write()
    review_filing(opened)
    return transfer


@repeatable
def reopen_session(
    *, dosing_session: DosingSession, reason: str, entry: Submission, by: User, now: datetime
) -> DosingSession:
    """Back to monitoring on the same day, with a reason; without a chair where somebody else sits there by now.
    Raises ActionRefused, ALREADY_OPEN too."""
    try:
        with transaction.atomic():
            return _reopen(dosing_session, reason, entry, by, now)
    except IntegrityError as error:
        if "dosing_session_one_open_per_patient" not in str(error):
            raise
        raise ActionRefused((Refusal("ALREADY_OPEN"),)) from error


def _reopen(dosing_session: DosingSession, reason: str, entry: Submission, by: User, now: datetime) -> DosingSession:
    records = lock_person(dosing_session.patient)
    opened = _begin(dosing_session, "reopen_session", entry, by, now)
    if first := opened.repeated(Transition):
        return first.dosing_session
    session = opened.dosing_session
    ended = Transition.objects.get(pk=session.transition_id)

    if sheets_to_compare(Record(session)):
        # Times from paper that nobody has compared open no gate of a patient who is here.
        refuse(Refusal("PAPER_NOT_COMPARED", {}, None, (ClearedBy.OTHER,)))
    refuse(
        *reopening_refusals(
            State(session.state),
            ended_date=local_date(session, ended.occurred_at),
            today=local_date(session, now),
            reason=reason,
        )
    )
    refuse(*((Refusal("ALREADY_OPEN"),) if DosingSession.objects.open().filter(patient__in=records).exists() else ()))

    opened.move(State.MONITORING, reason=reason.strip())
    opened.set(discharge=None)
    if session.chair in sitting(session.facility, but=session):
        opened.set(chair="")
    opened.write()
    review_filing(opened)
    return session
