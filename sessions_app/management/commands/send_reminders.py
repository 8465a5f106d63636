"""The clock's own work by the day: whoever runs a facility is told in time of what expires there."""

from datetime import datetime
from typing import Any

import structlog
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from clinic import clock
from clinic.actions.reminder import give_reminders
from clinic.actions.staff import system_person
from clinic.models import Facility, User
from clinic.models.expiring import Expiring
from clinic.models.reminder import administrators_with_mail, facilities_to_remind
from sessions_app.presenters.expiring import reminder_mail

logger = structlog.get_logger(__name__)
Told = dict[User, dict[Facility, list[Expiring]]]


class Command(BaseCommand):
    help = "Reminds administrators of what expires, 90, 60, 30 and 7 days before, once each. Run it every hour or day."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        told = remind(now)
        for person, places in told.items():
            _mail(person, places, now)
        self.stdout.write(f"{len(told)} told by mail")


def remind(now: datetime) -> Told:
    """Facility by facility, each in its own transaction; what was written is then told, to each administrator at once.
    A facility that cannot be written to now is tried again by the next run."""
    told: Told = {}
    for facility in facilities_to_remind():
        try:
            things = give_reminders(facility=facility, by=system_person(now=now), now=now)
        except DatabaseError as error:
            logger.warning("reminders_not_given", facility=str(facility.pk), trouble=type(error).__name__)
            continue
        for person in administrators_with_mail(facility, at=now) if things else ():
            told.setdefault(person, {})[facility] = things
    return told


def _mail(person: User, places: dict[Facility, list[Expiring]], now: datetime) -> None:
    """A mail that does not go is not tried again: the pages show what expires all the same."""
    subject, text = reminder_mail(places, at=now)
    try:
        send_mail(subject, text, None, [person.email])
    except OSError as error:
        logger.warning("reminder_not_mailed", user_id=str(person.pk), trouble=type(error).__name__)
