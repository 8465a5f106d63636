"""The floor: a tile per chair, what comes next in the room, and until when nothing changes by time alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, running_clock
from clinic.rules.certification import CertificationFacts, certification_refusals, review_due
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession, Transition
from sessions_app.models.day import Day
from sessions_app.models.facts import session_facts
from sessions_app.models.record import Record
from sessions_app.models.site import Site
from sessions_app.presenters.coming import HOUR, Coming, coming_list, coming_of, expected
from sessions_app.presenters.desk import desk_tile
from sessions_app.presenters.emergency import floor_emergencies
from sessions_app.presenters.filing_list import rail_line
from sessions_app.presenters.follow_up import calls_to_make
from sessions_app.presenters.next_step import VERIFY
from sessions_app.presenters.paper import waiting_lines
from sessions_app.presenters.plan import plan_of
from sessions_app.presenters.safety_alert import alert_waits
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.steps import may_take
from sessions_app.presenters.tile import free_tile, loud_words, tile
from sessions_app.rules.floor import next_turn, turning_points, turns_of_the_day
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.states import AT_START_GATE, UNDER_WATCH, State

BY_CHAIR, BY_URGENCY = "chair", "urgency"
_URGENCY = {phase: place for place, phase in enumerate(("overdue", "held", "ready", "dosing", "monitor", "before"))}


@dataclass
class Board:
    """Every chair of a facility at a moment: tiles in the room's order, what is coming, when time changes something."""

    tiles: list[dict[str, Any]] = field(default_factory=list)
    coming: list[Coming] = field(default_factory=list)
    turns: list[datetime] = field(default_factory=list)

    def by_urgency(self) -> list[dict[str, Any]]:
        """What nobody may overlook first, the latest of the late before; free chairs last."""
        return sorted(self.tiles, key=_urgency)

    def good_until(self, *, now: datetime) -> datetime:
        """The next moment at which the board changes without anybody writing anything."""
        ahead = [item.at - HOUR for item in self.coming]
        return next_turn([*self.turns, *ahead, *(item.at for item in self.coming)], now=now) or now


def _urgency(shown: dict[str, Any]) -> tuple[bool, int, float]:
    at = shown.get("next_at")
    return not shown.get("loud"), _URGENCY.get(shown["phase"], len(_URGENCY)), at.timestamp() if at else float("inf")


def board_of(day: Day, *, now: datetime, chart: bool) -> Board:
    """Read once, shown on the floor and on the wall. ``chart``: for whoever reads it."""
    zone, board = day.facility.zone, Board()
    board.turns += turns_of_the_day(zone, now=now)
    board.turns += [follow_up.due_at for follow_up in day.follow_ups]
    board.turns += day.site.presence_turns
    for record in day.open.records():
        _add_occupied(board, record, Reader(zone, now), now, chart)
    board.coming += [expected(session) for session in day.booked]
    board.tiles += _free(day, {shown["chair"] for shown in board.tiles}, Reader(zone, now), chart)
    listed = {chair: place for place, chair in enumerate(day.chairs)}
    board.tiles.sort(key=lambda shown: (listed.get(shown["chair"], len(listed)), _natural(shown["chair"])))
    return board


def _add_occupied(board: Board, record: Record, reader: Reader, now: datetime, chart: bool) -> None:
    session = record.dosing_session
    facts = session_facts(session, at=now, start=session.state in AT_START_GATE, record=record)
    refusals = gate_refusals(facts, now=now)
    reader = Reader(reader.zone, now, facts.program)
    if chart:
        shown = tile(record, facts, refusals, reader)
    else:
        shown = desk_tile(record, facts, refusals, reader, loud=loud_words(record, facts, reader))
    if session.state in UNDER_WATCH:
        shown["plan"] = plan_of(session, facts, refusals, reader)
        shown["check_url"] = reverse("sessions_app:record-check", args=[session.pk])
    board.tiles.append(shown)
    board.coming += coming_of(session, facts, refusals, shown["phase"], reader)
    board.turns += turning_points(facts, refusals, now=now)
    if shown.get("next_at"):
        board.turns.append(shown["next_at"])


def _free(day: Day, taken: set[str], reader: Reader, chart: bool) -> Iterator[dict[str, Any]]:
    """The chairs nobody sits in: those of the room, and any other that a booking of today names."""
    first: dict[str, DosingSession] = {}
    for session in sorted(day.booked, key=lambda session: session.scheduled_at):
        first.setdefault(session.chair, session)
    for chair in dict.fromkeys((*day.chairs, *first)):
        if chair and chair not in taken:
            booked = first.get(chair)
            program = day.programs.get(booked.program_code) if booked else None
            yield free_tile(chair, booked, program, reader, chart=chart)


def _natural(chair: str) -> tuple[bool, list[tuple[int, str]]]:
    """Chair 10 comes after chair 9, and nobody's chair last."""
    return not chair, [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", chair)]


def finished_line(session: DosingSession, transition: Transition, reader: Reader) -> dict[str, Any]:
    """A session that is over."""
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "name": session.patient.full_name,
        "word": str(STATE_WORDS[session.state]).capitalize(),
        "when": clock_time(transition.occurred_at, reader.zone),
        "phase": "ready" if session.state == State.DISCHARGED else "overdue",
    }


def status_bar(site: Site) -> dict[str, Any]:
    """What holds for the whole clinic at this moment."""
    working, known = len(site.working_oximeters), len(site.oximeters)
    return {
        "certification": _certification(site.certification_facts),
        "prescribers": ", ".join(row.person.printed_name for row in site.prescribers_on_site),
        "on_site": [
            {"name": row.person.printed_name, "since": clock_time(row.occurred_at, site.facility.zone)}
            for row in site.on_site
        ],
        "oximeters": _("%(working)s of %(known)s") % {"working": working, "known": known} if known else "",
    }


def _certification(facts: CertificationFacts) -> dict[str, str]:
    if certification_refusals(facts):
        return {"word": _("Not certified: no dosing"), "icon": "shield-slash", "phase": "overdue"}
    if review_due(facts):
        return {"word": _("Certified, review due"), "icon": "shield-check", "phase": "held"}
    return {"word": _("Certified"), "icon": "shield-check", "phase": ""}


def orders(current: str) -> list[dict[str, Any]]:
    """The switch of the order."""
    words = {BY_CHAIR: _("By chair"), BY_URGENCY: _("By urgency")}
    return [{"url": f"?order={order}", "label": label, "current": order == current} for order, label in words.items()]


def floor_page(
    day: Day, board: Board, *, now: datetime, order: str, permissions: frozenset[Permission]
) -> dict[str, Any]:
    """Context of ``_floor.html``."""
    reader, reads = Reader(day.facility.zone, now), Permission.READ_CHART in permissions
    for step, name in ((VERIFY, "tap"), ("record-check", "check_url")):
        if not may_take(step, permissions):
            for shown in board.tiles:
                shown[name] = None
    return {
        "facility": day.facility.name,
        "clock": running_clock(now, day.facility.zone),
        "tiles": board.by_urgency() if order == BY_URGENCY else board.tiles,
        "orders": orders(order),
        "finished": [finished_line(session, transition, reader) for session, transition in day.finished],
        "counts": _counts(day),
        "emergencies": floor_emergencies(day, reader),
        "calls": calls_to_make(day.follow_ups, reader, permissions=permissions) if reads else None,
        "waiting": _waiting(day) if reads else [],
        "forms": rail_line(day.forms) if Permission.FOLLOW in permissions else None,
        "can_check_in": Permission.CHECK_IN in permissions,
        "can_watch": Permission.CHART in permissions,
        "can_raise": may_take("raise-emergency", permissions),
        **coming_list(board.coming, reader),
        **status_bar(day.site),
    }


def _waiting(day: Day) -> list[dict[str, Any]]:
    """What was left open on an earlier day, by whoever is not here."""
    return [
        *alert_waits(day.alerts_between),
        *waiting_lines(to_compare=day.to_compare, forgotten=len(day.forgotten)),
    ]


def _counts(day: Day) -> list[dict[str, Any]]:
    home: Iterable[Any] = [session for session, _moment in day.finished if session.state == State.DISCHARGED]
    return [
        {"count": len(day.open.sessions), "word": _("in chairs")},
        {"count": len(day.booked), "word": _("to come")},
        {"count": len(list(home)), "word": _("gone home")},
    ]
