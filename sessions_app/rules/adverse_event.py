"""A suspected adverse event: whether it is serious, and whether it has been reported.

What is serious is general knowledge and not confirmed (domain.md section 4, [G]). No deadline is known here: a clinic
may set one of its own, and none is made up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from clinic.rules.enrolment import Setting
from clinic.rules.refusals import Refusal, field_refusal, reason_refusals
from sessions_app.rules.checks import occurred_refusals


class Criterion(StrEnum):
    """What makes an event serious."""

    DEATH = "DEATH"
    LIFE_THREATENING = "LIFE_THREATENING"
    HOSPITALISATION = "HOSPITALISATION"
    DISABILITY = "DISABILITY"
    CONGENITAL_ANOMALY = "CONGENITAL_ANOMALY"
    IMPORTANT_MEDICAL_EVENT = "IMPORTANT_MEDICAL_EVENT"


class EventOutcome(StrEnum):
    """How the patient was when it was last told."""

    RECOVERED = "RECOVERED"
    RECOVERING = "RECOVERING"
    NOT_RECOVERED = "NOT_RECOVERED"
    LASTING = "LASTING"
    DIED = "DIED"
    UNKNOWN = "UNKNOWN"


class ToldBy(StrEnum):
    """Who told of it."""

    STAFF = "STAFF"
    PATIENT = "PATIENT"
    RELATIVE = "RELATIVE"
    PROFESSIONAL = "PROFESSIONAL"
    OTHER = "OTHER"


class Recipient(StrEnum):
    """To whom it was reported; NOBODY is a decision, with its reason."""

    MANUFACTURER = "MANUFACTURER"
    MEDWATCH = "MEDWATCH"
    OTHER = "OTHER"
    NOBODY = "NOBODY"


class CaseState(StrEnum):
    OPEN = "OPEN"  # nobody has said yet what happened and whether it is serious
    TO_REPORT = "TO_REPORT"
    REPORTED = "REPORTED"
    NOT_REPORTED = "NOT_REPORTED"


# Not over when last told: somebody asks again.
UNFINISHED = (EventOutcome.RECOVERING, EventOutcome.NOT_RECOVERED, EventOutcome.UNKNOWN)
MOST_DAYS = 365


@dataclass(frozen=True)
class Told:
    """One account of it, by its place among the entries of the session."""

    order: int
    criteria: frozenset[str]


@dataclass(frozen=True)
class Reported:
    order: int
    recipient: str


def is_serious(accounts: Collection[Told]) -> bool:
    """As last told; while nobody has said, what was called serious at the chair is taken to be."""
    return bool(max(accounts, key=lambda told: told.order).criteria) if accounts else True


def case_state(accounts: Collection[Told], reports: Collection[Reported]) -> CaseState:
    """What was told after the last report is to be reported again."""
    if not accounts:
        return CaseState.OPEN
    newest = max(told.order for told in accounts)
    covering = [report for report in reports if report.order > newest]
    if not covering:
        return CaseState.TO_REPORT
    if all(report.recipient == Recipient.NOBODY for report in covering):
        return CaseState.NOT_REPORTED
    return CaseState.REPORTED


def must_be_reported(setting: str, *, serious: bool) -> bool:
    """A serious event is reported, and by an inpatient setting every suspected one (domain.md section 4)."""
    return serious or setting == Setting.INPATIENT


def due_date(known_date: date, days: int | None) -> date | None:
    """The last day on which it is in time, counted from the day the clinic knew; None where it set no number."""
    return known_date + timedelta(days=days) if days is not None else None


def began_refusals(began_at: datetime, *, now: datetime, checked_in_at: datetime | None) -> tuple[Refusal, ...]:
    """An event suspected of this session began after its check-in, and not in the future."""
    return tuple(
        field_refusal("began_time", str(refusal.params["problem"]), **_times(refusal))
        for refusal in occurred_refusals(began_at, now=now, not_before=checked_in_at)
    )


def _times(refusal: Refusal) -> dict[str, object]:
    return {name: value for name, value in refusal.params.items() if name not in ("field", "problem")}


def account_refusals(
    *, criteria: Collection[str], narrative: str, told_by: str, reporter: str, outcome: str
) -> tuple[Refusal, ...]:
    """Why this account cannot be as entered: no words, nobody named who told it, or a death that is said in one place
    and not in the other."""
    refusals = [*reason_refusals(narrative, name="narrative")]
    if told_by not in (ToldBy.STAFF, ToldBy.PATIENT):
        refusals += reason_refusals(reporter, name="reporter")
    if (Criterion.DEATH in criteria) != (outcome == EventOutcome.DIED):
        refusals.append(field_refusal("outcome", "death_said_once"))
    return tuple(refusals)


def report_refusals(
    *,
    recipient: str,
    recipient_name: str,
    note: str,
    reported_date: date,
    setting: str,
    serious: bool,
    began_date: date,
    today: date,
) -> tuple[Refusal, ...]:
    """Why this report cannot be as entered. That nobody is told is a decision with a reason, and not one about what
    must be reported."""
    refusals: list[Refusal] = []
    if recipient == Recipient.OTHER:
        refusals += reason_refusals(recipient_name, name="recipient_name")
    if recipient == Recipient.NOBODY:
        if must_be_reported(setting, serious=serious):
            refusals.append(field_refusal("recipient", "must_be_reported"))
        refusals += reason_refusals(note, name="note")
    if reported_date > today:
        refusals.append(field_refusal("reported_date", "future_day"))
    elif reported_date < began_date:
        refusals.append(field_refusal("reported_date", "before_it_began"))
    return tuple(refusals)


def days_refusals(days: int | None) -> tuple[Refusal, ...]:
    """The clinic's own number of days, or none."""
    if days is None or 1 <= days <= MOST_DAYS:
        return ()
    return (field_refusal("adverse_event_days", "impossible", value=days, low=1, high=MOST_DAYS),)
