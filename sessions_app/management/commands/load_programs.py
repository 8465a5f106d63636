"""Load the programme files into the database, as its owner. A version once loaded never changes."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.models import ProgramVersion
from sessions_app.rules.program import ProgramError, parse_program

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"


class Command(BaseCommand):
    help = "Load programme files (programs/*.toml). A changed file needs a new version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=PROGRAMS, help="where the .toml files are")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        files = sorted(folder.glob("*.toml"))
        if not files:
            raise CommandError(f"There is no programme file in {folder}.")
        for file in files:
            self.load(file)

    def load(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        try:
            program = parse_program(text, file=file.name)
        except ProgramError as error:
            raise CommandError(str(error)) from error
        digest = hashlib.sha256(text.encode()).hexdigest()
        version, created = ProgramVersion.objects.get_or_create(
            code=program.code,
            version=program.version,
            defaults={
                "text": text,
                "digest": digest,
                "minimum_stay_minutes": program.value("minimum_stay_minutes"),
                "final_check_window_minutes": program.value("final_check_window_minutes"),
            },
        )
        if not created and version.digest != digest:
            raise CommandError(
                f"{file.name}: version {program.version} was loaded before with another content; give it a new version."
            )
