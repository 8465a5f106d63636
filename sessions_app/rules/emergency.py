"""An emergency at a chair: when it can be raised, and when it can be called over."""

from datetime import datetime

from clinic.rules.refusals import ClearedBy, Refusal, in_state, reason_refusals
from sessions_app.rules.charting import CHARTABLE
from sessions_app.rules.states import OPEN


def raise_refusals(state: str, *, under_way_since: datetime | None, says_what: bool, what: str) -> tuple[Refusal, ...]:
    """In any open session, one at a time; where no kind fits, a few words."""
    if moved_on := in_state(state, *OPEN, wanted="emergency"):
        return moved_on
    if under_way_since is not None:
        return (Refusal("EMERGENCY_OPEN", {"since": under_way_since}, None, (ClearedBy.DOCUMENTATION,)),)
    return () if says_what else reason_refusals(what, name="what")


def call_refusals(state: str, *, any_emergency: bool) -> tuple[Refusal, ...]:
    """Who was called is written down during an emergency or after it."""
    if moved_on := in_state(state, *CHARTABLE, wanted="emergency"):
        return moved_on
    return () if any_emergency else (Refusal("NO_EMERGENCY"),)


def end_refusals(state: str, *, under_way: bool, note: str) -> tuple[Refusal, ...]:
    """It is over only while the patient is still here, and with words about how the patient is."""
    if moved_on := in_state(state, *OPEN, wanted="emergency"):
        return moved_on
    return reason_refusals(note, name="note") if under_way else (Refusal("NO_EMERGENCY"),)
