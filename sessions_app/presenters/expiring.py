"""What expires, in words: the same on the facility's page, in the list of facilities and in a mail."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Facility
from clinic.models.expiring import INVENTORY, OWN_REVIEW, Expiring
from clinic.presenters.time import calendar_day
from clinic.rules.credentials import CredentialKind
from clinic.rules.reminders import STEPS, days_left
from sessions_app.presenters.sentences import Text
from sessions_app.presenters.sentences.certification import REQUIREMENT_WORDS

ABOUT_WORDS: Mapping[str, Text] = {
    CredentialKind.LICENCE: gettext_lazy("Licence"),
    CredentialKind.DEA: gettext_lazy("DEA registration"),
    CredentialKind.REMS_TRAINING: gettext_lazy("REMS training"),
    **REQUIREMENT_WORDS,
    OWN_REVIEW: gettext_lazy("The clinic's own review"),
    INVENTORY: gettext_lazy("Biennial inventory"),
}


def expiring_line(each: Expiring, *, today: date) -> dict[str, Any]:
    """One thing: what and whose, its last day, how long that is, and how much it presses."""
    left = days_left(each.last_day, today=today)
    return {
        "what": what_expires(each),
        "day": calendar_day(each.last_day),
        "left": left_words(left),
        "kind": "overdue" if left < 0 else "held" if left <= STEPS[-1] else "",
        "badge": {"word": _("Over"), "kind": "overdue"} if left < 0 else None,
    }


def what_expires(each: Expiring) -> str:
    what = str(ABOUT_WORDS[each.about])
    return f"{what}, {each.whose}" if each.whose else what


def left_words(left: int) -> str:
    if left == 0:
        return _("today is its last day")
    if left < 0:
        return ngettext("over for %(days)s day", "over for %(days)s days", -left) % {"days": -left}
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}


def reminder_mail(told: Mapping[Facility, Iterable[Expiring]], *, at: datetime) -> tuple[str, str]:
    """Subject and text for one administrator: everything to tell at their facilities. Names staff, never a patient."""
    blocks, count = [], 0
    for facility, things in told.items():
        today = at.astimezone(facility.zone).date()
        lines = [expiring_line(each, today=today) for each in things]
        count += len(lines)
        listed = "\n".join(f"- {line['what']}: {line['day']}, {line['left']}" for line in lines)
        blocks.append(f"{facility.name}\n{listed}")
    subject = ngettext("Vigil: %(count)s thing expires soon", "Vigil: %(count)s things expire soon", count)
    closing = _(
        "Renew it, and enter the new date in Vigil. Each thing is told 90, 60, 30 and 7 days before, once each."
    )
    return subject % {"count": count}, "\n\n".join([*blocks, closing]) + "\n"
