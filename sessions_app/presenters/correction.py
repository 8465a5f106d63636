"""Words of putting right: which check, which chair, what a correction did."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import Channel, Correction
from clinic.presenters.time import clock_time
from sessions_app.models import Check, DosingSession
from sessions_app.presenters.person import patient_header
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.states import ENDED


def check_line(check: Check, reader: Reader) -> str:
    """``Check of 10:14: 182/82, 97 %``."""
    values = [f"{check.systolic_mmhg}/{check.diastolic_mmhg}"] if check.systolic_mmhg else []
    values += [f"{check.spo2_percent} %"] if check.spo2_percent else []
    said = {"at": clock_time(check.occurred_at, reader.zone), "values": ", ".join(values) or "–"}
    return _("Check of %(at)s: %(values)s") % said


def chair_line(session: DosingSession, *, now: datetime) -> str:
    """``Chair 3 · RT, 43``: nobody is named to whoever looks over a shoulder."""
    age = patient_header(session.patient, on=now, facility_zone=session.facility.zone)["age"]
    line = _("Chair %(chair)s · %(initials)s, %(age)s") % {
        "chair": session.chair or "–",
        "initials": session.patient.initials,
        "age": age,
    }
    return f"{line} ({STATE_WORDS[session.state]})" if session.state in ENDED else line


def struck_words(correction: Correction, reader: Reader, *, to: DosingSession | None = None) -> str:
    """Who took a row out of force, when and why, and whether it stands elsewhere."""
    said = {
        "at": clock_time(correction.occurred_at, reader.zone),
        "who": correction.performed_by.printed_name,
        "reason": correction.reason,
    }
    if to is not None:
        return _("moved to chair %(chair)s (%(initials)s) at %(at)s by %(who)s: %(reason)s") % {
            **said,
            "chair": to.chair or "–",
            "initials": to.patient.initials,
        }
    if correction.replacement_id:
        return _("corrected %(at)s by %(who)s: %(reason)s") % said
    return _("voided %(at)s by %(who)s: %(reason)s") % said


def moved_here_words(origin: DosingSession) -> str:
    """Where a check was charted first."""
    return _("moved here from chair %(chair)s") % {"chair": origin.chair or "–"}


def was_words(struck: Check) -> str:
    """``was 182/82``, beside the value that is right."""
    if struck.systolic_mmhg:
        return _("was %(value)s") % {"value": f"{struck.systolic_mmhg}/{struck.diastolic_mmhg}"}
    return _("corrected")


def channel_notes(channel: str) -> list[str]:
    """How a row came in where it was not typed straight into the server: a label that stays for ever."""
    words = {Channel.PAPER: _("from paper"), Channel.OFFLINE: _("offline")}
    return [words[Channel(channel)]] if channel in words else []


def ways_besides(dosing_session: DosingSession, check: Check) -> list[dict[str, str]]:
    """What else may be wrong with a check than a value."""
    move = reverse("sessions_app:move-check", args=[dosing_session.pk, check.pk])
    void = reverse("sessions_app:void", args=[dosing_session.pk, "Check", check.pk])
    return [
        {"url": move, "label": _("Wrong chair: move it"), "why": _("Its values belong to another patient here.")},
        {"url": void, "label": _("Void it"), "why": _("It was never taken.")},
    ]


def names_by_chair(sessions: Iterable[DosingSession], *, now: datetime) -> list[dict[str, Any]]:
    """For whoever presses to see the names."""
    return [
        {"chair": chair_line(session, now=now), "name": session.patient.full_name, "mrn": session.patient.mrn}
        for session in sessions
    ]


def void_words(row_kind: str) -> dict[str, Any]:
    """The page that takes a row out of force."""
    if row_kind == "DeviceAdministration":
        return {
            "title": _("A wrong device, or a wrong device time"),
            "button": _("Take it back"),
            "intro": _(
                "Two people: somebody other than who charted it takes it back here. Then it is handed over anew on the "
                "next page, with its right number and time; a time more than 10 minutes back counts from its entry "
                "until a second person confirms it."
            ),
        }
    return {"title": _("Void an entry"), "button": _("Void it"), "intro": _("Then enter it anew as it really was.")}
