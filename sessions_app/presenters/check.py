"""The charting page: what is due, what was measured before (beside the field, never in it), signs, symptoms."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import clock_time, countdown
from clinic.rules.refusals import Refusal
from sessions_app.models import Check
from sessions_app.models.record import Record
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.checks import Checkpoint, next_checkpoint
from sessions_app.rules.facts import SessionFacts, SignEventKind
from sessions_app.rules.program import Program, Sign
from sessions_app.rules.readings import before_dose, blood_pressures, sign_readings, spo2s
from sessions_app.rules.recovery import unresolved_since
from sessions_app.rules.sign_spans import SignSpan, sign_spans, symptoms

NEAR = timedelta(minutes=10)
# Scores that are readings, counted like a pulse: they stand among the numbers, by this name and unit.
READING_SCALES: dict[str, tuple[str | Promise, str]] = {"Breaths per minute": (gettext_lazy("Breaths"), "/min")}


def _point(facts: SessionFacts, reader: Reader) -> Checkpoint | None:
    return next_checkpoint(facts, now=reader.now) if facts.first_device_at else None


def check_title(facts: SessionFacts, reader: Reader) -> str:
    """Which check it is."""
    point = _point(facts, reader)
    return checkpoint_name(point) if point else _("Check") if facts.first_device_at else _("Check before the dose")


def check_page(record: Record, facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    """Context of ``check.html`` but for the form; ``sign_rows`` are completed there with the form's fields."""
    point = _point(facts, reader)
    page: dict[str, Any] = {
        "before_line": _before_line(facts),
        "before": _before(record, facts, reader),
        "lines": {
            "spo2": _("%(floor)s %% or more") % {"floor": facts.program.value("spo2_floor_percent")},
            "bp": _("up to %(systolic)s/%(diastolic)s")
            % {
                "systolic": facts.program.value("systolic_line_mmhg"),
                "diastolic": facts.program.value("diastolic_line_mmhg"),
            },
        },
        "signs": [_sign(sign, facts, reader) for sign in facts.program.signs],
        # Made, and not charted yet: only then a check is asked whether it is the one before the dose.
        "asks_baseline": facts.first_device_at is not None and not before_dose(facts),
        "symptoms": symptoms(facts),
    }
    if point:
        late = reader.now > point.due_at
        page["due"] = {
            "label": (_("was due %(at)s, late") if late else _("due %(at)s, in"))
            % {"at": clock_time(point.due_at, reader.zone)},
            "count_text": countdown(reader.now - point.due_at if late else point.due_at - reader.now),
            "due_iso": point.due_at.isoformat(),
        }
    return page


def _before_line(facts: SessionFacts) -> str:
    baseline = before_dose(facts)
    pressures, saturations = blood_pressures(baseline), spo2s(baseline)
    values = [f"{pressures[-1].systolic}/{pressures[-1].diastolic}"] if pressures else []
    values += [f"{saturations[-1].percent} %"] if saturations else []
    return _("before the dose %(values)s") % {"values": ", ".join(values)} if values and facts.first_device_at else ""


def _latest(pairs: list[tuple[Any, Any]], reader: Reader) -> list[dict[str, Any]]:
    return [{"value": value, "at": clock_time(at, reader.zone)} for value, at in reversed(pairs[-4:])]


def _before(record: Record, facts: SessionFacts, reader: Reader) -> dict[str, list[dict[str, Any]]]:
    pressures = [(f"{r.systolic}/{r.diastolic}", r.occurred_at) for r in blood_pressures(facts.checks)]
    return {
        "bp": _latest(pressures, reader),
        "spo2": _latest([(r.percent, r.occurred_at) for r in spo2s(facts.checks)], reader),
        "pulse": _latest([(row.pulse_bpm, row.occurred_at) for row in record.checks() if row.pulse_bpm], reader),
    }


def _sign(sign: Sign, facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    readings = sign_readings(facts.checks, sign, facts.program)
    before = ""
    if readings:
        word = {True: _("present"), False: _("none"), None: _("not known")}[readings[-1].present]
        before = f"{clock_time(readings[-1].occurred_at, reader.zone)} {word}"
    began = facts.first_device_at is not None and unresolved_since(facts, sign) is not None
    since = next((span.began_at for span in sign_spans(facts) if span.code == sign.code and span.running), None)
    name, unit = READING_SCALES.get(sign.scale, (sign.scale, ""))
    return {
        "code": sign.code,
        "label": sign.label,
        "is_reading": sign.scale in READING_SCALES,
        "score_label": name,
        "score_unit": unit,
        "scores_before": _latest([(r.score, r.occurred_at) for r in readings if r.score is not None], reader),
        "before": before,
        "began": began,
        "since": _("since %(at)s") % {"at": clock_time(since, reader.zone)} if began and since else "",
    }


def sign_rows(form: Any, signs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The signs' rows with the form's own fields. "Gone" is asked where the sign began and its end is not charted."""
    rows = []
    for sign in signs:
        name = f"sign_{sign['code']}"
        if f"{name}_present" not in form.fields:
            continue
        score = form[f"{name}_score"] if f"{name}_score" in form.fields else None
        rows.append(
            {
                **sign,
                "absent_word": _("Absent"),
                "present_word": _("Present"),
                "present": form[f"{name}_present"],
                "score": score,
                "scores": _scores(score, form.program, sign["code"]),
                "not_obtained": form[f"{name}_not_obtained"],
                "gone": form[f"{name}_gone"] if sign["began"] and f"{name}_gone" in form.fields else None,
            }
        )
    return rows


def _scores(score: Any, program: Program, code: str) -> list[dict[str, Any]]:
    """A score of few steps, each with what it says about the sign: a normal one that it is absent."""
    sign = program.sign(code)
    if score is None or sign is None or not getattr(score.field, "choices", None):
        return []
    typed = "" if score.value() is None else str(score.value())
    return [
        {
            "value": value,
            "label": label,
            "means": "no" if program.score_is_normal(sign, value) else "yes",
            "checked": typed == str(value),
        }
        for value, label in score.field.choices
    ]


def chips(form: Any, told: tuple[SignSpan, ...], labels: dict[str, Any], reader: Reader) -> list[dict[str, Any]]:
    """One chip per symptom: pressed, what runs is charted as gone and anything else as begun, by this check."""
    known = {symptom.code: symptom for symptom in told}
    codes = [*labels, *(symptom.code for symptom in told if symptom.code not in labels and symptom.running)]
    pressed = form["symptoms"].value() or []
    shown = []
    for code in codes:
        symptom = known.get(code)
        running = symptom is not None and symptom.running
        kind = SignEventKind.RESOLUTION if running else SignEventKind.ONSET
        shown.append(
            {
                "value": f"{code}:{kind.value}",
                "label": labels.get(code) or code.capitalize(),
                "running": running,
                "was": _symptom_words(symptom, reader) if symptom else "",
                "now": _("gone by now") if running else _("began"),
                "checked": f"{code}:{kind.value}" in pressed,
            }
        )
    return shown


def _symptom_words(symptom: SignSpan, reader: Reader) -> str:
    if symptom.running:
        return _("since %(at)s") % {"at": reader.clock(symptom.began_at)}
    return f"{reader.clock(symptom.began_at)} – {reader.clock(symptom.ended_at)}"


def measure_words(program: Program) -> dict[str, str]:
    """The measures of a check as the nurse calls them, by name."""
    signs = {sign.code: sign.label for sign in program.signs}
    return {"blood_pressure": _("BP"), "pulse": _("Pulse"), "spo2": "SpO₂", **signs}


def left_empty(refusal: Refusal, program: Program) -> dict[str, str]:
    """What is asked once before a check is saved with gaps; bound to these very measures."""
    words = measure_words(program)
    measures: Any = refusal.params["measures"]
    return {"names": ", ".join(words[measure] for measure in measures), "value": ",".join(measures)}


def others_near(near: Iterable[Check], check: Check, reader: Reader) -> list[str]:
    """Two people's two readings are two rows, and the second is told of the first."""
    return [
        _("%(who)s charted a check at %(at)s. Yours, %(yours)s, is kept. Compare the two.")
        % {
            "who": row.performed_by.printed_name,
            "at": clock_time(row.occurred_at, reader.zone),
            "yours": clock_time(check.occurred_at, reader.zone),
        }
        for row in near
        if row.performed_by_id != check.performed_by_id
    ]
