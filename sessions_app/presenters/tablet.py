"""The people of a shared tablet, and the tablets of a facility."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Tablet, User
from clinic.presenters.time import calendar_day
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app.models.day import Day
from sessions_app.presenters.alarm import floor_alarms
from sessions_app.presenters.emergency import floor_emergencies
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.sentences import Reader


def switch_in_page(
    tablet: Tablet, people: Iterable[User], form: Any, refusals: Iterable[Refusal], *, back: str, now: datetime
) -> dict[str, Any]:
    """Context of ``sessions_app/switch_in.html``. Who was chosen stays chosen; a PIN is typed anew."""
    reader = Reader(tablet.facility.zone, now)
    sentences = [sentence_of(refusal, reader) for refusal in refusals]
    chosen = form.data.get("person", "")
    return {
        "facility_name": tablet.facility.name,
        "tablet_name": tablet.name,
        "people": [
            {
                "value": person.pk,
                "name": person.printed_name,
                "credential": person.credential,
                "initials": "".join(part[0] for part in person.printed_name.split()[:2]),
                "chosen": str(person.pk) == chosen,
            }
            for person in people
        ],
        "back": back,
        "said": [
            {"what": sentence.what, "clears": "" if refusal.code == "FIELD" else sentence.clears}
            for refusal, sentence in zip(refusals, sentences, strict=True)
        ]
        or ([{"what": _("Choose who you are, then type your six digits."), "clears": ""}] if form.errors else []),
    }


def lock_alarms(day: Day) -> dict[str, Any]:
    """How many alarms and emergencies want somebody here, and what they sound like: no chair, no name."""
    alarms, emergencies = (
        floor_alarms(day, permissions=frozenset({Permission.READ_CHART})),  # for its sounds
        floor_emergencies(day, Reader(day.facility.zone, day.at)),
    )
    loud, under_way = alarms["loud"], len(emergencies)
    said = [
        ngettext("%(n)s emergency", "%(n)s emergencies", under_way) % {"n": under_way} if under_way else "",
        ngettext("%(n)s alarm", "%(n)s alarms", loud) % {"n": loud} if loud else "",
    ]
    return {
        "words": ", ".join(filter(None, said)),
        "calls": [
            {"id": sha256(item["id"].encode()).hexdigest()[:12], "sound": item["sound"]}
            for item in (*emergencies, *alarms["items"])
            if item["sound"]
        ],
    }


def tablets_panel(tablets: Iterable[Any], reader: Reader, *, here: Tablet | None) -> list[dict[str, Any]]:
    """For the facility page: each with who enrolled it, when, and when somebody last came in on it."""
    return [
        {
            "name": tablet.name,
            "detail": _("enrolled %(day)s, %(who)s")
            % {"day": _day(tablet.occurred_at, reader), "who": tablet.performed_by.printed_name},
            "used": _("last used %(when)s") % {"when": _when(tablet.last_used_at, reader)}
            if tablet.last_used_at
            else _("not used yet"),
            "here": tablet == here,
            "url": reverse("sessions_app:revoke-tablet", args=[tablet.pk]),
        }
        for tablet in tablets
    ]


def silent_banner(tablets: Iterable[Any], reader: Reader) -> dict[str, Any] | None:
    """Names each tablet that charted this patient and fell silent: what waits there is known to nobody."""
    names = [
        _("%(tablet)s, not heard from since %(since)s; %(who)s charted on it.")
        % {"tablet": tablet.name, "since": reader.clock(tablet.heard_at) or _("long ago"), "who": tablet.last_by}
        for tablet in tablets
    ]
    if not names:
        return None
    return {
        "kind": "warning",
        "icon": "cloud-slash",
        "title": _("A tablet may hold readings that are not here:"),
        "text": " ".join([*names, _("Look at it before the patient leaves.")]),
    }


def _day(at: datetime, reader: Reader) -> str:
    return calendar_day(at.astimezone(reader.zone).date())


def _when(at: datetime, reader: Reader) -> str:
    return reader.clock(at) if _day(at, reader) == _day(reader.now, reader) else _day(at, reader)
