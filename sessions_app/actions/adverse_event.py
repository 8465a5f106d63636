"""Suspected adverse events: told of, described, followed up, reported. Nothing here opens a gate: a serious event is
cleared only by the prescriber's disposition, or a transfer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse, whole_minute
from clinic.models import User
from clinic.rules.refusals import ActionRefused, Refusal, in_state, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.actions.rejudge import rejudge_ended
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import AdverseEvent, AdverseEventAccount, AdverseEventReport, DosingSession, SeriousEvent
from sessions_app.models.adverse_event import Case, case_of
from sessions_app.models.record import Record
from sessions_app.rules.adverse_event import account_refusals, began_refusals, report_refusals
from sessions_app.rules.charting import CHARTABLE


@dataclass(frozen=True)
class Account:
    """What was told: no ``criteria``, not serious. ``reporter``: by name, where it was not whoever enters it."""

    criteria: Collection[str]
    narrative: str
    told_by: str
    outcome: str
    reporter: str = ""

    def refuse(self) -> None:
        refuse(
            *account_refusals(
                criteria=self.criteria,
                narrative=self.narrative,
                told_by=self.told_by,
                reporter=self.reporter,
                outcome=self.outcome,
            )
        )

    def add_to(
        self, opened: SessionEntry, event: AdverseEvent, serious_event: SeriousEvent | None = None
    ) -> AdverseEventAccount:
        return opened.add(
            AdverseEventAccount,
            event=event,
            criteria=sorted(self.criteria),
            narrative=self.narrative.strip(),
            told_by=self.told_by,
            reporter=self.reporter.strip(),
            outcome=self.outcome,
            serious_event=serious_event,
        )


def _begin(dosing_session: DosingSession, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    return begin(dosing_session, action=action, permission=Permission.CHART, entry=entry, by=by, now=now)


def _refuse_uncharted(opened: SessionEntry) -> None:
    refuse(*in_state(opened.dosing_session.state, *CHARTABLE, wanted="adverse_event"))


@transaction.atomic
def record_adverse_event(
    *,
    dosing_session: DosingSession,
    what: str,
    began_at: datetime,
    account: Account,
    entry: Submission,
    by: User,
    now: datetime,
) -> AdverseEvent:
    """Somebody tells of an event that nobody called serious at the chair. Told to be serious it is one from now on,
    and holds a patient who is still here. Raises ActionRefused (STATE, FIELD)."""
    opened = _begin(dosing_session, "record_adverse_event", entry, by, now)
    if first := opened.repeated(AdverseEvent):
        return first
    _refuse_uncharted(opened)

    refuse(*reason_refusals(what, name="what"))
    refuse(*began_refusals(began_at, now=now, checked_in_at=opened.dosing_session.checked_in_at))
    account.refuse()

    what, began_at = what.strip(), min(whole_minute(began_at), whole_minute(now))
    event = opened.add(AdverseEvent, what=what, occurred_at=began_at)
    serious = opened.add(SeriousEvent, what=what, occurred_at=began_at) if account.criteria else None
    account.add_to(opened, event, serious)
    opened.write()
    rejudge_ended(opened)
    return event


@transaction.atomic
def describe_serious_event(
    *,
    dosing_session: DosingSession,
    serious_event: SeriousEvent,
    account: Account,
    entry: Submission,
    by: User,
    now: datetime,
) -> AdverseEvent:
    """The details of what was called serious at the chair, or raised as an emergency. Raises ActionRefused (STATE,
    ALREADY_DESCRIBED, NO_ADVERSE_EVENT, FIELD)."""
    opened = _begin(dosing_session, "describe_serious_event", entry, by, now)
    if first := opened.repeated(AdverseEvent):
        return first
    _refuse_uncharted(opened)
    case = case_of(Record(opened.dosing_session), serious_event.pk)

    if case is None:
        raise ActionRefused((Refusal("NO_ADVERSE_EVENT"),))
    refuse(*((Refusal("ALREADY_DESCRIBED"),) if case.event else ()))
    account.refuse()

    event = opened.add(AdverseEvent, what=case.begin.what, occurred_at=case.begin.occurred_at)
    account.add_to(opened, event, case.serious_events[0])
    opened.write()
    rejudge_ended(opened)
    return event


@transaction.atomic
def follow_up_adverse_event(
    *, dosing_session: DosingSession, event: AdverseEvent, account: Account, entry: Submission, by: User, now: datetime
) -> AdverseEventAccount:
    """What was learned later; nothing of before changes. It is to be reported again. Raises ActionRefused (STATE,
    NO_ADVERSE_EVENT, FIELD)."""
    opened = _begin(dosing_session, "follow_up_adverse_event", entry, by, now)
    if first := opened.repeated(AdverseEventAccount):
        return first
    _refuse_uncharted(opened)
    case = _case(opened, event)

    account.refuse()

    told = account.add_to(opened, event)
    if account.criteria and not case.serious_events:
        at = min(event.occurred_at, whole_minute(now))
        told.serious_event = opened.add(SeriousEvent, what=event.what, occurred_at=at)
    opened.write()
    rejudge_ended(opened)
    return told


@transaction.atomic
def report_adverse_event(
    *,
    dosing_session: DosingSession,
    event: AdverseEvent,
    recipient: AdverseEventReport.Recipient,
    reported_date: date,
    recipient_name: str = "",
    reference: str = "",
    note: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> AdverseEventReport:
    """Where it was reported, when, under which reference; or that it is not to be, and why. Raises ActionRefused
    (STATE, NO_ADVERSE_EVENT, FIELD)."""
    opened = _begin(dosing_session, "report_adverse_event", entry, by, now)
    if first := opened.repeated(AdverseEventReport):
        return first
    _refuse_uncharted(opened)
    case, facility = _case(opened, event), opened.dosing_session.facility

    refuse(
        *report_refusals(
            recipient=recipient,
            recipient_name=recipient_name,
            note=note,
            reported_date=reported_date,
            setting=facility.setting,
            serious=case.is_serious,
            began_date=event.occurred_at.astimezone(facility.zone).date(),
            today=now.astimezone(facility.zone).date(),
        )
    )

    report = opened.add(
        AdverseEventReport,
        event=event,
        recipient=recipient,
        recipient_name=recipient_name.strip(),
        reported_date=reported_date,
        reference=reference.strip(),
        note=note.strip(),
    )
    opened.write()
    return report


def _case(opened: SessionEntry, event: AdverseEvent) -> Case:
    """As it stands now; one whose every word was taken back is none any more."""
    case = case_of(Record(opened.dosing_session), event.pk)
    if case is None:
        raise ActionRefused((Refusal("NO_ADVERSE_EVENT"),))
    return case
