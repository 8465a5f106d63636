"""A whole record as one file that is checked without Vigil: docs/verify.md says what is in it."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from clinic.canonical import canonical, content_of
from clinic.models import User
from clinic.rules.document import EXTENSIONS, MediaType
from clinic.seal import newest_seal
from sessions_app.models.whole_record import Key, WholeRecord
from sessions_app.presenters.pdf.paper import Head, write_pdf
from sessions_app.presenters.pdf.patient_story import made_line, whose
from sessions_app.presenters.pdf.record_story import record_story
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program

FORMAT = "vigil-record-1"
CHECKED_BY = settings.BASE_DIR / "docs" / "verify_export.py"
README = settings.BASE_DIR / "docs" / "archive_readme.txt"


@dataclass(frozen=True)
class Made:
    """When and by whom the archive is made."""

    at: datetime
    by: User


class _Zip:
    """Files of an archive, each with its digest for the manifest."""

    def __init__(self, into: IO[bytes], at: datetime) -> None:
        self.zip = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED)
        self.stamp = at.timetuple()[:6]
        self.digests: dict[str, str] = {}

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        info, found = zipfile.ZipInfo(name, self.stamp), hashlib.sha256()
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        with self.zip.open(info, "w", force_zip64=True) as out:
            for piece in pieces:
                found.update(piece)
                out.write(piece)
        self.digests[name] = found.hexdigest()

    def close(self) -> None:
        self.add("manifest.json", [json.dumps(self.digests, indent=1, sort_keys=True).encode()])
        self.zip.close()


def write_archive(into: IO[bytes], record: WholeRecord, made: Made, *, programs: dict[str, Program]) -> None:
    archive, keys = _Zip(into, made.at), set[Key]()
    archive.add("events.csv", _events(record, keys))
    archive.add("record.json", _rows(record, keys, made))
    for document, content in record.papers(keys):
        archive.add(f"documents/{document.pk}.{EXTENSIONS[MediaType(document.media_type)][0]}", [content])
    archive.add("record.pdf", [record_pdf(record, made, programs)])
    if seal := newest_seal():
        archive.add("seal.json", [seal])
    archive.add("README.txt", [README.read_bytes()])
    archive.add("verify.py", [CHECKED_BY.read_bytes()])
    archive.close()


def name_of_archive(record: WholeRecord, at: datetime) -> str:
    """Ids alone: a file's name is read by whoever sees it lie there."""
    kind, key = ("session", record.dosing_session.pk) if record.dosing_session else ("patient", record.patient.pk)
    return str(PurePath(f"vigil-{kind}-{key}-{at.astimezone(record.facility.zone):%Y%m%d}.zip"))


def _events(record: WholeRecord, keys: set[Key]) -> Iterator[bytes]:
    """``keys`` gets what the events wrote."""
    chain = str(record.chain.pk)
    yield _csv_line(chain, record.anchor.sequence, "", record.anchor.link)
    for sequence, payload, link, own in record.chain_of_events():
        if own:
            keys.update(Key(row["table"], row["fields"]["id"]) for row in json.loads(payload)["rows"])
        yield _csv_line(chain, sequence, payload, link)


def _csv_line(*cells: object) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _rows(record: WholeRecord, keys: set[Key], made: Made) -> Iterator[bytes]:
    """One line a row; each is the canonical content that digests cover."""
    facility, patient, session = record.facility, record.patient, record.dosing_session
    people = record.people()
    about = {
        "format": FORMAT,
        "made_at": made.at,
        "made_by": made.by.pk,
        "facility": {"id": facility.pk, "name": facility.name, "time_zone": facility.time_zone},
        "patient": {"id": patient.pk, "name": patient.full_name, "mrn": patient.mrn, "born": patient.birth_date},
        "session": session.pk if session else None,
        "chain": {"id": record.chain.pk, "sequence": record.chain.last_sequence, "link": record.chain.last_link},
        "people": {str(each.pk): str(each) for each in people},
    }
    yield f'{{"about":{canonical(about)},\n"rows":['.encode()
    between = "\n"
    for row in record.rows(keys):
        yield f"{between}{canonical(content_of(row))}".encode()
        between = ",\n"
    yield b"\n]}\n"


def record_pdf(record: WholeRecord, made: Made, programs: dict[str, Program]) -> bytes:
    file = io.BytesIO()
    head = Head(
        title=_("Record of one session") if record.dosing_session else _("Record of a patient"),
        whose=whose(record.patient, record.facility),
        made=made_line(Reader(record.facility.zone, made.at), made.by),
    )
    write_pdf(file, record_story(record, programs, now=made.at, viewer=made.by), head)
    return file.getvalue()
