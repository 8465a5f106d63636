"""One discrepancy: what does not agree, what is due to the DEA and until when, what was done, what it waits for."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.federal_holidays import is_federal_holiday
from clinic.models import Discrepancy, DiscrepancyStep, StockMovement
from clinic.models.discrepancy import facts_of, is_missing, steps_of
from clinic.models.signature import Signatures
from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.discrepancy import (
    Clock,
    DiscrepancyCause,
    DiscrepancyFacts,
    DiscrepancyStepKind,
    clocks,
    closing_refusals,
)
from clinic.rules.reminders import days_left
from clinic.rules.roles import Permission
from clinic.rules.stock import StockKind
from sessions_app.presenters.book import print_line
from sessions_app.presenters.count import difference_words, lot_words
from sessions_app.presenters.expiring import left_words
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.cabinet import PLACES, STOCK_WORDS
from sessions_app.rules.program import Program

CAUSES: dict[DiscrepancyCause, Text] = {
    DiscrepancyCause.COUNT: gettext_lazy("A count differs"),
    DiscrepancyCause.UNACCOUNTED: gettext_lazy("Not accounted for when its session ended"),
    DiscrepancyCause.LOST: gettext_lazy("Reported lost"),
    DiscrepancyCause.STOLEN: gettext_lazy("Reported stolen"),
}
STEPS: dict[DiscrepancyStepKind, Text] = {
    DiscrepancyStepKind.SIGNIFICANT: gettext_lazy("Judged a theft or significant loss"),
    DiscrepancyStepKind.NOT_SIGNIFICANT: gettext_lazy("Judged neither theft nor significant loss"),
    DiscrepancyStepKind.NOTICE: gettext_lazy("Written notice to the DEA sent"),
    DiscrepancyStepKind.FORM_106: gettext_lazy("Form 106 filed"),
    DiscrepancyStepKind.NOTE: gettext_lazy("Note"),
}
DUE: dict[DiscrepancyStepKind, Text] = {
    DiscrepancyStepKind.NOTICE: gettext_lazy("Written notice to the DEA"),
    DiscrepancyStepKind.FORM_106: gettext_lazy("Form 106"),
}


def what_differs(discrepancy: Discrepancy, programs: Mapping[str, Program]) -> str:
    """Which devices, or which lot and by how many."""
    if discrepancy.difference is not None:
        said = {"lot": lot_words(discrepancy.of, programs), "off": difference_words(discrepancy.difference)}
        return _("%(lot)s: %(off)s") % said
    return ", ".join(sorted(named.device.number for named in discrepancy.devices.all()))


def clocks_of(facts: DiscrepancyFacts, reader: Reader) -> tuple[Clock, ...]:
    return clocks(facts, zone=reader.zone, is_holiday=is_federal_holiday)


def discrepancy_line(
    discrepancy: Discrepancy, missing: dict[Any, StockMovement], reader: Reader, programs: Mapping[str, Program]
) -> dict[str, Any]:
    """One in a list: what presses next, while it is open."""
    facts = facts_of(discrepancy, missing)
    due = [_clock(clock, reader) for clock in clocks_of(facts, reader)]
    return {
        "url": reverse("sessions_app:discrepancy", args=[discrepancy.pk]),
        "what": what_differs(discrepancy, programs),
        "cause": CAUSES[DiscrepancyCause(discrepancy.cause)],
        "day": calendar_day(_day(discrepancy.occurred_at, reader)),
        "badge": {"word": _("Closed"), "kind": "ready"} if facts.closed else {"word": _("Open"), "kind": "held"},
        "due": [] if facts.closed else [clock for clock in due if not clock["done"]],
    }


def discrepancy_page(
    discrepancy: Discrepancy,
    missing: dict[Any, StockMovement],
    signatures: Signatures,
    reader: Reader,
    programs: Mapping[str, Program],
    *,
    permissions: frozenset[Permission],
    printed_by: str,
) -> dict[str, Any]:
    facts = facts_of(discrepancy, missing)
    refusals = () if facts.closed else closing_refusals(facts)
    closure = discrepancy.closure if facts.closed else None
    may = Permission.STOCK in permissions
    return {
        "title": _("Discrepancy of %(day)s") % {"day": calendar_day(_day(discrepancy.occurred_at, reader))},
        "what": what_differs(discrepancy, programs),
        "cause": CAUSES[DiscrepancyCause(discrepancy.cause)],
        "rows": _rows(discrepancy, reader),
        "devices": [_device(discrepancy, named.device, missing.get(named.device_id)) for named in _named(discrepancy)],
        "clocks": [_clock(clock, reader) for clock in clocks_of(facts, reader)],
        "not_due": _not_due(facts),
        "steps": [_step(step, reader) for step in steps_of(discrepancy)],
        "badge": {"word": _("Closed"), "kind": "ready"} if closure else {"word": _("Open"), "kind": "held"},
        "refusals": [shown(refusal, reader, session_id=None, permissions=permissions) for refusal in refusals],
        "closure": {
            "reason": closure.reason,
            "signature": signature_note(signatures, closure, reader.zone, with_day=True),
        }
        if closure
        else None,
        "follow_url": reverse("sessions_app:follow-discrepancy", args=[discrepancy.pk]) if may else "",
        "close_url": reverse("sessions_app:close-discrepancy", args=[discrepancy.pk]) if may and not closure else "",
        "lost_url": _lost_url(discrepancy) if may and not closure else "",
        "print_line": print_line(discrepancy.facility, _("discrepancy"), reader, printed_by),
    }


def _lost_url(discrepancy: Discrepancy) -> str:
    """Where a device is named that a count found wanting."""
    short = discrepancy.difference is not None and discrepancy.difference < 0
    return reverse("sessions_app:name-missing", args=[discrepancy.pk]) if short else ""


def _day(at: Any, reader: Reader) -> Any:
    return at.astimezone(reader.zone).date()


def _named(discrepancy: Discrepancy) -> list[Any]:
    return sorted(discrepancy.devices.all(), key=lambda named: named.device.number)


def _rows(discrepancy: Discrepancy, reader: Reader) -> list[dict[str, Any]]:
    at = discrepancy.occurred_at
    rows = [
        (_("Came to light"), f"{calendar_day(_day(at, reader))}, {clock_time_with_zone(at, reader.zone)}"),
        (_("By"), str(discrepancy.performed_by)),
        (_("Cabinet"), discrepancy.cabinet.name if discrepancy.cabinet else ""),
        (_("In words"), discrepancy.text),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]


def _device(discrepancy: Discrepancy, device: Any, last: StockMovement | None) -> dict[str, Any]:
    gone = is_missing(discrepancy, last)
    place = PLACES[last.place] if last and gone else _("accounted for")
    return {
        "number": device.number,
        "detail": _("lot %(lot)s, %(kind)s") % {"lot": device.lot, "kind": STOCK_WORDS[StockKind(device.kind)]},
        "badge": {"word": place, "kind": "overdue" if gone else "ready"},
    }


def _clock(clock: Clock, reader: Reader) -> dict[str, Any]:
    today = reader.now.astimezone(reader.zone).date()
    late = clock.is_late(now=reader.now)
    if clock.done_at is not None:
        said = {"day": calendar_day(_day(clock.done_at, reader)), "at": reader.clock(clock.done_at)}
        word = _("done late, %(day)s %(at)s") if late else _("done %(day)s %(at)s")
        badge = {"word": word % said, "kind": "held" if late else "ready"}
    else:
        left = days_left(clock.last_day, today=today)
        badge = {"word": left_words(left), "kind": "overdue" if late else "held" if left <= 1 else ""}
    return {
        "label": DUE[clock.kind],
        "day": calendar_day(clock.last_day),
        "badge": badge,
        "done": clock.done_at is not None,
    }


def _not_due(facts: DiscrepancyFacts) -> str:
    if facts.significant is False:
        return _("Judged neither theft nor significant loss: nothing is due to the DEA.")
    if facts.significant is None and facts.all_found:
        return _("Every device is accounted for: nothing is due to the DEA.")
    return ""


def _step(step: DiscrepancyStep, reader: Reader) -> dict[str, Any]:
    at = step.occurred_at
    return {
        "when": f"{calendar_day(_day(at, reader))}, {reader.clock(at)}",
        "word": STEPS[DiscrepancyStepKind(step.kind)],
        "text": ", ".join(filter(None, (step.reference, step.text))),
        "who": str(step.performed_by),
    }
