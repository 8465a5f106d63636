"""A facility changes to another edition from a day on; what was sent keeps its own."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sessions_app.actions import edition
from sessions_app.management.commands.load_programs import EDITIONS
from sessions_app.models import FormEdition
from sessions_app.models.edition import edition_for
from tests.expect import refused
from tests.factories import Cast, discharged, entry
from tests.filings import LATER, form_of, submit

pytestmark = pytest.mark.paperwork
TREATED = date(2026, 4, 14)


def switch(cast: Cast, version: str, from_date: date) -> None:
    found = FormEdition.objects.get(version=version)
    said = {"facility": cast.facility, "by": cast.ada, "now": LATER}
    edition.switch_edition(edition=found, from_date=from_date, entry=entry(), **said)


def used(cast: Cast, day: date) -> str:
    found = edition_for(cast.facility, "esketamine", day)
    assert found is not None
    return found.version


def test_it_is_the_seen_one_until_the_facility_switches(cast: Cast) -> None:
    assert used(cast, TREATED) == "2021-11"
    switch(cast, "newer-1", date(2026, 5, 1))
    assert (used(cast, date(2026, 4, 30)), used(cast, date(2026, 5, 1))) == ("2021-11", "newer-1")
    switch(cast, "2021-11", date(2026, 6, 1))
    assert (used(cast, date(2026, 5, 31)), used(cast, date(2026, 6, 1))) == ("newer-1", "2021-11")
    assert edition_for(cast.facility, "another", TREATED) is None


def test_of_two_from_one_day_it_is_the_newer(cast: Cast) -> None:
    switch(cast, "newer-1", TREATED)
    switch(cast, "2021-11", TREATED)
    assert used(cast, TREATED) == "2021-11"
    with refused("FIELD", field="edition"):
        switch(cast, "2021-11", TREATED)


def test_what_was_not_sent_follows_its_day_and_what_was_keeps_its_own(cast: Cast) -> None:
    sent, waiting = discharged(cast), discharged(cast)
    submit(sent, why="Elsewhere.")
    switch(cast, "newer-1", TREATED)

    assert (form_of(sent).edition.version, form_of(waiting).edition.version) == ("2021-11", "newer-1")
    assert "takes_opioid" not in form_of(waiting).step.missing


def test_an_edition_once_loaded_never_changes(cast: Cast, tmp_path: Path) -> None:
    (shipped,) = EDITIONS.glob("monitoring-2021-11.toml")
    (tmp_path / shipped.name).write_text(shipped.read_text().replace("First name", "Given name"))
    with pytest.raises(CommandError, match="version 2021-11 was loaded before"):
        call_command("load_programs", editions=tmp_path)
    (tmp_path / shipped.name).write_text("form = 1")
    with pytest.raises(CommandError, match="due_days: is missing"):
        call_command("load_programs", editions=tmp_path)
    call_command("load_programs")
