"""What a file may be to be kept here: a PDF, a JPEG or a PNG by its content, and nothing else besides. Standard library
only; what takes a library to see is seen in ``clinic/inspection_apart.py``."""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterator
from enum import StrEnum

from clinic.rules.refusals import Refusal, field_refusal

LONGEST_NAME = 120
# A page of A4 scanned at 600 dots to the inch has 35 million. [D]
MOST_PIXELS = 50_000_000
MEGABYTE = 1024 * 1024


class MediaType(StrEnum):
    """What may be kept."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


class FileProblem(StrEnum):
    """Why a file is not kept; each has its sentence."""

    EMPTY = "file_empty"
    TOO_BIG = "file_too_big"
    KIND = "file_kind"
    DISGUISED = "file_disguised"
    TRUNCATED = "file_truncated"
    UNREADABLE = "file_unreadable"
    PIXELS = "file_pixels"
    AFTER_END = "file_after_end"
    HIDES_ANOTHER = "file_hides_another"
    ACTIVE = "file_active"
    ENCRYPTED = "file_encrypted"


BEGINS_WITH = {
    MediaType.PDF: b"%PDF-",
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
}
KIND_WORDS = {MediaType.PDF: "PDF", MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
EXTENSIONS = {
    MediaType.PDF: ("pdf",),
    MediaType.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    MediaType.PNG: ("png",),
}
# What browsers say who do not know.
UNDECLARED = ("", "application/octet-stream", "binary/octet-stream")
SAME_TYPE = {"image/jpg": MediaType.JPEG, "image/pjpeg": MediaType.JPEG, "application/x-pdf": MediaType.PDF}

# A reader of ZIP files (JAR, DOCX) looks for the end record this far from the end, and nowhere else.
ZIP_END, ZIP_REACH = b"PK\x05\x06", 22 + 65_535
OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
# Readers of PDF take one that begins anywhere in the first kilobyte.
PDF_REACH = 1024
MARKUP = re.compile(rb"<script|<html|<!doctype|<iframe|<\?php", re.IGNORECASE)
# Of PDF's names, those long enough to stand in no picture by chance; the rest takes a parser.
ACTIVE_NAMES = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData)\b")
NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
PDF_SPACE = b"\x00\t\n\x0c\r "


def media_type_of(content: bytes) -> MediaType | None:
    """By its first bytes and never by its name."""
    return next((kind for kind, begin in BEGINS_WITH.items() if content.startswith(begin)), None)


def document_refusals(*, content: bytes, name: str, declared: str, megabytes: int, field: str) -> tuple[Refusal, ...]:
    """Only a whole PDF, JPEG or PNG that is called what it is and carries nothing else is kept. Said at ``field``, one
    reason at a time."""
    if not content:
        return (field_refusal(field, FileProblem.EMPTY),)
    if len(content) > megabytes * MEGABYTE:
        return (field_refusal(field, FileProblem.TOO_BIG, megabytes=megabytes),)
    kind = media_type_of(content)
    if kind is None:
        return (field_refusal(field, FileProblem.KIND),)
    if is_disguised(name, declared, kind):
        return (field_refusal(field, FileProblem.DISGUISED, kind=KIND_WORDS[kind]),)
    problem = WALKS[kind](content) or foreign_problem(content, kind)
    return (field_refusal(field, problem),) if problem else ()


def is_disguised(name: str, declared: str, kind: MediaType) -> bool:
    """Its name or whoever sent it calls it something else."""
    said = declared.partition(";")[0].strip().lower()
    extension = extension_of(plain_name(name))
    return (said not in UNDECLARED and SAME_TYPE.get(said, said) != kind) or (
        bool(extension) and extension not in EXTENSIONS[kind]
    )


def extension_of(name: str) -> str:
    """``pdf`` of ``Licence.PDF``; nothing of ``Dr. Adler`` or ``Version 1.2``."""
    found = re.search(r"\.(?=[0-9]*[A-Za-z])([A-Za-z0-9]{1,5})$", name)
    return found[1].lower() if found else ""


def plain_name(given: str) -> str:
    """One line of visible characters: no path, nothing that controls, hides or turns the direction of the rest."""
    last = re.split(r"[/\\]", given)[-1]
    visible = "".join(
        " " if unicodedata.category(char) == "Cc" else char
        for char in unicodedata.normalize("NFC", last)
        if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(re.sub(r'[<>:"|?*]', "_", visible).split()).strip(". ")


def clean_name(given: str, kind: MediaType) -> str:
    """The name it is kept under: plain, not too long, and ending in what it is."""
    name = plain_name(given)
    extension = extension_of(name)
    if extension in EXTENSIONS[kind]:
        name = name[: -len(extension) - 1]
    else:
        extension = EXTENSIONS[kind][0]
    return f"{name[: LONGEST_NAME - len(extension) - 1].strip('. ') or 'document'}.{extension}"


def foreign_problem(content: bytes, kind: MediaType) -> FileProblem | None:
    """The same bytes read as something else: an archive, a program, a page."""
    hides = (
        ZIP_END in content[-ZIP_REACH:]
        or any(begin in content for begin in OTHER_ARCHIVES)
        or content[257:262] == b"ustar"
        or (kind is not MediaType.PDF and BEGINS_WITH[MediaType.PDF] in content[:PDF_REACH])
        or MARKUP.search(content)
    )
    return FileProblem.HIDES_ANOTHER if hides else None


def pdf_problem(content: bytes) -> FileProblem | None:
    """It ends where it says it ends, and names no action."""
    _before, end, after = content.rpartition(b"%%EOF")
    if not end:
        return FileProblem.TRUNCATED
    if after.strip(PDF_SPACE):
        return FileProblem.AFTER_END
    plain = NAME_ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), content)
    return FileProblem.ACTIVE if ACTIVE_NAMES.search(plain) else None


def png_problem(content: bytes) -> FileProblem | None:
    """Chunk by chunk: each is whole, the last is the end, and nothing follows."""
    at = first = len(BEGINS_WITH[MediaType.PNG])
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            return FileProblem.TRUNCATED
        if zlib.crc32(memoryview(content)[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            return FileProblem.UNREADABLE
        if (kind == b"IHDR") != (at == first) or (at == first and length != 13):
            return FileProblem.UNREADABLE
        if at == first and _too_many(*struct.unpack_from(">II", content, at + 8)):
            return FileProblem.PIXELS
        if kind == b"IEND":
            return None if end == len(content) else FileProblem.AFTER_END
        at = end
    return FileProblem.TRUNCATED


def jpeg_problem(content: bytes) -> FileProblem | None:
    """Segment by segment to the end of the picture, and nothing follows."""
    for marker, at in jpeg_segments(content):
        if marker == 0xD9:
            return None if at + 2 == len(content) else FileProblem.AFTER_END
        if marker in JPEG_FRAMES and _too_many(_number(content, at + 5), _number(content, at + 7)):
            return FileProblem.PIXELS
    return FileProblem.TRUNCATED


JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# In the picture's own data 0xFF is followed by a zero or a restart mark; by anything else a segment begins.
JPEG_NEXT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")


def jpeg_segments(content: bytes) -> Iterator[tuple[int, int]]:
    """The marker of each segment and where it begins, until one does not hold together."""
    at = 2
    while found := JPEG_NEXT.match(content, at):
        at = found.end() - 2
        marker = content[at + 1]
        yield marker, at
        if marker == 0xD8:
            return
        at += 2 if marker == 0x01 else 2 + _number(content, at + 2)
        if marker == 0xDA:  # the picture's own data, up to the next segment
            following = JPEG_NEXT.search(content, at)
            at = following.start() if following else len(content)


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2])


def _too_many(width: int, height: int) -> bool:
    return width * height > MOST_PIXELS


WALKS = {MediaType.PDF: pdf_problem, MediaType.JPEG: jpeg_problem, MediaType.PNG: png_problem}
