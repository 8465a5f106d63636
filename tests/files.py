"""Files made for the tests: good ones, and parts to make hostile ones of."""

import io
import struct
import zlib
from functools import cache

from PIL import Image
from pypdf import PdfWriter

from clinic.inspection import CheckedFile, inspected


@cache
def a_pdf() -> bytes:
    return pdf_of(PdfWriter())


def pdf_of(writer: PdfWriter) -> bytes:
    """What stands in this writer, and one page."""
    writer.add_blank_page(595, 842)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def packed_pdf(content: bytes) -> bytes:
    """This object packed among others, as newer writers do: nothing of it stands in plain bytes."""
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"}
    objects |= {3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>", 4: content}
    places, body = [], b""
    for number, each in objects.items():
        places.append(b"%d %d" % (number, len(body)))
        body += each + b" "
    head = b" ".join(places) + b" "
    packed = zlib.compress(head + body)
    made = b"%PDF-1.7\n"
    first = len(made)
    made += b"5 0 obj << /Type /ObjStm /N 4 /First %d /Filter /FlateDecode /Length %d >> stream\n" % (
        len(head),
        len(packed),
    )
    made += packed + b"\nendstream endobj\n"
    start = len(made)
    rows = [(0, 0, 65535), *((2, 5, index) for index in range(4)), (1, first, 0), (1, start, 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    made += b"6 0 obj << /Type /XRef /W [1 4 2] /Size 7 /Root 1 0 R /Filter /FlateDecode /Length %d >> stream\n" % len(
        table
    )
    return made + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % start


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of one page, written by hand, with these objects more: for what no library would write."""
    page = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate((*page, *objects), start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(made), len(places) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        start,
    )


def picture(kind: str, *, width: int = 6, height: int = 4) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, kind)
    return made.getvalue()


@cache
def a_jpeg() -> bytes:
    return picture("JPEG")


@cache
def a_png() -> bytes:
    return picture("PNG")


def png_chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_with(kind: bytes, content: bytes) -> bytes:
    """A good picture with one chunk more, before its end."""
    end = png_chunk(b"IEND", b"")
    return a_png().removesuffix(end) + png_chunk(kind, content) + end


def png_said_to_be(width: int, height: int, packed: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return a_png()[:8] + b"".join(png_chunk(*chunk) for chunk in chunks)


def jpeg_with(marker: int, content: bytes) -> bytes:
    """A good picture with one segment more, at its head."""
    return b"\xff\xd8\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content + a_jpeg()[2:]


def jpeg_said_to_be(width: int, height: int) -> bytes:
    at = a_jpeg().index(b"\xff\xc0") + 5
    return a_jpeg()[:at] + struct.pack(">HH", height, width) + a_jpeg()[at + 4 :]


@cache
def a_file(name: str = "Certificate.pdf") -> CheckedFile:
    return inspected(name=name, content=a_pdf())
