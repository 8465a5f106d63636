"""A prior authorisation in words: the same on the course, at the desk and on the patient's page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.presenters.time import calendar_day
from sessions_app.models import Authorisation
from sessions_app.presenters.course_words import AUTHORISATION_WORDS
from sessions_app.rules.authorisation import AuthorisationState, authorisation_state


def authorisation_words(row: Authorisation, dose_days: list[date], today: date) -> dict[str, Any]:
    """``Juniper Health, number 88-1``, its days, how many of its sessions are used, and how it stands."""
    used = row.facts.used(dose_days)
    word, kind = AUTHORISATION_WORDS[authorisation_state(row.facts, used=used, today=today)]
    days = {"first": calendar_day(row.from_date), "last": calendar_day(row.to_date)}
    counted = (
        _("%(used)s of %(all)s sessions used") % {"used": used, "all": row.sessions}
        if row.sessions
        else ngettext("%(used)s session used", "%(used)s sessions used", used) % {"used": used}
    )
    return {
        "what": ", ".join(part for part in (row.payer, row.number) if part),
        "detail": f"{_('%(first)s to %(last)s') % days}, {counted}",
        "badge": {"word": word, "kind": kind},
    }


def standing_authorisation(rows: Sequence[Authorisation], dose_days: list[date], today: date) -> Authorisation | None:
    """The one that covers today and has something left, or else the last one, by their first days."""
    now = [row for row in rows if row.facts.covers(today)] or rows[-1:]

    def left(row: Authorisation) -> bool:
        state = authorisation_state(row.facts, used=row.facts.used(dose_days), today=today)
        return state not in (AuthorisationState.USED_UP, AuthorisationState.OVER)

    return next(reversed([row for row in now if left(row)] or now), None)
