"""What happened, in order, each line with its time and its person; corrected lines stay, struck through."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.credential import lapsed_words
from clinic.presenters.signature import signature_note
from clinic.presenters.time import clock_time
from sessions_app import models
from sessions_app.models.record import Record
from sessions_app.presenters.adverse_event import account_words, report_words
from sessions_app.presenters.correction import channel_notes, struck_words
from sessions_app.presenters.emergency import call_words, end_words, raised_words
from sessions_app.presenters.instructions import given_words
from sessions_app.presenters.readings import entered_later, row_anchor, short_name
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.sentences.alarm import alarm_words
from sessions_app.presenters.sentences.asked import asked_words
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.presenters.steps import may_take
from sessions_app.rules.alarms import AROUND
from sessions_app.rules.charting import void_permission
from sessions_app.rules.departure import REOPENABLE
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind
from sessions_app.rules.paper import FROM_PAPER
from sessions_app.rules.states import State

_INTAKE = {
    Intake.FOOD: gettext_lazy("food"),
    Intake.LIQUID: gettext_lazy("drink"),
    Intake.NASAL_SPRAY: gettext_lazy("nasal spray"),
}
OUTCOME_WORDS = {
    Outcome.FULL: gettext_lazy("full"),
    Outcome.PARTIAL: gettext_lazy("one spray"),
    Outcome.FAILED: gettext_lazy("failed, no spray"),
}


def sign_label(code: str, reader: Reader) -> str:
    """A sign as its programme calls it, or another symptom."""
    sign = reader.program.sign(code) if reader.program else None
    return sign.label if sign else code.capitalize()


def transition(row: models.Transition, reader: Reader) -> str:
    words = {State.SCHEDULED: _("Booked"), State.MONITORING: _("Dosing finished, monitoring begins")}
    if row.from_state in (State.DISCHARGED, State.LEFT_EARLY):
        said = _("Re-opened")
    else:
        said = words.get(State(row.to_state)) or str(STATE_WORDS[row.to_state]).capitalize()
    reason = row.reason if row.to_state != State.CHECKED_IN else ""
    return f"{said}: {reason}" if reason else said


def check(row: models.Check, reader: Reader) -> str:
    parts = []
    if row.systolic_mmhg:
        parts.append(f"{row.systolic_mmhg}/{row.diastolic_mmhg}")
    if row.spo2_percent:
        parts.append(f"{row.spo2_percent} %")
    values = ", ".join(parts)
    said = _("Check %(values)s") % {"values": values} if values else _("Check")
    return f"{said}. {row.note}" if row.note else said


def intake(row: models.IntakeReport, reader: Reader) -> str:
    word = _INTAKE[Intake(row.kind)]
    if row.answer == IntakeAnswer.AT and row.last_at:
        return _("Last %(what)s at %(at)s") % {"what": word, "at": reader.clock(row.last_at)}
    return (
        _("No %(what)s today") % {"what": word}
        if row.answer == IntakeAnswer.NONE
        else _("Does not know about %(what)s") % {"what": word}
    )


def order(row: models.DoseOrder, reader: Reader) -> str:
    said = _("%(mg)s mg ordered, %(devices)s devices") % {"mg": row.mg, "devices": row.devices}
    return f"{said}: {row.reason}" if row.reason else said


def sign_event(row: models.SignEvent, reader: Reader) -> str:
    word = _("began") if row.kind == SignEventKind.ONSET else _("gone")
    return f"{sign_label(row.code, reader)} {word}"


def late_device(row: models.DeviceAdministration, reader: Reader) -> str:
    if row.counted_at == row.occurred_at:
        return _("Device handed over")
    return _("Device handed over, entered late: counts from %(at)s") % {"at": reader.clock(row.counted_at)}


def watch(row: models.Watch, reader: Reader) -> str:
    if row.handed_over_by is None:
        return _("%(who)s watches this chair") % {"who": row.watcher.printed_name}
    said = {"from": row.handed_over_by.printed_name, "to": row.watcher.printed_name, "state": row.written_state}
    return _("Handed over from %(from)s to %(to)s: %(state)s") % said


def prescriber_contact(row: models.PrescriberContact, reader: Reader) -> str:
    how = {
        models.PrescriberContact.How.CALLED: _("%(who)s called"),
        models.PrescriberContact.How.ARRIVED: _("%(who)s arrived"),
        models.PrescriberContact.How.TELEPHONE: _("%(who)s by telephone, read back"),
    }
    said = how[models.PrescriberContact.How(row.how)] % {"who": row.prescriber.printed_name}
    return f"{said}: {row.said}" if row.said else said


def medicine(row: models.MedicineGiven, reader: Reader) -> str:
    said = {"drug": row.drug, "dose": row.dose, "route": models.MedicineGiven.Route(row.route).label}
    given = _("%(drug)s %(dose)s given %(route)s") % said
    return f"{given}. {row.note}" if row.note else given


def follow_up_call(row: models.FollowUpCall, reader: Reader) -> str:
    if row.outcome == models.FollowUpCall.Outcome.NOT_REACHED:
        return _("Follow-up call, not reached")
    return _("Follow-up call, spoke to %(who)s: %(said)s") % {"who": row.spoke_to, "said": row.said}


def deviation(row: models.Deviation, reader: Reader) -> str:
    """Those that arise by themselves hold codes, the others what a person wrote."""
    if row.code == FROM_PAPER:
        return _("From paper: %(reason)s") % {"reason": row.reason}
    if row.code.endswith("_GATE"):
        said = {"what": asked_words(row.reason.split(", "), reader)}
        return _("Deviation: what was entered since would have closed a gate (%(what)s)") % said
    if row.code in AROUND:
        said = {"what": alarm_words(row.code, {}, row.dosing_session)}
        return _("Deviation while the patient was watched: %(what)s") % said
    return _("Deviation: %(reason)s") % {"reason": row.reason}


LINES: dict[type[models.SessionRow], Callable[[Any, Reader], str]] = {
    models.Transition: transition,
    models.EnrolmentVerification: lambda row, reader: _("Enrolment verified"),
    models.IntakeReport: intake,
    models.WayHomeArrangement: lambda row, reader: _("Way home: %(name)s") % {"name": row.name},
    models.Check: check,
    models.DoseOrder: order,
    models.PrescriberDecision: lambda row, reader: _("Prescriber decided: %(reason)s") % {"reason": row.reason},
    models.GateException: lambda row, reader: (
        _("Exception (%(what)s): %(reason)s") % {"what": asked_words(row.codes, reader), "reason": row.reason}
    ),
    models.DeviceAdministration: late_device,
    models.DeviceOutcome: lambda row, reader: (
        _("Device: %(outcome)s") % {"outcome": OUTCOME_WORDS[Outcome(row.outcome)]}
    ),
    models.DeviceTimeConfirmation: lambda row, reader: _("Device time confirmed"),
    models.SignEvent: sign_event,
    models.SeriousEvent: lambda row, reader: _("Serious event: %(what)s") % {"what": row.what},
    models.AdverseEventAccount: account_words,
    models.AdverseEventReport: report_words,
    models.Deviation: deviation,
    models.StayExtension: lambda row, reader: (
        _("Stay lengthened to %(minutes)s min: %(reason)s") % {"minutes": row.stay_minutes, "reason": row.reason}
    ),
    models.InstructionsGiven: lambda row, reader: _("Instructions given: %(how)s") % {"how": given_words(row)},
    models.ReadinessAssessment: lambda row, reader: _("Ready to leave, assessed"),
    models.Discharge: lambda row, reader: (
        _("Released to %(who)s, left %(at)s") % {"who": row.handed_over_to, "at": reader.clock(row.departed_at)}
    ),
    models.Watch: watch,
    models.ChairMove: lambda row, reader: (
        _("Moved from chair %(from)s to %(to)s") % {"from": row.from_chair or "–", "to": row.to_chair}
    ),
    models.PrescriberContact: prescriber_contact,
    models.MedicineGiven: medicine,
    models.Emergency: raised_words,
    models.EmergencyCall: call_words,
    models.EmergencyEnd: end_words,
    models.FollowUpCall: follow_up_call,
    models.PaperConfirmation: lambda row, reader: _("Entries from paper compared with the paper"),
}
# Lines that a reader should not miss, and rows that go with another line.
LOUD = (models.GateException, models.Deviation, models.SeriousEvent, models.Emergency)

# Voided from their line here; checks are voided in their table.
VOIDABLE = (
    models.AdverseEventAccount,
    models.AdverseEventReport,
    models.DeviceAdministration,
    models.DoseOrder,
    models.FollowUpCall,
    models.IntakeReport,
    models.MedicineGiven,
    models.PrescriberContact,
    models.ReadinessAssessment,
    models.SeriousEvent,
    models.SignEvent,
    models.StayExtension,
)


def events(
    record: Record, reader: Reader, *, permissions: frozenset[str], others: Iterable[Any] = ()
) -> list[dict[str, Any]]:
    """Every line, oldest first, with the way to void it for whoever may. ``others``: its devices' ways."""
    lines, undone = list(others), _undone(record)
    lapses = record.batch.lapses(record.dosing_session.facility, at=reader.now)
    for model, say in LINES.items():
        for row in record.all(model):
            if isinstance(row, models.Transition) and row.to_state in (State.DOSING, State.DISCHARGED):
                continue  # the device, the release itself says so
            correction, again = record.corrections.get(row.pk), undone.get(row.pk)
            line: dict[str, Any] = {
                "id": row_anchor(row.pk),
                "time": clock_time(row.occurred_at, reader.zone),
                "text": say(row, reader),
                "late": isinstance(row, LOUD),
                "entered": entered_later(row, reader),
                "who": short_name(row.performed_by.printed_name),
                "struck": correction is not None or again is not None,
                "reason": struck_words(correction, reader) if correction else _reopened(again, reader),
                "notes": channel_notes(row.channel),
                "lapsed": lapsed_words(lapses.of(row.performed_by_id, row.occurred_at)),
                **_signature(record, row, reader),
                "void_url": "" if correction else _fix_url(row, permissions),
                "void_label": _fix_label(row),
            }
            lines.append(((row.occurred_at, row.order), line))
    lines += [_contraindication(row, record, reader, permissions) for row in record.answers() if _is_present(row)]
    return [line for _when, line in sorted(lines, key=lambda pair: pair[0])]


def _signature(record: Record, row: models.SessionRow, reader: Reader) -> dict[str, Any]:
    """Who signed it; loud where the signature does not hold."""
    note = signature_note(record.signatures, row, reader.zone)
    if note is None:
        return {}
    return {"late": True, "signature": note} if note["broken"] else {"signature": note, "who": ""}


def _undone(record: Record) -> dict[UUID, models.Transition]:
    """By end, or by release: the re-opening that undid it. What was done then stays to be read."""
    moves = record.all(models.Transition)
    back = {row.previous_id: row for row in moves if row.from_state in REOPENABLE and row.to_state == State.MONITORING}
    ends = {row.entry_id: back[row.pk] for row in moves if row.pk in back}
    releases = (row for row in record.all(models.Discharge) if row.entry_id in ends)
    return {key: row for key, row in back.items() if key} | {row.pk: ends[row.entry_id] for row in releases}


def _reopened(again: models.Transition | None, reader: Reader) -> str:
    if again is None:
        return ""
    said = {"at": clock_time(again.occurred_at, reader.zone), "who": again.performed_by.printed_name}
    return _("re-opened %(at)s by %(who)s") % said


def _is_present(row: models.Answer) -> bool:
    return row.topic == models.Topic.CONTRAINDICATION and row.answer


def _contraindication(
    row: models.Answer, record: Record, reader: Reader, permissions: frozenset[str]
) -> tuple[tuple[datetime, int], dict[str, Any]]:
    """A yes stands until a prescriber takes it out of force, so it is shown with the way to do that."""
    label = reader.program.contraindications.get(row.code, row.code) if reader.program else row.code
    args = [record.dosing_session.pk, "Answer", row.pk]
    may = void_permission("Answer") in permissions
    line = {
        "time": clock_time(row.occurred_at, reader.zone),
        "text": _("Contraindication: %(label)s") % {"label": label},
        "late": True,
        "struck": False,
        "void_url": reverse("sessions_app:void", args=args) if may else "",
    }
    return (row.occurred_at, row.order or 0), line


def _fix_label(row: models.SessionRow) -> str:
    if isinstance(row, models.SignEvent):
        return _("Correct")
    return _("Wrong time or number?") if isinstance(row, models.DeviceAdministration) else _("Void")


def _fix_url(row: models.SessionRow, permissions: frozenset[str]) -> str:
    kind = type(row).__name__
    if isinstance(row, models.SignEvent) and may_take("correct-sign", permissions):
        return reverse("sessions_app:correct-sign", args=[row.dosing_session_id, row.pk])
    if not isinstance(row, VOIDABLE) or void_permission(kind) not in permissions:
        return ""
    return reverse("sessions_app:void", args=[row.dosing_session_id, kind, row.pk])
