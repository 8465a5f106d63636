"""The discharge gate, written from gate.md alone and not from the code: a second opinion on what is refused. Each
question is a row of that page; the answer is the rows that refuse."""

from collections.abc import Iterator
from datetime import datetime

from tests.sessions_app.gates.known import (
    MEASURES,
    OXYGEN,
    PRESSURE,
    SIGNS,
    Decided,
    Known,
    Reading,
    SignReading,
    by_minute,
    keys,
    no_worse,
    pressures,
    sign_readings,
)


def leaving(known: Known, now: datetime) -> set[str]:
    """The rows of the discharge gate that refuse."""
    return set(_leaving(known, now))


def _leaving(known: Known, now: datetime) -> Iterator[str]:
    final, latest = final_check(known), max((row.at for row in known.readings), default=None)
    if known.stay_ends is None or now < known.stay_ends:
        yield "MINIMUM_STAY"
    if not _baseline_check(known):
        yield "BASELINE_CHECK"
    if known.given and not _peak_check(known):
        yield "PEAK_CHECK"
    if final is None:
        yield "FINAL_CHECK"
    else:
        if now - final.at > known.minutes("final_check_age_minutes"):
            yield "FINAL_STALE"
        if any(not _examined(known, final, measure) for measure in final.missing):
            yield "NOT_OBTAINED"
    for sign, (row, _number, _way) in SIGNS.items():
        if _sign_holds(known, sign, final):
            yield row
        if _unresolved(known, sign):
            yield "UNRESOLVED"
    if _oxygen_holds(known, final):
        yield "SPO2"
    if _pressure_holds(known, final, now):
        yield "BP"
    for code, open_ones in (("SERIOUS_EVENT", known.serious), ("SAFETY_ALERT", known.alerts)):
        if any(known.decision(code, frozenset({one.key})) is None for one in open_ones):
            yield code
    if not any(latest is None or at >= latest for at in known.assessed):
        yield "READINESS"
    if not way_home(known):
        yield "SAFE_WAY_HOME"
    if not known.instructed:
        yield "INSTRUCTIONS"


def _baseline_check(known: Known) -> bool:
    asked = {measure for row in known.before for measure in row.asked}
    return asked >= {*MEASURES} or any(code == "BASELINE_CHECK" and seen for code, _on, seen in known.excused)


def _peak_check(known: Known) -> bool:
    last = max(known.given, key=lambda spray: (spray.at, spray.order))
    opens, closes = known.minutes("peak_check_opens_minutes"), known.minutes("peak_check_closes_minutes")
    taken = any(last.at + opens <= row.at <= last.at + closes for row in known.after if row.systolic is not None)
    return taken or any(code == "PEAK_CHECK" and on == {last.key} for code, on, _examined in known.excused)


def final_check(known: Known) -> Reading | None:
    """A full check, late enough, and not before any row of the signs; of one minute the one that obtained most."""
    if known.stay_ends is None:
        return None
    opens = known.stay_ends - known.minutes("final_check_window_minutes")
    order = 0
    if known.reopened:
        order, opens = known.reopened[0], max(opens, known.reopened[1])
    about_signs = [row.at for row in (*known.began, *known.gone) if row.what in SIGNS]
    about_signs += [row.at for row in known.readings if row.signs]
    found = [
        row
        for row in known.after
        if {*MEASURES} <= row.asked and row.order > order and row.at >= max([opens, *about_signs])
    ]
    return max(found, key=lambda row: (row.at, -len(row.missing), row.order), default=None)


def _examined(known: Known, final: Reading, measure: str) -> bool:
    decision = known.decision("NOT_OBTAINED", frozenset({final.key}), measure)
    return decision is not None and decision.examined


def _answered_by_examination(known: Known, final: Reading | None, measure: str, last: datetime | None) -> bool:
    """Examined where it was not obtained, and nothing of it was measured since."""
    if final is None or measure not in final.missing or (last is not None and last >= final.at):
        return False
    return _examined(known, final, measure)


def _accepted(known: Known, sign: str, last: SignReading) -> bool:
    decision = known.decision(SIGNS[sign][0], last.on)
    before = sign_readings(known, known.before, sign)
    return decision is not None and no_worse(sign, last, before[-1] if before else None)


def _sign_holds(known: Known, sign: str, final: Reading | None) -> bool:
    found = sign_readings(known, known.readings, sign)
    if not found:
        return True
    last = found[-1]
    if last.present is None and final and last.on == {final.key} and _examined(known, final, sign):
        return False
    return last.present is not False and not _accepted(known, sign, last)


def _unresolved(known: Known, sign: str) -> bool:
    """It began after the dose, or was seen then, and nothing says since that it is gone."""
    since = sign_readings(known, known.after, sign)
    seen = {row.at for row in since if row.present}
    began = [(row.at, row.order) for row in known.began if row.what == sign]
    began += [(row.at, row.order) for row in known.after if row.at in seen and sign in row.signs]
    gone = [(row.at, row.order) for row in known.gone if row.what == sign]
    if not began or (gone and max(gone) > max(began)):
        return False
    before = sign_readings(known, known.before, sign)
    last = sign_readings(known, known.readings, sign)
    present_before = bool(before) and before[-1].present is True
    return not (present_before and last and _accepted(known, sign, last[-1]))


def _oxygen_holds(known: Known, final: Reading | None) -> bool:
    found = by_minute(known.readings, lambda row: row.oxygen is not None)
    if _answered_by_examination(known, final, OXYGEN, found[-1][0].at if found else None):
        return False
    if not found:
        return True
    low, before = lowest(found[-1]), by_minute(known.before, lambda row: row.oxygen is not None)
    if low >= known.numbers["spo2_floor_percent"]:
        return False
    own = bool(before) and low >= lowest(before[-1])
    return not (own and known.decision("SPO2", keys(found[-1])))


def lowest(rows: list[Reading]) -> int:
    return min(row.oxygen for row in rows if row.oxygen is not None)


def _pressure_holds(known: Known, final: Reading | None, now: datetime) -> bool:
    found = pressures(known.readings)
    if _answered_by_examination(known, final, PRESSURE, found[-1].at if found else None):
        return False
    if not found:
        return True
    last = found[-1]
    if last.systolic <= known.numbers["systolic_line_mmhg"] and last.diastolic <= known.numbers["diastolic_line_mmhg"]:
        return False
    decision = known.decision("BP", last.on)
    return decision is None or not _may_be_accepted(known, decision, now)


def _may_be_accepted(known: Known, decision: Decided, now: datetime) -> bool:
    found, before, after = pressures(known.readings), pressures(known.before), pressures(known.after)
    last, previous = found[-1], found[-2] if len(found) > 1 else None
    own = bool(before) and last.below_or_same(before[-1])
    settled = previous is not None and last.at - previous.at >= known.minutes("blood_pressure_settling_minutes")
    peak = max((row.systolic for row in after if known.first and row.at >= known.first), default=0)
    declining = settled and previous is not None and last.below_or_same(previous) and last.systolic < peak
    effect = known.minutes("blood_pressure_effect_minutes")
    over = known.anchor is not None and min(decision.at, now) >= known.anchor + effect
    return own or declining or (over and decision.examined)


def way_home(known: Known) -> bool:
    if known.way_home is None:
        return False
    kind, name, phone, will_not_drive = known.way_home
    allowed = {"RIDE_SERVICE": known.rides, "WARD": known.inpatient}.get(kind, True)
    return allowed and bool(name.strip()) and bool(phone.strip()) and will_not_drive
