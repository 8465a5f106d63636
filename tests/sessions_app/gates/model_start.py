"""The start gate, written from gate.md alone as model.py is."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from tests.sessions_app.gates.known import (
    MEASURES,
    OXYGEN,
    PRESSURE,
    SIGNS,
    STOPS_DOSING,
    Known,
    by_minute,
    keys,
    no_worse,
    pressures,
    sign_readings,
)
from tests.sessions_app.gates.model import lowest, way_home


def dosing(known: Known, now: datetime, *, clearing: bool = False) -> set[str]:
    """The rows of the start gate that refuse, at clearing or before the next device; of the device itself the
    machine knows."""
    rows = set(_start(known, now))
    return rows if clearing else rows | set(_next_device(known, now))


def _start(known: Known, now: datetime) -> Iterator[str]:
    asked = known.asked
    assert asked is not None
    facts = {
        "FACILITY": not asked.certified,
        "AUTHORIZED_REP": not asked.representative,
        "ENROLMENT": not known.inpatient and not (asked.enrolled and asked.verified_today),
        "AGE": not asked.of_age,
        "CONTRAINDICATION": any(answer is not False for answer in asked.contraindications)
        or asked.asked_long_ago
        or asked.anything_new is None
        or (asked.anything_new and not asked.asked_again),
        "MEDICINES": None in asked.medicines,
        "OFF_LABEL": asked.off_label_open,
        "MDSI_ANTIDEPRESSANT": asked.antidepressant_open,
        "DOSE_ORDER": asked.ordered is None or asked.order_open,
        "PRESCRIBER_ABSENT": not asked.prescriber_here,
        "OXIMETER": not asked.oximeter_here or not any(row.oxygen is not None for row in known.before),
        "BASELINE": any(_no_baseline(known, measure, now) for measure in MEASURES),
        "BASELINE_BP": _baseline_pressure(known),
        "BASELINE_STATE": _baseline_state(known),
        "SAFE_WAY_HOME": not way_home(known),
        "COUNSELLING": not asked.counselled,
        "EMERGENCY": asked.emergency,
    }
    yield from (row for row, refuses in facts.items() if refuses)
    rests = {"FOOD": "FASTING", "LIQUID": "LIQUID", "NASAL_SPRAY": "NASAL"}
    yield from (row for kind, row in rests.items() if _too_soon(known, kind, now))


def _no_baseline(known: Known, measure: str, now: datetime) -> bool:
    """The measure's latest row: there, obtained, and at the first device not too old."""
    rows = by_minute(known.before, lambda row: measure in row.asked)
    if not rows or any(measure in row.missing for row in rows[-1]):
        return True
    return known.first is None and now - rows[-1][0].at > known.minutes("baseline_age_minutes")


def _baseline_pressure(known: Known) -> bool:
    found = pressures(known.before)
    if not found:
        return False
    last, numbers = found[-1], known.numbers
    above = last.systolic > numbers["systolic_line_mmhg"] or last.diastolic > numbers["diastolic_line_mmhg"]
    return above and not known.decision("BASELINE_BP", last.on)


def _baseline_state(known: Known) -> bool:
    """Present before the dose by a check, or by an onset since; or too little oxygen."""
    found: list[tuple[str, frozenset[UUID]]] = []
    for sign in SIGNS:
        said = [row for row in (*known.began, *known.gone) if row.what == sign]
        said = [row for row in said if known.first is None or row.at < known.first]
        last = max(said, key=lambda row: (row.at, row.order), default=None)
        checks = [(row.at, row.order) for row in known.before if sign in row.signs]
        readings = sign_readings(known, known.before, sign)
        if last in known.began and last is not None and (last.at, last.order) > max(checks, default=(last.at, 0)):
            found.append((sign, frozenset({last.key})))
        elif readings and readings[-1].present:
            found.append((sign, readings[-1].on))
    oxygen = by_minute(known.before, lambda row: row.oxygen is not None)
    if oxygen and lowest(oxygen[-1]) < known.numbers["spo2_floor_percent"]:
        found.append((OXYGEN, keys(oxygen[-1])))
    return any(not known.decision("BASELINE_STATE", on, measure) for measure, on in found)


def _too_soon(known: Known, kind: str, now: datetime) -> bool:
    assert known.asked is not None
    report = known.asked.intake.get(kind)
    if report is None:
        return True
    key, answer, last_at = report
    if answer == "NONE" or known.first is not None:
        return False
    code, number = {
        "FOOD": ("FASTING", "food_minutes"),
        "LIQUID": ("LIQUID", "liquid_minutes"),
        "NASAL_SPRAY": ("NASAL", "nasal_spray_minutes"),
    }[kind]
    since = last_at if answer == "AT" and last_at else known.checked_in.replace(second=0, microsecond=0)
    return now < since + known.minutes(number) and not known.decision(code, frozenset({key}))


def _next_device(known: Known, now: datetime) -> Iterator[str]:
    assert known.asked is not None
    rest = known.minutes("rest_between_devices_minutes")
    if known.given and now < max(spray.counts_from for spray in known.given).replace(second=0) + rest:
        yield "DEVICE_INTERVAL"
    failed = [spray.key for spray in known.sprays if not spray.delivered]
    open_failures = [key for key in failed if not known.decision("DEVICE_COUNT", frozenset({key}))]
    ordered = known.asked.ordered
    full = ordered is not None and len(known.given) >= ordered
    if ordered is not None and (full or (open_failures and len(known.given) + len(open_failures) >= ordered)):
        yield "DEVICE_COUNT"
    if known.first is not None and any(not _seen(known, measure, on) for measure, on in _new_signs(known)):
        yield "NEW_SIGN"


def _new_signs(known: Known) -> Iterator[tuple[str, frozenset[UUID]]]:
    assert known.first is not None
    for sign in STOPS_DOSING:
        before = sign_readings(known, known.before, sign)
        on = {
            key
            for row in sign_readings(known, known.after, sign)
            if row.present and not no_worse(sign, row, before[-1] if before else None)
            for key in row.on
        }
        on |= {row.key for row in known.began if row.what == sign and row.at >= known.first}
        yield sign, frozenset(on)
    for event in known.serious:
        yield "serious_event", frozenset({event.key})
    oxygen = by_minute(known.after, lambda row: row.oxygen is not None)
    if oxygen and lowest(oxygen[-1]) < known.numbers["spo2_floor_percent"]:
        yield OXYGEN, keys(oxygen[-1])
    pressure = pressures(known.after)[-1:]
    for last in pressure:
        if last.systolic > known.numbers["systolic_line_mmhg"] or last.diastolic > known.numbers["diastolic_line_mmhg"]:
            yield PRESSURE, last.on


def _seen(known: Known, measure: str, on: frozenset[UUID]) -> bool:
    """A standing decision that saw every row of it."""
    said = [row for row in known.decided if (row.code, row.measure) == ("NEW_SIGN", measure) and known.stands(row)]
    return not on or any(row.on >= on for row in said)
