"""Who read what outside their facilities, why, and what was said of it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import BreakGlass, BreakGlassReview
from clinic.presenters.time import calendar_day
from sessions_app.presenters.sentences import Reader


def review_page(broken: Iterable[BreakGlass], reader: Reader, *, viewer: Any) -> dict[str, Any]:
    """Context of ``clinic/broken_glass.html``."""
    return {"readings": [_line(glass, reader, viewer) for glass in broken]}


def glass_rows(glass: BreakGlass, reader: Reader) -> list[dict[str, Any]]:
    return [
        {"label": _("Who"), "value": str(glass.performed_by)},
        {"label": _("Patient"), "value": f"{glass.patient.full_name}, {glass.patient.mrn}"},
        {"label": _("When"), "value": _span(glass, reader)},
        {"label": _("Why"), "value": glass.reason},
    ]


def _line(glass: BreakGlass, reader: Reader, viewer: Any) -> dict[str, Any]:
    review = getattr(glass, "review", None)
    said: dict[str, Any] = {"badge": {"word": _("Not reviewed"), "kind": "held"}, "note": ""}
    if review:
        kind = "ready" if review.verdict == BreakGlassReview.Verdict.JUSTIFIED else "overdue"
        said = {"badge": {"word": review.get_verdict_display(), "kind": kind}, "note": review.note}
        said["by"] = str(review.performed_by)
    own = glass.performed_by_id == viewer.pk
    return {
        "who": str(glass.performed_by),
        "patient": glass.patient.full_name,
        "mrn": glass.patient.mrn,
        "when": _span(glass, reader),
        "reason": glass.reason,
        "url": "" if review or own else reverse("sessions_app:review-glass", args=[glass.pk]),
        **said,
    }


def _span(glass: BreakGlass, reader: Reader) -> str:
    day = calendar_day(glass.occurred_at.astimezone(reader.zone).date())
    said = {"day": day, "begun": reader.clock(glass.occurred_at), "until": reader.clock(glass.until)}
    return _("%(day)s, %(begun)s to %(until)s") % said
