"""Bring the database up to date, as its owner: tables, cache table, programmes, grants, and filings of old sessions."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection

from clinic.grants import application_role, apply_grants, connect_as_owner
from clinic.quick_states import quick_states


class Command(BaseCommand):
    help = "Migrates, loads programmes and forms, gives the application role its grants (DATABASE_OWNER_URL)."
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        connect_as_owner()
        verbosity = options["verbosity"]
        with quick_states():
            call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=verbosity)
        if "load_programs" in get_commands():
            call_command("load_programs", verbosity=verbosity)
        apply_grants(connection)
        if "keep_filings" in get_commands():
            call_command("keep_filings", verbosity=verbosity)
        if verbosity:
            self.stdout.write(f"The database is up to date; {application_role()} has its grants.")
