"""The ways out, as a person would take them: each escape of gate.md adds the facts it stands for, honestly and no
more. A test that a refusal is cleared by one of them and by nothing else tries them all."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from clinic.rules.enrolment import EnrolmentFacts
from clinic.rules.refusals import ClearedBy, Refusal
from clinic.rules.stock import StockDevice
from sessions_app.rules.administration import administration_refusals
from sessions_app.rules.discharge import Release, discharge_refusals, peak_window
from sessions_app.rules.facts import (
    Check,
    CheckKind,
    Decision,
    Deviation,
    DoseOrder,
    IntakeAnswer,
    IntakeRow,
    SessionFacts,
    SignEventKind,
)
from sessions_app.rules.recovery import unresolved_since
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import (
    FIRST,
    TODAY,
    WITH_A_FRIEND,
    at,
    baseline,
    check,
    ident,
    leaving_now,
    next_order,
    sign_event,
    stock,
    with_check,
    with_start,
)

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scene:
    """A session at a moment, in front of one of its gates. ``readings`` is how this patient measures."""

    facts: SessionFacts
    now: datetime
    device: StockDevice | None = None
    release: Release | None = None
    readings: Callable[[SessionFacts, CheckKind, float], Check] | None = None

    def refusals(self) -> tuple[Refusal, ...]:
        if self.facts.state is State.MONITORING:
            return discharge_refusals(self.facts, now=self.now, release=self.release)
        return administration_refusals(self.facts, device=self.device, at=self.now, now=self.now)

    def refused(self, code: str, **params: Any) -> Refusal | None:
        """The refusal with this code and these parameters, if the gate gives it."""
        return next(
            (
                refusal
                for refusal in self.refusals()
                if refusal.code == code and params.items() <= dict(refusal.params).items()
            ),
            None,
        )

    @property
    def minute(self) -> float:
        return (self.now.replace(second=0, microsecond=0) - FIRST) / MINUTE

    def later(self, **facts: Any) -> "Scene":
        return replace(self, facts=replace(self.facts, **facts))


def leaving(facts: SessionFacts, **changes: Any) -> Scene:
    """A minute after the stay ended."""
    assert facts.stay_ends_at is not None
    now = facts.stay_ends_at + MINUTE
    return Scene(facts, now, release=leaving_now(now), **changes)


def dosing(facts: SessionFacts, *, minute: float = 0) -> Scene:
    return Scene(facts, at(minute), device=stock())


def wait(scene: Scene, _: Refusal) -> Scene:
    """Six hours and nothing else."""
    return replace(scene, now=scene.now + timedelta(hours=6))


def measure(scene: Scene, _: Refusal) -> Scene:
    """One full check now."""
    order = next_order(scene.facts)
    kind = CheckKind.BASELINE if scene.facts.first_device_at is None else CheckKind.MONITORING
    if scene.readings is None:
        row = check(scene.facts.program, 100 + order, scene.minute, order=order, kind=kind)
    else:
        row = replace(scene.readings(scene.facts, kind, scene.minute), id=ident(100 + order), order=order)
    return replace(scene, facts=with_check(scene.facts, row))


def document(scene: Scene, refusal: Refusal) -> Scene:
    """Everything that is only a matter of writing it down: questions, resolutions, readiness, instructions, the way
    home, and checks that were really made."""
    scene = _late_entries(scene, refusal.code) if scene.facts.first_device_at else scene
    scene = _questions(scene) if scene.facts.start else scene
    facts, minute = scene.facts, scene.minute
    order = next_order(facts)
    gone = tuple(
        sign_event(sign.code, SignEventKind.RESOLUTION, 200 + order + place, minute, order=order)
        for place, sign in enumerate(facts.program.signs)
        if unresolved_since(facts, sign)
    )
    written = scene.later(
        sign_events=(*facts.sign_events, *gone),
        assessed_at=(*facts.assessed_at, at(minute)),
        way_home=WITH_A_FRIEND,
        instructions_given=True,
    )
    return replace(written, release=scene.release and leaving_now(scene.now))


def _late_entries(scene: Scene, code: str) -> Scene:
    facts, program, order = scene.facts, scene.facts.program, next_order(scene.facts)
    window = peak_window(facts)
    if code.startswith("BASELINE") or code == "OXIMETER":
        assert facts.first_device_at is not None
        late = baseline(program, 100 + order, (facts.first_device_at - FIRST) / MINUTE, order=order)
    elif code == "PEAK_CHECK" and window and window.due_at <= scene.now:
        late = check(program, 100 + order, (window.due_at - FIRST) / MINUTE, order=order, signs=(), spo2=None)
    else:
        return scene
    return replace(scene, facts=with_check(facts, late))


def _questions(scene: Scene) -> Scene:
    facts = scene.facts
    asked = facts.start
    assert asked is not None
    program = facts.program
    changes: dict[str, Any] = {
        "enrolment": EnrolmentFacts(enrolled=True, verified_date=_local_date(scene)),
        "contraindications": _answered(program.contraindications, asked.contraindications),
        "contraindications_asked": dict.fromkeys(program.contraindications, _local_date(scene)),
        "anything_new": bool(asked.anything_new),
        "asked_again": True,
        "medicines": _answered(program.medicines, asked.medicines),
        "course": replace(asked.course, counselled=True),
        "emergency_since": None,
        "intake": {
            intake: asked.intake.get(intake, IntakeRow(ident(90), IntakeAnswer.NONE))
            for intake in ("FOOD", "LIQUID", "NASAL_SPRAY")
        },
    }
    return replace(scene, facts=with_start(facts, **changes))


def _local_date(scene: Scene) -> date:
    return TODAY if scene.now < at(14 * 60) else scene.now.date()


def _answered(wanted: Any, given: dict[str, bool | None]) -> dict[str, bool | None]:
    return {code: bool(given.get(code)) for code in wanted}


def deviate(scene: Scene, _: Refusal) -> Scene:
    """A licensed person says why a check is missing; the prescriber examined the patient for a missing baseline."""
    window = peak_window(scene.facts)
    bound = frozenset({window.device_id}) if window else frozenset()
    return scene.later(
        deviations=(
            *scene.facts.deviations,
            Deviation("BASELINE_CHECK", frozenset(), examined=True),
            Deviation("PEAK_CHECK", bound, examined=False),
        )
    )


def prescribe(scene: Scene, refusal: Refusal) -> Scene:
    """The prescriber examines and decides on what this refusal shows, or signs and orders what is missing."""
    facts = scene.facts
    bound = refusal.params.get("bound_ids", frozenset())
    if refusal.code in ("DOSE_ORDER", "DEVICE_COUNT") and not bound:
        return replace(scene, facts=_ordered_anew(facts))
    if refusal.code in ("OFF_LABEL", "MDSI_ANTIDEPRESSANT"):
        assert facts.start is not None
        signed = replace(facts.start.course, off_label_documented=True, antidepressant_recorded=True)
        return replace(scene, facts=with_start(facts, course=signed))
    assert isinstance(bound, frozenset)
    row = Decision(
        next_order(facts), refusal.code, str(refusal.params.get("measure", "")), bound, at(scene.minute), examined=True
    )
    return scene.later(decisions=(*facts.decisions, row))


def _ordered_anew(facts: SessionFacts) -> SessionFacts:
    wanted = max(2, len(facts.delivered) + 1)
    return with_start(facts, order=DoseOrder(wanted * facts.program.mg_per_device, wanted, "weighed and wanted"))


def find_another(scene: Scene, _: Refusal) -> Scene:
    """Another prescriber on site, another oximeter, another device."""
    facts = scene.facts
    if facts.start is not None:
        facts = with_start(facts, prescriber_on_site=True, oximeter_on_site=True)
    return replace(scene, facts=facts, device=stock("B-2"))


ESCAPES: dict[ClearedBy, Callable[[Scene, Refusal], Scene]] = {
    ClearedBy.TIME: wait,
    ClearedBy.MEASUREMENT: measure,
    ClearedBy.DOCUMENTATION: document,
    ClearedBy.DEVIATION: deviate,
    ClearedBy.PRESCRIBER: prescribe,
    ClearedBy.OTHER: find_another,
}


def cleared_by(scene: Scene, code: str, **params: Any) -> set[ClearedBy]:
    """Every escape that makes this refusal go away, tried one at a time."""
    refusal = scene.refused(code, **params)
    assert refusal is not None, f"{code} {params} does not appear: {scene.refusals()}"
    return {way for way, escape in ESCAPES.items() if escape(scene, refusal).refused(code, **params) is None}
