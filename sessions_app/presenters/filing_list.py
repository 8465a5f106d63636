"""The list of forms: what is due and late, how old it is, and how many came in time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Facility
from clinic.presenters.time import calendar_day
from clinic.rules.whole_number import whole_number
from sessions_app.models import Filing, FilingDigest
from sessions_app.models.filing_list import AT_ONCE, Asked, FilingList, Pile, total
from sessions_app.presenters.sentences import Text
from sessions_app.presenters.sentences.filing import FILING_WORDS
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.filing import NOT_SENT, FilingState, Share, days_late
from sessions_app.rules.states import OPEN

PILE_WORDS: Mapping[Pile, Text] = {
    Pile.TO_DO: gettext_lazy("To do"),
    Pile.LATE: gettext_lazy("Late"),
    Pile.TODAY: gettext_lazy("Due today"),
    Pile.COMING: gettext_lazy("To come"),
    Pile.RETURNED: gettext_lazy("Returned"),
    Pile.AMEND: gettext_lazy("To amend"),
    Pile.SENT: gettext_lazy("Sent"),
    Pile.NOT_NEEDED: gettext_lazy("Not needed"),
}
STATE_KINDS = {
    FilingState.INCOMPLETE: "",
    FilingState.READY: "monitor",
    FilingState.SUBMITTED: "ready",
    FilingState.ACKNOWLEDGED: "ready",
    FilingState.RETURNED: "overdue",
    FilingState.AMENDMENT_DUE: "held",
    FilingState.WITHDRAWN: "",
}
PERIOD = timedelta(days=90)


def asked_of(said: Mapping[str, str], *, today: date) -> Asked:
    """What stands in the address; what cannot be read asks for nothing."""
    pile = said.get("pile", "")
    return Asked(
        pile=Pile(pile) if pile in list(Pile) else Pile.TO_DO,
        since=_day(said.get("since", ""), today - PERIOD),
        until=_day(said.get("until", ""), today),
        facility_id=_id(said.get("facility", "")),
        person_id=_id(said.get("person", "")),
        page=whole_number(said.get("page", "")) or 1,
    )


def _day(said: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return otherwise


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


def filing_list(listing: FilingList, *, reads: frozenset[UUID], here: Facility) -> dict[str, Any]:
    """Context of ``filings.html``. ``reads``: the facilities whose chart this reader reads; of the others nothing is
    said of what a form lacks, and nothing leads to it. ``here``: whose forms this reader prints together."""
    asked, counts = listing.asked, listing.counts
    return {
        "piles": [
            {
                "word": str(word),
                "count": counts[pile],
                "url": _url(asked, pile=pile),
                "here": pile is asked.pile,
                "kind": _pile_kind(pile) if counts[pile] else "",
            }
            for pile, word in PILE_WORDS.items()
        ],
        "rows": [_row(filing, listing.at, reads, here) for filing in listing.rows],
        "prints": here.name if here.pk in reads else "",
        "today": listing.at.astimezone(here.zone).date().isoformat(),
        "pile_title": str(PILE_WORDS[asked.pile]),
        "count_text": ngettext("%(count)s form", "%(count)s forms", counts[asked.pile]) % {"count": counts[asked.pile]},
        "facilities": [
            {"value": each.pk, "label": each.name, "chosen": each.pk == asked.facility_id}
            for each in (listing.facilities if len(listing.facilities) > 1 else ())
        ],
        "people": [
            {"value": each.pk, "label": each.printed_name, "chosen": each.pk == asked.person_id}
            for each in listing.people
        ],
        "asked": {"pile": asked.pile.value, "since": asked.since.isoformat(), "until": asked.until.isoformat()},
        "narrowed": asked.facility_id is not None or asked.person_id is not None,
        "all_url": f"?{urlencode({'pile': asked.pile.value})}",
        "paging": _paging(asked, counts[asked.pile]),
        **_shares(listing),
    }


def _url(asked: Asked, **changed: Any) -> str:
    said = {
        "pile": changed.get("pile", asked.pile).value,
        "facility": asked.facility_id or "",
        "person": asked.person_id or "",
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "page": changed.get("page", 1),
    }
    return f"?{urlencode({name: value for name, value in said.items() if value != ''})}"


def _pile_kind(pile: Pile) -> str:
    return {Pile.LATE: "overdue", Pile.RETURNED: "overdue", Pile.TODAY: "held", Pile.AMEND: "held"}.get(pile, "")


def _row(filing: Filing, at: datetime, reads: frozenset[UUID], here: Facility) -> dict[str, Any]:
    session, zone = filing.dosing_session, filing.facility.zone
    reads_it = filing.facility_id in reads
    under_way = session.state in OPEN
    missing = len(filing.step.missing) if reads_it and filing.state == FilingState.INCOMPLETE else 0
    return {
        "url": reverse("sessions_app:filing", args=[session.pk]) if reads_it else "",
        "tick": filing.pk if reads_it and filing.facility_id == here.pk else "",
        "name": session.patient.full_name,
        "mrn": session.patient.mrn,
        "treated": calendar_day(filing.treatment_date),
        "facility": filing.facility.name,
        "person": filing.person.printed_name,
        "due": calendar_day(filing.due_at.astimezone(zone).date()),
        "age": age_words(filing, at),
        "kind": age_kind(filing, at),
        "badge": state_badge(filing),
        "missing": str(STATE_WORDS[session.state])
        if under_way
        else ngettext("%(count)s field empty", "%(count)s fields empty", missing) % {"count": missing}
        if missing
        else "",
        "sent": _sent(filing),
    }


def _sent(filing: Any) -> str:
    """When it was sent first, and whether that was in time."""
    if filing.sent_at is None:
        return ""
    zone = filing.facility.zone
    late = days_late(filing.due_at, filing.sent_at, zone)
    day = calendar_day(filing.sent_at.astimezone(zone).date())
    if late <= 0:
        return _("%(day)s, in time") % {"day": day}
    return ngettext("%(day)s, %(days)s day late", "%(day)s, %(days)s days late", late) % {"day": day, "days": late}


def state_badge(filing: Filing) -> dict[str, str]:
    return {"word": str(FILING_WORDS[filing.state]), "kind": STATE_KINDS[FilingState(filing.state)]}


def late_words(days: int) -> str:
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def age_words(filing: Filing, at: datetime) -> str:
    """How long it still has, or how long it has waited."""
    zone = filing.facility.zone
    if filing.state in NOT_SENT:
        late = days_late(filing.due_at, at, zone)
        if late > 0:
            return late_words(late)
        if late == 0:
            return _("due today")
        return ngettext("%(days)s day left", "%(days)s days left", -late) % {"days": -late}
    if filing.state in (FilingState.RETURNED, FilingState.AMENDMENT_DUE):
        days = days_late(filing.step.occurred_at, at, zone) if filing.step.state == filing.state else 0
        if days == 0:
            return _("since today")
        return ngettext("for %(days)s day", "for %(days)s days", days) % {"days": days}
    return ""


def age_kind(filing: Filing, at: datetime) -> str:
    if filing.state in NOT_SENT:
        late = days_late(filing.due_at, at, filing.facility.zone)
        return "overdue" if late > 0 else "held" if late == 0 else ""
    return STATE_KINDS[FilingState(filing.state)] if filing.state in ("RETURNED", "AMENDMENT_DUE") else ""


def _paging(asked: Asked, count: int) -> dict[str, Any] | None:
    if count <= AT_ONCE:
        return None
    begin = (asked.page - 1) * AT_ONCE
    said = {"first": begin + 1, "last": min(begin + AT_ONCE, count), "count": count}
    return {
        "text": _("%(first)s to %(last)s of %(count)s") % said,
        "prev_url": _url(asked, page=asked.page - 1) if asked.page > 1 else "",
        "next_url": _url(asked, page=asked.page + 1) if begin + AT_ONCE < count else "",
    }


def _shares(listing: FilingList) -> dict[str, Any]:
    """On time over the period: as a whole, and by facility and person."""
    by_place: dict[str, list[Share]] = {}
    for facility, _person, share in listing.shares:
        by_place.setdefault(facility.name, []).append(share)
    places = [{"what": name, "place": True, **share_words(total(shares))} for name, shares in by_place.items()]
    several = len(places) > 1
    lines: list[dict[str, Any]] = []
    for place in places:
        lines += [place] if several else []
        lines += [
            {"what": person.printed_name, "place": False, **share_words(share)}
            for facility, person, share in listing.shares
            if facility.name == place["what"]
        ]
    return {"share": share_words(listing.share), "shares": lines}


def share_words(share: Share) -> dict[str, str]:
    return {
        "percent": f"{share.percent} %" if share.percent is not None else "–",
        "of": _("%(on_time)s of %(counted)s in time") % {"on_time": share.on_time, "counted": share.counted}
        if share.counted
        else _("none due yet"),
        "to_come": ngettext("%(count)s not due yet", "%(count)s not due yet", share.to_come) % {"count": share.to_come}
        if share.to_come
        else "",
    }


def rail_line(counts: Mapping[Pile, int]) -> dict[str, str] | None:
    """Beside the floor: what must not be left lying today. Never as loud as a patient."""
    said = ", ".join(f"{count} {str(PILE_WORDS[pile]).lower()}" for pile, count in counts.items() if count)
    return {"url": reverse("sessions_app:filings"), "text": _("Forms: %(said)s") % {"said": said}} if said else None


def digest_mail(told: Mapping[Facility, FilingDigest]) -> tuple[str, str]:
    """Subject and text for one person: how many forms press at each facility. Names no patient and nobody else."""
    blocks, count = [], 0
    for facility, digest in told.items():
        lines = [
            f"- {PILE_WORDS[pile]!s}: {number}"
            for pile, number in (
                (Pile.LATE, digest.late),
                (Pile.TODAY, digest.due_today),
                (Pile.RETURNED, digest.returned),
                (Pile.AMEND, digest.to_amend),
            )
            if number
        ]
        count += digest.late + digest.due_today + digest.returned + digest.to_amend
        blocks.append("\n".join([f"{facility.name}, {calendar_day(digest.day)}", *lines]))
    subject = ngettext("Vigil: %(count)s form waits", "Vigil: %(count)s forms wait", count) % {"count": count}
    closing = _("They are listed in Vigil under “Forms”. This mail comes once a day, and only where something waits.")
    return subject, "\n\n".join([*blocks, closing]) + "\n"
