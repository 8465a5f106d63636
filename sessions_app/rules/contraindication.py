"""The programme's contraindications: asked for this course, and again after as many days as the clinic says."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.eligibility import present_refusals
from sessions_app.rules.facts import SessionFacts, StartFacts

LONGEST_REVIEW = 365  # [D]
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


def review_days_refusals(days: int | None) -> tuple[Refusal, ...]:
    """The clinic's own number of days, or none."""
    if days is None or 1 <= days <= LONGEST_REVIEW:
        return ()
    return (field_refusal("contraindication_review_days", "impossible", value=days, low=1, high=LONGEST_REVIEW),)
