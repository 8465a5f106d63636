"""What a session took from the cabinet: what it still has, and what it says of it."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Device, StockMovement
from clinic.presenters.time import clock_time
from clinic.rules.cabinet import Move
from sessions_app.models import DosingSession
from sessions_app.presenters.correction import channel_notes
from sessions_app.presenters.readings import entered_later, short_name
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.steps import may_take
from sessions_app.rules.states import ENDED, State

_SAID: dict[str, Text] = {
    Move.DRAWN: gettext_lazy("Taken from the cabinet: %(numbers)s"),
    Move.PUT_BACK: gettext_lazy("Put back into the cabinet: %(numbers)s"),
    Move.WASTED: gettext_lazy("Wasted: %(numbers)s"),
    Move.LOST: gettext_lazy("Lost or stolen: %(numbers)s"),
}
# What is charted otherwise says so itself.
_CHARTED = {Move.ADMINISTERED, Move.FAILED, Move.CORRECTED}


def step_lines(steps: Iterable[StockMovement], reader: Reader) -> list[Any]:
    """Lines of the session's own timeline, each with its place in it; devices of one entry are one line."""
    entries: dict[UUID, list[StockMovement]] = {}
    for step in steps:
        entries.setdefault(step.entry_id, []).append(step)
    lines = []
    for rows in entries.values():
        first = rows[0]
        if {Move(row.kind) for row in rows} & _CHARTED or first.kind not in _SAID:
            continue
        numbers = ", ".join(sorted(row.device.number for row in rows))
        line = {
            "time": clock_time(first.occurred_at, reader.zone),
            "text": str(_SAID[first.kind]) % {"numbers": numbers},
            "entered": entered_later(first, reader),
            "who": short_name(first.performed_by.printed_name),
            "reason": first.reason,
            "notes": channel_notes(first.channel),
        }
        lines.append(((first.occurred_at, 0), line))
    return lines


def taken_notice(
    held: Sequence[Device], dosing_session: DosingSession, permissions: frozenset[str]
) -> list[dict[str, Any]]:
    """What was taken and is neither given nor put back: quiet while it may still be given."""
    if not held:
        return []
    said = {"numbers": ", ".join(device.number for device in held), "count": len(held)}
    waits = dosing_session.state in (State.CLEARED, State.DOSING)
    text = ngettext("Device %(numbers)s.", "Devices %(numbers)s.", len(held)) % said
    if dosing_session.state in ENDED:
        text += " " + _("The session is over: it is a discrepancy of the cabinet until somebody says where it is.")
    url = reverse("sessions_app:put-back-devices", args=[dosing_session.pk])
    may = may_take("put-back-devices", permissions)
    return [
        {
            "kind": "info" if waits else "warning",
            "icon": "capsule",
            "title": _("Taken, not given yet.") if waits else _("Taken, and not given."),
            "text": text,
            **({"url": url, "label": _("Put back")} if may else {}),
        }
    ]
