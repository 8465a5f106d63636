"""What a refusal says: what is missing, what clears it. One function per code; no ids, no codes, no "error"."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from sessions_app.rules.program import Program

Text = str | Promise


@dataclass(frozen=True)
class Reader:
    """For whom and when a sentence is written."""

    zone: ZoneInfo
    now: datetime
    program: Program | None = None

    def clock(self, at: Any) -> str:
        return clock_time(at, self.zone) if isinstance(at, datetime) else ""


@dataclass(frozen=True)
class Sentence:
    """``step`` names the page where this reader can clear it, ``label`` its button; ``note`` stands in its place."""

    what: Text
    clears: Text
    icon: str = "slash-circle"
    step: str = ""
    label: Text = ""
    note: Text = ""


def measure_name(refusal: Refusal, reader: Reader) -> str:
    """A measure as the nurse calls it."""
    code = str(refusal.params.get("measure") or refusal.params.get("sign") or "")
    names = {"blood_pressure": _("Blood pressure"), "spo2": "SpO₂", "serious_event": _("Serious event")}
    sign = reader.program.sign(code) if reader.program else None
    return names.get(code) or (sign.label if sign else code.replace("_", " ").capitalize())
