"""Around an end of a session: what was saved while somebody signed, how it ended, when the patient comes next."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day, clock_time, clock_time_with_zone
from clinic.rules.roles import Permission
from clinic.rules.whole_number import whole_number
from sessions_app.models import (
    Check,
    Discharge,
    DosingSession,
    Impairment,
    InstructionsGiven,
    LeftEarly,
    SeriousEvent,
    SessionRow,
    Transfer,
)
from sessions_app.models.facts import course_dates_of
from sessions_app.models.filing import filing_of
from sessions_app.models.record import Record
from sessions_app.presenters import timeline
from sessions_app.presenters.certification import dosed_under
from sessions_app.presenters.follow_up import call_rows
from sessions_app.presenters.instructions import given_words, sheet_links
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.window import window_row
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.reading_questions import reading_questions
from sessions_app.rules.states import State
from sessions_app.rules.window import next_window


def saved_meanwhile(record: Record, seen_order: str | None, reader: Reader) -> str:
    """What the nurse could not have seen when she pressed: ``A BP of 158/96 was saved while you signed. Nothing else
    changed.``; empty when nothing came in between."""
    seen = whole_number(seen_order or "")
    rows: list[SessionRow] = [*record.checks(), *record.sign_events(), *record.in_force(SeriousEvent)]
    newer = [row for row in rows if seen is not None and row.order > seen]
    if not newer:
        return ""
    words = _saved_words(max(newer, key=lambda row: row.order), reader)
    return f"{words} {_('Nothing else changed; what you typed is kept below.')}"


def _saved_words(row: SessionRow, reader: Reader) -> str:
    if isinstance(row, Check) and row.systolic_mmhg:
        pressure = f"{row.systolic_mmhg}/{row.diastolic_mmhg}"
        return _("A BP of %(pressure)s was saved while you signed.") % {"pressure": pressure}
    if isinstance(row, Check):
        return _("A check at %(at)s was saved while you signed.") % {"at": reader.clock(row.occurred_at)}
    return _("“%(what)s” was saved while you signed.") % {"what": timeline.LINES[type(row)](row, reader)}


def appointment_words(booked: DosingSession | None, reader: Reader) -> str:
    """``21 Apr 2026, 9:30 EDT``."""
    if booked is None:
        return _("none booked")
    day = calendar_day(booked.scheduled_at.astimezone(reader.zone).date())
    return f"{day}, {clock_time_with_zone(booked.scheduled_at, reader.zone)}"


def appointment_aside(session: DosingSession, booked: DosingSession | None, reader: Reader) -> dict[str, Any]:
    """Beside the release's form."""
    rows = [{"label": _("Next appointment"), "value": appointment_words(booked, reader)}]
    return {"aside_title": _("Afterwards"), "aside_rows": rows}


def book_links(session: DosingSession, permissions: frozenset[str]) -> list[dict[str, str]]:
    """The way to the next booking, for whoever may book."""
    if Permission.CHECK_IN not in permissions or session.state == State.ENTERED_IN_ERROR:
        return []
    url = reverse("sessions_app:book", args=[session.patient_id])
    return [{"url": url, "label": _("Book the next"), "icon": "calendar-event"}]


def form_links(session: DosingSession) -> list[dict[str, Any]]:
    """The way to its monitoring form, where one is filed."""
    if filing_of(session) is None:
        return []
    url = reverse("sessions_app:filing", args=[session.pk])
    return [{"url": url, "label": _("Monitoring form"), "icon": "file-earmark-text-fill"}]


def _next_days(record: Record, reader: Reader) -> list[tuple[str, str]]:
    """When the next session belongs, from this one's dose on."""
    session = record.dosing_session
    course_dates = course_dates_of(record, at=reader.now)
    if session.policy is None or course_dates is None:
        return []
    first, last = course_dates
    window = next_window(session.policy.program, session.course.indication, first_dose_date=first, last_dose_date=last)
    row = window_row(window, today=last, chart=True)
    return [(row["label"], row["value"])]


def _asked_of_readings(facts: SessionFacts) -> list[tuple[str, str]]:
    """Questions, not verdicts: whoever looks at the session knows how its readings were taken."""
    asked, rows = reading_questions(facts.checks), []
    if asked.same:
        pair = "/".join(map(str, asked.same))
        rows.append((_("A question"), _("The same blood pressure three times (%(pair)s)?") % {"pair": pair}))
    if asked.round:
        rows.append((_("A question"), _("Every systolic ends in 0?")))
    return rows


def outcome_panel(
    record: Record,
    facts: SessionFacts,
    booked: DosingSession | None,
    reader: Reader,
    *,
    permissions: frozenset[str],
) -> dict[str, Any]:
    """How the session ended, in the shape of ``outcome`` of ``_dosing_session.html``."""
    session, note = record.dosing_session, ""
    rows: list[tuple[str, str]] = []
    links: list[dict[str, Any]] = []
    if facts.state is State.DISCHARGED and (discharge := record.latest(Discharge)):
        given = record.in_force(InstructionsGiven)
        rows = [
            (_("Monitoring completed"), clock_time(discharge.occurred_at, reader.zone)),
            (_("Departed"), clock_time(discharge.departed_at, reader.zone)),
            (_("Taken over by"), discharge.handed_over_to),
            (_("Released by"), str(discharge.performed_by)),
            (_("Instructions"), "; ".join(given_words(row) for row in given)),
            (_("Next appointment"), appointment_words(booked, reader)),
            *_next_days(record, reader),
        ]
        links = [*sheet_links(session), *book_links(session, permissions)]
    elif facts.state is State.LEFT_EARLY and (left := record.latest(LeftEarly)):
        note = _("Never counts as compliant; the monitoring form is still due.")
        rows = [
            (_("Last seen"), clock_time(left.last_seen_at, reader.zone)),
            (_("Found gone"), clock_time(left.found_gone_at, reader.zone)),
            (_("When last seen"), str(Impairment(left.impaired).label)),
            (_("Last check"), reader.clock(left.last_check.occurred_at) if left.last_check else _("none")),
            (_("Prescriber"), left.prescriber_told),
            (_("Contact"), left.contact_told),
            *((_("Call %(at)s") % {"at": row["label"]}, row["value"]) for row in call_rows(record, reader)),
            (_("Next appointment"), appointment_words(booked, reader)),
        ]
        links = book_links(session, permissions)
    elif facts.state is State.TRANSFERRED and (transfer := record.latest(Transfer)):
        rows = [
            (_("To"), f"{Transfer.Destination(transfer.destination).label} {transfer.place}".strip()),
            (_("Handed over"), transfer.handed_over),
        ]
    if facts.first_device_at:
        site = record.batch.site(session.facility, session.program_code, at=facts.first_device_at)
        rows.append((_("Certification at the first device"), dosed_under(site)))
        links = [*links, *form_links(session)]
    rows += _asked_of_readings(facts)
    return {
        "title": str(STATE_WORDS[facts.state]).capitalize(),
        "rows": [{"label": label, "value": value} for label, value in rows],
        "links": links,
        "note": note,
    }
