"""The page of one form: what is missing, what to do next, every field with its source, what was sent before."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.rules.roles import Permission
from sessions_app.models import Filing, FilingOutcome, FilingVersion
from sessions_app.models.filing_record import FilingRecord, as_it_stands
from sessions_app.presenters.correction import struck_words
from sessions_app.presenters.filing_list import age_kind, age_words, late_words, state_badge
from sessions_app.presenters.filled_form import (
    FilledForm,
    live_form,
    moment,
    submitted_form,
    value_text,
    values_recorded,
)
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.edition import Edition
from sessions_app.rules.filing import FilingState, Outcome, days_late, in_time


def filing_page(
    stands: FilingRecord, reader: Reader, *, permissions: frozenset[Permission], following: Filing | None
) -> dict[str, Any]:
    """Context of ``filing.html``. ``following``: the form that is to be done after this one."""
    filing, session = as_it_stands(stands), stands.record.dosing_session
    form = live_form(stands, reader)
    state = stands.stands.state
    files = Permission.FILE in permissions
    return {
        "form": form,
        "sections": sections(form, session.pk, files=files),
        "badge": state_badge(filing),
        "age": age_words(filing, reader.now),
        "age_kind": age_kind(filing, reader.now),
        "missing": [{"wording": each.wording, "url": f"#field-{each.code}"} for each in form.missing]
        if state is FilingState.INCOMPLETE
        else [],
        "changes": [
            {
                "wording": _wording(stands.edition.edition, change.code),
                "was": _value(stands.edition.edition, change.code, change.submitted),
                "now": _value(stands.edition.edition, change.code, change.now),
            }
            for change in stands.changes
        ]
        if state is FilingState.AMENDMENT_DUE
        else [],
        "next_line": next_line(state, stands),
        "do": _actions(stands, state) if files else [],
        "versions": [_version(version, stands, reader, files=files) for version in reversed(stands.all_versions)],
        "pdf_url": reverse("sessions_app:filing-pdf", args=[session.pk]),
        "following": _following(following, reader) if following else None,
    }


def _following(filing: Filing, reader: Reader) -> dict[str, str]:
    session = filing.dosing_session
    return {
        "url": reverse("sessions_app:filing", args=[session.pk]),
        "name": session.patient.full_name,
        "age": age_words(filing, reader.now),
    }


def sections(form: FilledForm, session_id: Any, *, files: bool) -> list[dict[str, Any]]:
    """The form's fields in its order, each with where it is filled in."""
    return [
        {
            "heading": heading,
            "fields": [
                {
                    "field": each,
                    "url": reverse("sessions_app:answer-field", args=[session_id, each.code]) if files else "",
                    "fill_url": each.enter_url if files and each.missing else "",
                    "source_url": each.source_url or (each.enter_url if files else ""),
                }
                for each in fields
            ],
        }
        for heading, fields in form.sections
    ]


def next_line(state: FilingState, stands: FilingRecord) -> str:
    """What happens next, in one sentence."""
    words = {
        FilingState.INCOMPLETE: _("Fill in what is empty, then type it into the portal or fax it."),
        FilingState.READY: _("Nothing is missing: type it into the portal or fax it, and record that it was sent."),
        FilingState.SUBMITTED: _("Sent. Record what comes back."),
        FilingState.ACKNOWLEDGED: _("Done."),
        FilingState.RETURNED: _("Put right what they name, send it again, and record that."),
        FilingState.AMENDMENT_DUE: _("The record says something else than what was sent: send it amended."),
        FilingState.WITHDRAWN: _("No device delivered a spray: nothing is filed."),
    }
    if state is FilingState.WITHDRAWN and stands.versions:
        return _("No device delivered a spray, and a form was sent: tell the REMS.")
    return words[state]


def _actions(stands: FilingRecord, state: FilingState) -> list[dict[str, Any]]:
    """The next one first and in ink."""
    session_id = stands.record.dosing_session.pk
    send = {
        "url": reverse("sessions_app:submit-filing", args=[session_id]),
        "label": _("Record that it was sent again") if stands.versions else _("Record that it was sent"),
    }
    reply = {"url": reverse("sessions_app:record-reply", args=[session_id]), "label": _("Record what came back")}
    if state is FilingState.WITHDRAWN:
        return [reply] if stands.versions else []
    if not stands.versions:
        return [{**send, "main": state is FilingState.READY}]
    if state in (FilingState.RETURNED, FilingState.AMENDMENT_DUE):
        return [{**send, "main": True}, reply]
    return [{**reply, "main": state is FilingState.SUBMITTED}, send]


def _version(version: FilingVersion, stands: FilingRecord, reader: Reader, *, files: bool) -> dict[str, Any]:
    """One submission: when, how, by whom, in time or not, and what came back."""
    session, filing = stands.record.dosing_session, as_it_stands(stands)
    late = days_late(filing.due_at, version.occurred_at, reader.zone)
    in_force = version in stands.versions
    said = {"route": FilingVersion.Route(version.route).label, "at": moment(version.occurred_at, reader)}
    correction = stands.record.corrections.get(version.pk)
    return {
        "title": _("%(number)s. Sent by %(route)s, %(at)s") % {"number": version.number, **said},
        "who": version.performed_by.printed_name,
        "confirmation": version.confirmation,
        "late": late_words(late) if not in_time(filing.due_at, version.occurred_at) else "",
        "values_at": values_recorded(version, reader),
        "missing": ", ".join(_wording(version.edition.edition, code) for code in version.missing),
        "reason": version.reason,
        "struck": struck_words(correction, reader) if correction else "",
        "url": reverse("sessions_app:filing-version", args=[session.pk, version.pk]),
        "pdf_url": reverse("sessions_app:filing-version-pdf", args=[session.pk, version.pk]),
        "take_back_url": _take_back(session.pk, version) if files and in_force else "",
        "replies": [
            _reply(row, stands, reader, files=files and in_force)
            for row in stands.all_outcomes
            if row.version_id == version.pk
        ],
    }


def _reply(row: FilingOutcome, stands: FilingRecord, reader: Reader, *, files: bool) -> dict[str, Any]:
    correction = stands.record.corrections.get(row.pk)
    words = {Outcome.ACKNOWLEDGED: _("Acknowledged"), Outcome.RETURNED: _("Returned")}
    return {
        "text": f"{words[Outcome(row.kind)]}, {moment(row.occurred_at, reader)}, {row.performed_by.printed_name}",
        "kind": "ready" if row.kind == Outcome.ACKNOWLEDGED else "overdue",
        "reason": row.reason,
        "struck": struck_words(correction, reader) if correction else "",
        "take_back_url": "" if correction or not files else _take_back(stands.record.dosing_session.pk, row),
    }


def _take_back(session_id: Any, row: FilingVersion | FilingOutcome) -> str:
    return reverse("sessions_app:take-back-filing", args=[session_id, type(row).__name__, row.pk])


def _wording(edition: Edition, code: str) -> str:
    field = edition.field(code)
    return field.wording if field else code


def _value(edition: Edition, code: str, value: str) -> str:
    field = edition.field(code)
    return (value_text(field, value) if field else value) or "–"


def version_page(version: FilingVersion, stands: FilingRecord, reader: Reader) -> dict[str, Any]:
    """Context of ``filing_version.html``: what was sent, as it was."""
    session = stands.record.dosing_session
    form = submitted_form(version, stands.filing, session, reader)
    return {
        "form": form,
        "sections": sections(form, session.pk, files=False),
        "version": {**_version(version, stands, reader, files=False), "url": ""},
        "back_url": reverse("sessions_app:filing", args=[session.pk]),
    }
