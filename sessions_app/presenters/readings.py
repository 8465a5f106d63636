"""The table of checks: every one stays, corrected ones struck through."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, whole_minutes
from clinic.rules.roles import Permission
from sessions_app.models import Check, NotObtained, SignObservation
from sessions_app.models.record import Record
from sessions_app.models.replacement import moves_of
from sessions_app.presenters.correction import channel_notes, moved_here_words, struck_words, was_words
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.checks import LateCheck, late_checks
from sessions_app.rules.facts import CheckKind, SessionFacts
from sessions_app.rules.program import Program, Sign

ENTERED_LATER_MINUTES = 5


def row_anchor(row_id: UUID | str) -> str:
    """Where a row stands on its session's page."""
    return f"row-{row_id}"


def readings_head(program: Program) -> list[str]:
    """Short names of the signs."""
    return [sign.short_label for sign in program.signs]


def reading_rows(
    record: Record, facts: SessionFacts, reader: Reader, *, permissions: frozenset[Permission]
) -> list[dict[str, Any]]:
    """One row per check, oldest first."""
    moves = moves_of(record)
    replaced = {row.replacement_id: row for row in record.corrections.values() if row.replacement_id}
    observed = _observed(record)
    checks = {check.pk: check for check in record.all(Check)}
    late = {found.taken_at: found for found in late_checks(facts, now=reader.now)}
    rows = []
    for check in checks.values():
        may_correct = Permission.CORRECT in permissions
        line = _row(check, observed.get(check.pk, {}), record, facts, reader, may_correct=may_correct)
        before = replaced.get(check.pk)
        line["notes"] = [
            *channel_notes(check.channel),
            *([was_words(checks[before.row_id])] if before and before.row_id in checks else []),
            *([moved_here_words(moves[check.pk])] if check.pk in moves and not line.get("struck") else []),
        ]
        if check.occurred_at in late and check.systolic_mmhg and not line.get("struck"):
            line["late"] = _late(late[check.occurred_at])
        if line.get("struck"):
            line["struck_note"] = struck_words(record.corrections[check.pk], reader, to=moves.get(check.pk))
        rows.append(line)
    return rows


def readings_in_force(record: Record, facts: SessionFacts, reader: Reader) -> list[dict[str, Any]]:
    """The rows that count, without the history of those that do not: what paper goes on from."""
    observed = _observed(record)
    late = {found.taken_at: found for found in late_checks(facts, now=reader.now)}
    rows = []
    for check in record.checks():
        line = _row(check, observed.get(check.pk, {}), record, facts, reader, may_correct=False)
        if check.occurred_at in late and check.systolic_mmhg:
            line["late"] = _late(late[check.occurred_at])
        rows.append(line)
    return rows


def _observed(record: Record) -> dict[UUID | None, dict[str, SignObservation]]:
    """The signs of every check, by code."""
    observed: dict[UUID | None, dict[str, SignObservation]] = {}
    for row in record.all(SignObservation):
        observed.setdefault(row.check_row_id, {})[row.code] = row
    return observed


def _late(found: LateCheck) -> str:
    """The checkpoint that had closed: the check stands for it, late."""
    minutes = whole_minutes(found.late)
    said = {"check": checkpoint_name(found.checkpoint), "minutes": minutes}
    return _("%(check)s, %(minutes)s min late") % said


def _row(
    check: Check,
    signs: dict[str, SignObservation],
    record: Record,
    facts: SessionFacts,
    reader: Reader,
    *,
    may_correct: bool,
) -> dict[str, Any]:
    program, correction = facts.program, record.corrections.get(check.pk)
    line = (program.value("systolic_line_mmhg"), program.value("diastolic_line_mmhg"))
    row: dict[str, Any] = {
        "time": clock_time(check.occurred_at, reader.zone),
        "what": _what(check, facts),
        "entered": entered_later(check, reader),
        "bp": f"{check.systolic_mmhg}/{check.diastolic_mmhg}" if check.systolic_mmhg else "",
        "bp_out": bool(check.systolic_mmhg)
        and ((check.systolic_mmhg or 0) > line[0] or (check.diastolic_mmhg or 0) > line[1]),
        "pulse": check.pulse_bpm or "",
        "spo2": check.spo2_percent or "",
        "spo2_out": check.spo2_percent is not None and check.spo2_percent < program.value("spo2_floor_percent"),
        "signs": [sign_word(sign, signs.get(sign.code), program) for sign in program.signs],
        "who": short_name(check.performed_by.printed_name),
    }
    if check.blood_pressure_not_obtained:
        row |= {"bp": NotObtained(check.blood_pressure_not_obtained).label, "bp_missing": True}
    if check.pulse_not_obtained:
        row |= {"pulse": NotObtained(check.pulse_not_obtained).label, "pulse_missing": True}
    if check.spo2_not_obtained:
        row |= {"spo2": NotObtained(check.spo2_not_obtained).label, "spo2_missing": True}
    if correction:
        row["struck"] = True
    elif may_correct:
        args = [record.dosing_session.pk, check.pk]
        row |= {"edit_url": reverse("sessions_app:correct-check", args=args), "edit_label": _("Correct")}
    return row


def _what(check: Check, facts: SessionFacts) -> str:
    if check.kind == CheckKind.BASELINE:
        return _("before dose")
    given = facts.delivered
    if not given:
        return ""
    last_at = max(device.occurred_at for device in given)
    return _("%(minutes)s min") % {"minutes": int((check.occurred_at - last_at).total_seconds() // 60)}


def entered_later(row: Any, reader: Reader) -> str:
    """When it was entered, where that is not when it happened."""
    if row.recorded_at is None:
        return ""
    minutes = (row.recorded_at - row.occurred_at).total_seconds() / 60
    return clock_time(row.recorded_at, reader.zone) if minutes >= ENTERED_LATER_MINUTES else ""


def sign_word(sign: Sign, row: SignObservation | None, program: Program) -> dict[str, Any]:
    """``none``, ``present``, or why it was not obtained; with the score where there is one."""
    if row is None:
        return {"word": "", "out": False, "missing": False}
    if row.present is None:
        return {"word": NotObtained(row.not_obtained).label, "out": True, "missing": True}
    out = row.present or (row.score is not None and not program.score_is_normal(sign, row.score))
    word = _("present") if row.present else _("none")
    return {"word": f"{word} ({row.score})" if row.score is not None else word, "out": out, "missing": False}


def short_name(name: str) -> str:
    """``N. Nightjar``."""
    first, _space, rest = name.partition(" ")
    return f"{first[:1]}. {rest}" if rest else name
