"""What patients read on paper, in their language: every sentence once, all languages side by side (decision 0027). Only
what the label says (no driving or hazardous work until the next day after restful sleep) and whom to call; nothing else
is clinical. The Spanish has not been reviewed by a certified translator."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, translation

from clinic.models import Language
from clinic.presenters.time import zone_name

InLanguages = Mapping[str, str]

# Languages whose words no certified translator has looked at; the staff's pages say so.
NOT_REVIEWED = frozenset({Language.ES})

TEXTS: Mapping[str, InLanguages] = {
    "title": {"en": "After your treatment today", "es": "Después de su tratamiento de hoy"},
    "drive_title": {"en": "Do not drive until tomorrow", "es": "No maneje hasta mañana"},
    "drive": {
        "en": "Do not drive, use machines or do any dangerous work until the next day, after a restful sleep.",
        "es": "No maneje, no use máquinas ni haga trabajos peligrosos hasta el día siguiente, después de un sueño "
        "reparador.",
    },
    "symptoms_title": {"en": "What may continue", "es": "Lo que puede continuar"},
    "symptoms": {"en": "You still felt:", "es": "Usted todavía sentía:"},
    "no_symptoms": {
        "en": "Nothing was noted when this page was printed.",
        "es": "No se anotó nada cuando se imprimió esta hoja.",
    },
    "call_title": {"en": "Whom to call", "es": "A quién llamar"},
    "call_clinic": {
        "en": "If something worries you or does not go away, call the clinic:",
        "es": "Si algo le preocupa o no se le pasa, llame a la clínica:",
    },
    "call_emergency": {"en": "In an emergency call 911.", "es": "En una emergencia llame al 911."},
    "with_title": {"en": "You leave with", "es": "Usted se va con"},
    "next_title": {"en": "Your next appointment", "es": "Su próxima cita"},
    "next_at": {"en": "%(day)s at %(time)s", "es": "%(day)s, %(time)s"},
    "next_open": {"en": "Day and time:", "es": "Día y hora:"},
    # A reminder by e-mail: neither the drug nor what it is for, in the subject or below it. Food, drink and nasal spray
    # are the label's (domain.md section 2), in the programme's own minutes.
    "reminder_subject": {"en": "Your appointment on %(day)s", "es": "Su cita del %(day)s"},
    "reminder_when": {
        "en": "You have an appointment at %(clinic)s on %(day)s at %(time)s.",
        "es": "Usted tiene una cita en %(clinic)s el %(day)s, %(time)s.",
    },
    "reminder_before": {"en": "Before you come:", "es": "Antes de venir:"},
    "reminder_food": {
        "en": "Do not eat in the last %(minutes)s minutes before.",
        "es": "No coma en los últimos %(minutes)s minutos antes.",
    },
    "reminder_liquid": {
        "en": "Do not drink in the last %(minutes)s minutes before.",
        "es": "No beba en los últimos %(minutes)s minutos antes.",
    },
    "reminder_spray": {
        "en": "Use no nasal spray for a cold or an allergy in the last %(minutes)s minutes before.",
        "es": "No use aerosol nasal para resfriado o alergia en los últimos %(minutes)s minutos antes.",
    },
    "reminder_home": {
        "en": "Arrange for somebody to take you home. Do not drive until the next day, after a restful sleep.",
        "es": "Pida que alguien lo lleve a casa. No maneje hasta el día siguiente, después de un sueño reparador.",
    },
    "reminder_stay": {
        "en": "Plan to stay for at least %(minutes)s minutes.",
        "es": "Piense en quedarse al menos %(minutes)s minutos.",
    },
    "reminder_call": {
        "en": "If you cannot come, call the clinic: %(phone)s.",
        "es": "Si no puede venir, llame a la clínica: %(phone)s.",
    },
    "reminder_stop": {
        "en": "You agreed to these reminders. To have no more of them, tell the clinic.",
        "es": "Usted aceptó estos recordatorios. Para no recibirlos más, avise a la clínica.",
    },
    "born": {"en": "Date of birth", "es": "Fecha de nacimiento"},
    "mrn": {"en": "Record number", "es": "Número de expediente"},
    "printed": {"en": "Printed %(day)s, %(time)s, by %(who)s", "es": "Impreso el %(day)s, %(time)s, por %(who)s"},
}

# Every symptom that can be charted as begun, in words a patient uses.
SYMPTOMS: Mapping[str, InLanguages] = {
    "sedation": {"en": "sleepy", "es": "sueño"},
    "dissociation": {"en": "not quite yourself or far away", "es": "sensación de estar lejos o fuera de sí"},
    "respiratory_depression": {"en": "slow or shallow breathing", "es": "respiración lenta o poco profunda"},
    "nausea": {"en": "nausea", "es": "náuseas"},
    "vomiting": {"en": "vomiting", "es": "vómito"},
    "dizziness": {"en": "dizziness", "es": "mareo"},
    "headache": {"en": "headache", "es": "dolor de cabeza"},
    "anxiety": {"en": "anxiety", "es": "ansiedad"},
    "numbness": {"en": "numbness", "es": "adormecimiento"},
    "blurred sight": {"en": "blurred sight", "es": "vista borrosa"},
}

_DATE = {"en": "F j, Y", "es": r"j \d\e F \d\e Y"}
_DAY = {"en": f"l, {_DATE['en']}", "es": f"l {_DATE['es']}"}
_HALVES = {"en": ("a.m.", "p.m."), "es": ("a. m.", "p. m.")}


def say(name: str, language: str, **values: Any) -> str:
    """One sentence in this language."""
    return TEXTS[name][language] % values if values else TEXTS[name][language]


def symptom_name(code: str, language: str, *, label: str) -> tuple[str, str]:
    """A symptom and the language of its word; ``label``, in the staff's, stands for one that only a clinic's own
    programme knows or somebody typed."""
    return (SYMPTOMS[code][language], language) if code in SYMPTOMS else (label, Language.EN)


def day_words(day: date, language: str) -> str:
    """``Tuesday, April 14, 2026``, ``martes 14 de abril de 2026``."""
    with translation.override(language):
        return formats.date_format(day, _DAY[language])


def date_words(day: date, language: str) -> str:
    """The same without the day of the week: a birth date."""
    with translation.override(language):
        return formats.date_format(day, _DATE[language])


def time_words(at: datetime, zone: ZoneInfo, language: str) -> str:
    """``1:30 p.m. EDT``. Patients here read twelve hours; the staff's pages show twenty-four."""
    local = at.astimezone(zone)
    half = _HALVES[language][local.hour >= 12]
    return f"{local.hour % 12 or 12}:{local.minute:02} {half} {zone_name(at, zone)}"
