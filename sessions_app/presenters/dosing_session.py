"""The session page: who, what next, what still blocks, what was measured, what happened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import StockMovement
from clinic.presenters.time import clock_time, clock_time_with_zone
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app import models
from sessions_app.models.adverse_event import cases_of
from sessions_app.models.follow_up import follow_up_of
from sessions_app.models.record import Record
from sessions_app.models.stock import still_drawn
from sessions_app.presenters.adverse_event import session_panel
from sessions_app.presenters.alarm import alarm_history
from sessions_app.presenters.curve.session import curve_of
from sessions_app.presenters.departure import outcome_panel
from sessions_app.presenters.desk import desk_facts, desk_page
from sessions_app.presenters.emergency import emergency_panel
from sessions_app.presenters.expected_departure import usual_fact
from sessions_app.presenters.follow_up import call_bar
from sessions_app.presenters.gate import gate_panel
from sessions_app.presenters.matters import matters_today
from sessions_app.presenters.next_step import also_word, next_bar, next_step
from sessions_app.presenters.paper import notices
from sessions_app.presenters.people import people_bar
from sessions_app.presenters.person import course_words, person_of, print_line, same_person, time_fact
from sessions_app.presenters.phase import phase_of, ring_of
from sessions_app.presenters.plan import plan_of
from sessions_app.presenters.readings import reading_rows, readings_head
from sessions_app.presenters.safety_alert import alert_lines, session_alerts
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.signature import broken_signatures
from sessions_app.presenters.steps import may_take
from sessions_app.presenters.taken import step_lines, taken_notice
from sessions_app.presenters.timeline import events
from sessions_app.rules.departure import IN_ERROR
from sessions_app.rules.expected_departure import ExpectedDeparture
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.floor import stretch_of, turning_points, turns_of_the_day
from sessions_app.rules.states import ENDED, State


def session_page(
    record: Record,
    facts: SessionFacts | None,
    refusals: tuple[Refusal, ...],
    *,
    reader: Reader,
    permissions: frozenset[Permission],
    viewer: Any,
    alarms: Mapping[str, Any] | None = None,
    booked: models.DosingSession | None = None,
    steps: Sequence[StockMovement] = (),
    expected: ExpectedDeparture | None = None,
) -> dict[str, Any]:
    """Context of ``dosing_session.html``. ``facts`` is None for a session not checked in; ``booked`` is the patient's
    next session, once this one is over; ``steps`` those of its devices in the cabinet's ledger; ``expected``: when who
    is monitored usually leaves."""
    session, now = record.dosing_session, reader.now
    printed = print_line(session.patient, session.facility, now=now, printed_by=str(viewer))
    shown_alarms = alarms if alarms and alarms["items"] else None
    if Permission.READ_CHART not in permissions and facts is None:
        desk = {"desk": True, "facts": desk_facts(session, None, reader), "print_line": printed}
        return {**desk, "person": person_of(session, now=now), **_not_checked_in(session, permissions, reader)}
    if facts and Permission.READ_CHART not in permissions:
        page = desk_page(record, facts, refusals, reader, permissions=permissions)
        told = [*page["facts"], *usual_fact(expected, reader)]
        return {**page, "facts": told, "alarms": shown_alarms, "print_line": printed}
    context: dict[str, Any] = {
        "facts": [*_facts(record, facts, reader), *usual_fact(expected, reader)],
        "events": events(
            record, reader, permissions=permissions, others=_other_lines(record, steps, reader, permissions)
        ),
        "adverse_events": session_panel(cases_of(record), reader),
        "alarms": shown_alarms,
        "alarm_history": alarm_history(record, reader),
        "notices": session_alerts(record, facts, reader, permissions=permissions)
        + broken_signatures(record, reader)
        + notices(record, now=now, permissions=permissions, in_error=in_error(record))
        + taken_notice(still_drawn(steps, session), session, permissions)
        if session.state != State.ENTERED_IN_ERROR
        else [],
        "print_line": printed,
    }
    if facts is None:
        return {**context, "person": person_of(session, now=now), **_not_checked_in(session, permissions, reader)}
    phase = phase_of(facts, refusals, now=now)
    context |= {
        "person": person_of(session, now=now, phase=phase.code),
        "ring": ring_of(facts, phase, refusals, reader),
        "readings_head": readings_head(facts.program),
        "readings": reading_rows(record, facts, reader, permissions=permissions),
        "curve": curve_of(record, facts, reader),
    }
    if facts.state in ENDED:
        return context | {
            "outcome": outcome_panel(record, facts, booked, reader, permissions=permissions),
            "next": _after_the_end(record, reader, permissions),
        }
    step = next_step(facts, refusals, pending_outcome=pending_outcome(record, facts), reader=reader)
    return context | {
        "plan": plan_of(session, facts, refusals, reader),
        "emergency": emergency_panel(record, reader, permissions=permissions),
        "people": people_bar(record, reader, viewer=viewer, permissions=permissions),
        "next": next_bar(
            step, session_id=session.pk, permissions=permissions, reader=reader, in_error=in_error(record)
        ),
        "gate": gate_panel(facts, refusals, reader, session_id=session.pk, permissions=permissions),
    }


def page_turns(
    record: Record,
    facts: SessionFacts | None,
    refusals: tuple[Refusal, ...],
    *,
    expected: ExpectedDeparture | None,
    reader: Reader,
) -> Iterator[datetime]:
    """When time alone changes what the page says, but for its alarms and for what script counts on by itself."""
    session, now = record.dosing_session, reader.now
    yield stretch_of(session.pk, now=now)[1]
    yield from turns_of_the_day(reader.zone, now=now)
    if facts is None:
        return
    yield from turning_points(facts, refusals, now=now)
    if facts.state not in ENDED:
        yield from record.batch.site(session.facility, session.program_code, at=now).presence_turns
    if expected is not None:
        yield expected.latest


def _other_lines(
    record: Record, steps: Sequence[StockMovement], reader: Reader, permissions: frozenset[str]
) -> list[Any]:
    """Of the timeline, beside what is charted on the session alone."""
    return [*step_lines(steps, reader), *alert_lines(record, reader, permissions=permissions)]


def pending_outcome(record: Record, facts: SessionFacts) -> Any:
    """The device handed over whose outcome is not charted yet."""
    return next((device.id for device in facts.devices if device.outcome is None), None)


def _facts(record: Record, facts: SessionFacts | None, reader: Reader) -> list[dict[str, Any]]:
    session = record.dosing_session
    lines = [*same_person(session.patient), {"label": _("Course"), **course_words(session, reader.program)}]
    order = record.latest(models.DoseOrder)
    if order:
        lines.append({"label": _("Dose today"), "value": f"{order.mg} mg{_given(facts, reader)}", "badge": None})
    for badge in matters_today(record, reader):
        lines.append({"label": _("Matters today"), "value": "", "badge": badge})
    lines.append(time_fact(reader.now, reader.zone))
    return lines


def _given(facts: SessionFacts | None, reader: Reader) -> str:
    given = [clock_time(device.occurred_at, reader.zone) for device in (facts.delivered if facts else ())]
    if len(given) > 1:
        return _(", %(first)s to %(last)s") % {"first": given[0], "last": given[-1]}
    return f", {given[0]}" if given else ""


def _not_checked_in(
    session: models.DosingSession, permissions: frozenset[Permission], reader: Reader
) -> dict[str, Any]:
    if session.state != State.SCHEDULED:
        return {"outcome": {"title": str(STATE_WORDS[session.state]).capitalize(), "rows": [], "note": ""}}
    may = may_take("check-in-booked", permissions)
    return {
        "next": {
            "label": _("Next"),
            "title": _("Booked for %(at)s") % {"at": clock_time_with_zone(session.scheduled_at, reader.zone)},
            "detail": _("Two identifiers open the session."),
            "action_label": _("Check in"),
            "action_url": reverse("sessions_app:check-in-booked", args=[session.pk]) if may else "",
            "also": booking_steps(session) if may else [],
        },
        "ring": None,
    }


def booking_steps(session: models.DosingSession) -> list[dict[str, Any]]:
    """What else becomes of a booking."""
    words = {"move-booking": _("Move"), "record-no-show": _("Did not come"), "cancel": _("Cancel")}
    return [{"url": reverse(f"sessions_app:{step}", args=[session.pk]), "label": word} for step, word in words.items()]


def in_error(record: Record) -> bool:
    """Somebody said that this session was entered in error; it waits for the second person."""
    return any(row.code == IN_ERROR for row in record.in_force(models.Deviation))


def _after_the_end(record: Record, reader: Reader, permissions: frozenset[Permission]) -> dict[str, Any] | None:
    session, follow_up = record.dosing_session, follow_up_of(record)
    steps = [("record-check", _("Late reading")), ("record-sign", _("Late symptom"))]
    if session.state in (State.DISCHARGED, State.LEFT_EARLY):
        steps.append(("reopen", _("Re-open today")))
    steps += [
        (step, also_word(step))
        for step in ("report-serious-event", "record-adverse-event", "give-medicine", "record-score")
    ]
    step = "enter-in-error" if in_error(record) else "propose-in-error"
    steps.append((step, also_word(step)))
    steps = [
        *(steps if session.state != State.ENTERED_IN_ERROR else ()),
        *((step, also_word(step)) for step in ("record-pdf", "export-session")),
    ]
    also = [
        {"url": reverse(f"sessions_app:{step}", args=[session.pk]), "label": word}
        for step, word in steps
        if may_take(step, permissions)
    ]
    if follow_up:
        return {**call_bar(follow_up, reader, permissions), "also": also[:2], "more": also[2:]}
    if not also:
        return None
    return {
        "label": _("Session over"),
        "title": str(STATE_WORDS[session.state]).capitalize(),
        "detail": _("A correction or late reading never re-opens it; both gates are judged again."),
        "also": also[:3],
        "more": also[3:],
    }
