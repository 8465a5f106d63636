"""The alarms of a floor or a session: what holds now, who has it, and what came of those that are over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.identifiers import new_id
from clinic.presenters.time import countdown
from clinic.rules.roles import Permission
from sessions_app.models import Alarm, AlarmStep, DosingSession
from sessions_app.models.alarm_state import AlarmState, Raised, alarm_state, alarms_of_day, steps_by_alarm
from sessions_app.models.day import Day
from sessions_app.models.record import Record
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.alarm import (
    COUNT,
    alarm_words,
    counted_from,
    detail_words,
    running_words,
)
from sessions_app.presenters.steps import may_take
from sessions_app.rules.alarms import AROUND, UNTIL_ACKNOWLEDGED, URGENCY, AlarmCode, Level, escalates_at, level_of
from sessions_app.rules.facts import SessionFacts

# Written within a few seconds of its cause, unless the command that does it is down.
_UNRECORDED = timedelta(minutes=1)
_OXYGEN = (AlarmCode.SPO2, AlarmCode.RESPIRATORY)
_MEASURED = (*_OXYGEN, AlarmCode.BP)


@dataclass
class Shown:
    """One cause, at every chair that it concerns, with what was written about it."""

    code: str
    cause: str
    since: datetime
    params: dict[str, Any]
    state: AlarmState
    session: DosingSession
    raised: Raised | None = None
    chairs: list[str] = field(default_factory=list)

    @property
    def level(self) -> Level:
        return level_of(self.code)

    @property
    def had(self) -> AlarmStep | None:
        return self.raised.acknowledged if self.raised else None

    @property
    def told_at(self) -> datetime | None:
        """When the prescriber is told; the page itself tells, whether or not the step is written yet."""
        if self.raised and self.raised.escalated:
            return self.raised.escalated.occurred_at
        raised_at = self.raised.alarm.occurred_at if self.raised else self.since
        return escalates_at(self.code, raised_at=raised_at, minutes=self.state.minutes)

    def is_told(self, now: datetime) -> bool:
        return self.had is None and self.told_at is not None and now >= self.told_at


def floor_alarms(day: Day, *, permissions: frozenset[Permission]) -> dict[str, Any]:
    """The rail's alarms; there even when there are none, for its sound."""
    names = [row.person.printed_name for row in day.site.prescribers_on_site]
    reader = Reader(day.facility.zone, day.at)
    return _panel(alarms_of_day(day), reader, permissions, names, back="floor")


def session_alarms(
    record: Record, facts: SessionFacts | None, reader: Reader, *, permissions: frozenset[Permission]
) -> dict[str, Any]:
    """Those of one session, and when time alone changes what is said of them; a booking has none."""
    session = record.dosing_session
    if facts is None:
        return {"items": [], "turns": []}
    site = record.batch.site(session.facility, session.program_code, at=reader.now)
    names = [row.person.printed_name for row in site.prescribers_on_site]
    states = [(session, alarm_state(record, at=reader.now, facts=facts))]
    return _panel(states, reader, permissions, names, back="session")


def alarm_history(record: Record, reader: Reader) -> list[dict[str, Any]]:
    """Every alarm that was raised, and each step with its time and its person."""
    steps = steps_by_alarm(record)
    return [
        {
            "what": alarm_words(alarm.code, alarm.params, record.dosing_session),
            "steps": [
                _("raised %(at)s") % {"at": reader.clock(alarm.occurred_at)},
                *(_step_words(step, reader) for step in steps.get(alarm.pk, [])),
            ],
        }
        for alarm in record.all(Alarm)
    ]


def _step_words(step: AlarmStep, reader: Reader) -> str:
    said = {"at": reader.clock(step.occurred_at), "who": step.performed_by.printed_name}
    if step.kind == AlarmStep.Kind.ACKNOWLEDGED:
        return _("%(who)s had it %(at)s") % said
    if step.kind == AlarmStep.Kind.CLEARED:
        return _("over %(at)s") % said
    told = ", ".join(step.params["told"])
    return _("%(told)s told %(at)s") % {**said, "told": told} if told else _("nobody to tell %(at)s") % said


# --- the panel ----------------------------------------------------------------------------------------


def _panel(
    states: Iterable[tuple[DosingSession, AlarmState]],
    reader: Reader,
    permissions: frozenset[Permission],
    prescribers: list[str],
    *,
    back: str,
) -> dict[str, Any]:
    found: dict[str, Shown] = {}
    turns: list[datetime] = []
    for session, state in states:
        turns += state.turns
        for alarm in _shown(session, state):
            key = alarm.cause if alarm.code in AROUND else f"{session.pk}:{alarm.cause}"
            found.setdefault(key, alarm).chairs.append(session.chair)
    decides = Permission.PRESCRIBE in permissions

    def urgency(alarm: Shown) -> tuple[bool, bool, int, datetime]:
        return not (decides and alarm.is_told(reader.now)), bool(alarm.had), URGENCY[AlarmCode(alarm.code)], alarm.since

    alarms = sorted(found.values(), key=urgency)
    unwritten = [alarm for alarm in alarms if alarm.level is Level.LOUD and alarm.raised is None]
    return {
        "items": [_item(alarm, reader, permissions, prescribers, back) for alarm in alarms],
        "loud": sum(alarm.level is Level.LOUD for alarm in alarms),
        "unrecorded": any(reader.now >= alarm.since + _UNRECORDED for alarm in unwritten),
        "on_floor": back == "floor",
        "turns": [*turns, *(at for alarm in alarms for at in (alarm.told_at, alarm.since + _UNRECORDED) if at)],
    }


def _shown(session: DosingSession, state: AlarmState) -> Iterable[Shown]:
    for held in state.holding:
        raised = state.of(held.key)
        yield Shown(held.code, held.key, held.since, dict(held.params), state, session, raised)
    for raised in state.open:
        alarm = raised.alarm
        if alarm.code in UNTIL_ACKNOWLEDGED:
            yield Shown(alarm.code, raised.cause, alarm.occurred_at, alarm.params, state, session, raised)


def _item(
    alarm: Shown, reader: Reader, permissions: frozenset[Permission], prescribers: list[str], back: str
) -> dict[str, Any]:
    session, reads = alarm.session, Permission.READ_CHART in permissions or is_of_the_floor(alarm.code)
    chair = alarm.chairs[0] if len(alarm.chairs) == 1 and alarm.code != AlarmCode.FOLLOW_UP else ""
    what = alarm_words(alarm.code, alarm.params, session) if reads else _("Somebody is needed here")
    takes = alarm.level is not Level.SOON and alarm.had is None and may_take("acknowledge-alarm", permissions)
    return {
        "id": alarm_id(session, alarm.cause if reads else "alarm"),
        "kind": _kind(alarm) if reads else "overdue",
        "chair": chair,
        "what": what,
        **_running(alarm, reader),
        "more": ". ".join(filter(None, _more(alarm, reader, prescribers, reads))),
        "say": _("Chair %(chair)s: %(what)s") % {"chair": chair, "what": what} if chair else what,
        "sound": _sound(alarm) if reads or not _sound(alarm) else "late",
        "yours": alarm.is_told(reader.now) and Permission.PRESCRIBE in permissions,
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        **_way(alarm, permissions),
        "take_url": reverse("sessions_app:acknowledge-alarm", args=[session.pk]) if takes else "",
        "hidden": {"entry_id": new_id(), "cause": alarm.cause, "back": back} if takes else {},
    }


def alarm_id(session: DosingSession, cause: str) -> str:
    """By what a page knows that it said and sounded it."""
    return f"{session.pk.hex[-8:]}-{cause}".replace(":", "-")


def is_of_the_floor(code: str) -> bool:
    """Whether whoever does not read the chart may know what it is about: a check that is due, who and what is missing
    in the house. Of any other they see that there is one, and where."""
    return code.startswith("CHECK_") or code in AROUND


def _kind(alarm: Shown) -> str:
    """Colour and shape: calm until late, amber where something holds, vermilion where somebody is late or short of
    breath."""
    if alarm.level is not Level.LOUD:
        return "monitor"
    amber = (AlarmCode.BP, *AROUND, *UNTIL_ACKNOWLEDGED)
    return "held" if alarm.code in amber else "overdue"


def _running(alarm: Shown, reader: Reader) -> dict[str, Any]:
    words = running_words(alarm.code, alarm.params)
    if not words:
        return {}
    before, _count, after = words.partition(COUNT)
    at = counted_from(alarm.code, alarm.params, alarm.since)
    down = alarm.code == AlarmCode.CHECK_DUE_SOON
    return {
        "before": before,
        "after": after,
        "count_text": countdown(abs(reader.now - at)),
        ("due_iso" if down else "since_iso"): at.isoformat(),
    }


def _more(alarm: Shown, reader: Reader, prescribers: list[str], reads: bool) -> Iterable[str]:
    if len(alarm.chairs) > 1:
        yield _("Chairs %(chairs)s") % {"chairs": ", ".join(alarm.chairs)}
    if reads:
        yield detail_words(alarm.code, alarm.params, alarm.since, reader)
    if alarm.level is Level.SOON:
        return
    if had := alarm.had:
        yield _("%(who)s has it, %(at)s") % {"who": had.performed_by.printed_name, "at": reader.clock(had.occurred_at)}
        return
    yield _("Nobody has it yet")
    if alarm.told_at is None:
        return
    escalated = alarm.raised.escalated if alarm.raised else None
    told = ", ".join(escalated.params["told"] if escalated else prescribers)
    said = {"who": told, "at": reader.clock(alarm.told_at)}
    if not told:
        yield _("No prescriber is here to be told")
    elif alarm.is_told(reader.now):
        yield _("%(who)s told %(at)s") % said
    else:
        yield _("%(who)s is told at %(at)s") % said


def _sound(alarm: Shown) -> str:
    """What it sounds like until somebody has it."""
    if alarm.level is Level.SOON or alarm.had:
        return ""
    if alarm.level is Level.DUE:
        return "due"
    return "oxygen" if alarm.code in _OXYGEN else "late"


def _way(alarm: Shown, permissions: frozenset[Permission]) -> dict[str, str]:
    """The button that leads to what would end it."""
    session = alarm.session.pk
    if alarm.code.startswith("CHECK_") and may_take("record-check", permissions):
        return {"do_url": reverse("sessions_app:record-check", args=[session]), "do_label": _("Chart now")}
    if alarm.code in _MEASURED and may_take("record-check", permissions):
        return {"do_url": reverse("sessions_app:record-check", args=[session]), "do_label": _("Measure again")}
    if alarm.code == AlarmCode.SAFETY_ALERT and may_take("answer-safety-alert", permissions):
        url = reverse("sessions_app:answer-safety-alert", args=[alarm.cause.partition(":")[2]])
        return {"do_url": url, "do_label": _("Answer")}
    if alarm.code == AlarmCode.FOLLOW_UP and may_take("record-follow-up-call", permissions):
        url = reverse("sessions_app:record-follow-up-call", args=[session])
        return {"do_url": url, "do_label": _("Record a call")}
    if alarm.code in (AlarmCode.PRESCRIBER_ABSENT, AlarmCode.OXIMETER, AlarmCode.FACILITY):
        return {"do_url": reverse("sessions_app:facility"), "do_label": _("Who is here")}
    return {}
