"""A whole record as an archive that a stranger checks; whatever is altered in it is named."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from clinic.grants import MUTABLE_COLUMNS
from clinic.models import Signature
from clinic.seal import new_key, seal
from sessions_app.models import Check, DosingSession
from tests.clock import clock_at
from tests.factories import STAY_ENDS, cleared, discharged, make_cast, minutes
from tests.scene import scene
from tests.sessions_app.lost_and_found import back_in_the_cabinet
from tests.sessions_app.rich import rich_session

pytestmark = pytest.mark.django_db
NOW = STAY_ENDS + minutes(90)
WHY = "Asked for by the patient."
PRIVATE, PUBLIC = new_key()


def take(client: Client, kind: str, key: Any, *, reason: str = WHY) -> Any:
    with clock_at(NOW):
        return client.post(
            reverse(f"sessions_app:export-{kind}", args=[key]), {"entry_id": str(uuid4()), "reason": reason}
        )


def unpacked(answer: Any, folder: Path) -> Path:
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        archive.extractall(folder)
    return folder


def checked(folder: Path, *more: str) -> tuple[int, str]:
    """By nothing of ours but the script in the archive."""
    command = [sys.executable, "-I", str(folder / "verify.py"), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def rich(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Path]]:
    """The archive of one session and of its patient, unpacked; sealed before."""
    seals = tmp_path_factory.mktemp("seals")
    with scene(django_db_blocker), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.SEALS_FOLDER", str(seals))
        cast = make_cast()
        walk = rich_session(cast)
        session = walk.dosing_session
        discharged(cast)
        back_in_the_cabinet(cast, walk, cleared(cast), now=NOW)
        (seals / "first.json").write_text(seal(key=PRIVATE, now=NOW))
        client = Client()
        client.force_login(cast.ines)
        folders = {
            kind: unpacked(take(client, kind, key), tmp_path_factory.mktemp(kind))
            for kind, key in (("session", session.pk), ("patient", session.patient_id))
        }
        yield folders["session"], folders["patient"]


class TestTheArchive:
    def test_it_verifies_by_itself(self, rich: tuple[Path, Path]) -> None:
        for folder in rich:
            code, said = checked(folder)
            assert code == 0, said
            assert "unbroken" in said
            assert "rows as they were written" in said

    def test_it_holds_scores_and_plans_and_its_paper_says_them(self, rich: tuple[Path, Path]) -> None:
        for folder in rich:
            tables = {row["table"] for row in json.loads((folder / "record.json").read_text())["rows"]}
            assert {"sessions_app.Score", "sessions_app.SafetyAlert", "sessions_app.SafetyPlan"} <= tables
            paper = " ".join(" ".join(page.extract_text() for page in PdfReader(folder / "record.pdf").pages).split())
            assert "Scores Day Time Score Asked By" in paper
            assert "PHQ-9" in paper
            assert "Items: 1: " in paper

    def test_it_verifies_against_a_seal(self, rich: tuple[Path, Path]) -> None:
        folder = rich[0]
        assert checked(folder, "seal.json", PUBLIC)[0] == 0
        code, said = checked(folder, "seal.json", new_key()[1])
        assert (code, said.strip()) == (1, "the seal is not of this key, or was altered")

    def test_it_holds_nothing_of_anybody_else(self, rich: tuple[Path, Path]) -> None:
        folder = rich[0]
        text = (folder / "record.json").read_text() + (folder / "events.csv").read_text()
        names = json.loads((folder / "record.json").read_text())["about"]["patient"]
        assert names["name"] in text
        with (folder / "events.csv").open(newline="") as file:
            lines = [line for line in csv.reader(file) if line[2].startswith("{")]
        told = [json.loads(line[2]) for line in lines]
        subjects = {each["subject"]["type"] for each in told}
        of_cabinet = {"clinic.Device", "clinic.Facility", "clinic.Discrepancy"}
        own = {"sessions_app.DosingSession", "clinic.Patient", "sessions_app.Course", "clinic.BreakGlass"}
        assert of_cabinet < subjects <= own | of_cabinet
        # Of the cabinet only what wrote a row of this session's devices: no policy, no supplier, no other's device.
        about_it = {each["action"] for each in told if each["subject"]["type"] in of_cabinet}
        moved = {"report_lost", "report_found", "return_devices", "follow_discrepancy", "close_discrepancy"}
        assert about_it == {"receive_devices", *moved}
        session = json.loads((folder / "record.json").read_text())["about"]["session"]
        others = DosingSession.objects.exclude(pk=session).values_list("pk", flat=True)
        assert others
        assert not [key for key in others if str(key) in text]

    def test_it_tells_where_its_devices_were_and_what_did_not_agree(self, rich: tuple[Path, Path]) -> None:
        for folder in rich:
            text = " ".join(page.extract_text() for page in PdfReader(folder / "record.pdf").pages)
            text = re.sub(r"\s+", " ", text)
            told = ("Where the devices were", "Received, Main cabinet", "Taken for a patient", "Not in its drawer.")
            found = ("Reported lost", "Looked under the chair.", "It had slipped down.", "paper R-77", "accounted for")
            for words in (*told, *found, "nothing is due to the DEA", "return devices", "close discrepancy"):
                assert words in text, words
            rows = json.loads((folder / "record.json").read_text())["rows"]
            steps = [row["fields"] for row in rows if row["table"] == "clinic.StockMovement"]
            lost = next(step["device_id"] for step in steps if step["kind"] == "LOST")
            trail = [step["kind"] for step in steps if step["device_id"] == lost]
            assert sorted(trail) == sorted(
                ["RECEIVED", "DRAWN", "ADMINISTERED", "CORRECTED", "CORRECTED", "LOST", "FOUND", "RETURNED"]
            )
            assert {"clinic.Discrepancy", "clinic.DiscrepancyStep", "clinic.DiscrepancyClosure"} <= {
                row["table"] for row in rows
            }
            # The distributor's paper may name others: it stays here, its digest does not.
            paper = next(row["fields"]["document_id"] for row in rows if row["table"] == "clinic.Delivery")
            assert not list(folder.glob(f"documents/{paper}.*"))
            assert paper in {row["fields"]["id"] for row in rows if row["table"] == "clinic.Document"}

    def test_its_paper_says_what_the_page_says_on_numbered_pages(self, rich: tuple[Path, Path]) -> None:
        for folder, title in zip(rich, ("Record of one session", "Record of a patient"), strict=True):
            reader = PdfReader(folder / "record.pdf")
            pages = [page.extract_text() for page in reader.pages]
            for number, page in enumerate(pages, 1):
                assert f"page {number} of {len(pages)}" in page
                assert "Rosalind Tamarack · born 3 Sep 1982 · MRN" in page
                assert title in page
            text = "\n".join(pages)
            for part in ("Readings", "Devices", "Signatures", "Audit trail", "What happened", "America/New_York"):
                assert part in text, part
            assert "signed: Paul Penstemon, MD" in text

    def test_it_names_nobody_in_its_names(self, rich: tuple[Path, Path]) -> None:
        names = {str(file.relative_to(rich[1])) for file in rich[1].rglob("*")}
        assert {"record.pdf", "record.json", "events.csv", "README.txt", "verify.py", "manifest.json"} <= names
        assert not [name for name in names if "tamarack" in name.lower()]


def altered_record(work: Callable[[dict[str, Any]], str]) -> Callable[[Path], str]:
    def alter(folder: Path) -> str:
        file = folder / "record.json"
        record = json.loads(file.read_text())
        named = work(record)
        file.write_text(json.dumps(record))
        return named

    return alter


def a_row(record: dict[str, Any], table: str, has: str = "id") -> dict[str, Any]:
    return next(row for row in record["rows"] if row["table"] == table and row["fields"].get(has))


@altered_record
def one_value(record: dict[str, Any]) -> str:
    row = a_row(record, "sessions_app.Check", "systolic_mmhg")
    row["fields"]["systolic_mmhg"] -= 1
    return f"sessions_app.Check {row['fields']['id']} is not as event"


@altered_record
def one_row_less(record: dict[str, Any]) -> str:
    row = a_row(record, "sessions_app.Check")
    record["rows"].remove(row)
    return f"sessions_app.Check {row['fields']['id']} of event"


@altered_record
def one_row_more(record: dict[str, Any]) -> str:
    row = a_row(record, "sessions_app.Check")
    record["rows"].append({"table": row["table"], "fields": {**row["fields"], "id": "made-up"}})
    return "sessions_app.Check made-up stands in no event"


@altered_record
def a_signature(record: dict[str, Any]) -> str:
    row = a_row(record, "clinic.Signature")
    row["fields"]["printed_name"] = "Somebody Else"
    return f"clinic.Signature {row['fields']['id']} is not as event"


@altered_record
def what_was_signed(record: dict[str, Any]) -> str:
    row = a_row(record, "clinic.Signature")
    row["fields"]["content"] = row["fields"]["content"].replace("{", "{ ", 1)
    return f"clinic.Signature {row['fields']['id']}: what was signed is not what was digested"


def _events(folder: Path, work: Callable[[list[list[str]]], str]) -> str:
    file = folder / "events.csv"
    with file.open(newline="") as lines:
        events = list(csv.reader(lines))
    named = work(events)
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(events)
    return named


def one_event_less(folder: Path) -> str:
    return _events(folder, lambda events: f"event {events.pop(5)[1]} is missing")


def one_event_altered(folder: Path) -> str:
    def alter(events: list[list[str]]) -> str:
        line = next(line for line in events if line[2].startswith("{"))
        line[2] = line[2].replace("happened_at", "happened_on")
        return f"event {line[1]} was altered"

    return _events(folder, alter)


def one_event_hidden(folder: Path) -> str:
    """Only its digest is left, as of somebody else's: its rows are then in none."""

    def alter(events: list[list[str]]) -> str:
        line = next(line for line in events if '"Check"' in line[2] or "sessions_app.Check" in line[2])
        line[2] = hashlib.sha256(line[2].encode()).hexdigest()
        return "stands in no event"

    return _events(folder, alter)


def the_paper(folder: Path) -> str:
    (folder / "record.pdf").write_bytes(b"%PDF-1.4 another")
    return "record.pdf is not as manifest.json says"


@pytest.mark.parametrize(
    "alter",
    [
        one_value,
        one_row_less,
        one_row_more,
        a_signature,
        what_was_signed,
        one_event_less,
        one_event_altered,
        one_event_hidden,
        the_paper,
    ],
    ids=lambda alter: getattr(alter, "__name__", "altered"),
)
def test_whatever_is_altered_is_named(rich: tuple[Path, Path], tmp_path: Path, alter: Callable[[Path], str]) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("record.json", "events.csv", "record.pdf", "verify.py", "manifest.json", "README.txt"):
        (folder / name).write_bytes((rich[0] / name).read_bytes())
    named = alter(folder)

    code, said = checked(folder)

    assert code == 1
    assert named in said


def test_the_script_knows_the_columns_that_move(rich: tuple[Path, Path]) -> None:
    script = (rich[0] / "verify.py").read_text()
    namespace: dict[str, Any] = {}
    exec(script[script.index("MOVES = ") : script.index("asked, ")], namespace)
    said = {table: {name.removesuffix("_id") for name in names.split()} for table, names in namespace["MOVES"].items()}
    tables = ("clinic.Patient", "sessions_app.DosingSession", "sessions_app.Filing")
    assert said == {table: set(MUTABLE_COLUMNS[table]) for table in tables}


def test_it_covers_every_row_of_the_session(rich: tuple[Path, Path]) -> None:
    rows = json.loads((rich[0] / "record.json").read_text())["rows"]
    ids = {row["fields"]["id"] for row in rows}
    session = json.loads((rich[0] / "record.json").read_text())["about"]["session"]
    assert {str(key) for key in Check.objects.filter(dosing_session=session).values_list("pk", flat=True)} <= ids
    assert {str(key) for key in Signature.objects.filter(subject_id=session).values_list("pk", flat=True)} <= ids
