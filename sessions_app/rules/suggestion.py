"""What is shown beside a field that only a person fills in, and is never filled in itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sessions_app.rules.again import known_at
from sessions_app.rules.derivation import Derived, FormFacts, SourceKind, first_spray, minutes_between
from sessions_app.rules.readings import after_dose, sign_readings
from sessions_app.rules.recovery import blood_pressure_refusals


def ready_without_minimum(form: FormFacts) -> Derived | None:
    """Had there been no 2-hour minimum: minutes to the first check after the dose at which every sign of the programme
    was asked and absent, and blood pressure would have passed as the discharge gate reads it at that minute. The
    clinician answers; this says where to look."""
    facts, first = form.session, first_spray(form.session)
    if first is None:
        return None
    for at in sorted({check.occurred_at for check in after_dose(facts) if check.occurred_at >= first.occurred_at}):
        decided = tuple(decision for decision in facts.decisions if decision.occurred_at <= at)
        known = replace(known_at(facts, at), decisions=decided)
        here = [check for check in after_dose(known) if check.occurred_at == at]
        absent = all(
            (readings := sign_readings(here, sign, facts.program)) and readings[0].present is False
            for sign in facts.program.signs
        )
        measured = any(check.systolic_mmhg is not None for check in here)
        if absent and measured and not any(blood_pressure_refusals(known, None, now=at)):
            source = form.source(SourceKind.CHECK, at, [check.id for check in here])
            return Derived(str(minutes_between(first.occurred_at, at)), source)
    return None


def last_seen(form: FormFacts) -> Derived | None:
    """Of a patient who was not released: minutes to when they were last seen here. Monitoring was not completed."""
    first, seen = first_spray(form.session), form.said.get("last_seen")
    if first is None or seen is None or seen.source.at is None or form.released is not None:
        return None
    return Derived(str(minutes_between(first.occurred_at, seen.source.at)), seen.source)


SUGGESTIONS: Mapping[str, Callable[[FormFacts], Derived | None]] = {
    "ready_without_minimum": ready_without_minimum,
    "last_seen": last_seen,
}
