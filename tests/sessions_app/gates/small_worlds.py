"""The sessions that the answers of small_domains.py stand for. No database."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import EnrolmentFacts
from sessions_app.rules.facts import (
    Deviation,
    DoseOrder,
    Intake,
    IntakeAnswer,
    IntakeRow,
    Outcome,
    Reopening,
    SessionFacts,
)
from sessions_app.rules.program import Program
from tests.sessions_app.gates.small_domains import Case
from tests.sessions_app.rules.builders import (
    NOT_OBTAINED,
    WITH_A_FRIEND,
    at,
    baseline,
    check,
    concern,
    decision,
    device,
    end_minute,
    ident,
    onset,
    ready_for_second_device,
    ready_to_dose,
    ready_to_leave,
    resolution,
    with_check,
    with_start,
)


def at_the_end(program: Program, case: Case) -> tuple[SessionFacts, datetime]:
    """A session before its release, and the moment."""
    last = program.value("rest_between_devices_minutes")
    second = device(3, last, Outcome.FAILED if case.get("devices") == "last failed" else Outcome.FULL)
    if case.get("devices") == "typed late":
        second = replace(second, counted_at=at(last + 20))
    facts = ready_to_leave(program, devices=(device(2, 0), second))
    end, anchor = int(end_minute(facts)), second if second.delivered else device(2, 0)
    window, age = program.value("final_check_window_minutes"), program.value("final_check_age_minutes")
    final_at = {"opening": end - window, "too early": end - window - 1}.get(case.get("final", ""), end)
    seconds = {
        "young": age * 60,
        "old": age * 60 + 1,
        "young since the end": age * 60,
        "old since the end": age * 60 + 1,
    }
    since = end if "end" in str(case["now"]) else final_at
    now = at(since, seconds=seconds[case["now"]]) if case["now"] in seconds else at(end, seconds=case["now"])
    rows, more = _readings(program, case, final_at), list[Any]()
    facts = replace(facts, checks=(), assessed_at=(at(end + 60),), **_peak(program, case, anchor, rows))
    for row in rows:
        facts = with_check(facts, row)
    facts = _pressure(program, case, facts, more)
    facts = _others(case, facts, more, final_at)
    reopened = {"before the final check": Reopening(4, at(final_at)), "after it": Reopening(90, at(final_at + 1))}
    return replace(facts, decisions=tuple(more), reopened=reopened.get(case.get("reopened", ""))), now


def _peak(program: Program, case: Case, anchor: Any, rows: list[Any]) -> Case:
    opens, closes = program.value("peak_check_opens_minutes"), program.value("peak_check_closes_minutes")
    minute = {"opens": opens, "closes": closes, "before": opens - 1, "after": closes + 1}.get(case.get("peak", "opens"))
    from_device = int((anchor.occurred_at - at()) / timedelta(minutes=1))
    if minute is not None:
        line = (program.value("systolic_line_mmhg"), program.value("diastolic_line_mmhg"))
        rows.append(check(program, 4, from_device + minute, bp=(line[0] + 20, line[1] + 5), spo2=None, signs=()))
    excused = (
        (Deviation("PEAK_CHECK", frozenset({anchor.id}), examined=False),) if case.get("peak") == "excused" else ()
    )
    if case.get("before") in ("examined", "excused"):
        excused += (Deviation("BASELINE_CHECK", frozenset(), examined=case["before"] == "examined"),)
    return {"deviations": excused}


def _readings(program: Program, case: Case, final_at: int) -> list[Any]:
    floor, line = program.value("spo2_floor_percent"), program.value("systolic_line_mmhg")
    sedation = {"yes": True, "by its score": (False, 4), "no worse": True, "no worse, decided": True}
    low = "below" in case.get("oxygen", "")
    final = check(
        program,
        60,
        final_at,
        order=60,
        bp=(line + ("above" in case.get("pressure", "")), program.value("diastolic_line_mmhg")),
        spo2=NOT_OBTAINED if "oxygen" in case.get("missing", "") else floor - low,
        signs={"sedation": sedation.get(case["sedation"], False)},
    )
    rows = [final]
    if case.get("before", "whole") == "whole":
        own = "no worse" in case["sedation"]
        spo2 = floor - 1 if "as before" in case.get("oxygen", "") else 98
        rows.append(baseline(program, signs={"sedation": own}, spo2=spo2))
    if "was" in case["sedation"]:
        rows.append(check(program, 20, 25, bp=None, spo2=None, signs={"sedation": True}))
    return rows


def _pressure(program: Program, case: Case, facts: SessionFacts, more: list[Any]) -> SessionFacts:
    final = next(row for row in facts.checks if row.order == 60)
    minute = (final.occurred_at - at()) / timedelta(minutes=1)
    if "decided" in case.get("pressure", ""):
        more.append(decision("BP", 60, order=61, minute=minute + 1))
    if "since" in case.get("pressure", ""):
        line = program.value("systolic_line_mmhg")
        facts = with_check(facts, check(program, 62, minute - 12, order=62, bp=(line + 15, 75), spo2=None, signs=()))
    if "decided" in case.get("oxygen", ""):
        more.append(decision("SPO2", 60, order=63, minute=minute))
    if case["sedation"].endswith("decided"):
        more.append(decision("SEDATION", 60, order=64, minute=minute))
    if "examined" in case.get("missing", ""):
        seen = case["missing"] == "oxygen, examined"
        more.append(decision("NOT_OBTAINED", 60, order=65, minute=minute, measure="spo2", examined=seen))
    return facts


def _others(case: Case, facts: SessionFacts, more: list[Any], final_at: int) -> SessionFacts:
    if case.get("event") == "decided":
        more.append(decision("SERIOUS_EVENT", 40, order=66, minute=final_at))
    if case.get("alert") == "decided":
        more.append(decision("SAFETY_ALERT", 41, order=67, minute=final_at))
    assessed = {"same minute": final_at, "before": final_at - 1}.get(case.get("ready", ""))
    ready = facts.assessed_at if assessed is None else (at(assessed),)
    homes = {"will drive": replace(WITH_A_FRIEND, will_not_drive=False), "nobody": None}
    return replace(
        facts,
        serious_events=(concern(40, 30),) if case.get("event", "none") != "none" else (),
        safety_alerts=(concern(41, 30),) if case.get("alert", "none") != "none" else (),
        assessed_at=() if case.get("ready") == "never" else ready,
        way_home=homes.get(case.get("home", ""), WITH_A_FRIEND),
        instructions_given=case.get("told", True),
        sign_events=(resolution("sedation", 21, 26),) if case["sedation"] == "was and went" else (),
    )


def before_the_dose(program: Program, case: Case) -> tuple[SessionFacts, datetime]:
    """A session before its first device, or its second."""
    ready = ready_for_second_device if case.get("second") else ready_to_dose
    facts = ready(program, way_home=WITH_A_FRIEND if case["home"] == "friend" else None)
    assert facts.start is not None
    status = CertificationStatus.CERTIFIED if case["facility"] else CertificationStatus.SUSPENDED
    orders = {"none": None, "off table": DoseOrder(28, 1, ""), "reason": DoseOrder(84, 3, "Agreed.")}
    new = {"no": (False, False), "yes, asked again": (True, True), "yes": (True, False), "not asked": (None, True)}
    verified = at().date() if case["enrolment"] == "verified" else None
    facts = with_start(
        facts,
        certification=CertificationFacts(status, representative_current=case["representative"]),
        enrolment=EnrolmentFacts(case["enrolment"] != "not enrolled", verified),
        contraindications={**facts.start.contraindications, "vascular": case["contraindications"]},
        anything_new=new[case["new"]][0],
        asked_again=new[case["new"]][1],
        medicines=facts.start.medicines if case["medicines"] else {},
        order=orders.get(case["order"], facts.start.order),
        prescriber_on_site=case["prescriber"],
        oximeter_on_site=case["oximeter"],
        course=replace(facts.start.course, counselled=case["counselled"]),
        emergency_since=at(0) if case["emergency"] else None,
    )
    return facts, at(program.value("rest_between_devices_minutes"))


def asked_before(program: Program, case: Case) -> tuple[SessionFacts, datetime]:
    """What was eaten, drunk and measured before the first device."""
    now, floor = at(0, seconds=case["age"] == "old"), program.value("spo2_floor_percent")
    signs = {"no": False, "begun since": False, "by its score": (False, 4)}
    row = baseline(
        program,
        minute=-program.value("baseline_age_minutes"),
        bp=(program.value("systolic_line_mmhg") + (case["pressure"] != "at the line"), 75),
        spo2=NOT_OBTAINED if case["missing"] == "oxygen" else floor - (case["oxygen"] != "at the floor"),
        signs={"sedation": None if case["missing"] == "sedation" else signs.get(case["sedation"], True)},
    )
    more = [decision("BASELINE_BP", 1, order=70, minute=0)] if case["pressure"] == "decided" else []
    for measure in ("sedation", "spo2"):
        if case["oxygen" if measure == "spo2" else measure] == "decided":
            more.append(decision("BASELINE_STATE", 1, order=71, minute=0, measure=measure))
    reports = {}
    for place, (kind, number) in enumerate(INTAKES.items()):
        minutes, key = program.value(number), 80 + place
        last = {"long ago": at(-minutes), "decided": at(-1), "too soon": at(-minutes, seconds=2)}.get(case[kind.value])
        plain = IntakeAnswer.UNKNOWN if case[kind.value] == "unknown" else IntakeAnswer.NONE
        reports[kind] = IntakeRow(ident(key), IntakeAnswer.AT if last else plain, last)
        if case[kind.value] == "decided":
            more.append(decision(REFUSED[kind], key, order=72 + place, minute=0))
    facts = ready_to_dose(
        program,
        start_changes={"intake": reports},
        checks=(row,),
        checked_in_at=at(-case["here"]),
        decisions=tuple(more),
        sign_events=(onset("sedation", 20, -5),) if case["sedation"] == "begun since" else (),
    )
    return facts, now


INTAKES = {Intake.FOOD: "food_minutes", Intake.LIQUID: "liquid_minutes", Intake.NASAL_SPRAY: "nasal_spray_minutes"}
REFUSED = {Intake.FOOD: "FASTING", Intake.LIQUID: "LIQUID", Intake.NASAL_SPRAY: "NASAL"}


def between_devices(program: Program, case: Case) -> tuple[SessionFacts, datetime]:
    """One device was given, and something was seen since."""
    rest, line = program.value("rest_between_devices_minutes"), program.value("systolic_line_mmhg")
    first = device(2, 0, case["first"], counted=0 if case["counted"] == "as typed" else rest + 7)
    floor, sedated = program.value("spo2_floor_percent"), {"sedation": True}
    seen: dict[str, list[Case]] = {
        "fine again": [{"bp": (line + 1, 60), "spo2": floor - 1, "signs": ()}, {"bp": (line, 60), "spo2": floor}],
        "pressure": [{"bp": (line + 1, 60)}],
        "oxygen": [{"spo2": floor - 1}],
        "sedation, gone": [{"signs": sedated}, {}],
        "sedation, decided": [{"signs": sedated}],
        "dissociation": [{"signs": {"dissociation": True}}],
    }
    rows = [check(program, 30 + place, 1 + place, **said) for place, said in enumerate(seen.get(case["since"], []))]
    more = [decision("DEVICE_COUNT", 2, order=50, minute=3)] if case["replaced"] else []
    begun = {"before the dose": (onset("sedation", 40, -2),), "since": (onset("sedation", 40, 2),)}.get(
        case["onset"], ()
    )
    if case["since"] == "sedation, decided":
        more.append(decision("NEW_SIGN", 30, order=51, minute=3, measure="sedation"))
    if case["event"] == "decided":
        more.append(decision("NEW_SIGN", 41, order=52, minute=3, measure="serious_event"))
    facts = ready_for_second_device(
        program,
        devices=(first,),
        decisions=tuple(more),
        sign_events=begun,
        serious_events=(concern(41, 2),) if case["event"] != "none" else (),
    )
    facts = with_start(facts, order=DoseOrder(28 * case["ordered"], case["ordered"], "Agreed."))
    return with_check(facts, *rows), at(rest, seconds=0 if case["rest"] == "over" else -1)
