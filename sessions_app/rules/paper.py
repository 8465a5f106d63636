"""What is entered from paper after an outage: judged at the times on the paper, of all that is known now."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.facts import SessionFacts

# A deviation of this code heads every sheet: why it was on paper. The label never goes.
FROM_PAPER = "FROM_PAPER"


def sheet_time_refusals(
    times: Iterable[tuple[str, datetime]], *, ended_at: datetime | None, now: datetime
) -> tuple[Refusal, ...]:
    """A line of paper lies in the past, and none comes after the end. Each refusal names its line."""
    refusals = []
    for line, at in times:
        if at >= now:
            refusals.append(field_refusal("occurred_time", "future", at=at, now=now, line=line))
        elif ended_at is not None and at > ended_at:
            refusals.append(field_refusal("occurred_time", "after_end", at=at, ended_at=ended_at, line=line))
    return tuple(refusals)


def end_refusals(seen_at: datetime | None, *, ended_at: datetime) -> tuple[Refusal, ...]:
    """A patient whom somebody looked after later had not left then: a past end is no way round a later reading."""
    if seen_at is None or seen_at <= ended_at:
        return ()
    params = {"seen_at": seen_at, "ended_at": ended_at}
    return (Refusal("SEEN_LATER", params, None, (ClearedBy.DOCUMENTATION,)),)


def as_on_paper(facts: SessionFacts) -> SessionFacts:
    """For the rest between two devices of one sheet: each at its time on the paper. The stay is not counted so while
    the patient may still be here."""
    return replace(facts, devices=tuple(replace(device, counted_at=device.occurred_at) for device in facts.devices))
