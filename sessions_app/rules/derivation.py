"""How a field of a form is derived from the record: from rows in force alone, each value with the row it came from.
Nothing is guessed: what the record does not say is None, and a person fills it in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sessions_app.rules.again import before_first_device, known_at
from sessions_app.rules.baseline import baseline_pressure_refusals, baseline_state_refusals
from sessions_app.rules.discharge import peak_window
from sessions_app.rules.facts import GivenDevice, Outcome, SessionFacts
from sessions_app.rules.readings import after_dose, before_dose, blood_pressures, sign_readings, spo2s
from sessions_app.rules.recovery import blood_pressure_refusals, final_check, readings_after_dose, spo2_refusals
from sessions_app.rules.sign_spans import SignSpan, sign_spans


class SourceKind(StrEnum):
    """What row a value came from."""

    PATIENT = "PATIENT"
    SETTING = "SETTING"
    PERSON = "PERSON"
    ANSWER = "ANSWER"
    ENROLMENT = "ENROLMENT"
    DOSES = "DOSES"
    DEVICE = "DEVICE"
    CHECK = "CHECK"
    SIGN = "SIGN"
    RELEASE = "RELEASE"
    EVENT = "EVENT"


@dataclass(frozen=True)
class Source:
    """The row a value came from: what it is, when it tells of, who did it, and its id."""

    kind: SourceKind
    at: datetime | None = None
    who: str = ""
    row: str = ""


@dataclass(frozen=True)
class Derived:
    """A value as the form is compared by: text, ``yes`` or ``no``, an ISO date, whole minutes, ``128/82``."""

    value: str
    source: Source


@dataclass(frozen=True)
class FormFacts:
    """What a form is filled from. ``said``: what stands in a row as it is, by name; ``people``: who did the rows that
    ``session`` only numbers; ``released``: the release, whose time is when monitoring was completed."""

    session: SessionFacts
    said: Mapping[str, Derived] = field(default_factory=dict)
    people: Mapping[UUID, str] = field(default_factory=dict)
    released: Source | None = None

    def source(self, kind: SourceKind, at: datetime, ids: Iterable[UUID]) -> Source:
        first = min(ids)
        return Source(kind, at, self.people.get(first, ""), str(first))


def first_spray(facts: SessionFacts) -> GivenDevice | None:
    """The first device that delivered a spray: what the treatment's day and its minutes count from."""
    return min(facts.delivered, key=lambda device: (device.occurred_at, device.order), default=None)


def minutes_between(begin: datetime, end: datetime) -> int:
    """Whole minutes, in real time."""
    return int((end - begin) / timedelta(minutes=1))


def _device(form: FormFacts, device: GivenDevice) -> Source:
    return form.source(SourceKind.DEVICE, device.occurred_at, [device.id])


def said(form: FormFacts, about: str) -> Derived | None:
    """A row says so in as many words."""
    found = form.said.get(about)
    return found if found and found.value else None


def treatment_date(form: FormFacts, about: str) -> Derived | None:
    """The facility's calendar day of the first device."""
    device = first_spray(form.session)
    if device is None:
        return None
    local = device.occurred_at.astimezone(ZoneInfo(form.session.time_zone))
    return Derived(local.date().isoformat(), _device(form, device))


def _sprayed_mg(facts: SessionFacts) -> int:
    """What the devices delivered, one spray being half a device."""
    halves = sum(1 if device.outcome is Outcome.PARTIAL else 2 for device in facts.delivered)
    return halves * facts.program.mg_per_device // 2


def dose(form: FormFacts, about: str) -> Derived | None:
    """One of the programme's doses, or another: as delivered, not as ordered."""
    device, mg = first_spray(form.session), _sprayed_mg(form.session)
    if device is None:
        return None
    return Derived(str(mg) if mg in form.session.program.doses_mg else "other", _device(form, device))


def dose_mg(form: FormFacts, about: str) -> Derived | None:
    device = first_spray(form.session)
    return Derived(str(_sprayed_mg(form.session)), _device(form, device)) if device else None


def monitoring_minutes(form: FormFacts, about: str) -> Derived | None:
    """Minutes from the first device to the completion of monitoring [P]: to the release, and to nothing else."""
    device, released = first_spray(form.session), form.released
    if device is None or released is None or released.at is None:
        return None
    return Derived(str(minutes_between(device.occurred_at, released.at)), released)


def pressure_before(form: FormFacts, about: str) -> Derived | None:
    """The last blood pressure before the first device."""
    readings = blood_pressures(before_dose(form.session))
    if not readings:
        return None
    last = readings[-1]
    source = form.source(SourceKind.CHECK, last.occurred_at, last.ids)
    return Derived(f"{last.systolic}/{last.diastolic}", source)


def pressure_at_peak(form: FormFacts, about: str) -> Derived | None:
    """Of the gate's own check at 40 minutes the reading nearest to minute 40; none where that check was missed."""
    window = peak_window(form.session)
    if window is None:
        return None
    found = [reading for reading in readings_after_dose(form.session) if window.holds(reading.occurred_at)]
    if not found:
        return None
    nearest = min(found, key=lambda reading: (abs(reading.occurred_at - window.due_at), reading.occurred_at))
    source = form.source(SourceKind.CHECK, nearest.occurred_at, nearest.ids)
    return Derived(f"{nearest.systolic}/{nearest.diastolic}", source)


def pressure_at_completion(form: FormFacts, about: str) -> Derived | None:
    """The last blood pressure before the release."""
    released = form.released
    if released is None or released.at is None:
        return None
    found = [reading for reading in readings_after_dose(form.session) if reading.occurred_at <= released.at]
    if not found:
        return None
    source = form.source(SourceKind.CHECK, found[-1].occurred_at, found[-1].ids)
    return Derived(f"{found[-1].systolic}/{found[-1].diastolic}", source)


def acceptable_before(form: FormFacts, about: str) -> Derived | None:
    """What the start gate made of blood pressure and oxygen at the first device: at the line, or accepted by a
    prescriber who had decided by then."""
    device, measured = first_spray(form.session), pressure_before(form, "")
    if device is None or measured is None or not spo2s(before_dose(form.session)):
        return None
    known = before_first_device(form.session)
    refused = [*baseline_pressure_refusals(known)]
    refused += [refusal for refusal in baseline_state_refusals(known) if refusal.params["measure"] == "spo2"]
    return Derived("no" if refused else "yes", measured.source)


def acceptable_at_completion(form: FormFacts, about: str) -> Derived | None:
    """What the discharge gate makes of blood pressure and oxygen at the release, of all that is known of it now."""
    released = form.released
    if released is None or released.at is None:
        return None
    known = known_at(form.session, released.at)
    final = final_check(known)
    refused = [*blood_pressure_refusals(known, final, now=released.at), *spo2_refusals(known, final)]
    return Derived("no" if refused else "yes", released)


def _spans(facts: SessionFacts, code: str) -> list[SignSpan]:
    """When the sign was there after the dose; one that was there before it and never went is none of the dose's."""
    first = first_spray(facts)
    return [span for span in sign_spans(facts) if span.code == code and first and span.began_at >= first.occurred_at]


def sign_present(form: FormFacts, about: str) -> Derived | None:
    """Yes where it was ever there after the dose; no where it was asked after the dose and never there."""
    if spans := _spans(form.session, about):
        return Derived("yes", _sign_source(form, about, spans[0].began_at))
    sign = form.session.program.sign(about)
    asked = sign_readings(after_dose(form.session), sign, form.session.program) if sign else ()
    answered = [reading for reading in asked if reading.answer is not None]
    if not answered:
        return None
    return Derived("no", form.source(SourceKind.CHECK, answered[-1].occurred_at, answered[-1].ids))


def sign_onset(form: FormFacts, about: str) -> Derived | None:
    """Minutes from the first device until it first began, or until the check that first found it."""
    first, spans = first_spray(form.session), _spans(form.session, about)
    if first is None or not spans:
        return None
    minutes = minutes_between(first.occurred_at, spans[0].began_at)
    return Derived(str(minutes), _sign_source(form, about, spans[0].began_at))


def sign_resolution(form: FormFacts, about: str) -> Derived | None:
    """Minutes from the first device until it was gone for the last time; none while an end is not charted."""
    first, spans = first_spray(form.session), _spans(form.session, about)
    ended = [span.ended_at for span in spans if span.ended_at is not None]
    if first is None or not spans or len(ended) < len(spans):
        return None
    return Derived(str(minutes_between(first.occurred_at, max(ended))), _sign_source(form, about, max(ended)))


def _sign_source(form: FormFacts, code: str, at: datetime) -> Source:
    """The row that says so at that minute: an onset or an end, else the check that found it."""
    rows = [event.id for event in form.session.sign_events if event.code == code and event.occurred_at == at]
    if rows:
        return form.source(SourceKind.SIGN, at, rows)
    checks = [check.id for check in form.session.checks if check.occurred_at == at and check.sign(code)]
    return form.source(SourceKind.CHECK, at, checks)


def oximetry(form: FormFacts, about: str) -> Derived | None:
    """Yes where oxygen saturation was measured after the dose. That it never was, a person says."""
    found = spo2s(after_dose(form.session))
    return Derived("yes", form.source(SourceKind.CHECK, found[0].occurred_at, found[0].ids)) if found else None


DERIVATIONS: Mapping[str, Callable[[FormFacts, str], Derived | None]] = {
    "said": said,
    "treatment_date": treatment_date,
    "dose": dose,
    "dose_mg": dose_mg,
    "monitoring_minutes": monitoring_minutes,
    "pressure_before": pressure_before,
    "pressure_at_peak": pressure_at_peak,
    "pressure_at_completion": pressure_at_completion,
    "acceptable_before": acceptable_before,
    "acceptable_at_completion": acceptable_at_completion,
    "sign_present": sign_present,
    "sign_onset": sign_onset,
    "sign_resolution": sign_resolution,
    "oximetry": oximetry,
}
