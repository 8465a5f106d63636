"""The state of the patient before the dose, as the start gate asks for it (gate.md, OXIMETER to BASELINE_STATE)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.rules.facts import SessionFacts, SignEvent, SignEventKind
from sessions_app.rules.readings import before_dose, blood_pressures, spo2s
from sessions_app.rules.recovery import sign_before
from sessions_app.rules.signs import Sign


def _another_reading(facts: SessionFacts) -> ClearedBy:
    """Once a device was handed over no reading is a baseline any more: only one really made before is entered late."""
    return ClearedBy.MEASUREMENT if facts.first_device_at is None else ClearedBy.DOCUMENTATION


def oximeter_refusals(facts: SessionFacts, *, oximeter_on_site: bool) -> Iterator[Refusal]:
    """A pulse oximeter is on site to monitor [P], and SpO2 was obtained before the dose."""
    if not oximeter_on_site:
        yield Refusal("OXIMETER", {"missing": "oximeter"}, None, (ClearedBy.OTHER,))
    if not spo2s(before_dose(facts)):
        yield Refusal("OXIMETER", {"missing": "spo2"}, None, (_another_reading(facts),))


def baseline_refusals(facts: SessionFacts, *, now: datetime) -> Iterator[Refusal]:
    """BP before every dose [P]; BP, SpO2 and every sign: each measure's latest row, obtained, and at the first
    device none older than 60 min [D]."""
    rows: dict[str, tuple[datetime, bool]] = {}

    def latest(measure: str, at: datetime, obtained: bool) -> None:
        seen = rows.get(measure)
        if seen is None or at > seen[0] or (at == seen[0] and not obtained):
            rows[measure] = (at, obtained)

    for check in before_dose(facts):
        if check.systolic_mmhg is not None or check.blood_pressure_not_obtained:
            latest("blood_pressure", check.occurred_at, not check.blood_pressure_not_obtained)
        if check.spo2_percent is not None or check.spo2_not_obtained:
            latest("spo2", check.occurred_at, not check.spo2_not_obtained)
        for answer in check.signs:
            latest(answer.code, check.occurred_at, answer.present is not None)
    age = facts.program.minutes("baseline_age_minutes")
    for measure in facts.program.measures:
        at, obtained = rows.get(measure, (None, False))
        if at is None:
            problem = "missing"
        elif not obtained:
            problem = "not_obtained"
        elif facts.first_device_at is None and now - at > age:
            problem = "old"
        else:
            continue
        params = {"measure": measure, "problem": problem, "taken_at": at, "age": age}
        yield Refusal("BASELINE", params, None, (_another_reading(facts),))


def baseline_pressure_refusals(facts: SessionFacts) -> Iterator[Refusal]:
    """Above 140 systolic or 90 diastolic the prescriber weighs risk and benefit [P]: a decision with reason,
    bound to that very reading."""
    readings = blood_pressures(before_dose(facts))
    line = (facts.program.value("systolic_line_mmhg"), facts.program.value("diastolic_line_mmhg"))
    if readings and readings[-1].above(*line) and not facts.decision_on("BASELINE_BP", readings[-1].ids):
        last = readings[-1]
        params = {
            "systolic": last.systolic,
            "diastolic": last.diastolic,
            "taken_at": last.occurred_at,
            "line": line,
            "bound_ids": last.ids,
        }
        yield Refusal("BASELINE_BP", params, None, (ClearedBy.PRESCRIBER, _another_reading(facts)))


def baseline_state_refusals(facts: SessionFacts) -> Iterator[Refusal]:
    """A sign present before the dose, or SpO2 below the clinic's floor: the prescriber decides on that reading."""
    found: list[tuple[str, datetime, frozenset[UUID], int | None]] = []
    for sign in facts.program.signs:
        last, begun = sign_before(facts, sign), _begun_since_asked(facts, sign)
        if begun:
            found.append((sign.code, begun.occurred_at, frozenset({begun.id}), None))
        elif last and last.present:
            found.append((sign.code, last.occurred_at, last.ids, last.score))
    saturation = spo2s(before_dose(facts))
    if saturation and saturation[-1].percent < facts.program.value("spo2_floor_percent"):
        found.append(("spo2", saturation[-1].occurred_at, saturation[-1].ids, saturation[-1].percent))
    for measure, at, ids, value in found:
        if not facts.decision_on("BASELINE_STATE", ids, measure=measure):
            params = {"measure": measure, "taken_at": at, "value": value, "bound_ids": ids}
            yield Refusal("BASELINE_STATE", params, None, (ClearedBy.PRESCRIBER, _another_reading(facts)))


def _begun_since_asked(facts: SessionFacts, sign: Sign) -> SignEvent | None:
    """A sign charted as begun before the dose, after the last check before the dose that asked for it, and not as
    gone: it is present, whatever that earlier check said. Of one minute what was entered later is later."""
    first_at = facts.first_device_at
    events = [
        event
        for event in facts.sign_events
        if event.code == sign.code and (first_at is None or event.occurred_at < first_at)
    ]
    asked = [(check.occurred_at, check.order) for check in before_dose(facts) if check.sign(sign.code) is not None]
    last = max(events, key=lambda event: (event.occurred_at, event.order), default=None)
    if last is None or last.kind is not SignEventKind.ONSET:
        return None
    return last if not asked or (last.occurred_at, last.order) > max(asked) else None
