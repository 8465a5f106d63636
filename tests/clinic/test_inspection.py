"""What takes a library to see in a file, in a process of its own that may break."""

import random
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from pytest_django.fixtures import Settings

from clinic import inspection
from clinic.inspection import inspected, opened_apart
from clinic.inspection_apart import answer
from clinic.rules.document import FileProblem, MediaType
from clinic.rules.refusals import ActionRefused
from tests.files import a_jpeg, a_pdf, a_png, packed_pdf, pdf_of, picture, png_said_to_be, raw_pdf
from tests.source import APPS, ROOT, calls, name_of, python_files

PDF, JPEG, PNG = MediaType.PDF, MediaType.JPEG, MediaType.PNG


def written(change: Any) -> bytes:
    writer = PdfWriter()
    change(writer)
    return pdf_of(writer)


def with_action(**action: str) -> bytes:
    """What opens with the file."""
    writer = PdfWriter()
    entries = {NameObject(f"/{key}"): NameObject(value) for key, value in action.items()}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(entries))
    return pdf_of(writer)


@contextmanager
def not_kept(problem: str) -> Iterator[None]:
    with pytest.raises(ActionRefused) as caught:
        yield
    (refusal,) = caught.value.refusals
    assert (refusal.params["field"], refusal.params["problem"]) == ("document", problem)


class TestAPdf:
    def test_it_may_lead_to_another_page_and_to_an_address(self) -> None:
        def link(writer: PdfWriter) -> None:
            writer.add_blank_page(9, 9)
            writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://example.org"))
            writer.add_outline_item(title="First", page_number=0)

        assert [answer(PDF, each) for each in (written(link), a_pdf(), raw_pdf(), packed_pdf(b"null"))] == ["fine"] * 4

    @pytest.mark.parametrize(
        "content",
        [
            with_action(S="/JavaScript"),
            packed_pdf(b"<< /S /JavaScript /JS (app.alert) >>"),
            written(lambda writer: writer.add_attachment("a.exe", b"MZ")),
            with_action(S="/Launch"),
            with_action(S="/GoToE"),
            with_action(S="/SubmitForm"),
            with_action(Subtype="/FileAttachment"),
            raw_pdf(b"<< /S /#4a#53 /JS (1) >>"),
            raw_pdf(b"[[<< /A << /S /Rendition >> >>]]"),
        ],
    )
    def test_it_does_nothing_and_carries_nothing(self, content: bytes) -> None:
        assert answer(PDF, content) == FileProblem.ACTIVE

    def test_it_is_looked_at_where_no_page_leads(self) -> None:
        writer = PdfWriter()
        writer._add_object(ArrayObject([DictionaryObject({NameObject("/JS"): TextStringObject("1")})]))
        assert answer(PDF, pdf_of(writer)) == FileProblem.ACTIVE

    def test_it_is_not_locked(self) -> None:
        assert answer(PDF, written(lambda writer: writer.encrypt("secret"))) == FileProblem.ENCRYPTED
        assert answer(PDF, written(lambda writer: writer.encrypt("", owner_password="x"))) == FileProblem.ENCRYPTED

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n%%EOF",
            b"%PDF-1.7\ntrailer << >>\nstartxref\n0\n%%EOF",
            raw_pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
            packed_pdf(b"[" * 100_000 + b"]" * 100_000),
        ],
    )
    def test_it_has_a_page(self, content: bytes) -> None:
        assert answer(PDF, content) == FileProblem.UNREADABLE


class TestAPicture:
    def test_it_is_decoded_to_its_last_line(self) -> None:
        assert answer(JPEG, a_jpeg()) == answer(PNG, a_png()) == "fine"
        rows = zlib.compress(b"".join(b"\x00" + random.Random(1).randbytes(27) for _ in range(9)))
        for length, said in ((len(rows), "fine"), (len(rows) // 2, FileProblem.UNREADABLE)):
            assert answer(PNG, png_said_to_be(9, 9, rows[:length])) == said
        assert answer(JPEG, a_jpeg()[:2] + b"\xff\xd9") == FileProblem.UNREADABLE

    def test_it_is_opened_as_its_own_kind_alone(self) -> None:
        assert answer(PNG, picture("GIF")) == FileProblem.UNREADABLE
        assert answer(JPEG, a_png()) == FileProblem.UNREADABLE


class TestTheProcessApart:
    def test_it_says_what_it_saw(self) -> None:
        assert opened_apart(PDF, a_pdf()) is None
        assert opened_apart(PDF, with_action(S="/JavaScript")) is FileProblem.ACTIVE

    def test_it_has_no_more_memory_than_it_is_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inspection, "MEMORY", 200 * 1024**2)
        assert opened_apart(PNG, a_png()) is None
        rows = zlib.compress(b"\x00" * 12_001 * 3 * 4_000, 1)
        assert opened_apart(PNG, png_said_to_be(12_000, 4_000, rows)) is FileProblem.UNREADABLE

    def test_it_ends_when_its_time_is_over(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def too_slow(*args: Any, **said: Any) -> None:
            raise subprocess.TimeoutExpired("python", said["timeout"])

        monkeypatch.setattr(subprocess, "run", too_slow)
        assert opened_apart(PDF, a_pdf()) is FileProblem.UNREADABLE

    @pytest.mark.parametrize(("code", "said"), [(1, b"fine"), (-9, b""), (0, b""), (0, b"something")])
    def test_it_is_believed_only_when_it_ends_well(
        self, code: int, said: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(subprocess, "run", lambda *args, **rest: subprocess.CompletedProcess(args, code, said))
        assert opened_apart(PDF, a_pdf()) is FileProblem.UNREADABLE


class TestTheCheckedFile:
    def test_it_knows_both_its_names_its_kind_and_its_digest(self) -> None:
        file = inspected(name="..\\a\u202efdp\x00.pdf", content=a_pdf(), declared="application/pdf")
        assert (file.name, file.given_name, file.media_type) == ("afdp.pdf", "..\\a\u202efdp.pdf", PDF)
        assert len(file.digest) == 64

    def test_it_is_refused_at_its_field(self, settings: Settings) -> None:
        with not_kept(FileProblem.KIND):
            inspected(name="a.pdf", content=b"GIF89a")
        with not_kept(FileProblem.ENCRYPTED):
            inspected(name="a.pdf", content=written(lambda writer: writer.encrypt("secret")))
        settings.DOCUMENT_MEGABYTES = 0
        with not_kept(FileProblem.TOO_BIG):
            inspected(name="a.pdf", content=a_pdf())

    def test_it_is_made_by_its_inspection_alone(self) -> None:
        made = [name_of(file) for file in python_files(*APPS) for _ in calls(file, "CheckedFile")]
        assert made == ["clinic/inspection.py"]

    def test_its_reader_imports_nothing_of_ours(self) -> None:
        text = (ROOT / "clinic" / "inspection_apart.py").read_text(encoding="utf-8")
        assert "import clinic" not in text
        assert "from clinic" not in text
