"""A facility, and whoever runs it first. They let in everybody else."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clinic import clock
from clinic.actions.facility import open_facility
from clinic.management.commands.add_administrator import about_person, administrator, refused
from clinic.models import Organisation
from clinic.rules.enrolment import Setting
from clinic.rules.refusals import ActionRefused


class Command(BaseCommand):
    help = "Opens a facility and prints a link with which its first administrator sets a password (DATABASE_URL)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", required=True, help="whose facility it is; made where there is none yet")
        parser.add_argument("--name", required=True, help="of the facility")
        parser.add_argument("--setting", required=True, choices=[setting.value for setting in Setting])
        parser.add_argument("--time-zone", required=True, help="such as America/New_York")
        parser.add_argument("--address", default="")
        parser.add_argument("--phone", default="")
        about_person(parser)

    def handle(self, *args: Any, **said: Any) -> None:
        now = clock.now()
        try:
            with transaction.atomic():
                organisation, _made = Organisation.objects.get_or_create(name=said["organisation"])
                facility = open_facility(
                    organisation=organisation,
                    name=said["name"],
                    setting=Setting(said["setting"]),
                    time_zone=said["time_zone"],
                    address=said["address"],
                    phone=said["phone"],
                    by=None,
                    now=now,
                )
                words = administrator(facility, said, now)
        except ActionRefused as error:
            raise CommandError(refused(error)) from error
        self.stdout.write(words)
