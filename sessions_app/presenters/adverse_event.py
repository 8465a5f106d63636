"""Suspected adverse events in words: on the session page, on their own page, and as the clinic's list."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import ClinicalRow, Facility
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.enrolment import Setting
from sessions_app.models import AdverseEventAccount, AdverseEventReport
from sessions_app.models.adverse_event import Case
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.steps import may_take
from sessions_app.rules.adverse_event import UNFINISHED, CaseState, Criterion, due_date
from sessions_app.rules.charting import void_permission

CRITERION_WORDS: Mapping[str, Text] = {
    Criterion.DEATH: gettext_lazy("death"),
    Criterion.LIFE_THREATENING: gettext_lazy("life-threatening"),
    Criterion.HOSPITALISATION: gettext_lazy("hospitalisation, or a longer one"),
    Criterion.DISABILITY: gettext_lazy("disability"),
    Criterion.CONGENITAL_ANOMALY: gettext_lazy("congenital anomaly"),
    Criterion.IMPORTANT_MEDICAL_EVENT: gettext_lazy("other important medical event"),
}
NOT_CONFIRMED = gettext_lazy(
    "What makes an event serious, and the outcomes, are general knowledge and not confirmed: check them against the "
    "form of whoever it is reported to."
)
_STATES: Mapping[CaseState, tuple[Text, str]] = {
    CaseState.OPEN: (gettext_lazy("To describe"), "overdue"),
    CaseState.TO_REPORT: (gettext_lazy("To report"), "held"),
    CaseState.REPORTED: (gettext_lazy("Reported"), "ready"),
    CaseState.NOT_REPORTED: (gettext_lazy("Not to be reported"), ""),
}


def state_badge(state: CaseState) -> dict[str, str]:
    word, kind = _STATES[state]
    return {"word": str(word), "kind": kind}


def day_and_time(at: datetime, reader: Reader) -> str:
    """``14 Apr 2026, 9:56 EDT``."""
    return f"{calendar_day(at.astimezone(reader.zone).date())}, {clock_time_with_zone(at, reader.zone)}"


def what_words(case: Case) -> str:
    return capfirst(case.begin.what)


def criteria_words(criteria: Collection[str]) -> str:
    return ", ".join(str(CRITERION_WORDS[code]) for code in Criterion if code in criteria)


def how_serious(case: Case) -> str:
    """``hospitalisation, or a longer one``; nobody has said how, of one that is not described."""
    newest = case.newest
    return (criteria_words(newest.criteria) or _("no")) if newest else _("nobody has said how")


def serious_words(case: Case) -> str:
    return _("Serious: %(how)s") % {"how": how_serious(case)} if case.is_serious else _("Not serious")


def told_by_words(account: AdverseEventAccount) -> str:
    """``the patient``, ``family or friend: Basil Tamarack``, ``Nora Nightjar, RN``."""
    kind = AdverseEventAccount.ToldBy(account.told_by)
    if kind == AdverseEventAccount.ToldBy.STAFF:
        return account.reporter or str(account.performed_by)
    return f"{kind.label}: {account.reporter}" if account.reporter else str(kind.label)


def outcome_words(account: AdverseEventAccount) -> str:
    return str(AdverseEventAccount.Outcome(account.outcome).label)


def account_words(account: AdverseEventAccount, reader: Reader) -> str:
    """One line among what happened."""
    said = {"what": account.narrative, "outcome": outcome_words(account)}
    return _("Adverse event, told: %(what)s (%(outcome)s)") % said


def recipient_words(report: AdverseEventReport) -> str:
    return report.recipient_name or str(AdverseEventReport.Recipient(report.recipient).label)


def report_words(report: AdverseEventReport, reader: Reader) -> str:
    """``Reported to the manufacturer on 15 Apr 2026, reference A-117``."""
    if report.recipient == AdverseEventReport.Recipient.NOBODY:
        return _("Not to be reported: %(why)s") % {"why": report.note}
    said = _("Reported on %(day)s: %(whom)s") % {
        "day": calendar_day(report.reported_date),
        "whom": recipient_words(report),
    }
    said += _(", reference %(reference)s") % {"reference": report.reference} if report.reference else ""
    return f"{said}. {report.note}" if report.note else said


def due_words(case: Case, days: int | None, reader: Reader) -> str:
    """Until when it is in time by the clinic's own number; none is made up."""
    due = due_of(case, days, reader)
    return calendar_day(due) if due else _("no deadline set")


def due_of(case: Case, days: int | None, reader: Reader) -> date | None:
    return due_date(case.known_at.astimezone(reader.zone).date(), days)


def late_badge(case: Case, days: int | None, reader: Reader) -> dict[str, str] | None:
    """What is not reported, and its day by the clinic's own number is over."""
    due = due_of(case, days, reader)
    waits = case.state in (CaseState.OPEN, CaseState.TO_REPORT)
    late = waits and due is not None and due < reader.now.astimezone(reader.zone).date()
    return {"word": _("Late"), "kind": "overdue"} if late else None


def case_url(case: Case) -> str:
    return reverse("sessions_app:adverse-event", args=[case.dosing_session.pk, case.key])


def session_panel(cases: Iterable[Case], reader: Reader) -> list[dict[str, Any]]:
    """Rows of ``_adverse_events.html``."""
    return [
        {
            "what": what_words(case),
            "when": day_and_time(case.begin.occurred_at, reader),
            "serious": serious_words(case),
            "badge": state_badge(case.state),
            "url": case_url(case),
        }
        for case in cases
    ]


def case_page(case: Case, reader: Reader, *, permissions: frozenset[str], days: int | None) -> dict[str, Any]:
    """Context of ``adverse_event.html``."""
    session, key = case.dosing_session, case.key
    first = (
        {"describe-serious-event": _("Describe it")}
        if case.event is None
        else {"follow-up-adverse-event": _("Follow-up"), "report-adverse-event": _("Record a report")}
    )
    actions = [
        {"url": reverse(f"sessions_app:{step}", args=[session.pk, key]), "label": word}
        for step, word in first.items()
        if may_take(step, permissions)
    ]
    return {
        "title": what_words(case),
        "badge": state_badge(case.state),
        "late": late_badge(case, days, reader),
        "rows": [*case_rows(case, reader), {"label": _("To report by"), "value": due_words(case, days, reader)}],
        "accounts": [_account(row, case, reader, permissions) for row in case.accounts],
        "reports": [_report(row, case, reader, permissions) for row in case.reports],
        "actions": actions[::-1] if case.state == CaseState.TO_REPORT else actions,
        "pdf_url": reverse("sessions_app:adverse-event-pdf", args=[session.pk, key]),
        "list_url": reverse("sessions_app:adverse-events"),
        "note": str(NOT_CONFIRMED),
    }


def case_rows(case: Case, reader: Reader) -> list[dict[str, str]]:
    newest, setting = case.newest, case.dosing_session.facility.setting
    rows = [
        (_("Began"), day_and_time(case.begin.occurred_at, reader)),
        (_("Known here since"), day_and_time(case.known_at, reader)),
        (_("Serious"), how_serious(case)),
        (_("Outcome, as last told"), outcome_words(newest) if newest else _("not told yet")),
        (_("Disposition of the prescriber"), _dispositions(case, reader)),
        (_("Setting"), _("Inpatient: every suspected event is reported.") if setting == Setting.INPATIENT else ""),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _dispositions(case: Case, reader: Reader) -> str:
    if not case.serious_events:
        return ""
    said = [f"{row.reason} ({row.performed_by}, {reader.clock(row.occurred_at)})" for row in case.decisions]
    return "; ".join(said) or _("none recorded")


def _account(row: AdverseEventAccount, case: Case, reader: Reader, permissions: frozenset[str]) -> dict[str, Any]:
    return {
        "title": _("First account") if row == case.accounts[0] else _("Follow-up"),
        "when": day_and_time(row.occurred_at, reader),
        "narrative": row.narrative,
        "rows": [
            {"label": _("Serious"), "value": criteria_words(row.criteria) or _("no")},
            {"label": _("Outcome"), "value": outcome_words(row)},
            {"label": _("Told by"), "value": told_by_words(row)},
            {"label": _("Entered by"), "value": str(row.performed_by)},
        ],
        "void_url": _void_url(row, case, permissions),
    }


def _report(row: AdverseEventReport, case: Case, reader: Reader, permissions: frozenset[str]) -> dict[str, Any]:
    return {
        "text": report_words(row, reader),
        "who": f"{row.performed_by}, {day_and_time(row.occurred_at, reader)}",
        "void_url": _void_url(row, case, permissions),
    }


def _void_url(row: ClinicalRow, case: Case, permissions: frozenset[str]) -> str:
    kind = type(row).__name__
    args = [case.dosing_session.pk, kind, row.pk]
    return reverse("sessions_app:void", args=args) if void_permission(kind) in permissions else ""


def cases_page(
    cases: list[Case], facility: Facility, year: int, reader: Reader, *, days: Mapping[str, int | None], printed_by: str
) -> dict[str, Any]:
    """Context of ``adverse_events.html``. ``days``: the clinic's own number of each programme."""
    today = reader.now.astimezone(reader.zone).date()
    waiting = (CaseState.OPEN, CaseState.TO_REPORT)
    sections = [
        (_("To describe"), [case for case in cases if case.state == CaseState.OPEN]),
        (_("To report"), [case for case in cases if case.state == CaseState.TO_REPORT]),
        (_("Reported, sessions of %(year)s") % {"year": year}, [case for case in cases if case.state not in waiting]),
    ]
    printed = {
        "facility": facility.name,
        "day": calendar_day(today),
        "at": clock_time_with_zone(reader.now, reader.zone),
        "who": printed_by,
    }
    return {
        "sections": [
            {"title": title, "count": len(found), "rows": [_row(case, reader, days) for case in found]}
            for title, found in sections
        ],
        "any": bool(cases),
        "deadline": _deadline_words(days),
        "inpatient": facility.setting == Setting.INPATIENT,
        "earlier": _year(year - 1),
        "later": _year(year + 1) if year < today.year else None,
        "note": str(NOT_CONFIRMED),
        "print_line": _("%(facility)s · adverse events · printed %(day)s %(at)s by %(who)s") % printed,
    }


def _deadline_words(days: Mapping[str, int | None]) -> str:
    set_here = sorted({number for number in days.values() if number})
    if not set_here:
        return _("No deadline is set: Vigil knows none. The clinic may set one among its numbers.")
    return _("Reported within %(days)s days of when the clinic knew: the clinic's own number.") % {
        "days": ", ".join(map(str, set_here))
    }


def _year(year: int) -> dict[str, str]:
    return {"url": f"{reverse('sessions_app:adverse-events')}?year={year}", "label": str(year)}


def _row(case: Case, reader: Reader, days: Mapping[str, int | None]) -> dict[str, Any]:
    session, newest = case.dosing_session, case.newest
    own = days.get(session.program_code)
    waits = case.state in (CaseState.OPEN, CaseState.TO_REPORT)
    return {
        "url": case_url(case),
        "what": what_words(case),
        "name": session.patient.full_name,
        "born": calendar_day(session.patient.birth_date),
        "mrn": session.patient.mrn,
        "began": day_and_time(case.begin.occurred_at, reader),
        "serious": serious_words(case),
        "is_serious": case.is_serious,
        "outcome": outcome_words(newest) if newest else "",
        "unfinished": newest is not None and newest.outcome in UNFINISHED,
        "due": due_words(case, own, reader) if waits else "",
        "late": late_badge(case, own, reader),
        "reports": [report_words(row, reader) for row in case.reports],
        "badge": state_badge(case.state),
    }
