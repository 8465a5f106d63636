"""The checks still to come of one chair, as a tablet counts them while no server answers: times and their words. Script
decides nothing by them; what a check counts for is judged when it arrives."""

import json
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app.models import DosingSession
from sessions_app.presenters.alarm import alarm_id
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.alarms import AlarmCode, check_key
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, check_schedule
from sessions_app.rules.discharge import peak_window
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import UNDER_WATCH, State

_WAITING = (CheckState.UPCOMING, CheckState.DUE, CheckState.OVERDUE)
_ALARMS = {"coming": AlarmCode.CHECK_DUE_SOON, "due": AlarmCode.CHECK_DUE, "late": AlarmCode.CHECK_OVERDUE}
_LATE_AFTER = timedelta(minutes=1)


def plan_of(dosing_session: DosingSession, facts: SessionFacts, refusals: tuple[Refusal, ...], reader: Reader) -> str:
    """JSON of ``data-plan``; empty where nobody is asked for a check, as whoever may leave is not."""
    window = peak_window(facts)
    asked = facts.state in UNDER_WATCH and (facts.state is not State.MONITORING or refusals)
    if window is None or not asked:
        return ""
    points = [point for point in check_schedule(facts, now=reader.now) if point.state in _WAITING]
    return json.dumps([_planned(point, dosing_session, window.device_id, reader) for point in points])


def _planned(point: Checkpoint, dosing_session: DosingSession, device_id: object, reader: Reader) -> dict[str, Any]:
    """``full``: a blood pressure alone does not do. The alarms' names are the server's own, so that what was said here
    is not said again when it is back."""

    def local(at: Any) -> str:
        return str(at.astimezone(reader.zone).isoformat()) if at else ""

    check, due = {"check": checkpoint_name(point)}, {"at": clock_time(point.due_at, reader.zone)}
    return {
        "opens": local(point.opens_at),
        "at": local(point.due_at),
        "late_at": local(point.due_at + _LATE_AFTER),
        "closes": local(point.closes_at),
        "full": point.purpose is Purpose.FINAL,
        "coming": [_("%(check)s in") % check, _("due %(at)s") % due],
        "due": [_("%(check)s is due") % check, _("since %(at)s") % due],
        "late": [_("%(check)s late") % check, _("was due %(at)s") % due],
        "alarms": {
            stage: alarm_id(dosing_session, check_key(code, point, device_id)) for stage, code in _ALARMS.items()
        },
    }
