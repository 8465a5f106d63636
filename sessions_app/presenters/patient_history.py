"""The patient page: who, what is next, enrolment, courses with what they still need, every session."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import ClinicalRow, Consent, Enrolment, Facility
from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day, clock_time, clock_time_with_zone
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Permission
from sessions_app.models import Course, DosingSession, Topic
from sessions_app.models.patient_history import PatientHistory
from sessions_app.presenters.course import (
    course_words_of,
    is_off_label,
    needs_antidepressant,
    standing,
)
from sessions_app.presenters.course_ahead import course_ahead
from sessions_app.presenters.paging import paging
from sessions_app.presenters.past_sessions import past_sessions
from sessions_app.presenters.patient_list import May, enrolment_badge
from sessions_app.presenters.patient_record import about_panels, records_panels
from sessions_app.presenters.person import PHASES, patient_header, print_line, time_fact
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.program import Program
from sessions_app.rules.states import State

Programs = Mapping[str, Program]


def patient_page(
    history: PatientHistory, facility: Facility, *, programs: Programs, may: May, printed_by: str
) -> dict[str, Any]:
    """Context of ``clinic/patient.html``, read at ``facility``."""
    patient, zone = history.patient, facility.zone
    running, reads = history.open_session, any(may(Permission.READ_CHART, place) for place in history.facilities)
    header = patient_header(patient, on=history.at, facility_zone=zone)
    sessions = past_sessions(history, programs, may)
    return {
        "person": {**header, "chair": running.chair if running else "", "phase": _phase(running)},
        "facts": [
            {"label": _("Phone"), "value": patient.phone or "–", "badge": None},
            {"label": _("Sex"), "value": str(patient.get_sex_display()), "badge": None},
            time_fact(history.at, zone),
        ],
        "open_session": _open_session(running),
        **_next(history, facility, may),
        "panels": [
            *_enrolments(history, facility, programs, may),
            *about_panels(history, facility, may_register=may(Permission.REGISTER, facility.pk), reads=reads),
            *records_panels(history, may_unlink=may(Permission.PRESCRIBE, facility.pk)),
        ],
        "about": _about(history, facility, may),
        "courses": [
            {**_course(course, history, programs, may), "ahead": course_ahead(course, history, programs, may)}
            for course in history.courses
        ],
        "safety": _safety(history, programs, may),
        "reads": reads,
        "sessions": sessions,
        "paging": paging(history.sessions, lambda number: f"?page={number}#past-h"),
        "sessions_text": _counted(len(history.doses)) if reads else "",
        "print_line": print_line(patient, facility, now=history.at, printed_by=printed_by),
    }


def _about(history: PatientHistory, facility: Facility, may: May) -> list[dict[str, str]]:
    """What is seldom done, at the foot of the page."""
    steps: list[tuple[str, Any]] = []
    if may(Permission.REGISTER, facility.pk):
        steps.append(("correct-details", _("Correct name, birth date, phone, language")))
    if may(Permission.REGISTER, facility.pk) and _is_enrolled(history, facility):
        steps.append(("transfer-patient", _("Transfer to another facility")))
        steps.append(("withdraw-enrolment", _("Withdraw the enrolment")))
    if may(Permission.LINK, facility.pk):
        steps.append(("link-patient", _("Same person as another record")))
    if may(Permission.EXPORT, facility.pk):
        steps.append(("export-patient", _("Take the record away")))
    links = [
        {"url": reverse(f"sessions_app:{step}", args=[history.patient.pk]), "label": label} for step, label in steps
    ]
    known = {row.program_code for row in history.courses} | {row.program_code for row in history.enrolments}
    for code in sorted(known):
        url = reverse("sessions_app:enrolment-pdf", args=[history.patient.pk, code])
        links.append({"url": url, "label": _("Enrolment form (PDF)")})
    if may(Permission.REVIEW, facility.pk):
        url = f"{reverse('sessions_app:access')}?patient={history.patient.pk}"
        links.append({"url": url, "label": _("Who opened this record")})
    return links


def _is_enrolled(history: PatientHistory, facility: Facility) -> bool:
    return any(row.status == "ENROLLED" and row.facility_id == facility.pk for row in history.enrolments)


def _phase(session: DosingSession | None) -> str:
    return PHASES.get(State(session.state), "done") if session else ""


def _counted(doses: int) -> str:
    return ngettext("%(count)s dose", "%(count)s doses", doses) % {"count": doses} if doses else ""


def _open_session(session: DosingSession | None) -> dict[str, Any] | None:
    if session is None or session.checked_in_at is None:
        return None
    return {
        "url": reverse("sessions_app:dosing-session", args=[session.pk]),
        "title": str(STATE_WORDS[session.state]).capitalize(),
        "text": _("Here since %(at)s") % {"at": clock_time(session.checked_in_at, session.facility.zone)},
        "phase": _phase(session),
        "chair": session.chair,
    }


def _next(history: PatientHistory, facility: Facility, may: May) -> dict[str, Any]:
    """What this reader can do next for a patient who is not here, the likeliest first."""
    patient, zone = history.patient, facility.zone
    today = history.at.astimezone(zone).date()
    expected = next((row for row in history.booked if row.scheduled_at.astimezone(zone).date() <= today), None)
    title, actions = _("No session today"), []

    def add(label: str, step: str, *args: Any) -> None:
        actions.append({"label": label, "url": reverse(f"sessions_app:{step}", args=args)})

    if expected:
        title = _("Booked for %(at)s") % {"at": clock_time_with_zone(expected.scheduled_at, zone)}
    if expected and may(Permission.CHECK_IN, expected.facility_id):
        add(_("Check in"), "check-in-booked", expected.pk)
        add(_("Cancel the booking"), "cancel", expected.pk)
    if may(Permission.CHECK_IN, facility.pk) and any(course.facility_id == facility.pk for course in history.courses):
        if not expected:
            add(_("Check in"), "check-in-patient", patient.pk)
        add(_("Book"), "book", patient.pk)
        if may(Permission.CORRECT, facility.pk):
            add(_("A session from paper"), "enter-paper-session", patient.pk)
    if may(Permission.REGISTER, facility.pk):
        add(_("Another course") if history.courses else _("Start a course"), "start-course", patient.pk)
    return {"next_title": title, "actions": actions}


def _enrolments(history: PatientHistory, facility: Facility, programs: Programs, may: May) -> list[dict[str, Any]]:
    panels = [_enrolment(row, programs, several=len(history.facilities) > 1) for row in history.enrolments]
    if facility.setting == Setting.INPATIENT:
        note = _("Inpatient settings enrol nobody.")
        return panels or [{"title": _("Enrolment"), "badge": None, "rows": [], "note": note}]
    if _is_enrolled(history, facility):
        return panels
    missing: dict[str, Any] = {
        "title": _("Enrolment"),
        "badge": {"word": _("Not enrolled"), "kind": "held"},
        "rows": [],
        "note": _("An outpatient is enrolled in the REMS before the first dose."),
    }
    if may(Permission.REGISTER, facility.pk):
        url = reverse("sessions_app:enrol", args=[history.patient.pk])
        missing |= {"action_url": url, "action_label": _("Record the enrolment")}
    return [missing, *panels]


def _enrolment(row: Enrolment, programs: Programs, *, several: bool) -> dict[str, Any]:
    program = programs.get(row.program_code)
    signed = []
    if row.patient_signed_date and row.prescriber_signed_date:
        signed = [
            (_("Patient signed"), calendar_day(row.patient_signed_date)),
            (_("Prescriber signed"), f"{calendar_day(row.prescriber_signed_date)}, {row.prescriber}"),
        ]
    rows = [
        (_("Since"), calendar_day(row.occurred_at.astimezone(row.facility.zone).date())),
        (_("REMS identifier"), row.rems_identifier or "–"),
        *signed,
        *([(_("Reason"), row.reason)] if row.reason else []),
        (_("Recorded by"), str(row.performed_by)),
        *([(_("Facility"), row.facility.name)] if several else []),
    ]
    title = _("Enrolment, %(program)s") % {"program": program.label} if len(programs) > 1 and program else ""
    return {
        "title": title or _("Enrolment"),
        "badge": enrolment_badge(row),
        "rows": [*({"label": label, "value": value} for label, value in rows), *_form(row)],
    }


def _form(row: Enrolment) -> list[dict[str, str]]:
    if row.document_id is None:
        return []
    url = reverse("sessions_app:document", args=[row.document_id])
    return [{"label": _("Form"), "value": "", "url": url, "url_label": _("Open the form")}]


def _course(course: Course, history: PatientHistory, programs: Programs, may: May) -> dict[str, Any]:
    zone, program = course.facility.zone, programs.get(course.program_code)
    if not may(Permission.READ_CHART, course.facility_id):
        return _course_at_the_desk(course, programs, several=len(history.facilities) > 1)
    words = course_words_of(course, programs)
    first_dose = history.first_dose_date(course)
    today = history.at.astimezone(zone).date()
    rows = [
        (_("Programme"), program.label if program else course.program_code),
        (_("Started"), _day_and_name(course, zone)),
        (_("First dose"), calendar_day(first_dose) if first_dose else _("none yet")),
        *([(_("Before"), before)] if (before := _elsewhere(course)) else []),
        (_("Now"), standing(course, first_dose, programs, today=today) or "–"),
    ]
    if len(history.facilities) > 1:
        rows.append((_("Facility"), course.facility.name))
    panel: dict[str, Any] = {"title": words.label, "badge": words.badge}
    may_prescribe = may(Permission.PRESCRIBE, course.facility_id)
    args = [course.patient_id, course.pk]
    if is_off_label(course, programs):
        said = history.justifications.get(course.pk)
        if said:
            consent = calendar_day(said.consented_at.astimezone(zone).date())
            rows += [(_("Rationale"), said.rationale), (_("Written"), _day_and_name(said, zone))]
            rows += [(_("Patient consented"), consent), *_signed(history, said, zone)]
        taken_back = said and not said.consent_stands(history.consent(Consent.Kind.OFF_LABEL), zone)
        if not said or taken_back or not history.signatures.count(said):
            panel["missing"] = _missing(
                _("Off-label without its papers"),
                _("Clears with the prescriber's rationale and the patient's consent, before the first dose."),
                reverse("sessions_app:justify-off-label", args=args) if may_prescribe else "",
                _("Write"),
            )
    if needs_antidepressant(course, programs):
        taken = history.antidepressants.get(course.pk, [])
        for row in taken:
            rows += [(_("Oral antidepressant"), row.drug), *_signed(history, row, zone)]
        if not any(history.signatures.count(row) for row in taken):
            panel["missing"] = _missing(
                _("No oral antidepressant on record"),
                _("This indication requires one; the prescriber records it before the first dose."),
                reverse("sessions_app:record-antidepressant", args=args) if may_prescribe else "",
                _("Record"),
            )
    return {**panel, "rows": [{"label": label, "value": value} for label, value in rows]}


def _signed(history: PatientHistory, row: Any, zone: ZoneInfo) -> list[tuple[str, str]]:
    note = signature_note(history.signatures, row, zone)
    return [(_("Signature"), note["text"])] if note else []


def _elsewhere(course: Course) -> str:
    """Treatment before, as it was told."""
    doses = course.doses_elsewhere
    said = ngettext("%(count)s dose", "%(count)s doses", doses) % {"count": doses} if doses else ""
    return ", ".join(part for part in (said, course.treated_where) if part)


def _course_at_the_desk(course: Course, programs: Programs, *, several: bool) -> dict[str, Any]:
    """That there is one, for whoever does not read why."""
    rows = [(_("Started"), _day_and_name(course, course.facility.zone))]
    rows += [(_("Facility"), course.facility.name)] if several else []
    title = course_words_of(course, programs, chart=False).label
    return {"title": title, "badge": None, "rows": [{"label": label, "value": value} for label, value in rows]}


def _missing(what: str, clears: str, url: str, label: str) -> list[dict[str, str]]:
    """As the start gate will say it."""
    way = {"action_url": url, "action_label": label} if url else {"at_note": _("prescriber")}
    return [{"icon": "file-earmark-text-fill", "what": what, "clears": clears, **way}]


def _day_and_name(row: ClinicalRow, zone: ZoneInfo) -> str:
    return f"{calendar_day(row.occurred_at.astimezone(zone).date())}, {row.performed_by}"


def _safety(history: PatientHistory, programs: Programs, may: May) -> list[dict[str, Any]]:
    """The latest answers, those that matter first. Shown, never carried into a form."""
    rows = []
    of_course = {course.pk: course for course in history.courses}
    for answer in history.answers:
        course = of_course[answer.course_id]
        if not may(Permission.READ_CHART, course.facility_id):
            continue
        program = programs.get(course.program_code)
        contraindication = answer.topic == Topic.CONTRAINDICATION
        labels = (program.contraindications if contraindication else program.medicines) if program else {}
        day = calendar_day(answer.occurred_at.astimezone(course.facility.zone).date())
        said = _("yes, asked %(day)s") if answer.answer else _("no, asked %(day)s")
        kind = ("overdue" if contraindication else "held") if answer.answer else ""
        rows.append({"label": labels.get(answer.code, answer.code), "answer": said % {"day": day}, "kind": kind})
    return sorted(rows, key=lambda row: row["kind"] == "")
