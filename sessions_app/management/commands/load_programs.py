"""Load the programme files and the editions of forms into the database, as its owner. A version once loaded never
changes."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.models import FormEdition, ProgramVersion
from sessions_app.rules.edition import EditionError, parse_edition
from sessions_app.rules.program import ProgramError, parse_program

HOUSE = Path(__file__).resolve().parents[2]
PROGRAMS, EDITIONS = HOUSE / "programs", HOUSE / "editions"


class Command(BaseCommand):
    help = "Loads programmes (programs/*.toml) and editions of forms (editions/*.toml); what changed is a version."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=PROGRAMS, help="where the programmes' .toml files are")
        parser.add_argument("--editions", type=Path, default=EDITIONS, help="where the editions' .toml files are")

    def handle(self, *args: Any, folder: Path, editions: Path, **options: Any) -> None:
        files = sorted(folder.glob("*.toml"))
        if not files:
            raise CommandError(f"There is no programme file in {folder}.")
        for file in files:
            self.load(file, load_program)
        for file in sorted(editions.glob("*.toml")):
            self.load(file, load_edition)

    def load(self, file: Path, into: Callable[[str, str, str], tuple[ProgramVersion | FormEdition, bool]]) -> None:
        text = file.read_text(encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        try:
            loaded, created = into(text, digest, file.name)
        except (ProgramError, EditionError) as error:
            raise CommandError(str(error)) from error
        if not created and loaded.digest != digest:
            raise CommandError(
                f"{file.name}: version {loaded.version} was loaded before with another content; give it a new version."
            )


def load_program(text: str, digest: str, file: str) -> tuple[ProgramVersion, bool]:
    program = parse_program(text, file=file)
    return ProgramVersion.objects.get_or_create(
        code=program.code,
        version=program.version,
        defaults={
            "text": text,
            "digest": digest,
            "minimum_stay_minutes": program.value("minimum_stay_minutes"),
            "final_check_window_minutes": program.value("final_check_window_minutes"),
        },
    )


def load_edition(text: str, digest: str, file: str) -> tuple[FormEdition, bool]:
    edition = parse_edition(text, file=file)
    return FormEdition.objects.get_or_create(
        form=edition.form,
        version=edition.version,
        defaults={"program_code": edition.program_code, "seen": edition.seen, "text": text, "digest": digest},
    )
