"""What is counted of the sessions, brought to where the record stands, so that nobody waits for it at a page."""

from typing import Any

from django.core.management.base import BaseCommand

from clinic.models import Facility
from sessions_app.models.insight.keeping import keep_lines


class Command(BaseCommand):
    help = "Makes the lines that are counted for the dashboards, facility by facility; after a new version of Vigil."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for facility in Facility.objects.order_by("name"):
            keep_lines([facility.pk])
            if options["verbosity"]:
                self.stdout.write(facility.name)
                self.stdout.flush()
