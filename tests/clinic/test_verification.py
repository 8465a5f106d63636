"""Altering the record as its owner, who may: everything is found, and named."""

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clinic.models import AuditChain, AuditEvent
from clinic.rules.chain import link_of, sha256_of, start_of
from clinic.seal import new_key, seal
from clinic.verification import Checked, verify
from sessions_app.models import Check, FilingVersion, SignEvent
from tests.factories import NINE, make_cast
from tests.sessions_app.rich import rich_session

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_events.py"
PRIVATE, PUBLIC = new_key()


def problems() -> list[str]:
    return [problem for chain in AuditChain.objects.order_by("pk") for problem in verify(chain, Checked())]


class Owner:
    """Who may do everything to the database, and undo it."""

    def __init__(self, login: Any) -> None:
        self.login = login

    def run(self, statement: str, *values: Any) -> None:
        with self.login.cursor() as cursor:
            cursor.execute(statement, values)

    def columns(self, table: str) -> list[str]:
        with self.login.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")
            return [each.name for each in cursor.description]

    @contextmanager
    def altered(self, table: str, key: Any, statement: str, *values: Any) -> Iterator[None]:
        """What the statement does to one row of the table is taken back afterwards."""
        with self.unwatched(table):
            self.run(f"CREATE TEMP TABLE before AS SELECT * FROM {table} WHERE id = %s", key)
            self.run(statement, *values)
            yield
            columns = ", ".join(f'"{name}"' for name in self.columns(table))
            self.run(f"DELETE FROM {table} WHERE id = %s AND NOT EXISTS (SELECT FROM before)", key)
            self.run(f"UPDATE {table} SET ({columns}) = (SELECT {columns} FROM before) WHERE id = %s", key)
            self.run(f"INSERT INTO {table} SELECT * FROM before ON CONFLICT DO NOTHING")
            self.run("DROP TABLE before")

    @contextmanager
    def unwatched(self, table: str) -> Iterator[None]:
        """No trigger stands in an owner's way."""
        self.run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        self.run(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def export(self, file: Path) -> Path:
        listed = "COPY (SELECT chain_id, sequence, payload, link FROM clinic_auditevent ORDER BY 1, 2) TO STDOUT CSV"
        with file.open("w") as out, self.login.cursor() as cursor:
            cursor.copy_expert(listed, out)
        return file


def checked_by_a_stranger(file: Path, *more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), *more], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def relinked(owner: Owner, chain: AuditChain, *, after: int) -> None:
    """What somebody does who knows the format and owns the database: everything fits again."""
    link = start_of(chain.pk)
    for event in AuditEvent.objects.filter(chain=chain).order_by("sequence"):
        link = link_of(previous=link, sequence=event.sequence, digest=event.digest)
        if event.sequence >= after:
            owner.run("UPDATE clinic_auditevent SET link = %s WHERE id = %s", link, str(event.pk))
    table = "clinic_auditchain"
    with owner.unwatched(table):
        owner.run(f"UPDATE {table} SET last_link = %s WHERE id = %s", link, str(chain.pk))


def test_an_owner_alters_nothing_unseen(owner_connection: Any, tmp_path: Path) -> None:
    cast = make_cast()
    session = rich_session(cast).dosing_session
    owner, chain = Owner(owner_connection), AuditChain.objects.get(facility=cast.facility)
    assert problems() == []
    sealed = tmp_path / "seal.json"
    sealed.write_text(seal(key=PRIVATE, now=NINE))
    said = io.StringIO()
    call_command("verify_audit", seal=sealed, public_key=PUBLIC, stdout=said)
    assert "every row stands as it was written" in said.getvalue()
    export = owner.export(tmp_path / "events.csv")
    status, words = checked_by_a_stranger(export, str(sealed), PUBLIC)
    assert (status, words) == (0, f"{AuditEvent.objects.count()} events in 2 chains, unbroken\n")

    check = Check.objects.filter(dosing_session=session).latest("order")
    sign = SignEvent.objects.filter(dosing_session=session).latest("order")
    events = AuditEvent.objects.filter(chain=chain).order_by("sequence")
    middle, last = events[len(events) // 2], events[len(events) - 1]
    assert last.sequence > middle.sequence > 1
    table, event_table = "sessions_app_check", "clinic_auditevent"

    with owner.altered(table, check.pk.hex, f"UPDATE {table} SET systolic_mmhg = 119 WHERE id = %s", check.pk.hex):
        (found,) = problems()
        assert f"Check {check.pk} was changed: systolic_mmhg" in found
        with pytest.raises(CommandError, match="not as it was written"):
            call_command("verify_audit", stdout=io.StringIO())
    version, kept = FilingVersion.objects.latest("occurred_at"), "sessions_app_filingversion"
    zero = f"UPDATE {kept} SET content = replace(content::text, 'false', '0')::jsonb WHERE id = %s"
    with owner.altered(kept, version.pk.hex, zero, version.pk.hex):
        (found,) = problems()
        assert found.endswith("was changed: content")
    sign_table = "sessions_app_signevent"
    with owner.altered(sign_table, sign.pk.hex, f"DELETE FROM {sign_table} WHERE id = %s", sign.pk.hex):
        (found,) = problems()
        assert f"SignEvent {sign.pk} is not there any more" in found
    forged = "00000000-0000-7000-8000-000000000001"
    columns = ", ".join(f'"{field.column}"' for field in Check._meta.local_concrete_fields if field.column != "id")
    forge = f"INSERT INTO {table} (id, {columns}) SELECT %s, {columns} FROM {table} WHERE id = %s"
    with owner.altered(table, forged, forge, forged, check.pk.hex):
        assert problems() == [f"sessions_app.Check {forged} stands in no event"]
    with owner.altered(
        event_table, middle.pk.hex, f"UPDATE {event_table} SET actor_id = NULL WHERE id = %s", middle.pk.hex
    ):
        (found,) = problems()
        assert found.endswith("actor beside the payload says something else")
    with owner.altered(event_table, middle.pk.hex, f"DELETE FROM {event_table} WHERE id = %s", middle.pk.hex):
        assert f"event {middle.sequence}: it is not there" in problems()
        status, words = checked_by_a_stranger(owner.export(tmp_path / "gap.csv"))
        assert (status, f"event {middle.sequence} is missing" in words) == (1, True)
    with owner.altered(event_table, last.pk.hex, f"DELETE FROM {event_table} WHERE id = %s", last.pk.hex):
        assert any(f"the chain should reach to {last.sequence}, and ends before" in each for each in problems())

    other = middle.payload.replace(middle.action, "x" * len(middle.action), 1)
    rewrite = f"UPDATE {event_table} SET payload = %s, digest = %s WHERE id = %s"
    with owner.altered(event_table, middle.pk.hex, rewrite, other, sha256_of(other), middle.pk.hex):
        assert any(f"event {middle.sequence} " in each and "does not hang" in each for each in problems())
        assert checked_by_a_stranger(owner.export(tmp_path / "rewritten.csv"))[0] == 1
        owner.run("UPDATE clinic_auditevent SET action = %s WHERE id = %s", "x" * len(middle.action), middle.pk.hex)
        relinked(owner, chain, after=middle.sequence)
        assert problems() == []
        with pytest.raises(CommandError, match=f"what was sealed up to event {last.sequence} was rewritten"):
            call_command("verify_audit", seal=sealed, public_key=PUBLIC, stdout=io.StringIO())
        status, words = checked_by_a_stranger(owner.export(tmp_path / "rewritten.csv"), str(sealed), PUBLIC)
        assert (status, f"sealed up to event {last.sequence} is not here" in words) == (1, True)
    relinked(owner, chain, after=middle.sequence)
    assert problems() == []


class TestSeals:
    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"seal": {}, "signature": "zz"}'])
    def test_what_is_none_is_said_to_be_none(self, db: None, tmp_path: Path, text: str) -> None:
        file = tmp_path / "seal.json"
        file.write_text(text)
        with pytest.raises(CommandError, match="no seal of this key, or changed since"):
            call_command("verify_audit", seal=file, public_key=PUBLIC, stdout=io.StringIO())

    def test_it_is_of_one_key_and_of_what_was_signed(self, db: None, tmp_path: Path) -> None:
        make_cast()
        file = tmp_path / "seal.json"
        file.write_text(seal(key=PRIVATE, now=NINE))
        for text, key in ((file.read_text(), new_key()[1]), (file.read_text().replace("2026", "2027", 1), PUBLIC)):
            file.write_text(text)
            with pytest.raises(CommandError, match="no seal of this key"):
                call_command("verify_audit", seal=file, public_key=key, stdout=io.StringIO())

    def test_it_wants_the_key_from_whoever_checks(self, db: None, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="--public-key is needed"):
            call_command("verify_audit", seal=tmp_path / "x", stdout=io.StringIO())

    def test_it_is_written_by_a_command(self, db: None, tmp_path: Path, settings: Any) -> None:
        with pytest.raises(CommandError, match="SEALING_KEY is not set"):
            call_command("seal_audit", tmp_path / "seal.json")
        settings.SEALING_KEY = "12"
        with pytest.raises(CommandError, match="SEALING_KEY is no key"):
            call_command("seal_audit", tmp_path / "seal.json")
        said = io.StringIO()
        call_command("seal_audit", new_key=True, stdout=said)
        settings.SEALING_KEY = said.getvalue().split("=")[1].split()[0]
        call_command("seal_audit", tmp_path / "seal.json")
        public = said.getvalue().split()[-1]
        call_command("verify_audit", seal=tmp_path / "seal.json", public_key=public, stdout=io.StringIO())


def test_the_strangers_script_is_as_short_as_it_is_said_to_be() -> None:
    assert len(SCRIPT.read_text().splitlines()) <= 40


def test_a_long_chain_says_how_far_it_has_come(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_cast()
    monkeypatch.setattr("clinic.verification.AT_ONCE", 1)
    monkeypatch.setattr("clinic.management.commands.verify_audit.EVERY", 0)
    call_command("verify_audit", stdout=io.StringIO())
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith("events so far")]
    assert len(told) == AuditEvent.objects.count() > 1
