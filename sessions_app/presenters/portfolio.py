"""Many facilities as one list: which may dose, what expires next, what is open."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.identifiers import new_id
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.certification import CertificationStatus, certification_refusals
from clinic.rules.reminders import days_left
from sessions_app.models.portfolio import Standing
from sessions_app.presenters.expiring import expiring_line, what_expires
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.certification import STATUS_WORDS

NOT_BEGUN = "NONE"
STANDING_WORDS: Mapping[str, Text] = {
    **STATUS_WORDS,
    NOT_BEGUN: gettext_lazy("Not certified"),
}
FAR = date.max
HEAD: tuple[Text, ...] = (
    gettext_lazy("Facility"),
    gettext_lazy("Address"),
    gettext_lazy("Programme"),
    gettext_lazy("Certification"),
    gettext_lazy("New doses"),
    gettext_lazy("Authorized Representative"),
    gettext_lazy("Expires next"),
    gettext_lazy("Last day"),
    gettext_lazy("Days left"),
    gettext_lazy("Expiring or over"),
    gettext_lazy("Open findings"),
    gettext_lazy("Findings late"),
)


def code_of(standing: Standing) -> str:
    """How it stands, in one word."""
    facts = standing.facts
    if facts.status is CertificationStatus.CERTIFIED and not facts.representative_current:
        return CertificationStatus.RECERTIFICATION_DUE.value
    return facts.status.value if facts.status else NOT_BEGUN


def may_dose(standing: Standing) -> bool:
    return not certification_refusals(standing.facts)


def next_day(standing: Standing) -> date:
    return standing.things[0].last_day if standing.things else FAR


# By what the list may be ordered; what presses most comes first, and the name decides between equals.
ORDERS: dict[str, tuple[Text, Callable[[Standing], Any]]] = {
    "name": (gettext_lazy("Facility"), lambda each: ()),
    "status": (gettext_lazy("Certification"), lambda each: (may_dose(each), code_of(each))),
    "expires": (gettext_lazy("Expires next"), next_day),
    "findings": (gettext_lazy("Findings"), lambda each: (-len(each.findings), *each.findings)),
}
FIRST = "status"


def asked_of(query: Mapping[str, Any]) -> dict[str, str]:
    """What a reader asks of the list; anything unknown asks nothing."""
    said = {name: str(query.get(name, "")).strip() for name in ("q", "status", "sort")}
    return {
        "q": said["q"][:100],
        "status": said["status"] if said["status"] in STANDING_WORDS else "",
        "sort": said["sort"] if said["sort"] in ORDERS else FIRST,
    }


def chosen(standings: Iterable[Standing], asked: Mapping[str, str]) -> list[Standing]:
    """Those asked for, in the order asked for."""
    words = asked["q"].casefold().split()
    found = [
        each
        for each in standings
        if asked["status"] in ("", code_of(each)) and all(word in _searched(each) for word in words)
    ]
    order = ORDERS[asked["sort"]][1]
    return sorted(found, key=lambda each: (order(each), each.facility.name.casefold(), each.program.label))


def _searched(each: Standing) -> str:
    said = (each.facility.name, each.facility.address, each.program.label, each.representative)
    return " ".join(said).casefold()


def portfolio_page(
    shown: list[Standing], everything: list[Standing], asked: Mapping[str, str], reader: Reader, *, printed_by: str
) -> dict[str, Any]:
    """Context of ``clinic/portfolio.html``. ``everything``: what there is before anything was asked."""
    present = {code_of(each) for each in everything}
    count = ngettext("%(count)s of %(all)s facility", "%(count)s of %(all)s", len(everything))
    printed = {"at": f"{_day(reader)} {clock_time_with_zone(reader.now, reader.zone)}", "who": printed_by}
    return {
        "rows": [_row(each, reader) for each in shown],
        "count_text": count % {"count": len(shown), "all": len(everything)},
        "stopped": sum(not may_dose(each) for each in shown),
        "asked": asked,
        "statuses": [
            {"value": code, "label": str(word), "chosen": code == asked["status"]}
            for code, word in STANDING_WORDS.items()
            if code in present or code == asked["status"]
        ],
        "orders": [_order(name, str(label), asked) for name, (label, _key) in ORDERS.items()],
        "csv_url": f"{reverse('sessions_app:portfolio-csv')}?{urlencode(asked)}",
        "print_line": _("Facilities · %(asked)s · printed %(at)s by %(who)s")
        % {"asked": _asked_words(asked), **printed},
    }


def _day(reader: Reader) -> str:
    return calendar_day(reader.now.astimezone(reader.zone).date())


def _asked_words(asked: Mapping[str, str]) -> str:
    """A printed list says what it is a part of."""
    said = [str(STANDING_WORDS[asked["status"]])] if asked["status"] else []
    said += [f"“{asked['q']}”"] if asked["q"] else []
    return ", ".join(said) or _("all")


def _order(name: str, label: str, asked: Mapping[str, str]) -> dict[str, Any]:
    return {"label": label, "url": f"?{urlencode({**asked, 'sort': name})}", "here": asked["sort"] == name}


def _row(each: Standing, reader: Reader) -> dict[str, Any]:
    today = today_at(each, reader.now)
    lines = [expiring_line(thing, today=today) for thing in each.things]
    open_ = may_dose(each)
    return {
        "entry_id": new_id(),
        "place": each.facility.pk,
        "name": each.facility.name,
        "address": each.facility.address,
        "program": each.program.label,
        "badge": {"word": str(STANDING_WORDS[code_of(each)]), "kind": "ready" if open_ else "overdue"},
        "doses": "" if open_ else _("no new doses"),
        "representative": each.representative,
        "findings": _findings(each, today),
        "next": lines[0] if lines else None,
        "more": _("and %(count)s more") % {"count": len(lines) - 1} if len(lines) > 1 else "",
    }


def _findings(each: Standing, today: date) -> dict[str, Any] | None:
    if not each.findings:
        return None
    late, first = late_of(each, today), each.findings[0]
    words = ngettext("%(count)s late", "%(count)s late", late) % {"count": late}
    by = _("the first by %(day)s") % {"day": calendar_day(first)}
    return {"count": len(each.findings), "late": bool(late), "words": words if late else by}


def late_of(each: Standing, today: date) -> int:
    return sum(day < today for day in each.findings)


def today_at(each: Standing, now: datetime) -> date:
    return now.astimezone(each.facility.zone).date()


def portfolio_lines(shown: Iterable[Standing], now: datetime) -> list[tuple[object, ...]]:
    """The same list for a spreadsheet, a day as 2026-04-30."""
    lines: list[tuple[object, ...]] = []
    for each in shown:
        first = each.things[0] if each.things else None
        expires: tuple[object, ...] = ("", "", "")
        if first:
            left = days_left(first.last_day, today=today_at(each, now))
            expires = (what_expires(first), first.last_day.isoformat(), left)
        lines.append(
            (
                each.facility.name,
                each.facility.address,
                each.program.label,
                STANDING_WORDS[code_of(each)],
                _("yes") if may_dose(each) else _("no"),
                each.representative,
                *expires,
                len(each.things),
                len(each.findings),
                late_of(each, today_at(each, now)),
            )
        )
    return lines
