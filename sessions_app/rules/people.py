"""The people and the chairs of the floor: what a hand-over says, who may sit where, what a telephone order needs."""

from collections.abc import Mapping

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, in_state, reason_refusals
from sessions_app.rules.states import OPEN


def chair_refusals(chair: str, *, taken: Mapping[str, str]) -> tuple[Refusal, ...]:
    """One chair, one patient: a board with two under one number is how the wrong one is charted. ``taken`` are the
    chairs of the other open sessions, and whose they are."""
    if chair and chair in taken:
        return (field_refusal("chair", "chair_taken", value=chair, who=taken[chair]),)
    return ()


def move_refusals(state: str, *, from_chair: str, to_chair: str, taken: Mapping[str, str]) -> tuple[Refusal, ...]:
    """Why this patient cannot be said to sit there from now on."""
    if moved_on := in_state(state, *OPEN, wanted="move"):
        return moved_on
    if not to_chair:
        return (field_refusal("chair", "chair_missing"),)
    if to_chair == from_chair:
        return (field_refusal("chair", "sits_there", value=to_chair),)
    return chair_refusals(to_chair, taken=taken)


def hand_over_refusals(
    state: str, *, written_state: str, to_oneself: bool, to_licensed: bool, watched_by_another: str
) -> tuple[Refusal, ...]:
    """Why this chair cannot be handed over: the session is over, somebody else has it by now, nobody is named who
    may watch, or nothing is written down."""
    if moved_on := in_state(state, *OPEN, wanted="watch"):
        return moved_on
    if watched_by_another:
        return (Refusal("NOT_YOUR_CHAIR", {"who": watched_by_another}, None, (ClearedBy.OTHER,)),)
    if to_oneself:
        return (field_refusal("receiver", "to_oneself"),)
    if not to_licensed:
        return (field_refusal("receiver", "not_licensed_here"),)
    return reason_refusals(written_state, name="written_state")


def contact_refusals(*, prescribes_here: bool, by_telephone: bool, said: str, read_back: bool) -> tuple[Refusal, ...]:
    """What is said by telephone is written down and read back before it is worth anything."""
    if not prescribes_here:
        return (field_refusal("prescriber", "not_a_prescriber_here"),)
    if not by_telephone:
        return ()
    missing = reason_refusals(said, name="said")
    return missing if read_back else (*missing, field_refusal("read_back", "not_read_back"))
