"""Papers of the made-up clinics: one page that says what it is."""

from dataclasses import replace
from functools import cache

from clinic.inspection import CheckedFile, inspected

_SAYS = b"BT /F1 18 Tf 60 760 Td (Made up. No paper of anybody.) Tj ET"
_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_SAYS), _SAYS),
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def a_paper(name: str) -> CheckedFile:
    """The same page under this name: looked into once, as an upload is."""
    return replace(_checked(), name=name, given_name=name)


@cache
def _checked() -> CheckedFile:
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(_OBJECTS, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(made), len(places) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    made += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return inspected(name="paper.pdf", content=made)
