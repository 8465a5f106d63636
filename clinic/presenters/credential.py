"""Credentials in words: in date, ending, ended, never entered; and what a lapsed one leaves its holder."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models.credential import Credential, HeldWith
from clinic.presenters.time import calendar_day
from clinic.rules.credentials import SOON, VERY_SOON, CredentialKind
from clinic.rules.roles import Role

SECOND = timedelta(seconds=1)

KIND_WORDS: Mapping[CredentialKind, Promise] = {
    CredentialKind.LICENCE: gettext_lazy("Licence"),
    CredentialKind.DEA: gettext_lazy("DEA registration"),
    CredentialKind.REMS_TRAINING: gettext_lazy("REMS training"),
}
_CHARTED_AFTER: Mapping[CredentialKind, Promise] = {
    CredentialKind.LICENCE: gettext_lazy("licence had ended"),
    CredentialKind.DEA: gettext_lazy("DEA registration had ended"),
    CredentialKind.REMS_TRAINING: gettext_lazy("REMS training had ended"),
}
_ENDED: Mapping[CredentialKind, Promise] = {
    CredentialKind.LICENCE: gettext_lazy("Your licence ended on %(day)s."),
    CredentialKind.DEA: gettext_lazy("Your DEA registration ended on %(day)s."),
    CredentialKind.REMS_TRAINING: gettext_lazy("Your REMS training ended on %(day)s."),
}
_ENDS: Mapping[CredentialKind, Promise] = {
    CredentialKind.LICENCE: gettext_lazy("Your licence ends on %(day)s, %(left)s."),
    CredentialKind.DEA: gettext_lazy("Your DEA registration ends on %(day)s, %(left)s."),
    CredentialKind.REMS_TRAINING: gettext_lazy("Your REMS training ends on %(day)s, %(left)s."),
}


def credential_state(credential: Credential | None, *, today: date) -> dict[str, Any]:
    """A badge: in date, ends in so many days, ended, or never entered."""
    if credential is None:
        return {"word": _("never entered"), "kind": ""}
    last = credential.expires_date
    if last is None:
        return {"word": _("in date, no end"), "kind": "ready"}
    left = (last - today).days
    if left < 0:
        return {"word": _("ended %(day)s") % {"day": calendar_day(last)}, "kind": "overdue"}
    if left <= SOON:
        return ending_badge(left)
    return {"word": _("in date to %(day)s") % {"day": calendar_day(last)}, "kind": "ready"}


def lapsed_words(kind: CredentialKind | None) -> str:
    """Beside what somebody charted whose credential had run out; nothing where none had."""
    return str(_CHARTED_AFTER[kind]) if kind else ""


def ending_badge(left: int) -> dict[str, Any]:
    """Beside a name: something of theirs is over, or will be."""
    if left < 0:
        return {"word": _("credential ended"), "kind": "overdue"}
    return {"word": _("ends %(left)s") % {"left": days_left(left)}, "kind": "held"}


def days_left(days: int) -> str:
    """``today``, ``in 3 days``."""
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days} if days else _("today")


def own_words(held: Sequence[HeldWith], *, at: datetime) -> dict[str, Any]:
    """What a person is told of their own keys on every page: banners for what is over or will be within days, the worst
    first, and a note beside their name for what ends within the month, or until when they inspect. ``held``: their
    roles as access.py read them."""
    found: dict[tuple[int, CredentialKind], date] = {}
    for each in held:
        if not each.at(at):
            continue
        today = at.astimezone(each.zone).date()
        for kind, left in each.ending(at).items():
            found[left, kind] = today + timedelta(days=left)
    told, licensed = sorted(found.items()), any(each.at(at) and each.licensed(at) for each in held)
    return {
        "own_credentials": [_banner(kind, left, day, licensed) for (left, kind), day in told if left <= VERY_SOON],
        "own_credential_note": _inspects(held, at)
        or next((_note(kind, left) for (left, kind), day in told if left > VERY_SOON), ""),
    }


def _is_inspecting(held: HeldWith, at: datetime) -> bool:
    return held.role is Role.INSPECTOR and held.only is None and held.at(at)


def _inspects(held: Sequence[HeldWith], at: datetime) -> str:
    """``Inspector until 12 Dec 2026``: the last day on which it holds."""
    ends = [(each.ends_at, each.zone) for each in held if _is_inspecting(each, at) and each.ends_at]
    last_days = (calendar_day((ends_at - SECOND).astimezone(zone).date()) for ends_at, zone in ends)
    return next((_("Inspector until %(day)s") % {"day": day} for day in last_days), "")


def _banner(kind: CredentialKind, left: int, day: date, licensed: bool) -> dict[str, Any]:
    said = {"day": calendar_day(day), "left": days_left(left)}
    if left >= 0:
        return {"kind": "warning", "title": str(_ENDS[kind]) % said, "text": ""}
    rest = _("You can chart and call for help; dosing, readiness and signing wait for a new one.")
    if licensed:
        rest = _("What only that role may do waits for a new one; the rest you do in your other role.")
    return {"kind": "warning", "title": str(_ENDED[kind]) % said, "text": rest}


def _note(kind: CredentialKind, left: int) -> str:
    return _("%(what)s ends %(left)s") % {"what": KIND_WORDS[kind], "left": days_left(left)}
