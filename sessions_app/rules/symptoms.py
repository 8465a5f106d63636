"""What a patient still feels: this programme's signs, and every other symptom that began and is not charted as gone."""

from sessions_app.rules.facts import SessionFacts, SignEventKind
from sessions_app.rules.readings import sign_readings
from sessions_app.rules.recovery import unresolved_since


def running_symptoms(facts: SessionFacts) -> tuple[str, ...]:
    """The codes of what is running now, the programme's signs first. Other symptoms may continue when the patient
    leaves, and go into the instructions (gate.md, UNRESOLVED)."""
    signs = []
    for sign in facts.program.signs:
        readings = sign_readings(facts.checks, sign, facts.program)
        if unresolved_since(facts, sign) is not None or (readings and readings[-1].present):
            signs.append(sign.code)
    last = {}
    for event in sorted(facts.sign_events, key=lambda event: (event.occurred_at, event.order)):
        if facts.program.sign(event.code) is None:
            last[event.code] = event.kind
    return (*signs, *(code for code, kind in last.items() if kind is SignEventKind.ONSET))
