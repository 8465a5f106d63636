"""A safety alert: what it says, where it waits, and what the prescriber reads while answering it."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Facility
from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.roles import Permission
from sessions_app.models import SafetyAlert, SafetyPlan, Score
from sessions_app.models.record import Record
from sessions_app.models.score import instruments
from sessions_app.presenters.correction import struck_words
from sessions_app.presenters.readings import short_name
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.instrument import AlertCause, Kind, Risk
from sessions_app.rules.states import UNDER_WATCH

CAUSE_WORDS = {
    AlertCause.PHQ_ITEM_9: gettext_lazy("PHQ-9, item 9 answered above “not at all”"),
    AlertCause.CSSRS_MODERATE: gettext_lazy("C-SSRS screener, moderate risk"),
    AlertCause.CSSRS_HIGH: gettext_lazy("C-SSRS screener, high risk"),
}
BAND_WORDS = {
    "minimal": gettext_lazy("minimal"),
    "mild": gettext_lazy("mild"),
    "moderate": gettext_lazy("moderate"),
    "moderately_severe": gettext_lazy("moderately severe"),
    "severe": gettext_lazy("severe"),
}
ABOUT_WORDS = {
    "depression": gettext_lazy("depression"),
    "anxiety": gettext_lazy("anxiety"),
    "dissociation": gettext_lazy("dissociation"),
    "suicide_risk": gettext_lazy("suicide risk"),
}
RISK_WORDS = {
    Risk.NONE: gettext_lazy("no risk named"),
    Risk.LOW: gettext_lazy("low risk"),
    Risk.MODERATE: gettext_lazy("moderate risk"),
    Risk.HIGH: gettext_lazy("high risk"),
}


def cause_words(alert: SafetyAlert) -> str:
    return str(CAUSE_WORDS[AlertCause(alert.cause)])


def score_words(score: Score) -> str:
    """``PHQ-9 17, moderately severe``; with an item left out there is no total to say."""
    instrument = instruments()[score.instrument]
    if instrument.kind is Kind.SCREENER:
        said = str(RISK_WORDS[Risk(score.risk)]) if score.risk else _("not all answered, no level")
        return f"{instrument.label}: {said}"
    if score.total is None:
        left = sum(item is None for item in score.items)
        return _("%(name)s: no total, %(left)s left out") % {"name": instrument.label, "left": left}
    band = instrument.band(score.total)
    return f"{instrument.label} {score.total}" + (f", {BAND_WORDS[band]}" if band else "")


def asked_words(score: Score) -> str:
    return f"{score.get_timing_display()}, {answered_words(score)}"


def answered_words(score: Score) -> str:
    who = score.performed_by.printed_name
    if score.answered_by == Score.By.PATIENT:
        return _("answered by the patient on the tablet that %(who)s handed over") % {"who": who}
    return _("entered by %(who)s") % {"who": who}


def alert_rows(alert: SafetyAlert, facility: Facility) -> list[dict[str, Any]]:
    """To read while answering at ``facility``: the score with the answers that matter."""
    score = alert.score
    instrument = instruments()[score.instrument]
    at, zone = alert.occurred_at.astimezone(facility.zone), facility.zone
    rows = [
        {"label": _("Opened by"), "value": cause_words(alert)},
        {"label": _("On"), "value": f"{calendar_day(at.date())}, {clock_time(alert.occurred_at, zone)}"},
        *([{"label": _("At"), "value": alert.facility.name}] if alert.facility_id != facility.pk else []),
        {"label": _("Score"), "value": score_words(score)},
        {"label": _("Asked"), "value": asked_words(score)},
    ]
    if instrument.risk_item:
        given = score.items[instrument.risk_item - 1] or 0
        rows.append({"label": f"{instrument.risk_item}. {instrument.items[-1]}", "value": instrument.answers[given]})
    if instrument.kind is Kind.SCREENER:
        yes = [words for words, given in zip(instrument.items, score.items, strict=True) if given]
        rows.append({"label": _("Answered yes"), "value": "; ".join(yes)})
    return rows


def plans_rows(plans: list[SafetyPlan], zone: Any) -> list[dict[str, Any]]:
    """What was planned before, the oldest first."""
    return [
        {"label": f"{plan.performed_by.printed_name}, {clock_time(plan.occurred_at, zone)}", "value": plan.plan}
        for plan in plans
    ]


def waiting_alerts(alerts: list[SafetyAlert], reader: Reader, *, permissions: frozenset[str]) -> list[dict[str, Any]]:
    """Banners about alerts that nobody answered, for whoever reads the chart."""
    may = may_take("answer-safety-alert", permissions)
    found = []
    for alert in alerts:
        at = alert.occurred_at
        said = {"day": calendar_day(at.astimezone(reader.zone).date()), "at": clock_time(at, reader.zone)}
        way: dict[str, str] = {}
        if may:
            url = reverse("sessions_app:answer-safety-alert", args=[alert.pk])
            way = {"url": url, "label": _("Answer")}
        found.append(
            {
                "kind": "danger",
                "title": _("Safety alert of %(day)s, %(at)s, not answered.") % said,
                "text": _("%(cause)s. The prescriber's plan answers it.") % {"cause": cause_words(alert)},
                **way,
            }
        )
    return found


def alert_waits(alerts: list[SafetyAlert]) -> list[dict[str, str]]:
    """On the floor, of patients who are not here: each leads to the picture of its course, where it is answered."""
    return [
        {
            "url": reverse("sessions_app:picture", args=[alert.course.patient_id, alert.course_id]),
            "phase": "overdue",
            "text": _("Safety alert not answered: %(who)s") % {"who": alert.course.patient.full_name},
        }
        for alert in alerts
    ]


def session_alerts(
    record: Record, facts: SessionFacts | None, reader: Reader, *, permissions: frozenset[str]
) -> list[dict[str, Any]]:
    """The same on a session's page, of those that this session answers for. Under watch its alarm says it."""
    if facts is None or facts.state in UNDER_WATCH:
        return []
    waiting = {alert.id for alert in facts.open_alerts}
    alerts = [alert for alert in record.alerts() if alert.pk in waiting]
    return waiting_alerts(alerts, reader, permissions=permissions)


def void_plan_url(plan: SafetyPlan) -> str:
    return reverse("sessions_app:void-safety-plan", args=[plan.pk])


def alert_lines(
    record: Record, reader: Reader, *, permissions: frozenset[str]
) -> list[tuple[tuple[datetime, int], dict[str, Any]]]:
    """Alerts and plans of this session, for its timeline, with the way to take back a plan for whoever may."""
    rows: list[Any] = [
        *record.batch.of_course(SafetyAlert, record.dosing_session),
        *record.batch.of_course(SafetyPlan, record.dosing_session),
    ]
    lines, may = [], Permission.CORRECT in permissions
    for row in rows:
        if row.dosing_session_id != record.dosing_session.pk:
            continue
        alert = isinstance(row, SafetyAlert)
        said = {"what": cause_words(row) if alert else row.plan}
        correction = record.corrections.get(row.pk)
        line = {
            "time": clock_time(row.occurred_at, reader.zone),
            "text": (_("Safety alert: %(what)s") if alert else _("Plan for the safety alert: %(what)s")) % said,
            "late": alert,
            "who": short_name(row.performed_by.printed_name),
            "struck": correction is not None,
            "reason": struck_words(correction, reader) if correction else "",
            "void_url": "" if alert or correction or not may else void_plan_url(row),
            "void_label": _("Take back"),
        }
        lines.append(((row.occurred_at, row.order or 0), line))
    return lines
