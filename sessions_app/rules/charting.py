"""What may be written down about a patient, and what is asked back first. Facts are refused only where they
cannot be true: a gate refuses a permission, never a fact (gate.md, principle 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, state_refusal
from clinic.rules.roles import Permission
from clinic.rules.signature import SIGNED_TO_TAKE_BACK
from sessions_app.rules.checks import Vitals, impossible_values, occurred_refusals, unlikely_values
from sessions_app.rules.facts import CheckKind, SessionFacts, SignEventKind
from sessions_app.rules.program import Program
from sessions_app.rules.states import BEFORE_DOSE, UNDER_WATCH, State

CHARTABLE = (*BEFORE_DOSE, *UNDER_WATCH, State.DISCHARGED, State.LEFT_EARLY, State.TRANSFERRED, State.NOT_DOSED)


@dataclass(frozen=True)
class SignEntry:
    """One sign as entered: an answer with an optional score, or the reason why there is none. ``gone``: it was
    gone by the time of this check."""

    present: bool | None = None
    score: int | None = None
    not_obtained: str = ""
    gone: bool = False

    @property
    def asked(self) -> bool:
        return self.present is not None or bool(self.not_obtained)


@dataclass(frozen=True)
class CheckEntry:
    """One check as entered. ``symptoms`` began, or were gone, by the time of it. ``expected``: the measures that
    whoever charts means to fill in; one left empty is asked back about once."""

    vitals: Vitals = field(default_factory=Vitals)
    blood_pressure_not_obtained: str = ""
    pulse_not_obtained: str = ""
    spo2_not_obtained: str = ""
    signs: Mapping[str, SignEntry] = field(default_factory=dict)
    symptoms: Mapping[str, SignEventKind] = field(default_factory=dict)
    note: str = ""
    confirmed: frozenset[str] = frozenset()
    expected: tuple[str, ...] = ()


def kind_of_check(facts: SessionFacts, *, late_baseline: bool = False, taken_at: datetime | None = None) -> CheckKind:
    """Before the first device every check is a baseline; after it, only one charted late as such, or one that waited
    on a tablet and was ``taken_at`` a time before it."""
    first = facts.first_device_at
    if first is None or late_baseline or (taken_at is not None and taken_at < first):
        return CheckKind.BASELINE
    return CheckKind.MONITORING


def check_refusals(
    facts: SessionFacts, entry: CheckEntry, *, kind: CheckKind, at: datetime, now: datetime, asks: bool = True
) -> tuple[Refusal, ...]:
    """Why this check cannot be written down as it stands; UNLIKELY and INCOMPLETE only ask once to
    confirm. ``asks`` False: nobody is there to ask, and a reading is not held back for that."""
    if facts.state not in CHARTABLE:
        return (state_refusal(facts.state, "check"),)
    refusals = [*check_time_refusals(facts, kind=kind, at=at, now=now)]
    refusals += impossible_values(entry.vitals)
    refusals += _both_value_and_reason(entry)
    refusals += _symptom_refusals(facts.program, entry)
    for code, sign in entry.signs.items():
        refusals += _sign_refusals(facts.program, code, sign)
    if not refusals and _is_empty(entry):
        refusals.append(field_refusal("systolic_mmhg", "nothing_measured" if entry.symptoms else "nothing_entered"))
    if refusals or not asks:
        return tuple(refusals)
    unlikely = tuple(name for name in unlikely_values(entry.vitals) if name not in entry.confirmed)
    if unlikely:
        params = {name: getattr(entry.vitals, name) for name in unlikely}
        refusals.append(Refusal("UNLIKELY", {"values": params}, None, (ClearedBy.DOCUMENTATION,)))
    if left := left_empty(entry):
        refusals.append(Refusal("INCOMPLETE", {"measures": left}, None, (ClearedBy.DOCUMENTATION,)))
    return tuple(refusals)


def check_time_refusals(facts: SessionFacts, *, kind: CheckKind, at: datetime, now: datetime) -> tuple[Refusal, ...]:
    """Why a check of this kind cannot have been taken at that time in this session."""
    after = facts.first_device_at if kind is CheckKind.MONITORING else None
    refusals = occurred_refusals(at, now=now, not_before=facts.checked_in_at, first_device_at=after)
    if kind is CheckKind.BASELINE and facts.first_device_at is not None and at > facts.first_device_at:
        late = field_refusal("occurred_time", "after_first_device", at=at, first_device_at=facts.first_device_at)
        refusals = (*refusals, late)
    return refusals


def measures_of_page(program: Program) -> tuple[str, ...]:
    """What a whole check asks for: the programme's measures, and the pulse, which no gate reads."""
    blood_pressure, *rest = program.measures
    return (blood_pressure, "pulse", *rest)


def left_empty(entry: CheckEntry) -> tuple[str, ...]:
    """The expected measures without a value and without a reason."""
    said = {
        "blood_pressure": entry.vitals.systolic_mmhg is not None or bool(entry.blood_pressure_not_obtained),
        "pulse": entry.vitals.pulse_bpm is not None or bool(entry.pulse_not_obtained),
        "spo2": entry.vitals.spo2_percent is not None or bool(entry.spo2_not_obtained),
        **{code: sign.asked for code, sign in entry.signs.items()},
    }
    return tuple(measure for measure in entry.expected if not said.get(measure))


def _is_empty(entry: CheckEntry) -> bool:
    vitals = (entry.vitals.systolic_mmhg, entry.vitals.pulse_bpm, entry.vitals.spo2_percent)
    reasons = (entry.blood_pressure_not_obtained, entry.pulse_not_obtained, entry.spo2_not_obtained)
    return (
        not any(value is not None for value in vitals)
        and not any(reasons)
        and not any(sign.asked for sign in entry.signs.values())
    )


def _both_value_and_reason(entry: CheckEntry) -> list[Refusal]:
    refusals = []
    if entry.blood_pressure_not_obtained and entry.vitals.systolic_mmhg is not None:
        refusals.append(field_refusal("bp_not_obtained", "value_and_reason"))
    if entry.pulse_not_obtained and entry.vitals.pulse_bpm is not None:
        refusals.append(field_refusal("pulse_not_obtained", "value_and_reason"))
    if entry.spo2_not_obtained and entry.vitals.spo2_percent is not None:
        refusals.append(field_refusal("spo2_not_obtained", "value_and_reason"))
    return refusals


def _symptom_refusals(program: Program, entry: CheckEntry) -> list[Refusal]:
    """A sign of the programme is answered, never told beside its question."""
    asked = {name.lower() for sign in program.signs for name in (sign.code, sign.label)}
    return [field_refusal("other_symptom", "asked_above") for code in entry.symptoms if code.strip().lower() in asked]


def _sign_refusals(program: Program, code: str, entry: SignEntry) -> list[Refusal]:
    sign, name = program.sign(code), f"sign_{code}"
    if sign is None:
        return [field_refusal(f"{name}_present", "unknown_sign")]
    if entry.not_obtained and (entry.present is not None or entry.score is not None):
        return [field_refusal(f"{name}_not_obtained", "value_and_reason")]
    if entry.score is not None and entry.present is None:
        return [field_refusal(f"{name}_present", "answer_missing")]
    if entry.score is not None and not sign.score_min <= entry.score <= sign.score_max:
        return [
            field_refusal(f"{name}_score", "impossible", value=entry.score, low=sign.score_min, high=sign.score_max)
        ]
    if entry.gone and entry.present is not False:
        return [field_refusal(f"{name}_gone", "gone_but_present")]
    return []


def sign_event_refusals(facts: SessionFacts, *, at: datetime, now: datetime) -> tuple[Refusal, ...]:
    """Why an onset or a resolution cannot be written down with this time."""
    if facts.state not in CHARTABLE:
        return (state_refusal(facts.state, "sign"),)
    return occurred_refusals(at, now=now, not_before=facts.checked_in_at)


def counted_time(at: datetime, *, now: datetime, program: Program) -> datetime:
    """From when a device counts: its typed time, or, typed more than 10 min [D] after the fact, its entry (the
    next whole minute), until a second licensed person confirms the typed time."""
    if now - at <= program.minutes("late_device_entry_minutes"):
        return at
    entered = now.replace(second=0, microsecond=0)
    return entered if entered == now else entered + timedelta(minutes=1)


def void_permission(row_kind: str) -> Permission:
    """What taking a row of this kind out of force needs."""
    return Permission.PRESCRIBE if row_kind in SIGNED_TO_TAKE_BACK else Permission.CORRECT
