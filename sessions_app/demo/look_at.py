"""What there is to see, printed by ``make demo``: each scene with who plays it and where they are now."""

from collections.abc import Iterator

from clinic.presenters.time import clock_time
from sessions_app.demo import people as p
from sessions_app.models import DosingSession
from sessions_app.rules.states import OPEN, State

SCENES = (
    (p.HUGO, "checked in, little asked yet; a safety alert waits for paul's plan"),
    (p.GRETA, "between two devices"),
    (p.MAUD, "off-label course for anxiety, still drowsy; one check was struck"),
    (p.SILAS, "the check at 40 minutes is overdue"),
    (p.FELIX, "held by blood pressure: the prescriber (paul) may decide"),
    (p.ROSALIND, "nothing asked yet: walk one whole session"),
    (p.OPAL, "ready to leave; thirty sessions before, with a response: see the patient's picture"),
    (p.IDA, "two hours are over, dissociation is not; one check was put right"),
    (p.THEO, "half a dose, nausea and a medicine for it"),
    (p.NED, "left before the gate opened; nobody answered the call"),
    (p.VERA, "chest tightness; handed over to the hospital"),
    (p.BRUNO, "blood pressure 168/102 before the dose"),
    (p.CLARA, "ill at home"),
    (p.ELSE, "checked in under the wrong name; two people agreed"),
    (p.WILMA, "booked off-label without its papers"),
    (p.DORA, "watched on, though the Authorized Representative left (nell)"),
    (p.LARS, "cleared, but no device may follow (nell)"),
    (p.OTIS, "the REMS has not confirmed this clinic (otto)"),
)
ENDS = {
    State.DISCHARGED: "gone home",
    State.LEFT_EARLY: "gone",
    State.TRANSFERRED: "transferred",
    State.NOT_DOSED: "not dosed",
    State.CANCELLED: "cancelled",
    State.ENTERED_IN_ERROR: "in error",
}


def scenes() -> Iterator[tuple[str, str, str]]:
    """Where, who, what to look at."""
    for somebody, what in SCENES:
        sessions = DosingSession.objects.filter(patient__mrn__regex=somebody.family)
        newest = sessions.select_related("facility", "patient").order_by("-scheduled_at").first()
        if newest is not None:
            yield _where(newest), str(newest.patient), what


def _where(dosing_session: DosingSession) -> str:
    state, place = State(dosing_session.state), dosing_session.facility.name.removesuffix(" Clinic")
    if state in OPEN:
        return f"{place}, chair {dosing_session.chair}"
    if state is State.SCHEDULED:
        at, zone = dosing_session.scheduled_at, dosing_session.facility.zone
        return f"{place}, {at.astimezone(zone):%d %b} {clock_time(at, zone)}"
    return f"{place}, {ENDS[state]}"
