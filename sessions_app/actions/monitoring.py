"""Checks, signs, serious events, medicines: what the monitor writes down. Accepted after the end too, never dropped."""

from datetime import datetime

from django.db import transaction

from clinic.access import holds_licensed_role
from clinic.actions.entry import Submission, refuse
from clinic.models import Channel, User
from clinic.rules.refusals import field_refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import Check, DosingSession, MedicineGiven, SeriousEvent, SignEvent, SignObservation
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import CHARTABLE, CheckEntry, check_refusals, kind_of_check, sign_event_refusals
from sessions_app.rules.facts import CheckKind, SignEventKind


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    return begin(dosing_session, action=action, permission=Permission.CHART, entry=entry, by=by, now=now)


def _refuse_before_check_in(opened: SessionEntry, wanted: str) -> None:
    refuse(*in_state(opened.dosing_session.state, *CHARTABLE, wanted=wanted))


@transaction.atomic
def record_check(
    *,
    dosing_session: DosingSession,
    check: CheckEntry,
    late_baseline: bool = False,
    entry: Submission,
    by: User,
    now: datetime,
) -> Check:
    """One set of readings. ``late_baseline`` charts a check really made before the first device. What waited on a
    tablet goes by its time, and is asked nothing. Raises ActionRefused (STATE, FIELD, UNLIKELY, INCOMPLETE)."""
    opened = _begin(dosing_session, "record_check", entry, by, now)
    if first := opened.repeated(Check):
        return first
    _refuse_before_check_in(opened, "check")
    facts = session_facts(opened.dosing_session, at=now)
    waited = entry.channel == Channel.OFFLINE
    kind = kind_of_check(facts, late_baseline=late_baseline, taken_at=opened.occurred_at if waited else None)

    refuse(*check_refusals(facts, check, kind=kind, at=opened.occurred_at, now=now, asks=not waited))

    row = add_check(opened, check, kind=kind)
    opened.write()
    rejudge_ended(opened)
    return row


def add_check(opened: SessionEntry, check: CheckEntry, *, kind: CheckKind) -> Check:
    """The rows of one check, to be written with the rest of its entry."""
    row = opened.add(
        Check,
        kind=kind.value,
        systolic_mmhg=check.vitals.systolic_mmhg,
        diastolic_mmhg=check.vitals.diastolic_mmhg,
        blood_pressure_not_obtained=check.blood_pressure_not_obtained,
        pulse_bpm=check.vitals.pulse_bpm,
        pulse_not_obtained=check.pulse_not_obtained,
        spo2_percent=check.vitals.spo2_percent,
        spo2_not_obtained=check.spo2_not_obtained,
        note=check.note.strip(),
        confirmed_unlikely=sorted(check.confirmed),
    )
    for code, sign in check.signs.items():
        if sign.asked:
            opened.add(
                SignObservation,
                check_row=row,
                code=code,
                present=sign.present,
                score=sign.score,
                not_obtained=sign.not_obtained,
            )
        if sign.gone:
            opened.add(SignEvent, check_row=row, code=code, kind=SignEventKind.RESOLUTION.value)
    for code, kind_of_event in check.symptoms.items():
        opened.add(SignEvent, check_row=row, code=code.strip(), kind=kind_of_event.value)
    return row


@transaction.atomic
def record_sign(
    *, dosing_session: DosingSession, code: str, kind: SignEventKind, entry: Submission, by: User, now: datetime
) -> SignEvent:
    """A sign of the programme, or another symptom, began or was gone. Raises ActionRefused (STATE, FIELD)."""
    opened = _begin(dosing_session, "record_sign", entry, by, now)
    if first := opened.repeated(SignEvent):
        return first
    _refuse_before_check_in(opened, "sign")
    facts = session_facts(opened.dosing_session, at=now)

    refuse(*reason_refusals(code, name="code"))
    refuse(*sign_event_refusals(facts, at=opened.occurred_at, now=now))

    event = opened.add(SignEvent, code=code.strip(), kind=kind.value)
    opened.write()
    rejudge_ended(opened)
    return event


@transaction.atomic
def report_serious_event(
    *, dosing_session: DosingSession, what: str, entry: Submission, by: User, now: datetime
) -> SeriousEvent:
    """Something serious happened. It holds the patient until a prescriber disposes of it, or a transfer."""
    opened = _begin(dosing_session, "report_serious_event", entry, by, now)
    if first := opened.repeated(SeriousEvent):
        return first
    _refuse_before_check_in(opened, "serious_event")

    refuse(*reason_refusals(what, name="what"))

    event = opened.add(SeriousEvent, what=what.strip())
    opened.write()
    rejudge_ended(opened)
    return event


@transaction.atomic
def give_medicine(
    *,
    dosing_session: DosingSession,
    drug: str,
    dose: str,
    route: MedicineGiven.Route,
    note: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> MedicineGiven:
    """A medicine was given on site by ``entry.performed_by``, a nurse or prescriber of this facility. Raises
    ActionRefused (STATE, FIELD)."""
    opened = begin(dosing_session, action="give_medicine", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(MedicineGiven):
        return first
    _refuse_before_check_in(opened, "medicine")

    refuse(*reason_refusals(drug, name="drug"), *reason_refusals(dose, name="dose"))
    typed_at = entry.entered_at if entry.channel == Channel.OFFLINE else None
    if not holds_licensed_role(entry.performed_by or by, dosing_session.facility_id, at=typed_at or now):
        refuse(field_refusal("given_by", "not_licensed"))

    given = opened.add(MedicineGiven, drug=drug.strip(), dose=dose.strip(), route=route.value, note=note.strip())
    opened.write()
    return given
