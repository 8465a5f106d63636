"""When each sign and symptom was there. Display only: the gates ask ``recovery`` for what is still unresolved."""

from dataclasses import dataclass
from datetime import datetime

from sessions_app.rules.facts import SessionFacts, SignEventKind
from sessions_app.rules.readings import sign_readings


@dataclass(frozen=True)
class SignSpan:
    """A sign or another symptom from its beginning to its end; it lasts as long as no end is charted."""

    code: str
    began_at: datetime
    ended_at: datetime | None

    @property
    def running(self) -> bool:
        return self.ended_at is None


def sign_spans(facts: SessionFacts) -> tuple[SignSpan, ...]:
    """When each sign was there, the earliest first: from an onset, or the first check that found it, to a
    resolution. A check that no longer finds it does not say since when: the gate asks for that, so it lasts."""
    known = {sign.code: sign for sign in facts.program.signs}
    orders = {check.id: check.order for check in facts.checks}
    rows = [(event.occurred_at, event.order, event.code, event.kind) for event in facts.sign_events]
    for sign in known.values():
        for reading in sign_readings(facts.checks, sign, facts.program):
            if reading.present:
                order = min(orders[key] for key in reading.ids)
                rows.append((reading.occurred_at, order, sign.code, SignEventKind.ONSET))
    spans: list[SignSpan] = []
    began: dict[str, datetime] = {}
    for at, _order, code, kind in sorted(rows):
        if kind is SignEventKind.ONSET:
            began.setdefault(code, at)
        elif code in began:
            spans.append(SignSpan(code, began.pop(code), at))
    spans += [SignSpan(code, at, None) for code, at in began.items()]
    return tuple(sorted(spans, key=lambda span: (span.began_at, span.code)))


def symptoms(facts: SessionFacts) -> tuple[SignSpan, ...]:
    """What is no sign of the programme, each as it last was: running or over."""
    latest = {span.code: span for span in sign_spans(facts) if facts.program.sign(span.code) is None}
    return tuple(latest.values())
