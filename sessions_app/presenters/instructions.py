"""The sheet that goes home with a patient, in the patient's language."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.models import Language
from sessions_app.models import Discharge, DosingSession, InstructionsGiven, WayHomeArrangement
from sessions_app.models.record import Record
from sessions_app.presenters.patient_texts import (
    NOT_REVIEWED,
    TEXTS,
    date_words,
    day_words,
    say,
    symptom_name,
    time_words,
)
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import may_take
from sessions_app.rules.departure import running_symptoms
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import OPEN


def sheet_url(session: DosingSession, language: str) -> str:
    return f"{reverse('sessions_app:instructions', args=[session.pk])}?language={language}"


def sheet_links(session: DosingSession) -> list[dict[str, Any]]:
    """A link to the sheet in every language, the patient's own first."""
    return [
        {"url": sheet_url(session, language), "label": _("Print in %(language)s") % {"language": language.label}}
        for language in sorted(Language, key=lambda each: each != session.patient.paper_language)
    ]


def given_words(row: InstructionsGiven) -> str:
    """How and in which language they were given."""
    said = {
        "how": InstructionsGiven.How(row.how).label,
        "language": Language(row.language).label,
    }
    return _("%(language)s, %(how)s") % said


def instructions_sheet(
    record: Record,
    facts: SessionFacts,
    *,
    language: Language,
    booked: DosingSession | None,
    reader: Reader,
    printed_by: str,
    permissions: frozenset[str],
) -> dict[str, Any]:
    """Context of ``instructions.html``."""
    session, zone = record.dosing_session, reader.zone
    patient, facility = session.patient, session.facility
    may_give = session.state in OPEN and may_take("give-instructions", permissions)
    give = f"{reverse('sessions_app:give-instructions', args=[session.pk])}?language={language}"
    return {
        "language": language.value,
        "words": {name: texts[language] for name, texts in TEXTS.items()},
        "patient": {
            "name": patient.full_name,
            "born": date_words(patient.birth_date, language),
            "mrn": patient.mrn,
        },
        "facility": {"name": facility.name, "address": facility.address, "phone": facility.phone},
        "symptoms": _symptoms(facts, language),
        "goes_with": _goes_with(record),
        "next_at": _next_at(booked, reader, language),
        "printed": say(
            "printed",
            language,
            day=day_words(reader.now.astimezone(zone).date(), language),
            time=time_words(reader.now, zone, language),
            who=printed_by,
        ),
        "staff": {
            "title": _("Instructions for %(name)s") % {"name": patient.full_name},
            "note": _("The Spanish has not been reviewed by a certified translator.")
            if language in NOT_REVIEWED
            else "",
            "others": [
                {"url": sheet_url(session, other), "label": other.label} for other in Language if other != language
            ],
            "give_url": give if may_give else "",
            "back_url": reverse("sessions_app:dosing-session", args=[session.pk]),
        },
    }


def _symptoms(facts: SessionFacts, language: str) -> list[dict[str, str]]:
    """``lang``: of a word that is not in the sheet's language."""
    names = []
    for code in running_symptoms(facts):
        sign = facts.program.sign(code)
        word, spoken = symptom_name(code, language, label=sign.label if sign else code)
        names.append({"word": word, "lang": spoken if spoken != language else ""})
    return names


def _goes_with(record: Record) -> str:
    """Who took the patient over; before the release, who was arranged to."""
    released = record.latest(Discharge) if record.dosing_session.discharge_id else None
    arranged = record.latest(WayHomeArrangement)
    return released.handed_over_to if released else arranged.name if arranged else ""


def _next_at(booked: DosingSession | None, reader: Reader, language: str) -> str:
    if booked is None:
        return ""
    day = booked.scheduled_at.astimezone(reader.zone).date()
    return say(
        "next_at",
        language,
        day=day_words(day, language),
        time=time_words(booked.scheduled_at, reader.zone, language),
    )
