"""The clock's own work by the hour: patients who agreed to it are reminded of their appointment."""

from datetime import datetime
from typing import Any

import structlog
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from clinic import clock
from clinic.actions.staff import system_person
from clinic.models import Facility
from clinic.models.reminder import facilities_to_remind
from sessions_app.actions.appointment_reminder import give_appointment_reminder
from sessions_app.models import DosingSession
from sessions_app.models.diary import to_remind
from sessions_app.models.diary_days import DiaryDays
from sessions_app.presenters.appointment_reminder import appointment_mail

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Mails patients who agreed to it before an appointment, where the facility chose so. Run it every hour."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        told = sum(remind(facility, now) for facility in facilities_to_remind())
        self.stdout.write(f"{told} reminded by mail")


def remind(facility: Facility, now: datetime) -> int:
    """Each booking in its own transaction. One that cannot be written to now is tried again by the next run; a mail
    that does not go is not."""
    told = 0
    for dosing_session in to_remind(facility, at=now):
        try:
            reminder = give_appointment_reminder(dosing_session=dosing_session, by=system_person(now=now), now=now)
        except DatabaseError as error:
            logger.warning("appointment_not_reminded", facility=str(facility.pk), trouble=type(error).__name__)
            continue
        if reminder is not None:
            told += _mail(dosing_session, reminder.email, now)
    return told


def _mail(dosing_session: DosingSession, email: str, now: datetime) -> int:
    day = dosing_session.scheduled_at.astimezone(dosing_session.facility.zone).date()
    program = DiaryDays(dosing_session.facility, day, day, at=now).program(dosing_session.program_code)
    subject, text = appointment_mail(dosing_session, program)
    try:
        return send_mail(subject, text, None, [email])
    except OSError as error:
        logger.warning("appointment_not_mailed", session_id=str(dosing_session.pk), trouble=type(error).__name__)
        return 0
