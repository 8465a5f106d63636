"""Everything that leads to leaving, and the release through the discharge gate."""

from datetime import datetime, timedelta

from django.db import transaction

from clinic.access import may
from clinic.actions.entry import Submission, refuse, whole_minute
from clinic.models import Language, User
from clinic.models.tablet import silent_tablets
from clinic.rules.refusals import field_refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.filing_state import review_filing
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import (
    Deviation,
    DeviceTimeConfirmation,
    Discharge,
    DosingSession,
    InstructionsGiven,
    ReadinessAssessment,
    StayExtension,
)
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.rules.departure import deviation_bound_ids, deviation_refusals
from sessions_app.rules.discharge import Release, discharge_refusals
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.recovery import final_check
from sessions_app.rules.states import OPEN, UNDER_WATCH, State


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    return begin(dosing_session, action=action, permission=Permission.DISCHARGE, entry=entry, by=by, now=now)


@transaction.atomic
def record_deviation(
    *,
    dosing_session: DosingSession,
    code: str,
    reason: str,
    examined: bool = False,
    entry: Submission,
    by: User,
    now: datetime,
) -> Deviation:
    """A licensed person's reason for a check missed or late (PEAK_CHECK, BASELINE_CHECK). ``examined`` needs the
    prescriber who examined the patient. Raises ActionRefused."""
    opened = _begin(dosing_session, "record_deviation", entry, by, now)
    if first := opened.repeated(Deviation):
        return first
    refuse(*in_state(opened.dosing_session.state, *UNDER_WATCH, wanted="deviation"))
    facts = session_facts(opened.dosing_session, at=now)

    if examined and not may(by, Permission.PRESCRIBE, opened.dosing_session.facility_id, at=opened.entered_at):
        refuse(field_refusal("examined", "examination_needed"))
    refuse(*deviation_refusals(facts, code=code, reason=reason, examined=examined, now=now))

    deviation = opened.add(
        Deviation,
        code=code,
        bound_ids=sorted(deviation_bound_ids(facts, code)),
        reason=reason.strip(),
        examined=examined,
    )
    opened.write()
    return deviation


@transaction.atomic
def extend_stay(
    *, dosing_session: DosingSession, stay: timedelta, reason: str, entry: Submission, by: User, now: datetime
) -> StayExtension:
    """The prescriber lengthens this stay. Nobody may shorten it, and nobody is held for more than a day."""
    opened = begin(dosing_session, action="extend_stay", permission=Permission.PRESCRIBE, entry=entry, by=by, now=now)
    if first := opened.repeated(StayExtension):
        return first
    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="stay"))
    facts = session_facts(opened.dosing_session, at=now)

    longer = facts.minimum_stay < stay <= timedelta(hours=24)
    params = {"stay": stay, "now_minutes": int(facts.minimum_stay.total_seconds() // 60)}
    refuse(*(() if longer else (field_refusal("stay_minutes", "not_longer", **params),)), *reason_refusals(reason))

    extension = opened.add(StayExtension, stay_minutes=int(stay.total_seconds() // 60), reason=reason.strip())
    opened.write()
    return extension


@transaction.atomic
def assess_readiness(
    *, dosing_session: DosingSession, note: str = "", entry: Submission, by: User, now: datetime
) -> ReadinessAssessment:
    """A licensed monitor finds the patient ready to leave. Raises ActionRefused (STATE, FIELD)."""
    opened = _begin(dosing_session, "assess_readiness", entry, by, now)
    if first := opened.repeated(ReadinessAssessment):
        return first

    refuse(*in_state(opened.dosing_session.state, State.MONITORING, wanted="readiness"))

    assessment = opened.add(ReadinessAssessment, note=note.strip())
    opened.write()
    return assessment


@transaction.atomic
def give_instructions(
    *, dosing_session: DosingSession, how: str, language: str, entry: Submission, by: User, now: datetime
) -> InstructionsGiven:
    """The instructions were printed or handed over, in this language. Raises ActionRefused (STATE, FIELD)."""
    opened = begin(dosing_session, action="give_instructions", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(InstructionsGiven):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="instructions"))
    known = {"how": how in InstructionsGiven.How.values, "language": language in Language.values}
    refuse(*(field_refusal(name, "unknown") for name, holds in known.items() if not holds))

    given = opened.add(InstructionsGiven, how=how, language=language)
    opened.write()
    return given


@transaction.atomic
def discharge_patient(
    *,
    dosing_session: DosingSession,
    handed_over_to: str,
    departed_at: datetime | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Discharge:
    """Release the patient through the discharge gate, judged under the session's lock at ``now``. ``departed_at``
    None is this minute. Raises ActionRefused with the whole list, and then nothing is written."""
    opened = _begin(dosing_session, "discharge_patient", entry, by, now)
    if first := opened.repeated(Discharge):
        return first
    session = opened.dosing_session
    refuse(*in_state(session.state, State.MONITORING, wanted=State.DISCHARGED))
    record = Record(session)
    facts = session_facts(session, at=now, record=record)
    release = Release(handed_over_to.strip(), departed_at or whole_minute(now))

    refuse(*discharge_refusals(facts, now=now, release=release))

    discharge = opened.add(
        Discharge,
        occurred_at=now,
        departed_at=release.departed_at,
        handed_over_to=release.handed_over_to,
        **_invariants(session, facts, record),
    )
    opened.move(State.DISCHARGED)
    opened.set(discharge=discharge)
    opened.write(silent_tablets=[tablet.pk for tablet in silent_tablets(session.pk, at=now)])
    review_filing(opened)
    return discharge


def _invariants(session: DosingSession, facts: SessionFacts, record: Record) -> dict[str, object]:
    """What the constraints of Discharge compare; present whenever the gate is open."""
    device, final = facts.anchor_device, final_check(facts)
    assessment = max(record.signed(ReadinessAssessment), key=lambda row: (row.occurred_at, row.order))
    if device is None or final is None:
        raise ValueError("an open gate has a device and a final check")
    confirmation = next(
        (row for row in record.in_force(DeviceTimeConfirmation) if row.administration_id == device.id), None
    )
    return {
        "minimum_stay_minutes": session.minimum_stay_minutes,
        "final_check_window_minutes": session.final_check_window_minutes,
        "stay_minutes": int(facts.minimum_stay.total_seconds() // 60),
        "anchor_device_id": device.id,
        "anchor_counted_at": None if confirmation else device.counted_at,
        "time_confirmation": confirmation,
        "anchor_confirmed_at": device.counted_at if confirmation else None,
        "final_check_id": final.id,
        "final_check_at": final.occurred_at,
        "assessment": assessment,
        "assessed_at": assessment.occurred_at,
    }
