"""The counts of a facility's cabinets: what was counted, how it came out, and whether the day may be closed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Cabinet, CabinetClosing, Count, StockPolicy
from clinic.models.count import all_of, count_facts
from clinic.presenters.time import calendar_day
from clinic.rules.count import (
    ClosingFacts,
    CountFacts,
    CountKind,
    CountMoment,
    CountState,
    Lot,
    cabinet_closing_refusals,
    next_inventory,
)
from clinic.rules.pack import gtin_of
from clinic.rules.reminders import days_left
from clinic.rules.roles import Permission
from sessions_app.presenters.expiring import left_words
from sessions_app.presenters.pack import gtin_words
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.cabinet import STOCK_WORDS
from sessions_app.rules.program import Program

KIND_WORDS: dict[CountKind, Text] = {
    CountKind.DAILY: gettext_lazy("Daily count"),
    CountKind.BIENNIAL: gettext_lazy("Biennial inventory"),
    CountKind.INITIAL: gettext_lazy("Initial inventory"),
}
MOMENT_WORDS: dict[CountMoment, Text] = {
    CountMoment.OPENING: gettext_lazy("opening of business"),
    CountMoment.CLOSE: gettext_lazy("close of business"),
}


def lot_words(lot: Lot, programs: Mapping[str, Program]) -> str:
    """Its programme where there are several, and its product where that is counted apart."""
    program = programs.get(lot.program_code)
    said = {"lot": lot.lot, "product": program.label if program else lot.program_code}
    words = _("Lot %(lot)s") if len(programs) == 1 else _("%(product)s, lot %(lot)s")
    ndc = [gtin_words(gtin_of(lot.ndc), program.products if program else ())] if lot.ndc else []
    return ", ".join((words % said, *ndc, str(STOCK_WORDS[lot.kind])))


def difference_words(difference: int) -> str:
    """Said once it is a discrepancy, and not before: whoever counts again still does so blind."""
    number = abs(difference)
    if difference < 0:
        return ngettext("%(n)s fewer than the book", "%(n)s fewer than the book", number) % {"n": number}
    return ngettext("%(n)s more than the book", "%(n)s more than the book", number) % {"n": number}


def state_badge(facts: CountFacts) -> dict[str, str]:
    if facts.state is CountState.AGREES:
        return {"word": _("Agrees"), "kind": "ready"}
    if facts.state is CountState.WAITING:
        return {"word": _("A second person counts"), "kind": "held"}
    if facts.unsettled:
        return {"word": _("Differs"), "kind": "overdue"}
    return {"word": _("Differs, in a discrepancy"), "kind": "held"}


def count_line(count: Count, reader: Reader, programs: dict[str, Program]) -> dict[str, Any]:
    """One count of the history, with everybody who counted."""
    facts = count_facts(count)
    at = count.occurred_at.astimezone(reader.zone)
    people = ", ".join(dict.fromkeys(str(each.performed_by) for each in all_of(count)))
    settled = {lot: off for lot, off in facts.differing.items() if lot in facts.in_discrepancy}
    details = [_("%(lot)s: not as in the book") % {"lot": lot_words(lot, programs)} for lot in facts.unsettled]
    details += [
        _("%(lot)s: %(off)s") % {"lot": lot_words(lot, programs), "off": difference_words(off)}
        for lot, off in settled.items()
    ]
    return {
        "day": calendar_day(at.date()),
        "at": reader.clock(count.occurred_at),
        "what": KIND_WORDS[CountKind(count.kind)],
        "moment": MOMENT_WORDS[CountMoment(count.moment)],
        "people": people,
        "badge": state_badge(facts),
        "details": details,
        "cabinet": count.cabinet.name,
    }


def cabinet_panel(
    cabinet: Cabinet,
    facts: ClosingFacts,
    count: Count | None,
    inventory: Count | None,
    closing: CabinetClosing | None,
    reader: Reader,
    *,
    permissions: frozenset[Permission],
    programs: dict[str, Program],
) -> dict[str, Any]:
    """One cabinet today: its last count, what keeps its day from being closed, and what may be done."""
    refusals = () if facts.closed else cabinet_closing_refusals(facts)
    may = Permission.STOCK in permissions
    actions = []
    if may and not facts.closed:
        actions = _actions(cabinet, facts, count, closable=not refusals)
    return {
        "name": cabinet.name,
        "count": count_line(count, reader, programs) if count else None,
        "refusals": [shown(refusal, reader, session_id=None, permissions=permissions) for refusal in refusals],
        "closed": _closed(closing, reader) if facts.closed and closing else "",
        "actions": actions,
        "inventory": inventory_words(inventory, reader),
    }


def _closed(closing: CabinetClosing, reader: Reader) -> str:
    said = {"at": reader.clock(closing.occurred_at), "who": closing.performed_by}
    return _("Closed at %(at)s, signed by %(who)s.") % said


def _actions(cabinet: Cabinet, facts: ClosingFacts, count: Count | None, *, closable: bool) -> list[dict[str, Any]]:
    def action(name: str, key: Any, label: str, icon: str, *, main: bool = False) -> dict[str, Any]:
        return {"url": reverse(f"sessions_app:{name}", args=[key]), "label": label, "icon": icon, "main": main}

    found = []
    on_going = count is not None and facts.count is not None and not facts.moved_since
    if on_going and count and facts.count and facts.count.unsettled:
        found.append(action("count-again", count.pk, _("Count again"), "arrow-repeat", main=True))
        found.append(action("question-count", count.pk, _("Open a discrepancy"), "search"))
    elif on_going and count and facts.count and facts.count.state is CountState.WAITING:
        found.append(action("count-again", count.pk, _("Count as the second person"), "people-fill", main=True))
    if closable:
        found.append(action("close-cabinet", cabinet.pk, _("Close the day"), "pen-fill", main=True))
    found.append(action("count-cabinet", cabinet.pk, _("Count"), "clipboard-check", main=not found))
    found.append(action("take-inventory", cabinet.pk, _("Take an inventory"), "clipboard-check"))
    return found


def inventory_words(inventory: Count | None, reader: Reader) -> dict[str, Any]:
    """When the next one is due, and how much that presses."""
    if inventory is None:
        text = _("No initial inventory is recorded yet. It is taken once, at opening or close of business.")
        return {"text": text, "kind": "held", "due": ""}
    taken = inventory.occurred_at.astimezone(reader.zone).date()
    today, due = reader.now.astimezone(reader.zone).date(), next_inventory(taken)
    left = days_left(due, today=today)
    said = {"what": KIND_WORDS[CountKind(inventory.kind)], "day": calendar_day(taken), "who": inventory.performed_by}
    kind = "overdue" if left < 0 else "held" if left <= 90 else ""
    return {
        "text": _("%(what)s of %(day)s, %(who)s.") % said,
        "due": _("Next by %(day)s, %(left)s") % {"day": calendar_day(due), "left": left_words(left)},
        "kind": kind,
    }


def counts_page(
    cabinets: list[dict[str, Any]],
    history: Iterable[dict[str, Any]],
    discrepancies: list[dict[str, Any]],
    policy: StockPolicy,
    reader: Reader,
    *,
    permissions: frozenset[Permission],
) -> dict[str, Any]:
    manage = Permission.MANAGE_FACILITY in permissions
    people = policy.count_people
    return {
        "title": _("Counts"),
        "cabinets": cabinets,
        "history": list(history),
        "discrepancies": discrepancies,
        "today": calendar_day(_today(reader)),
        "people_text": ngettext("%(n)s person counts", "%(n)s people count", people) % {"n": people},
        "policy_url": reverse("sessions_app:set-stock-policy") if manage else "",
    }


def _today(reader: Reader) -> date:
    return reader.now.astimezone(reader.zone).date()
