"""What goes on beside the plan of a visit: symptoms, a medicine, things put right, calls."""

from datetime import datetime
from typing import Any

from clinic.actions.entry import Submission
from sessions_app.actions import correction, emergency, floor, follow_up, monitoring, replacement
from sessions_app.demo.timeline import minutes
from sessions_app.demo.visit import Visit
from sessions_app.models import Check, Emergency, EmergencyCall, FollowUpCall, MedicineGiven, PrescriberContact
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


def watched(visit: Visit, minute: float) -> None:
    """Whoever monitors says so by name."""
    visit.step(minute, floor.take_watch)


def shift_change(visit: Visit, minute: float, written_state: str) -> None:
    """Handed over to the second nurse, with a short written state."""
    visit.step(minute, floor.hand_over, receiver=visit.clinic.people["nils"], written_state=written_state)


def by_telephone(visit: Visit, minute: float, said: str) -> None:
    """The prescriber speaks by telephone; it is read back, and opens no gate."""
    how: dict[str, Any] = {"how": PrescriberContact.How.TELEPHONE, "said": said, "read_back": True}
    visit.step(minute, floor.contact_prescriber, prescriber=visit.clinic.prescriber, **how)


def chest_pain(visit: Visit, minute: float) -> None:
    """The emergency button, and who was called."""
    calls = {EmergencyCall.Whom.AMBULANCE: "", EmergencyCall.Whom.PRESCRIBER: "Paul Penstemon"}
    said: dict[str, Any] = {"kind": Emergency.Kind.CHEST_PAIN, "what": "Tightness, pale, speaks clearly."}
    visit.step(minute, emergency.raise_emergency, calls=calls, **said)
