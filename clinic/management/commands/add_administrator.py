"""One more to run a facility, where nobody of it can let them in any more."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import clock
from clinic.actions.person import add_administrator
from clinic.invitations import welcome_path
from clinic.models import Facility
from clinic.rules.refusals import ActionRefused


class Command(BaseCommand):
    help = "Makes somebody an administrator of a facility, for when none of its own is left (DATABASE_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", required=True)
        parser.add_argument("--facility", required=True, help="its name")
        about_person(parser)

    def handle(self, *args: Any, **said: Any) -> None:
        where = {"organisation__name": said["organisation"], "name": said["facility"]}
        facility = Facility.objects.filter(**where).first()
        if facility is None:
            raise CommandError("There is no such facility.")
        try:
            self.stdout.write(administrator(facility, said, clock.now()))
        except ActionRefused as error:
            raise CommandError(refused(error)) from error


def about_person(parser: CommandParser) -> None:
    parser.add_argument("--username", required=True, help="with which they sign in; somebody's own, or a new one")
    parser.add_argument("--printed-name", default="", help="of somebody new, as it stands under a signature")
    parser.add_argument("--credential", default="", help="letters behind the name, such as RN")
    parser.add_argument("--email", default="")


def administrator(facility: Facility, said: dict[str, Any], now: datetime) -> str:
    """What to tell whoever ran the command. Raises ActionRefused."""
    about = {name: said[name] for name in ("username", "printed_name", "credential", "email")}
    person = add_administrator(facility=facility, **about, by=None, now=now)
    if person.has_usable_password():
        return f"{person} runs {facility.name}, and signs in as before."
    host = next(iter(settings.ALLOWED_HOSTS), "localhost")
    link = f"https://{host}{welcome_path(person, now)}"
    return f"{person} runs {facility.name}. Good once, for three days, and only for them:\n{link}"


def refused(error: ActionRefused) -> str:
    """The first field that cannot be, as it was called on the command line."""
    params = error.refusals[0].params
    return f"--{str(params.get('field', '')).replace('_', '-')}: {params.get('problem', error)}"
