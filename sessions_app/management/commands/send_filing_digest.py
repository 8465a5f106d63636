"""The clock's own work by the day: whoever the facility chose is told how many forms are late, due, returned, or to
amend."""

from datetime import datetime
from typing import Any

import structlog
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from clinic import clock
from clinic.actions.staff import system_person
from clinic.models import Facility, User
from clinic.models.reminder import facilities_to_remind
from sessions_app.actions.filing_digest import give_digest
from sessions_app.management.commands.keep_filings import keep
from sessions_app.models import FilingDigest
from sessions_app.models.filing_digest import digest_readers
from sessions_app.presenters.filing_list import digest_mail

logger = structlog.get_logger(__name__)
Told = dict[User, dict[Facility, FilingDigest]]


class Command(BaseCommand):
    help = "Mails how many forms are late, due today, returned or to amend, once a day. Run it every hour."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        keep(now)
        told = digest(now)
        for person, places in told.items():
            _mail(person, places)
        self.stdout.write(f"{len(told)} told by mail")


def digest(now: datetime) -> Told:
    """Facility by facility, each in its own transaction; what was written is then told, to each person at once. A
    facility that cannot be written to now is tried again by the next run."""
    told: Told = {}
    for facility in facilities_to_remind():
        try:
            given = give_digest(facility=facility, by=system_person(now=now), now=now)
        except DatabaseError as error:
            logger.warning("digest_not_given", facility=str(facility.pk), trouble=type(error).__name__)
            continue
        for person in digest_readers(facility, at=now) if given else ():
            told.setdefault(person, {})[facility] = given  # type: ignore[assignment]
    return told


def _mail(person: User, places: dict[Facility, FilingDigest]) -> None:
    """A mail that does not go is not tried again: the list shows the same."""
    subject, text = digest_mail(places)
    try:
        send_mail(subject, text, None, [person.email])
    except OSError as error:
        logger.warning("digest_not_mailed", user_id=str(person.pk), trouble=type(error).__name__)
