"""May this patient be booked, and checked in?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clinic.rules.certification import CertificationFacts, certification_refusals
from clinic.rules.enrolment import EnrolmentFacts, Setting, enrolment_refusals
from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.eligibility import age_refusals, present_refusals
from sessions_app.rules.program import Program
from sessions_app.rules.states import State, transition_refusals

IDENTIFIERS = ("name", "birth_date", "mrn", "photo")


@dataclass(frozen=True)
class BookingFacts:
    """What the start gate will ask, as far as it is known before the day."""

    program: Program
    setting: Setting
    certification: CertificationFacts
    enrolled: bool
    birth_date: date
    contraindications: Mapping[str, bool | None]


def booking_refusals(facts: BookingFacts, *, day: date) -> tuple[Refusal, ...]:
    """Why the start gate will be shut on that day, as far as it is known: nobody is asked to come for nothing. What
    is asked or verified on the day itself is not known yet."""
    enrolment = EnrolmentFacts(enrolled=facts.enrolled, verified_date=day)
    return (
        *certification_refusals(facts.certification),
        *enrolment_refusals(enrolment, setting=facts.setting, today=day),
        *age_refusals(facts.birth_date, facts.program, on=day),
        *present_refusals(facts.contraindications),
    )


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
