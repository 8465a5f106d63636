"""What a file may be to be kept: by its bytes, its name, and what its sender calls it."""

import io
import zipfile

import pytest

from clinic.rules.document import (
    ZIP_REACH,
    FileProblem,
    MediaType,
    clean_name,
    document_refusals,
    extension_of,
    media_type_of,
)
from clinic.rules.refusals import field_refusal
from sessions_app.presenters.sentences.at_field import PROBLEMS
from tests.files import (
    a_jpeg,
    a_pdf,
    a_png,
    jpeg_said_to_be,
    jpeg_with,
    png_chunk,
    png_said_to_be,
    png_with,
    raw_pdf,
)

PDF, JPEG, PNG = MediaType.PDF, MediaType.JPEG, MediaType.PNG


def problem(content: bytes, name: str = "", declared: str = "", megabytes: int = 10) -> str | None:
    refusals = document_refusals(content=content, name=name, declared=declared, megabytes=megabytes, field="document")
    assert all((refusal.code, refusal.params["field"]) == ("FIELD", "document") for refusal in refusals)
    return str(refusals[0].params["problem"]) if refusals else None


def a_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("Main.class", b"\xca\xfe\xba\xbe")
    return made.getvalue()


def test_every_problem_has_its_sentence() -> None:
    assert set(FileProblem) <= set(PROBLEMS)


class TestAGoodFile:
    @pytest.mark.parametrize("content", [a_pdf(), raw_pdf(), raw_pdf() + b"\r\n \x00", a_jpeg(), a_png()])
    def test_it_is_kept(self, content: bytes) -> None:
        assert problem(content) is None

    @pytest.mark.parametrize(
        ("content", "name", "declared"),
        [
            (a_pdf(), "Licence.PDF", "application/pdf"),
            (a_pdf(), "Licence", "application/octet-stream"),
            (a_pdf(), "Dr. Adler", ""),
            (a_pdf(), "Version 1.2", "application/x-pdf; name=a"),
            (a_pdf(), "Licence", "binary/octet-stream"),
            (a_jpeg(), "a.jpe", ""),
            (a_jpeg(), "a.jpeg", "image/jpg"),
            (a_jpeg(), "a.jfif", "image/pjpeg"),
            (a_png(), "shell.php.png", "IMAGE/PNG"),
        ],
    )
    def test_it_may_be_called_so(self, content: bytes, name: str, declared: str) -> None:
        assert problem(content, name, declared) is None

    def test_it_carries_words_about_itself(self) -> None:
        assert problem(png_with(b"tEXt", b"Author\x00Ada")) is None
        assert problem(jpeg_with(0xFE, b"Scanned with 300 dots")) is None

    def test_it_has_a_restart_a_stuffed_byte_and_fill_bytes_in_its_picture(self) -> None:
        before_end = a_jpeg().removesuffix(b"\xff\xd9")
        assert problem(before_end + b"\xff\x00\xff\xd0\xff\xff\xff\xd9") is None

    def test_it_has_a_mark_without_a_length(self) -> None:
        assert problem(a_jpeg()[:2] + b"\xff\x01" + a_jpeg()[2:]) is None

    def test_it_was_added_to(self) -> None:
        """Each change of a PDF is written behind its end, with an end of its own."""
        assert problem(raw_pdf() + b"\n9 0 obj << >> endobj\n%%EOF") is None


class TestItsKindAndSize:
    def test_it_is_not_empty(self) -> None:
        assert problem(b"") == FileProblem.EMPTY

    @pytest.mark.parametrize(("more", "said"), [(-1, None), (0, None), (1, FileProblem.TOO_BIG)])
    def test_it_is_not_larger_than_the_limit(self, more: int, said: str | None) -> None:
        spaces = 1_048_576 - len(raw_pdf()) + more
        content = raw_pdf() + b" " * spaces
        found = document_refusals(content=content, name="", declared="", megabytes=1, field="paper")
        assert found == ((field_refusal("paper", said, megabytes=1),) if said else ())

    @pytest.mark.parametrize(
        "content",
        [
            b"GIF89a" + a_zip(),
            a_zip(),
            b"MZ\x90\x00",
            b"<html><script>alert(1)</script>",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            b"\x00" + a_pdf(),
            b" " * 1023 + a_pdf(),
            b"\xef\xbb\xbf" + a_pdf(),
            b"II*\x00",
            b"RIFF\x00\x00\x00\x00WEBP",
            a_png()[1:],
        ],
    )
    def test_it_begins_as_one_of_three(self, content: bytes) -> None:
        assert media_type_of(content) is None
        assert problem(content) == FileProblem.KIND

    @pytest.mark.parametrize(
        ("content", "name", "declared"),
        [
            (a_pdf(), "a.png", ""),
            (a_pdf(), "a.pdf.exe", "application/pdf"),
            (a_png(), "a.html", ""),
            (a_png(), "a.svg", ""),
            (a_jpeg(), "a.pdf", "application/pdf"),
            (a_jpeg(), "a.jpg", "text/html"),
            (a_png(), "a.png", "image/svg+xml"),
            (a_pdf(), "a\u202efdp.exe", ""),
            (a_pdf(), "a.pdf/../b.exe", ""),
        ],
    )
    def test_it_is_called_what_it_is(self, content: bytes, name: str, declared: str) -> None:
        assert problem(content, name, declared) == FileProblem.DISGUISED

    @pytest.mark.parametrize(("content", "kind"), [(a_pdf(), "PDF"), (a_jpeg(), "JPEG"), (a_png(), "PNG")])
    def test_it_is_said_what_it_is(self, content: bytes, kind: str) -> None:
        found = document_refusals(content=content, name="a.exe", declared="", megabytes=1, field="paper")
        assert found == (field_refusal("paper", FileProblem.DISGUISED, kind=kind),)


class TestItsEnd:
    @pytest.mark.parametrize("content", [a_pdf(), a_jpeg(), a_png()])
    @pytest.mark.parametrize("more", [b"x", a_zip(), b"\x00" * 9 + b"MZ"])
    def test_nothing_follows(self, content: bytes, more: bytes) -> None:
        assert problem(content + more) == FileProblem.AFTER_END

    @pytest.mark.parametrize("content", [a_jpeg(), a_png()])
    def test_not_even_a_space_behind_a_picture(self, content: bytes) -> None:
        assert problem(content + b" ") == FileProblem.AFTER_END

    def test_it_is_not_missing(self) -> None:
        assert problem(a_pdf()[: a_pdf().rindex(b"%%EOF")]) == FileProblem.TRUNCATED
        for content in (a_jpeg(), a_png()):
            for length in range(9, len(content)):
                assert problem(content[:length]) == FileProblem.TRUNCATED, length

    def test_a_picture_ends_once(self) -> None:
        assert problem(a_png() + png_chunk(b"IEND", b"")) == FileProblem.AFTER_END
        assert problem(a_jpeg() + a_jpeg()) == FileProblem.AFTER_END
        for again in (a_jpeg(), b"\xff\xd8\x00\x02\xff\xd9"):
            assert problem(a_jpeg().removesuffix(b"\xff\xd9") + again) == FileProblem.TRUNCATED


class TestWhatItHides:
    @pytest.mark.parametrize(
        "content",
        [
            jpeg_with(0xFE, a_zip()),
            png_with(b"zIPp", a_zip()),
            raw_pdf(b"<< /Length 9 >> stream\n" + a_zip() + b"\nendstream"),
            png_with(b"tEXt", b"Rar!\x1a\x07\x01\x00"),
            jpeg_with(0xFE, b"7z\xbc\xaf\x27\x1c"),
            jpeg_with(0xFE, b"<?php system($_GET[0]); ?>"),
            png_with(b"tEXt", b"Comment\x00<ScRiPt>alert(1)"),
            jpeg_with(0xFE, b"*/=alert(1)/*<HTML>"),
            raw_pdf(b"(<iframe src=//x>)"),
            jpeg_with(0xFE, a_pdf()),
            png_with(b"tEXt", b"%PDF-1.4"),
            jpeg_with(0xFE, b"a" * (257 - 6) + b"ustar"),
        ],
    )
    def test_it_is_nothing_else_besides(self, content: bytes) -> None:
        assert problem(content) == FileProblem.HIDES_ANOTHER

    def test_it_looks_for_an_archive_as_far_as_its_readers_do(self) -> None:
        """Further from the end nobody finds it, and four bytes there are chance."""
        before = b"%PDF-1.7\n(PK\x05\x06"
        tail = b")\n%%EOF"
        room = ZIP_REACH - 4 - len(tail)
        assert problem(before + b"x" * room + tail) == FileProblem.HIDES_ANOTHER
        assert problem(before + b"x" * (room + 1) + tail) is None

    @pytest.mark.parametrize(("begins_at", "hides"), [(1019, True), (1020, False)])
    def test_it_looks_for_a_paper_as_far_as_its_readers_do(self, begins_at: int, hides: bool) -> None:
        found = problem(jpeg_with(0xFE, b"a" * (begins_at - 6) + b"%PDF-"))
        assert found == (FileProblem.HIDES_ANOTHER if hides else None)

    @pytest.mark.parametrize(
        "action",
        [
            b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
            b"<< /S /J#61vaScript >>",
            b"<< /S /Launch /F (cmd.exe) >>",
            b"<< /Names << /EmbeddedFiles 9 0 R >> >>",
            b"<< /Type /EmbeddedFile >>",
            b"<< /S /SubmitForm >>",
        ],
    )
    def test_it_names_no_action(self, action: bytes) -> None:
        assert problem(raw_pdf(action)) == FileProblem.ACTIVE
        # Behind its table of contents too, where readers that mend a file would look.
        assert problem(raw_pdf().replace(b"xref", b"9 0 obj " + action + b" endobj\nxref", 1)) == FileProblem.ACTIVE

    def test_it_may_name_what_only_sounds_alike(self) -> None:
        assert problem(raw_pdf(b"<< /LaunchDate (today) /URI (https://example.org) >>")) is None


class TestItsPixels:
    @pytest.mark.parametrize(
        ("width", "height", "said"),
        [
            (50_000, 1000, None),
            (50_000 + 1, 1000, FileProblem.PIXELS),
            (2**31 - 1, 2**31 - 1, FileProblem.PIXELS),
            (2**32 - 1, 2**32 - 1, FileProblem.PIXELS),
        ],
    )
    def test_they_are_counted_before_any_is_unpacked(self, width: int, height: int, said: str | None) -> None:
        assert problem(png_said_to_be(width, height)) == said
        if width < 2**16:
            assert problem(jpeg_said_to_be(width, height)) == said


class TestADamagedPicture:
    def test_it_is_found_by_its_sums(self) -> None:
        content = bytearray(png_with(b"tEXt", b"Author\x00Ada"))
        content[content.index(b"Ada")] ^= 1
        assert problem(bytes(content)) == FileProblem.UNREADABLE

    def test_it_has_no_chunk_beyond_its_end(self) -> None:
        assert problem(a_png()[:33] + b"\xff\xff\xff\xff" + a_png()[37:]) == FileProblem.TRUNCATED

    def test_it_has_its_head_first_and_once(self) -> None:
        head = a_png()[8:33]
        assert problem(a_png()[:8] + a_png()[33:]) == FileProblem.UNREADABLE
        assert problem(a_png()[:8] + head + a_png()[8:]) == FileProblem.UNREADABLE


class TestTheName:
    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("Licence 2026.pdf", "Licence 2026.pdf"),
            ("Licence.PDF", "Licence.pdf"),
            ("", "document.pdf"),
            (".pdf", "pdf.pdf"),
            ("...", "document.pdf"),
            ("Dr. Adler", "Dr. Adler.pdf"),
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\Users\\ada\\licence.pdf", "licence.pdf"),
            ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie_ b.pdf"),
            ("a\x00\x1f\x7fb.pdf", "a b.pdf"),
            ("annex\u202efdp.pdf", "annexfdp.pdf"),
            ("a\u200b\u2066b\ufeff.pdf", "ab.pdf"),
            ("\ud800a.pdf", "a.pdf"),
            ('a"b<c>|?*:d.pdf', "a_b_c_____d.pdf"),
            ("Zulassung_Märy\u0301 Ñ.pdf", "Zulassung_Märý Ñ.pdf"),
            ("免許証.pdf", "免許証.pdf"),
            ("a\u00a0\u2028\u2029b.pdf", "a b.pdf"),
            ("\ue000a\u0378.pdf", "a.pdf"),  # of somebody's own, and of nobody's
            ("Xray X.pdf", "Xray X.pdf"),
            ("a. .pdf", "a.pdf"),
        ],
    )
    def test_it_is_plain_and_ends_in_what_it_is(self, given: str, kept: str) -> None:
        assert clean_name(given, PDF) == kept

    def test_it_is_not_long(self) -> None:
        assert clean_name("x" * 500 + ".pdf", PDF) == "x" * 116 + ".pdf"
        assert len(clean_name("x" * 500 + ".jpeg", JPEG)) == 120

    def test_it_gets_the_ending_of_its_kind(self) -> None:
        assert clean_name("scan", JPEG) == "scan.jpg"
        assert clean_name("scan", PNG) == "scan.png"
        assert clean_name("scan.jpeg", JPEG) == "scan.jpeg"

    @pytest.mark.parametrize(
        ("name", "extension"), [("a.PDF", "pdf"), ("a.7z", "7z"), ("1.2", ""), ("a.b c", ""), ("a.toolong", "")]
    )
    def test_an_ending_is_short_and_has_a_letter(self, name: str, extension: str) -> None:
        assert extension_of(name) == extension
