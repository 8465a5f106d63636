"""From the order to the end of dosing. The start gate is asked at clearing and before each device."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from clinic.access import is_licensed
from clinic.actions.entry import Submission, refuse, repeatable, whole_minute
from clinic.models import Channel, Device, User
from clinic.models.recall import recalled_among
from clinic.rules.refusals import (
    ClearedBy,
    Refusal,
    field_refusal,
    in_state,
    reason_refusals,
    state_refusal,
)
from clinic.rules.roles import Permission
from clinic.rules.stock import StockDevice
from sessions_app.actions.device_line import DeviceLine, follow_outcome
from sessions_app.actions.exception import refuse_or_except
from sessions_app.actions.filing_state import open_with, review_filing
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import (
    Clearance,
    DeviceAdministration,
    DeviceOutcome,
    DeviceTimeConfirmation,
    DoseOrder,
    DosingSession,
    Transition,
)
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.stock import stock_device
from sessions_app.rules.administration import (
    administration_refusals,
    clearing_refusals,
    finishing_refusals,
    not_dosed_refusals,
)
from sessions_app.rules.charting import counted_time
from sessions_app.rules.facts import Outcome, SessionFacts
from sessions_app.rules.paper import as_on_paper
from sessions_app.rules.states import OPEN, UNDER_WATCH, State, transition_refusals


@transaction.atomic
def order_dose(
    *,
    dosing_session: DosingSession,
    mg: int,
    devices: int,
    reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DoseOrder:
    """The prescriber's order for today. Raises ActionRefused (STATE, FIELD)."""
    opened = begin(dosing_session, action="order_dose", permission=Permission.PRESCRIBE, entry=entry, by=by, now=now)
    if first := opened.repeated(DoseOrder):
        return first
    state = State(opened.dosing_session.state)
    refuse(*in_state(state, *OPEN, wanted="order"))
    facts = session_facts(opened.dosing_session, at=now)

    refuse(*(() if mg == devices * facts.program.mg_per_device and mg > 0 else (field_refusal("mg", "dose_devices"),)))

    order = opened.add(DoseOrder, mg=mg, devices=devices, reason=reason.strip())
    opened.write()
    return order


@transaction.atomic
def clear_for_dosing(
    *,
    dosing_session: DosingSession,
    prescriber: User,
    exception_reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Clearance:
    """The start gate is open and a prescriber on site is named. A licensed person's ``exception_reason`` records
    that the dose goes ahead all the same; it is kept and counted. Raises ActionRefused."""
    opened = begin(
        dosing_session, action="clear_for_dosing", permission=Permission.ADMINISTER, entry=entry, by=by, now=now
    )
    if first := opened.repeated(Clearance):
        return first
    refuse(*transition_refusals(State(opened.dosing_session.state), State.CLEARED))
    record = Record(opened.dosing_session)
    site = record.batch.site(opened.dosing_session.facility, opened.dosing_session.program_code, at=now)
    here = {row.person_id for row in site.prescribers_on_site}
    facts = session_facts(opened.dosing_session, at=now, start=True, record=record)

    refusals = clearing_refusals(facts, now=now)
    if prescriber.pk not in here and not any(refusal.code == "PRESCRIBER_ABSENT" for refusal in refusals):
        refusals = (*refusals, Refusal("PRESCRIBER_ABSENT", {"name": str(prescriber)}, None, (ClearedBy.OTHER,)))
    refuse_or_except(opened, refusals, exception_reason, gate="CLEARING")

    clearance = opened.add(Clearance, prescriber=prescriber)
    opened.rows.insert(0, opened.rows.pop())
    opened.move(State.CLEARED)
    opened.write()
    return clearance


@repeatable
@transaction.atomic
def administer_device(
    *,
    dosing_session: DosingSession,
    device: Device,
    exception_reason: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> DeviceAdministration:
    """One device is handed over. Asked of the start gate every time; ``exception_reason`` records a device that
    was given all the same. One that is still in the cabinet is taken out with it. Raises ActionRefused; DEVICE too when
    somebody else gave it a moment ago."""
    opened = begin(
        dosing_session, action="administer_device", permission=Permission.ADMINISTER, entry=entry, by=by, now=now
    )
    if first := opened.repeated(DeviceAdministration):
        return first
    session, at = opened.dosing_session, opened.occurred_at
    refuse(*in_state(session.state, *OPEN, wanted=State.DOSING))
    facts = session_facts(session, at=now, start=True)
    facts = as_on_paper(facts) if entry.channel == Channel.PAPER else facts
    refuse(*_unknown(device, session))
    line = DeviceLine.of(device, opened)
    recalled = bool(recalled_among([device]))
    stock = stock_device(device, dosing_session=session, last=line.last, recalled=recalled)

    refuse(*_unusable(stock))
    # Typed back: the facility may have been another then.
    then = session_facts(session, at=at, start=True).start if at < whole_minute(now) else None
    refusals = administration_refusals(facts, device=stock, at=at, now=now, then=then)
    if exception_reason.strip() and facts.state in (State.CHECKED_IN, State.MONITORING):
        refusals = _already_happened(facts, stock, at, now)
    refuse_or_except(opened, refusals, exception_reason, gate="ADMINISTRATION")

    counted_at = counted_time(at, now=entry.typed_at or now, program=facts.program)
    administration = opened.envelope(
        DeviceAdministration,
        dosing_session=session,
        order=opened.order,
        device=device,
        counted_at=counted_at,
    )
    opened.rows.insert(0, administration)
    against_gate = any(refusal.code == "DEVICE" for refusal in refusals)
    line.hand_over(administration.pk, reason=exception_reason.strip() if against_gate else "")
    open_with(opened, administration)
    if facts.state is State.CHECKED_IN:
        opened.move(State.CLEARED, reason=exception_reason)
    if facts.state in (State.CHECKED_IN, State.CLEARED):
        opened.move(State.DOSING)
    opened.write()
    return administration


def _already_happened(facts: SessionFacts, stock: StockDevice, at: datetime, now: datetime) -> tuple[Refusal, ...]:
    """A device given before clearing, or after dosing was called finished, can only be an exception; it names what
    the gate would have said besides."""
    dosing = replace(facts, state=State.DOSING)
    would_refuse = administration_refusals(dosing, device=stock, at=at, now=now)
    return (Refusal("OUT_OF_TURN", {"state": facts.state.value}), *would_refuse)


def _unknown(device: Device, dosing_session: DosingSession) -> tuple[Refusal, ...]:
    """A device of another programme or facility."""
    if device.facility_id != dosing_session.facility_id or device.program_code != dosing_session.program_code:
        return (field_refusal("device", "unknown_device"),)
    return ()


def _unusable(stock: StockDevice) -> tuple[Refusal, ...]:
    """No exception helps against these: one given before, or one that left the cabinet otherwise, which is put right
    there first."""
    problem = "given" if stock.given else "gone" if stock.gone else ""
    params = {"problem": problem, "number": stock.number, "date": None}
    return (Refusal("DEVICE", params, None, (ClearedBy.OTHER,)),) if problem else ()


def _not_of_session(administration: DeviceAdministration, opened: SessionEntry) -> tuple[Refusal, ...]:
    """A device of another session, or one whose row was voided."""
    rows = Record(opened.dosing_session).in_force(DeviceAdministration)
    return () if administration in rows else (field_refusal("administration", "unknown_device"),)


@repeatable
@transaction.atomic
def record_outcome(
    *,
    dosing_session: DosingSession,
    administration: DeviceAdministration,
    outcome: Outcome,
    entry: Submission,
    by: User,
    now: datetime,
) -> DeviceOutcome:
    """What the device delivered: full, partial or failed. The newest outcome counts; earlier ones stay."""
    opened = begin(dosing_session, action="record_outcome", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(DeviceOutcome):
        return first
    state = State(opened.dosing_session.state)

    allowed = (*UNDER_WATCH, State.DISCHARGED, State.LEFT_EARLY, State.TRANSFERRED, State.NOT_DOSED)
    refuse(*in_state(state, *allowed, wanted="outcome"))
    refuse(*_not_of_session(administration, opened))
    refuse(*_alone(opened, administration, outcome))

    row = opened.add(DeviceOutcome, administration=administration, outcome=outcome.value)
    follow_outcome(opened, administration, outcome)
    opened.write()
    rejudge_ended(opened)
    return row


def _alone(opened: SessionEntry, administration: DeviceAdministration, outcome: Outcome) -> tuple[Refusal, ...]:
    """The stay counts from a device that delivered: that it did not after all is said by somebody else than who
    charted the spray, voided rows included. A first *failed* needs nobody."""
    charted = Record(opened.dosing_session).all(DeviceOutcome)
    sprays = [row for row in charted if row.administration_id == administration.pk and row.outcome != Outcome.FAILED]
    taken_back = outcome is Outcome.FAILED and any(not opened.is_second_to(row) for row in sprays)
    return (Refusal("SECOND_PERSON", {}, None, (ClearedBy.OTHER,)),) if taken_back else ()


@transaction.atomic
def confirm_device_time(
    *, dosing_session: DosingSession, administration: DeviceAdministration, entry: Submission, by: User, now: datetime
) -> DeviceTimeConfirmation:
    """A second licensed person confirms a device time typed late; the stay then counts from the typed time."""
    opened = begin(
        dosing_session, action="confirm_device_time", permission=Permission.ADMINISTER, entry=entry, by=by, now=now
    )
    if first := opened.repeated(DeviceTimeConfirmation):
        return first

    state = State(opened.dosing_session.state)
    refuse(*in_state(state, *UNDER_WATCH, wanted="confirmation"))
    refuse(*_not_of_session(administration, opened))
    second = opened.is_second_to(administration) and is_licensed(by, administration.facility_id, at=now)
    refuse(*(() if second else (Refusal("SECOND_PERSON", {}, None, (ClearedBy.OTHER,)),)))

    row = opened.add(DeviceTimeConfirmation, administration=administration, counted_at=administration.occurred_at)
    opened.write()
    return row


@transaction.atomic
def finish_dosing(
    *, dosing_session: DosingSession, stopped_early_reason: str = "", entry: Submission, by: User, now: datetime
) -> DosingSession:
    """Dosing is finished, as ordered or stopped early with a reason; from here on the patient is monitored."""
    opened = begin(dosing_session, action="finish_dosing", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Transition):
        return first.dosing_session
    refuse(*in_state(opened.dosing_session.state, State.DOSING, wanted=State.MONITORING))
    facts = session_facts(opened.dosing_session, at=now, start=True)

    refuse(*finishing_refusals(facts))
    ordered = facts.start.order.devices if facts.start and facts.start.order else 0
    if len(facts.delivered) < ordered:
        refuse(*reason_refusals(stopped_early_reason, name="stopped_early_reason"))

    opened.move(State.MONITORING, reason=stopped_early_reason.strip())
    opened.write()
    return opened.dosing_session


@transaction.atomic
def end_not_dosed(
    *, dosing_session: DosingSession, reason: str, entry: Submission, by: User, now: datetime
) -> DosingSession:
    """No device delivered a spray: the session ends without a dose."""
    opened = begin(dosing_session, action="end_not_dosed", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Transition):
        return first.dosing_session
    session = opened.dosing_session

    refuse(*reason_refusals(reason))
    if session.checked_in_at is None:
        refuse(state_refusal(session.state, State.NOT_DOSED))
    refuse(*not_dosed_refusals(session_facts(session, at=now)))

    opened.move(State.NOT_DOSED, reason=reason.strip())
    opened.write()
    review_filing(opened)
    return session
