"""May this patient be checked in?"""

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.states import State, transition_refusals

IDENTIFIERS = ("name", "birth_date", "mrn", "photo")


def check_in_refusals(
    *, state: State, identifiers: tuple[str, ...], has_policy: bool, open_elsewhere: bool
) -> tuple[Refusal, ...]:
    """Why this patient cannot be checked in."""
    if refusals := transition_refusals(state, State.CHECKED_IN):
        return refusals
    if len(set(identifiers) & set(IDENTIFIERS)) < 2:
        return (field_refusal("identifiers", "two_identifiers"),)
    if not has_policy:
        return (Refusal("NO_POLICY"),)
    return (Refusal("ALREADY_OPEN"),) if open_elsewhere else ()
