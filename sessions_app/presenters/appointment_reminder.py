"""What a patient reads in a reminder: when, where, and how to prepare; neither the drug nor what it is for."""

from sessions_app.models import DosingSession
from sessions_app.presenters.patient_texts import day_words, say, time_words
from sessions_app.rules.program import Program


def appointment_mail(dosing_session: DosingSession, program: Program) -> tuple[str, str]:
    """Subject and text, in the patient's language."""
    facility, language = dosing_session.facility, dosing_session.patient.paper_language
    at, zone = dosing_session.scheduled_at, facility.zone
    day, time = day_words(at.astimezone(zone).date(), language), time_words(at, zone, language)

    def minutes(name: str, number: str) -> str:
        return f"- {say(name, language, minutes=program.value(number))}"

    lines = [
        say("reminder_when", language, clinic=facility.name, day=day, time=time),
        *([facility.address] if facility.address else []),
        "",
        say("reminder_before", language),
        minutes("reminder_food", "food_minutes"),
        minutes("reminder_liquid", "liquid_minutes"),
        minutes("reminder_spray", "nasal_spray_minutes"),
        f"- {say('reminder_home', language)}",
        minutes("reminder_stay", "minimum_stay_minutes"),
        "",
        *([say("reminder_call", language, phone=facility.phone)] if facility.phone else []),
        say("reminder_stop", language),
    ]
    return say("reminder_subject", language, day=day), "\n".join(lines)
