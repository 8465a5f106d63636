"""Small facts for the tests of the rules. Minutes count from the first device; ids are numbers; the order of entry
is the number of the row unless said otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import EnrolmentFacts, Setting
from clinic.rules.refusals import Refusal
from clinic.rules.stock import StockDevice, StockKind
from sessions_app.rules.discharge import Release
from sessions_app.rules.facts import (
    Check,
    CheckKind,
    CourseFacts,
    Decision,
    DoseOrder,
    GivenDevice,
    Intake,
    IntakeAnswer,
    IntakeRow,
    OpenConcern,
    Outcome,
    SessionFacts,
    SignAnswer,
    SignEvent,
    SignEventKind,
    StartFacts,
    WayHome,
    WayHomeKind,
)
from sessions_app.rules.program import Program, parse_program
from sessions_app.rules.signs import Sign
from sessions_app.rules.states import State

ROOT = Path(__file__).parents[3]


def read_program(path: Path) -> Program:
    return parse_program(path.read_text(), file=path.name)


ESKETAMINE_FILE = ROOT / "sessions_app" / "programs" / "esketamine-2.toml"
SEDALINE_FILE = ROOT / "tests" / "programs" / "sedaline-1.toml"
ESKETAMINE = read_program(ESKETAMINE_FILE)
SEDALINE = read_program(SEDALINE_FILE)
PROGRAMS = (ESKETAMINE, SEDALINE)
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)

TODAY = date(2025, 3, 4)
FIRST = datetime(2025, 3, 4, 15, 0, tzinfo=UTC)  # 10:00 in New York
NOT_OBTAINED = "not obtained"
BASELINE, PEAK, FINAL, FIRST_DEVICE, LAST_DEVICE = 1, 4, 5, 2, 3


def at(minute: float = 0, *, seconds: float = 0) -> datetime:
    return FIRST + timedelta(minutes=minute, seconds=seconds)


def ident(number: int) -> UUID:
    return UUID(int=number)


def ids(*numbers: int) -> frozenset[UUID]:
    return frozenset(ident(number) for number in numbers)


def codes(refusals: Iterable[Refusal]) -> tuple[str, ...]:
    return tuple(refusal.code for refusal in refusals)


def only(refusals: Iterable[Refusal], code: str) -> Refusal:
    """The one refusal with this code."""
    (found,) = [refusal for refusal in refusals if refusal.code == code]
    return found


# --- signs and checks ---------------------------------------------------------------------------------


def scored(program: Program) -> Sign:
    """The first sign with a scale."""
    return next(sign for sign in program.signs if sign.scale)


def score(program: Program, sign: Sign, *, worse_by: int = 0) -> int:
    """The last normal score, or one that is so much worse."""
    return program.value(sign.normal) + (-worse_by if sign.better == "higher" else worse_by)


def answers(program: Program, changes: Mapping[str, Any] | None = None) -> tuple[SignAnswer, ...]:
    """Every sign absent, except as changed: to an answer, or to an answer and a score."""
    given = {sign.code: False for sign in program.signs} | dict(changes or {})
    return tuple(
        SignAnswer(code, *answer) if isinstance(answer, tuple) else SignAnswer(code, answer)
        for code, answer in given.items()
    )


def check(
    program: Program,
    number: int,
    minute: float,
    *,
    kind: CheckKind = CheckKind.MONITORING,
    order: int | None = None,
    bp: Any = (120, 75),
    spo2: Any = 98,
    signs: Mapping[str, Any] | tuple[()] | None = None,
) -> Check:
    """A full and normal check, unless changed. ``signs=()`` asks for none of them."""
    systolic, diastolic = bp if isinstance(bp, tuple) else (None, None)
    return Check(
        id=ident(number),
        order=number if order is None else order,
        kind=kind,
        occurred_at=at(minute),
        systolic_mmhg=systolic,
        diastolic_mmhg=diastolic,
        blood_pressure_not_obtained=bp == NOT_OBTAINED,
        spo2_percent=spo2 if isinstance(spo2, int) else None,
        spo2_not_obtained=spo2 == NOT_OBTAINED,
        signs=() if signs == () else answers(program, dict(signs or {})),
    )


def baseline(program: Program, number: int = BASELINE, minute: float = -10, **changes: Any) -> Check:
    return check(program, number, minute, kind=CheckKind.BASELINE, **changes)


def sign_event(code: str, kind: SignEventKind, number: int, minute: float, *, order: int | None = None) -> SignEvent:
    return SignEvent(ident(number), number if order is None else order, code, kind, at(minute))


def onset(code: str, number: int, minute: float, *, order: int | None = None) -> SignEvent:
    return sign_event(code, SignEventKind.ONSET, number, minute, order=order)


def resolution(code: str, number: int, minute: float, *, order: int | None = None) -> SignEvent:
    return sign_event(code, SignEventKind.RESOLUTION, number, minute, order=order)


def concern(number: int, minute: float) -> OpenConcern:
    return OpenConcern(ident(number), number, at(minute))


# --- devices and decisions ----------------------------------------------------------------------------


def device(
    number: int,
    minute: float,
    outcome: Outcome | None = Outcome.FULL,
    *,
    order: int | None = None,
    counted: float | None = None,
) -> GivenDevice:
    counted_at = at(minute if counted is None else counted)
    return GivenDevice(ident(number), number if order is None else order, at(minute), counted_at, outcome)


def decision(
    code: str, *numbers: int, order: int, minute: float, measure: str = "", examined: bool = False
) -> Decision:
    return Decision(order, code, measure, ids(*numbers), at(minute), examined)


def stock(number: str = "A-1", **changes: Any) -> StockDevice:
    fields = {"expires_date": date(2026, 1, 31), "kind": StockKind.BULK, "for_this_patient": False}
    return StockDevice(**{"number": number, **fields, "received_date": TODAY, "given": False, **changes})


# --- sessions -----------------------------------------------------------------------------------------

WITH_A_FRIEND = WayHome(WayHomeKind.PERSON, "Mia Example", "555-0101", will_not_drive=True)


def start(program: Program, **changes: Any) -> StartFacts:
    """Everything the start gate asks, answered so that it is open."""
    fields: dict[str, Any] = {
        "certification": CertificationFacts(CertificationStatus.CERTIFIED, representative_current=True),
        "enrolment": EnrolmentFacts(enrolled=True, verified_date=TODAY),
        "birth_date": date(1980, 5, 17),
        "course": course(program),
        "contraindications": dict.fromkeys(program.contraindications, False),
        "contraindications_asked": dict.fromkeys(program.contraindications, TODAY),
        "anything_new": False,
        "asked_again": False,
        "medicines": dict.fromkeys(program.medicines, False),
        "order": DoseOrder(2 * program.mg_per_device, 2, ""),
        "prescriber_on_site": True,
        "oximeter_on_site": True,
        "intake": {
            intake: IntakeRow(ident(60 + place), IntakeAnswer.NONE) for place, intake in enumerate(Intake, start=1)
        },
    }
    return StartFacts(**{**fields, **changes})


def course(program: Program, **changes: Any) -> CourseFacts:
    """The first dose of the programme's first indication."""
    indication = next(iter(program.indications))
    fields: dict[str, Any] = {
        "indication": indication,
        "off_label": False,
        "off_label_documented": False,
        "antidepressant_recorded": indication in program.antidepressant_required,
        "first_dose_date": None,
        "last_dose_date": None,
        "counselled": True,
        "dosed_here": False,
        "benefit_reviewed": True,
    }
    return CourseFacts(**{**fields, **changes})


def ready_to_dose(program: Program, *, start_changes: Mapping[str, Any] | None = None, **changes: Any) -> SessionFacts:
    """Cleared, and the start gate open at minute 0."""
    fields: dict[str, Any] = {
        "program": program,
        "state": State.CLEARED,
        "setting": Setting.OUTPATIENT,
        "time_zone": "America/New_York",
        "checked_in_at": at(-30),
        "checks": (baseline(program),),
        "way_home": WITH_A_FRIEND,
        "start": start(program, **(start_changes or {})),
    }
    return SessionFacts(**{**fields, **changes})


def second_device_minute(program: Program) -> int:
    return program.value("rest_between_devices_minutes")


def ready_for_second_device(program: Program, **changes: Any) -> SessionFacts:
    """Dosing, one device given at minute 0; the gate is open when the rest is over."""
    return replace(ready_to_dose(program), **{"state": State.DOSING, "devices": (device(FIRST_DEVICE, 0),), **changes})


def ready_to_leave(program: Program, **changes: Any) -> SessionFacts:
    """Two devices, every check made, everything documented: the discharge gate opens when the stay ends."""
    last = second_device_minute(program)
    facts = replace(
        ready_to_dose(program),
        state=State.MONITORING,
        devices=(device(FIRST_DEVICE, 0), device(LAST_DEVICE, last)),
        instructions_given=True,
    )
    end = end_minute(facts)
    checks = (baseline(program), check(program, PEAK, peak_minute(program)), check(program, FINAL, end))
    return replace(facts, **{"checks": checks, "assessed_at": (at(end),), **changes})


def peak_minute(program: Program) -> int:
    return second_device_minute(program) + program.value("peak_check_due_minutes")


def end_minute(facts: SessionFacts) -> float:
    """The minute at which the stay ends."""
    assert facts.stay_ends_at is not None
    return (facts.stay_ends_at - FIRST) / timedelta(minutes=1)


def with_check(facts: SessionFacts, *more: Check) -> SessionFacts:
    """The same with these checks too, each replacing one of its id."""
    replaced = {row.id for row in more}
    kept = [row for row in facts.checks if row.id not in replaced]
    return replace(facts, checks=tuple(sorted((*kept, *more), key=lambda row: (row.occurred_at, row.order))))


def with_start(facts: SessionFacts, **changes: Any) -> SessionFacts:
    assert facts.start is not None
    return replace(facts, start=replace(facts.start, **changes))


def next_order(facts: SessionFacts) -> int:
    rows = (*facts.checks, *facts.devices, *facts.decisions, *facts.sign_events)
    return max((row.order for row in rows), default=0) + 1


def leaving_now(now: datetime) -> Release:
    return Release("Mia Example", now.replace(second=0, microsecond=0))
