"""A seal over the record as it stands: run it every hour and keep what it writes elsewhere."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic import clock
from clinic.seal import new_key, seal


class Command(BaseCommand):
    help = "Writes a signed file that says where every audit chain stands (SEALING_KEY)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="where to; none: onto the screen")
        parser.add_argument("--new-key", action="store_true", help="only make a key: private, then public")

    def handle(self, *args: Any, **said: Any) -> None:
        if said["new_key"]:
            private, public = new_key()
            self.stdout.write(f"SEALING_KEY={private}\npublic key: {public}")
            return
        if not settings.SEALING_KEY:
            raise CommandError("SEALING_KEY is not set; seal_audit --new-key makes one.")
        try:
            text = seal(key=settings.SEALING_KEY, now=clock.now())
        except ValueError as error:
            raise CommandError("SEALING_KEY is no key; seal_audit --new-key makes one.") from error
        if said["file"] is None:
            self.stdout.write(text, ending="")
            return
        said["file"].write_text(text)
