"""The chairs as somebody who takes over must know them: phase, last readings, what is next, what runs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.identifiers import new_id
from clinic.models import User
from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app import models
from sessions_app.models.alarm_state import alarm_state
from sessions_app.models.chairs import Watched
from sessions_app.models.emergency_record import open_emergency
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.presenters.next_step import next_step
from sessions_app.presenters.people import handed_words, watch_words
from sessions_app.presenters.person import PHASES
from sessions_app.presenters.phase import phase_of
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.alarm import alarm_words
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.alarms import Level, level_of
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.readings import blood_pressures, spo2s
from sessions_app.rules.sign_spans import sign_spans
from sessions_app.rules.states import AT_START_GATE, OPEN, State


def chair_words(session: models.DosingSession) -> str:
    """``Chair 3, Rosalind Tamarack``."""
    who = session.patient.full_name
    return _("Chair %(chair)s, %(who)s") % {"chair": session.chair, "who": who} if session.chair else who


def chair_card(watched: Watched, *, viewer: Any, now: datetime) -> dict[str, Any]:
    """Plain values of ``_chair_card.html``."""
    record, session = watched.record, watched.session
    reader = Reader(session.facility.zone, now, session.policy.program if session.policy else None)
    card: dict[str, Any] = {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "chair": session.chair,
        "words": chair_words(session),
        "name": session.patient.full_name,
        "phase": PHASES.get(State(session.state), "done"),
        "phase_word": str(STATE_WORDS[session.state]).capitalize(),
        "floor_word": str(STATE_WORDS[session.state]).capitalize(),
        "mine": watched.is_of(viewer),
        "nobodys": watched.watch is None,
        "watcher": watch_words(watched.watch, reader),
        "handed": handed_words(record, reader),
        "emergency": _emergency(record, reader),
        "emergency_url": reverse("sessions_app:raise-emergency", args=[session.pk]),
        "watch_url": reverse("sessions_app:take-watch", args=[session.pk]),
        "entry_id": new_id(),
        "lines": [],
    }
    return card | _open(watched, reader) if session.state in OPEN else card


def _emergency(record: Record, reader: Reader) -> str:
    under_way = open_emergency(record)
    if under_way is None:
        return ""
    return _("Emergency since %(at)s") % {"at": clock_time(under_way.emergency.occurred_at, reader.zone)}


def by_watcher(cards: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Mine, nobody's, and everybody else's."""
    return {
        "mine": [card for card in cards if card["mine"]],
        "nobodys": [card for card in cards if card["nobodys"]],
        "others": [card for card in cards if not card["mine"] and not card["nobodys"]],
    }


def chair_refusal(
    refusal: Refusal, session: models.DosingSession, *, now: datetime, permissions: frozenset[str]
) -> dict[str, Any]:
    """A refusal that says which chair it is about."""
    item = shown(refusal, Reader(session.facility.zone, now), session_id=None, permissions=permissions)
    return {**item, "what": f"{chair_words(session)}: {item['what']}"}


def _open(watched: Watched, reader: Reader) -> dict[str, Any]:
    record, session = watched.record, watched.session
    facts = session_facts(session, at=reader.now, start=session.state in AT_START_GATE, record=record)
    refusals = gate_refusals(facts, now=reader.now)
    phase = phase_of(facts, refusals, now=reader.now)
    pending = next((device.id for device in facts.devices if device.outcome is None), None)
    step = next_step(facts, refusals, pending_outcome=pending, reader=reader)
    due = _(", %(at)s") % {"at": clock_time(step.due_at, reader.zone)} if step.due_at else ""
    lines = [
        (_("Now"), _emergency(record, reader)),
        (_("Next"), f"{step.title}{due}"),
        (_("Last readings"), _readings(facts, reader)),
        (_("Running"), running_words(facts, reader)),
        (_("Alarms"), _alarms(record, facts, reader)),
    ]
    return {
        "phase": phase.code,
        "phase_word": phase.word,
        "floor_word": phase.floor_word,
        "lines": [line for line in lines if line[1]],
    }


def _readings(facts: SessionFacts, reader: Reader) -> str:
    said = []
    if pressures := blood_pressures(facts.checks):
        last = pressures[-1]
        said.append(f"{last.systolic}/{last.diastolic} ({clock_time(last.occurred_at, reader.zone)})")
    if saturations := spo2s(facts.checks):
        said.append(f"SpO₂ {saturations[-1].percent} % ({clock_time(saturations[-1].occurred_at, reader.zone)})")
    return ", ".join(said) or _("nothing measured yet")


def running_words(facts: SessionFacts, reader: Reader) -> str:
    """``Sedation since 10:12, nausea since 10:40``."""
    said = []
    for span in sign_spans(facts):
        if span.running:
            sign = facts.program.sign(span.code)
            label = sign.label if sign else span.code.capitalize()
            said.append(_("%(what)s since %(at)s") % {"what": label, "at": clock_time(span.began_at, reader.zone)})
    return ", ".join(said)


def _alarms(record: Record, facts: SessionFacts, reader: Reader) -> str:
    holding = alarm_state(record, at=reader.now, facts=facts).holding
    loud = [alarm for alarm in holding if level_of(alarm.code) is Level.LOUD]
    return ", ".join(alarm_words(alarm.code, dict(alarm.params), record.dosing_session) for alarm in loud)


def receivers(people: Iterable[User], site: Site, *, but: Any) -> list[tuple[User, str]]:
    """Whom a chair can be handed to: those on site first."""
    here = {row.person_id for row in site.on_site}
    others = sorted((person for person in people if person != but), key=lambda person: person.pk not in here)
    return [
        (person, str(person) if person.pk in here else _("%(who)s, not on site") % {"who": person}) for person in others
    ]
