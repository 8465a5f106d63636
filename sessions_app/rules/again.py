"""A gate that was passed, judged again: by everything that is known now of that moment, and nothing that came after."""

from dataclasses import replace
from datetime import datetime

from clinic.rules.refusals import Refusal
from sessions_app.rules.administration import administration_refusals, clearing_refusals, not_dosed_refusals
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import Check, CheckKind, GivenDevice, OpenConcern, SessionFacts, SignEvent, StartFacts
from sessions_app.rules.states import State


def start_gate_again(facts: SessionFacts) -> tuple[Refusal, ...]:
    """What the start gate would have said at clearing and before each further device, of all that is known now
    about those times."""
    if not facts.devices:
        return ()
    first, *further = facts.devices
    refusals = [*clearing_refusals(before_first_device(facts), now=first.occurred_at)]
    for count, device in enumerate(further, start=1):
        before = _known_before(facts, device)
        before = replace(before, state=State.DOSING, devices=facts.devices[:count])
        refusals += administration_refusals(before, device=None, at=device.occurred_at, now=device.occurred_at)
    return tuple(refusals)


def before_first_device(facts: SessionFacts) -> SessionFacts:
    """As the start gate was asked when the first device was handed over: with every baseline check not after it."""
    first, *_further = facts.devices
    baseline = (check for check in facts.checks if check.kind is CheckKind.BASELINE)
    return replace(
        _known_before(facts, first),
        state=State.CHECKED_IN,
        devices=(),
        checks=tuple(check for check in baseline if check.occurred_at <= first.occurred_at),
        start=_start_before(facts, first),
    )


def _start_before(facts: SessionFacts, first: GivenDevice) -> StartFacts | None:
    """An emergency of the first device's own minute came after it: else the device was refused, or an exception."""
    start = facts.start
    if start and start.emergency_since and start.emergency_since >= first.occurred_at:
        return replace(start, emergency_since=None)
    return start


def _known_before(facts: SessionFacts, device: GivenDevice) -> SessionFacts:
    """What happened before this device, whenever it was entered; of the same minute, what was entered before; and
    only what a prescriber had decided by then."""

    def before(row: Check | SignEvent | OpenConcern) -> bool:
        return (row.occurred_at, row.order) < (device.occurred_at, device.order)

    return replace(
        facts,
        checks=tuple(filter(before, facts.checks)),
        sign_events=tuple(filter(before, facts.sign_events)),
        serious_events=tuple(filter(before, facts.serious_events)),
        decisions=tuple(decision for decision in facts.decisions if decision.order < device.order),
    )


def discharge_gate_again(facts: SessionFacts, *, released_at: datetime) -> tuple[Refusal, ...]:
    """What the discharge gate would have said at the release, of all that is known now about that time. What began
    after the patient had left says nothing about it."""
    known = replace(known_at(facts, released_at), state=State.MONITORING)
    return discharge_refusals(known, now=released_at)


def known_at(facts: SessionFacts, at: datetime) -> SessionFacts:
    """What had happened by that moment, whenever it was entered."""
    return replace(
        facts,
        checks=tuple(check for check in facts.checks if check.occurred_at <= at),
        sign_events=tuple(event for event in facts.sign_events if event.occurred_at <= at),
        serious_events=tuple(concern for concern in facts.serious_events if concern.occurred_at <= at),
        safety_alerts=tuple(concern for concern in facts.safety_alerts if concern.occurred_at <= at),
    )


def not_dosed_again(facts: SessionFacts) -> tuple[Refusal, ...]:
    """What stands now against the end of a session said to have gone without a dose."""
    return not_dosed_refusals(replace(facts, state=State.MONITORING))
