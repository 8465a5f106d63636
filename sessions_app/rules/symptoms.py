"""Symptoms beside the programme's signs: when they began, and when they were gone. No gate reads them."""

from dataclasses import dataclass
from datetime import datetime

from sessions_app.rules.facts import SessionFacts, SignEventKind


@dataclass(frozen=True)
class Symptom:
    """As last charted: running since ``began_at``, or over at ``gone_at``. A beginning nobody charted is None."""

    code: str
    began_at: datetime | None
    gone_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.gone_at is None


def symptoms(facts: SessionFacts) -> tuple[Symptom, ...]:
    """Each symptom once, in the order in which they first came up."""
    found: dict[str, Symptom] = {}
    for event in sorted(facts.sign_events, key=lambda event: (event.occurred_at, event.order)):
        if facts.program.sign(event.code) is not None:
            continue
        before = found.get(event.code)
        if event.kind is SignEventKind.ONSET:
            # Charted twice as begun it goes on since the first time.
            began_at = before.began_at if before and before.running else event.occurred_at
            found[event.code] = Symptom(event.code, began_at)
        else:
            found[event.code] = Symptom(event.code, before.began_at if before else None, event.occurred_at)
    return tuple(found.values())
