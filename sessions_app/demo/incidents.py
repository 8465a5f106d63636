"""What goes on beside the plan of a visit: symptoms, a medicine, things put right, calls."""

from datetime import datetime
from typing import Any

from clinic.actions.entry import Submission
from sessions_app.actions import correction, follow_up, monitoring, replacement
from sessions_app.demo.timeline import minutes
from sessions_app.demo.visit import Visit
from sessions_app.models import Check, FollowUpCall, MedicineGiven
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.facts import SignEventKind


def nausea(visit: Visit, begins: float, gone: float) -> None:
    """With a medicine for it, given on site."""
    visit.step(begins, monitoring.record_sign, code="nausea", kind=SignEventKind.ONSET)
    tablet: dict[str, Any] = {"drug": "ondansetron", "dose": "4 mg", "route": MedicineGiven.Route.SUBLINGUAL}
    visit.step(begins + 2, monitoring.give_medicine, **tablet)
    visit.step(gone, monitoring.record_sign, code="nausea", kind=SignEventKind.RESOLUTION)


def mistyped(visit: Visit, minute: float, wrong: CheckEntry, right: CheckEntry) -> None:
    """A check put right two minutes after it was charted."""
    visit.chart(minute, wrong)

    def correct(now: datetime) -> None:
        replacement.correct_check(
            dosing_session=visit.session,
            check_id=_newest_check(visit).pk,
            check=right,
            reason="Two digits swapped.",
            entry=Submission(),
            by=visit.monitor,
            now=now,
        )

    visit.timeline.at(visit.last_device_at + minutes(minute + 2), correct)


def wrong_chair(visit: Visit, minute: float, check: CheckEntry) -> None:
    """A check that was somebody else's, struck through a minute later."""
    visit.chart(minute, check)

    def strike(now: datetime) -> None:
        correction.void_row(
            dosing_session=visit.session,
            row_kind="Check",
            row_id=_newest_check(visit).pk,
            reason="Charted at the wrong chair.",
            entry=Submission(),
            by=visit.monitor,
            now=now,
        )

    visit.timeline.at(visit.last_device_at + minutes(minute + 1), strike)


def _newest_check(visit: Visit) -> Check:
    return Check.objects.filter(dosing_session=visit.session).latest("order")


def not_reached(visit: Visit, minute: float) -> None:
    """Called after leaving early, and nobody answered: the task stays open."""
    visit.step(minute, follow_up.record_follow_up_call, outcome=FollowUpCall.Outcome.NOT_REACHED)
