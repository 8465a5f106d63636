"""The wall: the same chairs for whoever walks past a television. Nothing here is taken over that is not named here, so
that no patient's name or initials get onto it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import running_clock
from sessions_app.models.day import Day
from sessions_app.presenters.coming import coming_list
from sessions_app.presenters.floor import Board, status_bar
from sessions_app.presenters.sentences import Reader

MOST_CHAIRS, COMING_SHOWN = 12, 5
_TAKEN_OVER = (
    "chair",
    "phase",
    "phase_word",
    "ring",
    "loud",
    "next_what",
    "next_count_text",
    "next_due_iso",
    "next_since_iso",
    "bp_text",
    "bp_arrow",
    "bp_out",
    "spo2_text",
    "spo2_out",
    "may_leave_from",
)


def wall_page(day: Day, board: Board, *, now: datetime) -> dict[str, Any]:
    """Context of ``_wall.html``. A television shows twelve chairs at most: of more, the most urgent."""
    shown = {id(tile) for tile in board.by_urgency()[:MOST_CHAIRS]}
    coming = [replace(item, what=_("Next patient")) if item.expected else item for item in board.coming]
    site = status_bar(day.site)
    return {
        "facility": day.facility.name,
        "clock": running_clock(now, day.facility.zone),
        "prescriber": bool(site["prescribers"]),
        "oximeters": site["oximeters"],
        "tiles": [_wall_tile(tile) for tile in board.tiles if id(tile) in shown],
        "left_out": len(board.tiles) - len(shown),
        "coming": coming_list(coming, Reader(day.facility.zone, now))["coming"][:COMING_SHOWN],
    }


def _wall_tile(tile: dict[str, Any]) -> dict[str, Any]:
    shown = {name: tile[name] for name in _TAKEN_OVER if name in tile}
    if tile["phase"] != "free":
        return {**shown, "say": tile.get("foot", "")}
    expected = _("Next patient in") if "next_due_iso" in tile else _("Next patient since")
    return {**shown, "next_what": expected if tile.get("next_count_text") else _("Nobody expected here")}
