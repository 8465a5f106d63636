"""Suspected adverse events of a session: what each account said, and where it was reported.

A case is what was called serious at the chair (`SeriousEvent`, which an emergency is too), or an event that somebody
told of; its details, follow-ups and reports are rows that are only ever added."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models import Correction, Facility
from sessions_app.models.dosing import PrescriberDecision
from sessions_app.models.dosing_session import DosingSession, SessionRow, sessions_with_context
from sessions_app.models.monitoring import SeriousEvent
from sessions_app.models.record import Batch, Record
from sessions_app.rules import adverse_event as rules
from sessions_app.rules.adverse_event import CaseState, Criterion


class AdverseEvent(SessionRow):
    """An event suspected of the medicine; ``occurred_at`` is when it began."""

    what = models.TextField()

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.UniqueConstraint(fields=("id", "dosing_session", "facility"), name="adverse_event_of_session"),
            models.CheckConstraint(condition=~Q(what=""), name="adverse_event_said"),
        ]


class AdverseEventRow(SessionRow):
    """Base of rows about one event, of the same session."""

    event = ProtectedForeignKey(AdverseEvent, db_constraint=False, related_name="+")

    class Meta(SessionRow.Meta):
        abstract = True
        constraints = [
            *SessionRow.Meta.constraints,
            CompositeForeignKey(
                fields=("event", "dosing_session", "facility"),
                to="sessions_app.AdverseEvent",
                to_fields=("id", "dosing_session", "facility"),
                name="%(class)s_event_of_session",
            ),
        ]


class AdverseEventAccount(AdverseEventRow):
    """What was known when it was told: the first account, then each follow-up. ``occurred_at`` is when the clinic was
    told. No criterion: not serious. ``serious_event``: the one that this account is the first about; an event that is
    told to be serious while it is none yet gets one with its account, and the gate holds."""

    class ToldBy(models.TextChoices):
        STAFF = "STAFF", _("somebody of the clinic")
        PATIENT = "PATIENT", _("the patient")
        RELATIVE = "RELATIVE", _("family or friend")
        PROFESSIONAL = "PROFESSIONAL", _("another clinic or hospital")
        OTHER = "OTHER", _("somebody else")

    class Outcome(models.TextChoices):
        RECOVERED = "RECOVERED", _("recovered")
        RECOVERING = "RECOVERING", _("recovering")
        NOT_RECOVERED = "NOT_RECOVERED", _("not recovered")
        LASTING = "LASTING", _("recovered, with lasting effects")
        DIED = "DIED", _("died")
        UNKNOWN = "UNKNOWN", _("not known")

    criteria = ArrayField(models.CharField(max_length=24), default=list)
    narrative = models.TextField()
    told_by = models.CharField(max_length=12, choices=ToldBy.choices)
    reporter = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    serious_event = ProtectedForeignKey(SeriousEvent, null=True, db_constraint=False, related_name="+")

    class Meta(AdverseEventRow.Meta):
        abstract = False
        constraints = [
            *AdverseEventRow.Meta.constraints,
            state_known("told_by", list(rules.ToldBy), name="adverse_event_account_told_by_known"),
            state_known("outcome", list(rules.EventOutcome), name="adverse_event_account_outcome_known"),
            models.CheckConstraint(
                condition=Q(criteria__contained_by=[str(each) for each in Criterion]),
                name="adverse_event_account_criteria_known",
            ),
            models.CheckConstraint(condition=~Q(narrative=""), name="adverse_event_account_said"),
            models.UniqueConstraint(fields=("serious_event",), name="serious_event_described_once"),
            CompositeForeignKey(
                fields=("serious_event", "dosing_session", "facility"),
                to="sessions_app.SeriousEvent",
                to_fields=("id", "dosing_session", "facility"),
                name="adverse_event_account_serious_event_of_session",
                deferred=True,  # an account comes first among its rows, as the result of its entry
            ),
        ]


class AdverseEventReport(AdverseEventRow):
    """It was reported on ``reported_date``, or decided not to be: then ``note`` says why."""

    class Recipient(models.TextChoices):
        MANUFACTURER = "MANUFACTURER", _("manufacturer")
        MEDWATCH = "MEDWATCH", _("MedWatch (FDA)")
        OTHER = "OTHER", _("somebody else")
        NOBODY = "NOBODY", _("nobody: not to be reported")

    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    recipient_name = models.CharField(max_length=120, blank=True)
    reported_date = models.DateField()
    reference = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)

    class Meta(AdverseEventRow.Meta):
        abstract = False
        constraints = [
            *AdverseEventRow.Meta.constraints,
            state_known("recipient", list(rules.Recipient), name="adverse_event_report_recipient_known"),
            models.CheckConstraint(
                condition=(~Q(recipient="OTHER") | ~Q(recipient_name="")) & (~Q(recipient="NOBODY") | ~Q(note="")),
                name="adverse_event_report_says_to_whom_or_why_not",
            ),
        ]


@dataclass(frozen=True)
class Case:
    """One event of a session with everything in force about it; ``event`` is None while nobody has described what was
    called serious at the chair."""

    dosing_session: DosingSession
    event: AdverseEvent | None
    serious_events: tuple[SeriousEvent, ...]
    accounts: tuple[AdverseEventAccount, ...]
    reports: tuple[AdverseEventReport, ...]
    decisions: tuple[PrescriberDecision, ...]

    @property
    def key(self) -> UUID:
        """By which its page is found."""
        return self.event.pk if self.event else self.serious_events[0].pk

    @property
    def begin(self) -> AdverseEvent | SeriousEvent:
        return self.event or self.serious_events[0]

    @property
    def known_at(self) -> datetime:
        """When the clinic first knew: at the chair as it happened, or when it was told."""
        told = [account.occurred_at for account in self.accounts]
        with_account = {account.entry_id for account in self.accounts}
        told += [row.occurred_at for row in self.serious_events if row.entry_id not in with_account]
        return min(told)

    @property
    def newest(self) -> AdverseEventAccount | None:
        return max(self.accounts, key=lambda account: account.order, default=None)

    @property
    def told(self) -> str:
        """Everything that was told of it, in one line."""
        return ". ".join(said.strip().rstrip(".") for said in (self.begin.what, *self._narratives)) + "."

    @property
    def _narratives(self) -> list[str]:
        return [account.narrative for account in sorted(self.accounts, key=lambda account: account.order)]

    @property
    def is_serious(self) -> bool:
        return rules.is_serious(self._told)

    @property
    def state(self) -> CaseState:
        return rules.case_state(self._told, [rules.Reported(row.order, row.recipient) for row in self.reports])

    @property
    def _told(self) -> list[rules.Told]:
        return [rules.Told(account.order, frozenset(account.criteria)) for account in self.accounts]


def cases_of(record: Record) -> list[Case]:
    """Every case of a session, in the order in which they began. One whose every word was taken back is none."""
    described = record.all(AdverseEventAccount)
    # Also by what was taken back since: whom an account was about does not change.
    of_event = {account.serious_event_id: account.event_id for account in described if account.serious_event_id}
    standing = record.in_force(SeriousEvent)
    found = [
        _case(record, event, (row for row in standing if of_event.get(row.pk) == event.pk))
        for event in record.in_force(AdverseEvent)
    ]
    found += [_case(record, None, (row,)) for row in standing if row.pk not in of_event]
    return sorted(
        (case for case in found if case.serious_events or case.accounts), key=lambda case: case.begin.occurred_at
    )


def _case(record: Record, event: AdverseEvent | None, serious: Iterable[SeriousEvent]) -> Case:
    serious_events = tuple(serious)
    keys = {row.pk for row in serious_events}
    return Case(
        record.dosing_session,
        event,
        serious_events,
        tuple(row for row in record.in_force(AdverseEventAccount) if event and row.event_id == event.pk),
        tuple(row for row in record.in_force(AdverseEventReport) if event and row.event_id == event.pk),
        tuple(row for row in record.signed(PrescriberDecision) if keys & set(row.bound_ids)),
    )


def case_of(record: Record, key: UUID) -> Case | None:
    """By its own key, or by that of a serious event it describes."""
    return next(
        (case for case in cases_of(record) if key in (case.key, *(row.pk for row in case.serious_events))), None
    )


def serious_cases(record: Record) -> list[Case]:
    """What the monitoring form asks as "serious adverse event": every case that is serious as last told."""
    return [case for case in cases_of(record) if case.is_serious]


def cases_at(facility: Facility, begins_at: datetime, ends_at: datetime) -> list[Case]:
    """Whatever still wants a word or a report, however old, and every case of the sessions of this time; the newest
    first."""
    sessions = sessions_with_context().for_facility(facility).exclude(checked_in_at=None)
    of_time = _told_of() & Q(checked_in_at__gte=begins_at, checked_in_at__lt=ends_at)
    found = Batch(sessions.filter(of_time | _wanting()).order_by("-checked_in_at")).records()
    return [case for record in found for case in reversed(cases_of(record))]


def _told_of() -> Q:
    return Q(Exists(SeriousEvent.objects.filter(dosing_session=OuterRef("pk")))) | Q(
        Exists(AdverseEvent.objects.filter(dosing_session=OuterRef("pk")))
    )


def _in_force(model: type[SessionRow]) -> models.QuerySet[Any]:
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    return model._default_manager.filter(~Exists(taken_back))


def _wanting() -> Q:
    """Nobody described it, or nothing was reported since: of what is in force. Whether that is wanted, `Case` says."""
    described = AdverseEventAccount.objects.filter(serious_event=OuterRef("pk"))
    later = _in_force(AdverseEventReport).filter(event=OuterRef("event"), order__gt=OuterRef("order"))
    bare = _in_force(SeriousEvent).filter(~Exists(described), dosing_session=OuterRef("pk"))
    unreported = _in_force(AdverseEventAccount).filter(~Exists(later), dosing_session=OuterRef("pk"))
    return Q(Exists(bare)) | Q(Exists(unreported))
