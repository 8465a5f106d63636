"""The list of patients, and the page that chooses whom to check in."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.models import Enrolment, EnrolmentStatus, Patient
from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession
from sessions_app.models.patient_list import PatientList
from sessions_app.presenters.course import course_words_of, first_dose_of, standing
from sessions_app.presenters.paging import paging
from sessions_app.presenters.person import PHASES, patient_header
from sessions_app.presenters.sentences.record import STATE_WORDS
from sessions_app.rules.program import Program
from sessions_app.rules.states import OPEN, State

May = Callable[[Permission, UUID], bool]


def patient_list(
    listing: PatientList, *, programs: Mapping[str, Program], may: May, found: str, free: Mapping[str, str]
) -> dict[str, Any]:
    """Context of ``clinic/patients.html``; ``found`` says in an address what was searched for, ``free`` a place of the
    diary that somebody is looked for."""
    may_register = may(Permission.REGISTER, listing.facility.pk)
    return {
        "q": listing.words,
        "count_text": _counted(listing),
        "patients": [_line(patient, listing, programs, may) | _book(patient, listing, free) for patient in listing],
        "free": {**free, "words": _place_words(free)} if free else {},
        "add_url": reverse("sessions_app:register-patient") if may_register else "",
        "glass_url": reverse("sessions_app:break-glass") if may(Permission.BREAK_GLASS, listing.facility.pk) else "",
        "paging": _paging(listing, found, **free),
    }


def _book(patient: Patient, listing: PatientList, free: Mapping[str, str]) -> dict[str, str]:
    """Whoever has a course is booked there; a course comes first."""
    if not free or patient.pk not in listing.courses:
        return {}
    return {"url": f"{reverse('sessions_app:book', args=[patient.pk])}?{urlencode(free)}"}


def _place_words(free: Mapping[str, str]) -> str:
    at, chair = datetime.fromisoformat(free["at"]), free["chair"]
    words = _("Who is booked on %(day)s, %(at)s, chair %(chair)s?") if chair else _("Who is booked on %(day)s, %(at)s?")
    return words % {"day": calendar_day(at.date()), "at": f"{at.hour}:{at.minute:02}", "chair": chair}


def _counted(listing: PatientList) -> str:
    total = {"count": listing.total}
    if listing.words:
        said = ngettext("%(count)s patient for “%(words)s”", "%(count)s patients for “%(words)s”", listing.total)
        return said % {**total, "words": listing.words}
    return ngettext("%(count)s patient", "%(count)s patients", listing.total) % total


def _paging(listing: PatientList, found: str, **more: str) -> dict[str, str] | None:
    return paging(listing.page, lambda number: "?" + urlencode({"found": found, "page": number, **more}))


def _line(patient: Patient, listing: PatientList, programs: Mapping[str, Program], may: May) -> dict[str, Any]:
    zone = listing.facility.zone
    today = listing.at.astimezone(zone).date()
    course, last = listing.courses.get(patient.pk), listing.last_check_ins.get(patient.pk)
    words, reads = "", may(Permission.READ_CHART, listing.facility.pk)
    if course:
        first = listing.first_doses.get((patient.pk, course.program_code))
        first_dose = first_dose_of(course, first.astimezone(zone).date() if first else None)
        stands = standing(course, first_dose, programs, today=today) if reads else ""
        words = ", ".join(part for part in (course_words_of(course, programs, chart=reads).short, stands) if part)
    return {
        **patient_header(patient, on=listing.at, facility_zone=zone),
        "url": reverse("sessions_app:patient-page", args=[patient.pk]),
        "course": words,
        "badge": course_words_of(course, programs, chart=reads).badge if course else None,
        "enrolment": enrolment_badge(listing.enrolments.get(patient.pk)),
        "last": calendar_day(last.astimezone(zone).date()) if last else "",
        "today": _today(listing.sessions_today.get(patient.pk), listing, may),
    }


def enrolment_badge(enrolment: Enrolment | None) -> dict[str, str] | None:
    if enrolment is None:
        return None
    if enrolment.status == EnrolmentStatus.ENROLLED:
        return {"word": _("Enrolled"), "kind": "ready"}
    if enrolment.status == EnrolmentStatus.TRANSFERRED:
        return {"word": _("Transferred"), "kind": "held"}
    return {"word": _("Withdrawn"), "kind": "overdue"}


def _today(session: DosingSession | None, listing: PatientList, may: May) -> dict[str, str] | None:
    if session is None:
        return None
    word = str(STATE_WORDS[session.state]).capitalize()
    url = reverse("sessions_app:dosing-session", args=[session.pk])
    if session.state == State.SCHEDULED:
        word = _("Booked %(at)s") % {"at": clock_time(session.scheduled_at, listing.facility.zone)}
        if may(Permission.CHECK_IN, listing.facility.pk):
            url = reverse("sessions_app:check-in-booked", args=[session.pk])
    return {"url": url, "word": word, "phase": PHASES.get(State(session.state), "done")}


def check_in_choice(
    booked: Iterable[DosingSession],
    listing: PatientList | None,
    *,
    programs: Mapping[str, Program],
    chart: bool,
    found: str,
) -> dict[str, Any]:
    """Context of ``sessions_app/check_in.html``: today's bookings, and whoever was searched for."""
    return {
        "q": listing.words if listing else "",
        "booked": [_booked(session, programs, chart) for session in booked],
        "count_text": _counted(listing) if listing else "",
        "patients": [_candidate(patient, listing, programs, chart) for patient in listing] if listing else [],
        "paging": _paging(listing, found) if listing else None,
    }


def _booked(session: DosingSession, programs: Mapping[str, Program], chart: bool) -> dict[str, Any]:
    words = course_words_of(session.course, programs, chart=chart)
    return {
        "time": clock_time(session.scheduled_at, session.facility.zone),
        "name": session.patient.full_name,
        "born": calendar_day(session.patient.birth_date),
        "mrn": session.patient.mrn,
        "chair": session.chair,
        "course": words.short,
        "badge": words.badge,
        "url": reverse("sessions_app:check-in-booked", args=[session.pk]),
    }


def _candidate(patient: Patient, listing: PatientList, programs: Mapping[str, Program], chart: bool) -> dict[str, Any]:
    course, session = listing.courses.get(patient.pk), listing.sessions_today.get(patient.pk)
    words = course_words_of(course, programs, chart=chart) if course else None
    here = session is not None and session.state in OPEN
    url = reverse("sessions_app:dosing-session", args=[session.pk]) if session and here else ""
    if not url and course:
        booked = session is not None and session.state == State.SCHEDULED
        step, key = ("check-in-booked", session.pk) if session and booked else ("check-in-patient", patient.pk)
        url = reverse(f"sessions_app:{step}", args=[key])
    return {
        **patient_header(patient, on=listing.at, facility_zone=listing.facility.zone),
        "course": words.short if words else "",
        "badge": words.badge if words else None,
        "url": url or reverse("sessions_app:patient-page", args=[patient.pk]),
        "action": _("Open the session") if here else _("Check in") if course else _("Start a course first"),
    }
