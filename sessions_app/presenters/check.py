"""The charting page: what is due, what was measured before (beside the field, never in it), the signs' rows."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, countdown
from sessions_app.models import Check
from sessions_app.models.record import Record
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.checks import next_checkpoint
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Sign
from sessions_app.rules.readings import before_dose, blood_pressures, sign_readings, spo2s
from sessions_app.rules.recovery import unresolved_since

NEAR = timedelta(minutes=10)


def check_page(record: Record, facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    """Context of ``check.html`` but for the form; ``sign_rows`` are completed there with the form's fields."""
    point = next_checkpoint(facts, now=reader.now) if facts.first_device_at else None
    title = checkpoint_name(point) if point else _("Check before the dose") if not facts.first_device_at else _("Check")
    page: dict[str, Any] = {
        "title": title,
        "before_line": _before_line(facts),
        "before": _before(record, facts, reader),
        "lines": {"spo2": _("%(floor)s %% or more") % {"floor": facts.program.value("spo2_floor_percent")}},
        "signs": [_sign(sign, facts, reader) for sign in facts.program.signs],
        "waits": None,
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


def _before(record: Record, facts: SessionFacts, reader: Reader) -> dict[str, list[dict[str, Any]]]:
    def latest(pairs: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
        return [{"value": value, "at": clock_time(at, reader.zone)} for value, at in reversed(pairs[-3:])]

    return {
        "bp": latest([(f"{r.systolic}/{r.diastolic}", r.occurred_at) for r in blood_pressures(facts.checks)]),
        "spo2": latest([(r.percent, r.occurred_at) for r in spo2s(facts.checks)]),
        "pulse": latest([(row.pulse_bpm, row.occurred_at) for row in record.checks() if row.pulse_bpm]),
    }


def _sign(sign: Sign, facts: SessionFacts, reader: Reader) -> dict[str, Any]:
    readings = sign_readings(facts.checks, sign, facts.program)
    before = ""
    if readings:
        word = {True: _("present"), False: _("none"), None: _("not known")}[readings[-1].present]
        before = f"{clock_time(readings[-1].occurred_at, reader.zone)} {word}"
    began = facts.first_device_at is not None and unresolved_since(facts, sign) is not None
    return {"code": sign.code, "label": sign.label, "score_label": sign.scale, "before": before, "began": began}


def sign_rows(form: Any, signs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The signs' rows with the form's own fields. "Gone" is asked where the sign began and its end is not charted."""
    rows = []
    for sign in signs:
        name = f"sign_{sign['code']}"
        rows.append(
            {
                **sign,
                "absent_word": _("Absent"),
                "present_word": _("Present"),
                "present": form[f"{name}_present"],
                "score": form[f"{name}_score"] if f"{name}_score" in form.fields else None,
                "not_obtained": form[f"{name}_not_obtained"],
                "gone": form[f"{name}_gone"] if sign["began"] and f"{name}_gone" in form.fields else None,
            }
        )
    return rows


def others_near(record: Record, check: Check, reader: Reader) -> list[str]:
    """Two people's two readings are two rows, and the second is told of the first."""
    return [
        _("%(who)s charted a check at %(at)s. Yours, %(yours)s, is kept. Compare the two.")
        % {
            "who": row.performed_by.printed_name,
            "at": clock_time(row.occurred_at, reader.zone),
            "yours": clock_time(check.occurred_at, reader.zone),
        }
        for row in record.checks()
        if row.pk != check.pk
        and row.performed_by_id != check.performed_by_id
        and abs(row.occurred_at - check.occurred_at) <= NEAR
    ]
