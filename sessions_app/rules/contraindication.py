"""The programme's contraindications: asked for this course, and again after as many days as the clinic says."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.eligibility import present_refusals
from sessions_app.rules.facts import SessionFacts, StartFacts

LONGEST_REVIEW = 365  # [D]
DAYS_LEFT = 14  # [D] from when on it is shown as running out
_DOCUMENTATION = (ClearedBy.DOCUMENTATION,)


def contraindication_refusals(facts: SessionFacts, start: StartFacts) -> Iterator[Refusal]:
    """Each contraindication asked for this course and answered no [P]; "anything new?" asked today, and a yes
    asks them again. *Not asked* refuses too, and so does *asked too long ago*."""
    answers = {code: start.contraindications.get(code) for code in facts.program.contraindications}
    if any(answers.values()):
        yield from present_refusals(answers)
    elif not_asked := tuple(code for code, answer in answers.items() if answer is None):
        yield Refusal("CONTRAINDICATION", {"problem": "not_asked", "codes": not_asked}, None, _DOCUMENTATION)
    elif expired := tuple(code for code in answers if _is_expired(facts, start, code)):
        params = {"problem": "expired", "codes": expired, "days": facts.program.contraindication_review_days}
        yield Refusal("CONTRAINDICATION", params, None, _DOCUMENTATION)
    elif start.anything_new is None:
        yield Refusal("CONTRAINDICATION", {"problem": "anything_new", "codes": ()}, None, _DOCUMENTATION)
    elif start.anything_new and not start.asked_again:
        yield Refusal("CONTRAINDICATION", {"problem": "ask_again", "codes": ()}, None, _DOCUMENTATION)


def _is_expired(facts: SessionFacts, start: StartFacts, code: str) -> bool:
    """Counted to the day of check-in: midnight alone closes nothing. The programme has no such number: whatever a
    clinic says is stricter [D]."""
    days, asked = facts.program.contraindication_review_days, start.contraindications_asked.get(code)
    checked_in = facts.checked_in_at.astimezone(ZoneInfo(facts.time_zone)).date()
    return days is not None and (asked is None or (checked_in - asked).days > days)


class AskState(StrEnum):
    """Whether the questions were asked lately enough, before anybody comes."""

    NOT_ASKED = "NOT_ASKED"
    OVER = "OVER"
    RUNNING_OUT = "RUNNING_OUT"
    IN_FORCE = "IN_FORCE"


def asked_until(codes: Iterable[str], asked: Mapping[str, date], days: int | None) -> date | None:
    """The last day on which the answers hold; None where one was never asked, or they hold for good."""
    known = [asked.get(code) for code in codes]
    first = min((day for day in known if day is not None), default=None)
    return None if days is None or first is None or None in known else first + timedelta(days=days)


def ask_state(codes: Iterable[str], asked: Mapping[str, date], days: int | None, *, today: date) -> AskState:
    every = tuple(codes)
    if any(code not in asked for code in every):
        return AskState.NOT_ASKED
    until = asked_until(every, asked, days)
    if until is None or (until - today).days >= DAYS_LEFT:
        return AskState.IN_FORCE
    return AskState.RUNNING_OUT if today <= until else AskState.OVER


def review_days_refusals(days: int | None) -> tuple[Refusal, ...]:
    """The clinic's own number of days, or none."""
    if days is None or 1 <= days <= LONGEST_REVIEW:
        return ()
    return (field_refusal("contraindication_review_days", "impossible", value=days, low=1, high=LONGEST_REVIEW),)
