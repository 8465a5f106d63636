"""The patient's own copy: what was answered and given, in plain words, in both languages side by side (decision 0027).
The Spanish has not been reviewed by a certified translator. No questionnaire is translated here: only its name and its
number stand on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from sessions_app.models.picture import Picture
from sessions_app.presenters.patient_texts import day_words
from sessions_app.rules.response import Series

TEXTS: Mapping[str, Mapping[str, str]] = {
    "title": {"en": "Your treatment so far", "es": "Su tratamiento hasta ahora"},
    "intro": {
        "en": "This page is yours. It says what was given here and what you answered.",
        "es": "Esta hoja es suya. Dice lo que se le dio aquí y lo que usted respondió.",
    },
    "doses_title": {"en": "Your doses here", "es": "Sus dosis aquí"},
    "doses": {
        "en": "Doses: %(n)s. The first on %(first)s, the last on %(last)s.",
        "es": "Dosis: %(n)s. La primera el %(first)s, la última el %(last)s.",
    },
    "no_doses": {"en": "No dose was given here yet.", "es": "Todavía no se le ha dado ninguna dosis aquí."},
    "depression": {"en": "Questions about your mood (%(name)s)", "es": "Preguntas sobre su ánimo (%(name)s)"},
    "anxiety": {
        "en": "Questions about worry and anxiety (%(name)s)",
        "es": "Preguntas sobre preocupación y ansiedad (%(name)s)",
    },
    "other": {"en": "Another questionnaire (%(name)s)", "es": "Otro cuestionario (%(name)s)"},
    "scale": {
        "en": "The number goes from 0 to %(most)s. A lower number means fewer complaints.",
        "es": "El número va de 0 a %(most)s. Un número más bajo significa menos molestias.",
    },
    "one": {"en": "On %(last_day)s: %(last)s.", "es": "El %(last_day)s: %(last)s."},
    "two": {
        "en": "At the beginning, on %(first_day)s: %(first)s. Last time, on %(last_day)s: %(last)s.",
        "es": "Al principio, el %(first_day)s: %(first)s. La última vez, el %(last_day)s: %(last)s.",
    },
    "talk_title": {"en": "Talk about it", "es": "Hable de esto"},
    "talk": {
        "en": "What the numbers mean for you, you talk about with the people who treat you.",
        "es": "Lo que los números significan para usted, háblelo con quienes le atienden.",
    },
    "call": {
        "en": "The clinic: %(name)s, %(phone)s. In an emergency call 911.",
        "es": "La clínica: %(name)s, %(phone)s. En una emergencia llame al 911.",
    },
    "lifeline": {
        "en": "If you think of ending your life, call or text 988 at any hour.",
        "es": "Si piensa en quitarse la vida, llame o mande un mensaje al 988 a cualquier hora.",
    },
    "foot": {
        "en": "A number alone says little, and this page replaces no advice.",
        "es": "Un número solo dice poco, y esta hoja no reemplaza ningún consejo.",
    },
}


@dataclass(frozen=True)
class OwnCopy:
    title: str
    intro: str
    parts: list[tuple[str, list[str]]]
    foot: str


def say(text: str, language: str, **values: object) -> str:
    return TEXTS[text][language] % values if values else TEXTS[text][language]


def own_copy(picture: Picture, language: str) -> OwnCopy:
    facility = picture.course.facility
    called = say("call", language, name=facility.name, phone=facility.phone)
    parts = [(say("doses_title", language), [_doses(picture, language)])]
    parts += [_scale(series, picture, language) for series in picture.series]
    parts.append((say("talk_title", language), [say("talk", language), called, say("lifeline", language)]))
    return OwnCopy(say("title", language), say("intro", language), parts, say("foot", language))


def _doses(picture: Picture, language: str) -> str:
    days = picture.dose_days
    if not days:
        return say("no_doses", language)
    first, last = (day_words(picture.day(day.at), language) for day in (days[0], days[-1]))
    return say("doses", language, n=len(days), first=first, last=last)


def _scale(series: Series, picture: Picture, language: str) -> tuple[str, list[str]]:
    instrument = series.instrument
    heading = say(instrument.about if instrument.about in TEXTS else "other", language, name=instrument.label)
    said = {
        "first": series.first.total,
        "first_day": day_words(picture.day(series.first.at), language),
        "last": series.last.total,
        "last_day": day_words(picture.day(series.last.at), language),
    }
    known = say("two" if series.last is not series.first else "one", language, **said)
    return heading, [say("scale", language, most=instrument.most), known]
