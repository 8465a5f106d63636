"""What an alarm says: short, in the present, with its number where there is one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sessions_app.models import DosingSession
from sessions_app.presenters.follow_up import when
from sessions_app.presenters.phase import check_name
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.asked import asked_words
from sessions_app.rules.alarms import AlarmCode
from sessions_app.rules.checks import Purpose

COUNT = "%(count)s"  # where a page lets a number run


def alarm_words(code: str, params: Mapping[str, Any], session: DosingSession) -> str:
    """What it is about, without a number that runs."""
    if code.startswith("CHECK_"):
        said = {"check": check_name(Purpose(params["purpose"]), params["minute"])}
        words = {
            AlarmCode.CHECK_MISSED: _("%(check)s missed"),
            AlarmCode.CHECK_OVERDUE: _("%(check)s late"),
            AlarmCode.CHECK_DUE: _("%(check)s is due now"),
            AlarmCode.CHECK_DUE_SOON: _("%(check)s is due soon"),
        }
        return words[AlarmCode(code)] % said
    if code == AlarmCode.BP:
        said = {"systolic": params["systolic"], "diastolic": params["diastolic"]}
        rising = params.get("rising")
        return (
            _("BP %(systolic)s/%(diastolic)s and rising")
            if rising
            else _("BP %(systolic)s/%(diastolic)s, above the line")
        ) % said
    if code == AlarmCode.SPO2:
        return _("SpO₂ %(percent)s %%, below %(floor)s %%") % {"percent": params["percent"], "floor": params["floor"]}
    if code == AlarmCode.RESPIRATORY:
        score = params.get("score")
        return _("Breathing, %(score)s a minute") % {"score": score} if score else _("Breathing is depressed")
    words = {
        AlarmCode.SAFETY_ALERT: _("Safety alert: the prescriber's plan before leaving"),
        AlarmCode.FOLLOW_UP: _("Left early and not reached: %(initials)s"),
        AlarmCode.PRESCRIBER_ABSENT: _("No prescriber on site"),
        AlarmCode.OXIMETER: _("No working oximeter"),
        AlarmCode.FACILITY: _("The clinic was stopped"),
        AlarmCode.ENROLMENT: _("The enrolment was withdrawn"),
        AlarmCode.GATE_WOULD_HAVE_REFUSED: _("What was entered since would have closed a gate"),
    }
    return words[AlarmCode(code)] % {"initials": session.patient.initials}


def running_words(code: str, params: Mapping[str, Any]) -> str:
    """The same with the place of a number that runs; empty where none does."""
    said = {"count": COUNT}
    if code in (AlarmCode.CHECK_OVERDUE, AlarmCode.CHECK_DUE_SOON):
        said["check"] = check_name(Purpose(params["purpose"]), params["minute"])
        late = code == AlarmCode.CHECK_OVERDUE
        return (_("%(check)s %(count)s late") if late else _("%(check)s in %(count)s")) % said
    return ""


def counted_from(code: str, params: Mapping[str, Any], since: datetime) -> datetime:
    """From its due minute on; a check that has become stale, from then."""
    due_at = datetime.fromisoformat(params["due_at"])
    return since if code == AlarmCode.CHECK_OVERDUE and since > due_at + timedelta(minutes=1) else due_at


def detail_words(code: str, params: Mapping[str, Any], since: datetime, reader: Reader) -> str:
    """What stands under it before who has it."""
    if code == AlarmCode.CHECK_OVERDUE:
        return ""
    if code.startswith("CHECK_"):
        return _("Due %(at)s") % {"at": reader.clock(datetime.fromisoformat(params["due_at"]))}
    if code in (AlarmCode.BP, AlarmCode.SPO2, AlarmCode.RESPIRATORY, AlarmCode.SAFETY_ALERT):
        return _("At %(at)s") % {"at": reader.clock(since)}
    if code == AlarmCode.GATE_WOULD_HAVE_REFUSED:
        return asked_words((code for codes in params.values() for code in codes), reader)
    return _("Since %(at)s") % {"at": when(since, reader)}
