"""What is next in the room: the coming hour of all chairs as one list, and whoever is expected and not here yet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app.models import DosingSession
from sessions_app.presenters.countdown import intake_word
from sessions_app.presenters.phase import checkpoint_name, stay_words
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.checks import CheckState, Purpose, check_schedule
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import BEFORE_DOSE, State

HOUR = timedelta(hours=1)
_LONGEST = 15


@dataclass(frozen=True)
class Coming:
    """Something that happens at a chair at a known time. ``expected``: the patient, who stays listed when late."""

    at: datetime
    what: str
    chair: str
    phase: str
    url: str
    expected: bool = False


def coming_of(
    dosing_session: DosingSession, facts: SessionFacts, refusals: tuple[Refusal, ...], phase: str, reader: Reader
) -> Iterator[Coming]:
    """Everything that is known to come for one session, however far ahead."""
    url = reverse("sessions_app:dosing-session", args=[dosing_session.pk])
    for at, what in _moments(facts, refusals, reader):
        yield Coming(at, what, dosing_session.chair, phase, url)


def _moments(facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader) -> Iterator[tuple[datetime, str]]:
    for refusal in refusals:
        if refusal.clears_at is None:
            continue
        if facts.state in BEFORE_DOSE and intake_word(refusal):
            yield refusal.clears_at, intake_word(refusal)
        elif refusal.code == "DEVICE_INTERVAL":
            yield refusal.clears_at, _("Device %(n)s may be given") % {"n": len(facts.delivered) + 1}
    if facts.state is not State.MONITORING:
        return
    waiting = [
        point
        for point in check_schedule(facts, now=reader.now)
        if point.state in (CheckState.UPCOMING, CheckState.DUE, CheckState.OVERDUE)
    ]
    yield from ((point.due_at, checkpoint_name(point)) for point in waiting)
    if facts.stay_ends_at and not any(point.purpose is Purpose.FINAL for point in waiting):
        yield facts.stay_ends_at, _("%(stay)s over") % {"stay": stay_words(facts.minimum_stay)}


def expected(dosing_session: DosingSession) -> Coming:
    """A booking of the day."""
    url = reverse("sessions_app:dosing-session", args=[dosing_session.pk])
    what = _("%(who)s expected") % {"who": dosing_session.patient.initials}
    return Coming(dosing_session.scheduled_at, what, dosing_session.chair, "free", url, expected=True)


def coming_list(items: Iterable[Coming], reader: Reader) -> dict[str, Any]:
    """The list as shown, by time, and how much more there is within the hour."""
    soon = sorted(
        (item for item in items if item.at <= reader.now + HOUR and (item.at > reader.now or item.expected)),
        key=lambda item: (item.at, item.chair),
    )
    shown = [
        {
            "at": clock_time(item.at, reader.zone),
            "what": item.what,
            "late": item.at <= reader.now,
            "chair": item.chair,
            "phase": item.phase,
            "url": item.url,
        }
        for item in soon[:_LONGEST]
    ]
    return {"coming": shown, "coming_more": len(soon) - len(shown)}
