"""Who opened whose record: the list, what was asked of it, and the same as a file."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Page
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import RecordAccess
from clinic.presenters.time import calendar_day, clock_time_with_zone
from sessions_app.models import access_list
from sessions_app.models.access_list import AccessList, AskedOfAccess
from sessions_app.presenters.paging import paging
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.site import ROLE_WORDS

Kind = RecordAccess.Kind
FIRST_SHOWN = timedelta(days=6)  # a week with today
GLASS = "glass"
HEAD: tuple[Text, ...] = (
    gettext_lazy("Day"),
    gettext_lazy("Time"),
    gettext_lazy("Who"),
    gettext_lazy("As"),
    gettext_lazy("Patient"),
    gettext_lazy("MRN"),
    gettext_lazy("What"),
    gettext_lazy("Reason"),
    gettext_lazy("SHA-256 of the file"),
)


def asked_of(query: Mapping[str, Any], *, words: str, today: date) -> AskedOfAccess:
    """What a reader asks of the list; anything unknown asks nothing. ``words``: what ``found`` stands for."""
    last = _day(query.get("last")) or today
    first = min(_day(query.get("first")) or last - FIRST_SHOWN, last)
    return AskedOfAccess(
        first=first,
        last=last,
        person_id=_key(query.get("person")),
        words=words,
        found=str(query.get("found", "")) if words else "",
        patient_id=_key(query.get("patient")),
        everything=query.get("kept") == "1",
    )


def _day(said: Any) -> date | None:
    try:
        day = date.fromisoformat(str(said))
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None


def _key(said: Any) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None


def _query(asked: AskedOfAccess) -> dict[str, str]:
    """The same question as an address."""
    said = {
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
        "person": str(asked.person_id or ""),
        "found": asked.found,
        "patient": str(asked.patient_id or ""),
        "kept": "1" if asked.everything else "",
    }
    return {name: value for name, value in said.items() if value}


def as_written(asked: AskedOfAccess) -> dict[str, str]:
    """The question as the audit keeps it."""
    said = {**_query(asked), "words": asked.words}
    return {name: value for name, value in said.items() if value and name != "found"}


def access_page(listing: AccessList, page: Page[Any], reader: Reader, *, printed_by: str) -> dict[str, Any]:
    """Context of ``clinic/access.html``."""
    asked, total = listing.asked, page.paginator.count
    count = ngettext("%(count)s entry", "%(count)s entries", total) % {"count": total}
    days = {"first": calendar_day(asked.first), "last": calendar_day(asked.last)}
    printed = {"at": f"{calendar_day(reader.now.astimezone(reader.zone).date())} {_now(reader)}", "who": printed_by}
    return {
        "rows": [_row(each, reader) for each in page],
        "count_text": count,
        "asked": {
            "q": asked.words,
            "found": asked.found,
            "first": asked.first.isoformat(),
            "last": asked.last.isoformat(),
            "kept": asked.everything,
        },
        "people": [
            {"value": person.pk, "label": str(person), "chosen": person.pk == asked.person_id}
            for person in listing.people
        ],
        "patient": _chosen_patient(listing),
        "days_text": _("%(first)s to %(last)s") % days,
        "zone": reader.zone.key,
        "file_note": _what_is_left_out() if listing.more_than_a_file else "",
        "csv_url": f"{reverse('sessions_app:access-csv')}?{urlencode(_query(asked))}",
        "paging": paging(page, lambda number: "?" + urlencode({**_query(asked), "page": number})),
        "print_line": _("Access to records · %(first)s to %(last)s · printed %(at)s by %(who)s") % {**days, **printed},
    }


def _now(reader: Reader) -> str:
    return clock_time_with_zone(reader.now, reader.zone)


def _chosen_patient(listing: AccessList) -> dict[str, Any] | None:
    patient, asked = listing.patient, listing.asked
    if patient is None:
        return None
    others = {name: value for name, value in _query(asked).items() if name != "patient"}
    return {"key": patient.pk, "name": patient.full_name, "mrn": patient.mrn, "all_url": f"?{urlencode(others)}"}


def _row(each: RecordAccess, reader: Reader) -> dict[str, Any]:
    patient = each.patient
    return {
        "day": calendar_day(each.at.astimezone(reader.zone).date()),
        "time": _time(each, reader),
        "who": str(each.person),
        "roles": _roles(each),
        "outside": each.roles == GLASS,
        "patient": patient.full_name if patient else "",
        "mrn": patient.mrn if patient else "",
        "url": reverse("sessions_app:patient-page", args=[patient.pk]) if patient else "",
        "badge": {"word": str(each.get_kind_display()), "kind": "held"} if each.kind == Kind.EXPORTED else None,
        "word": str(each.get_kind_display()),
        "what": each.what,
        "reason": each.reason,
    }


def _time(each: RecordAccess, reader: Reader) -> str:
    """Of a page the hour it was opened in, of an export the minute."""
    if each.kind == Kind.EXPORTED:
        return reader.clock(each.at)
    return _("%(begun)s to %(ended)s") % {
        "begun": reader.clock(each.at),
        "ended": reader.clock(each.at + timedelta(hours=1)),
    }


def _roles(each: RecordAccess) -> str:
    if each.roles == GLASS:
        return _("reading from outside")
    return ", ".join(str(ROLE_WORDS.get(role, role)) for role in each.roles.split(",") if role)


def _what_is_left_out() -> str:
    said = {"most": f"{access_list.MOST_IN_FILE:,}"}
    return _("One file holds the newest %(most)s entries. For the rest, choose fewer days.") % said


def access_lines(listing: AccessList, reader: Reader) -> list[tuple[object, ...]]:
    """The list for a spreadsheet, a time as 2026-04-30 and 09:00-0400. A file that does not hold all of it ends with
    a line that says so."""
    lines: list[tuple[object, ...]] = []
    for each in listing.for_file():
        local: datetime = each.at.astimezone(reader.zone)
        patient = each.patient
        what = f"{each.get_kind_display()}: {each.what}" if each.what else each.get_kind_display()
        lines.append(
            (
                local.date().isoformat(),
                f"{local:%H:%M%z}",
                str(each.person),
                _roles(each),
                patient.full_name if patient else "",
                patient.mrn if patient else "",
                what,
                each.reason,
                each.digest,
            )
        )
    return [*lines, (_what_is_left_out(), *[""] * (len(HEAD) - 1))] if listing.more_than_a_file else lines
