"""A registry for which the disk has no room is refused before anything is written."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from sessions_app.rules.published import PATIENTS, SESSIONS
from sessions_app.simulate.room import BESIDES, EACH, folder_of, missing, needed


def test_the_whole_registry_takes_what_its_sessions_take() -> None:
    assert needed(PATIENTS) == BESIDES + SESSIONS * EACH


def test_what_a_disk_has_not_is_missing(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    assert missing(1, tmp_path) == max(0, needed(1) - free)
    assert missing(10**9, tmp_path) == pytest.approx(needed(10**9) - free, rel=0.01)


def test_more_than_the_disk_holds_is_refused() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="GB of them are not free on the disk of "):
        call_command("simulate", check=True, patients=10**9, seed=1, stdout=out)
    assert out.getvalue().startswith("1000000000 patients take some 2795")


def test_the_server_does_not_tell_everybody_where_its_data_are(db: None) -> None:
    with connection.cursor() as cursor:
        assert folder_of(cursor) is None


def test_who_may_read_the_settings_knows_where_its_data_are_and_what_is_thrown_away_has_no_journal(
    tmp_path: Path,
) -> None:
    from clinic.embedded_postgres import EmbeddedPostgres

    with EmbeddedPostgres(tmp_path / "home", durable=False) as server:
        root = server.connect_as_superuser()
        with root.cursor() as cursor:
            assert folder_of(cursor) == server.data
            cursor.execute("SHOW wal_level")
            assert cursor.fetchone() == ("minimal",)
        root.close()
