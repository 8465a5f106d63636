"""What no form, query, header or file of ours was made for."""

import io
import zipfile
from collections.abc import Mapping
from random import Random
from urllib.parse import urlencode
from uuid import UUID

from tests.files import a_jpeg, a_pdf, a_png, jpeg_said_to_be, packed_pdf, png_said_to_be, png_with, raw_pdf
from tests.fuzz.forms import Pairs

# In every script that is planted, and nowhere else in Vigil: a tag or attribute that holds it was made from data.
MARK = "vq7x"
SCRIPT = f"=1+{MARK}\"'><img src={MARK} onerror={MARK}><script>{MARK}</script>{{{{7*7}}}}"
# For fields that hold few characters.
SHORT = f"<b {MARK}>"

VALUES: dict[str, str | bytes] = {
    "empty": "",
    "blank": " \t\r\n\u00a0\u2003",
    "null byte": "a\x00b",
    "only null": "\x00",
    "not utf-8": b"\xff\xfe\xc3\x28",
    "cut utf-8": b"caf\xc3",
    "overlong utf-8": b"\xc0\xaf\xe0\x80\xaf",
    "lone surrogate": b"\xed\xa0\x80",
    "surrogate pair in pieces": b"\xed\xa0\xbd\xed\xb8\x80",
    "escaped surrogate": r"\ud800\udc00\ud800",
    "last character": "\U0010ffff\ufffe\uffff",
    "right to left": "\u202eevil\u202c\u2066x\u2069",
    "zero width": "\u200b\u200d\ufeff\u2060",
    "many marks": "a" + "\u0301" * 400,
    "grows in capitals": "\u0130\u0149\ufb03\u1fb4" * 20,
    "other digits": "\u0661\u0662\uff13\u0e54",
    "superscript digits": "\u00b2\u00b3\u2460",
    "controls": "\x01\x08\x0b\x0c\x1b[31m\x7f\x85\u2028\u2029",
    "lines": "a\r\nSet-Cookie: vq7=1\r\n\r\n<b>",
    "long": "x" * 5_000,
    "a megabyte": "x" * 1_000_000,
    "long word of digits": "9" * 10_000,
    "minus": "-1",
    "zero": "0",
    "minus zero": "-0.0",
    "leading zeros": "000000000000000128",
    "over 32 bits": "2147483648",
    "over 64 bits": "9223372036854775808",
    "huge": "9" * 400,
    "tiny": "1e-400",
    "infinite": "1e400",
    "named infinity": "Infinity",
    "minus infinity": "-inf",
    "no number": "NaN",
    "signalling": "sNaN",
    "huge exponent": "1e999999999",
    "hexadecimal": "0x10",
    "underscored": "1_000",
    "comma": "1,5",
    "year nought": "0000-01-01",
    "year one": "0001-01-01",
    "year 9999": "9999-12-31",
    "year 10000": "10000-01-01",
    "no such day": "2026-02-30",
    "leap day": "2100-02-29",
    "huge date": "999999999999-01-01",
    "month alone": "0001-01",
    "24 h": "24:00",
    "leap second": "23:59:60",
    "minus time": "-01:00",
    "time in pieces": "9:5:3:1",
    "with a zone": "2026-04-14T12:00:00+99:99",
    "instant in year one": "0001-01-01T00:00:00+14:00",
    "instant in 9999": "9999-12-31T23:59:59-14:00",
    "nobody's number": str(UUID(int=0)),
    "number in braces": "{" + str(UUID(int=7)) + "}",
    "urn": f"urn:uuid:{UUID(int=7)}",
    "half a number": "123e4567-e89b",
    "quote": "' OR '1'='1",
    "comment": "1; DROP TABLE x;--",
    "wait": "1' || pg_sleep(5) || '",
    "wildcards": "%_\\%'\"\\",
    "pattern": "(a+)+$" * 20 + "a" * 60,
    "placeholders": "%s %(x)s {0} {x} %d %n $1",
    "template": "{{7*7}}{% debug %}{{request.session}}${7*7}",
    "script": SCRIPT,
    "short script": SHORT,
    "address of script": "javascript:vq7x",
    "data address": "data:text/html,<script>vq7x</script>",
    "elsewhere": "//vq7x.example/",
    "elsewhere, bent": "/\\vq7x.example/",
    "elsewhere, whole": "https://vq7x.example/",
    "elsewhere, after a tab": "/\t/vq7x.example",
    "up the folders": "../../../../etc/passwd",
    "bent up the folders": "..\\..\\windows\\win.ini",
    "formula": '=HYPERLINK("x")',
    "mail": "a@b.example\nBcc: c@d.example",
    "brackets": "[" * 2_000,
    "nested json": '{"a":' * 1_500 + "1" + "}" * 1_500,
    "json": '{"id":"x","rawId":"x","type":"public-key","response":{},"clientExtensionResults":{}}',
    "json with types": '{"id":[],"rawId":{},"response":{"clientDataJSON":7,"authenticatorData":null}}',
    "json null": "null",
    "json text": '"\\u0000\\ud800"',
    "base 64": "AAAA" * 100 + "=",
    "list": "a,b,,c,",
    "many commas": "," * 3_000,
    "equals": "a=b=c,=,x=",
    "colons": ":ONSET",
    "scan": "]d201" + "0" * 14 + "17" + "9" * 6 + "10" + "A" * 60 + "\x1d21",
    "scan of ambiguity": "0100350458028020" + "1727123110" + "21" * 40,
}

QUERY_NAMES = (
    *("q", "page", "month", "day", "clock", "code", "kind", "measure", "bound", "language", "through", "order"),
    *(
        "theme",
        "program",
        "requirement",
        "asset_tag",
        "sort",
        "status",
        "next",
        "after",
        "from",
        "to",
        "person",
    ),
)
# What views read that stands in no form of theirs.
UNDRAWN = (
    *("signature_passkey", "read_code", "code", "caps_lock", "again", "from_list", "which", "next", "program"),
    *("without", "confirmed", "credential", "form", "person", "pin", "facility", "login", "password", "entry_id"),
)
HEADERS = (
    *("X-Outbox-Author", "X-Outbox-Typed", "X-Outbox-Untimed", "X-Requested-With", "If-None-Match", "Cookie"),
    *("Range", "Accept-Language", "Accept", "Accept-Encoding", "X-Request-ID", "X-Correlation-ID", "User-Agent"),
    *("Referer", "Origin", "X-CSRFToken", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"),
    *("X-HTTP-Method-Override", "If-Modified-Since", "If-Match", "Host", "Content-Encoding", "Authorization"),
)
COOKIES = (
    "vigil_session",
    "vigil_session_tablet",
    "csrftoken",
    "messages",
    "vigil_order",
    "django_language",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 60)
SMALL = 8_000  # characters that a server takes in a head


def head_value(value: str | bytes) -> str:
    """As a server hands it on: bytes as Latin-1, no line ends."""
    sent = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return sent[:SMALL].decode("latin-1").replace("\r", " ").replace("\n", " ")


def cookie_values() -> list[str]:
    """Quoted, a cookie may hold any byte: it is written in octal."""
    quoted = ['"\\000"', '"\\000aaaaaaaa"', '"\\377\\376"', '"\\012\\015x: y"', '"' + "\\000" * 50 + '"', '"']
    return [*quoted, *(head_value(value) for value in VALUES.values())]


def files() -> dict[str, tuple[str, str, bytes]]:
    """A file's name, what it is said to be, and what it is."""
    script = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{MARK}"><script>{MARK}</script></svg>'.encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("0", bytes(20_000_000))
    zipped = packed.getvalue()
    pdf, png = "application/pdf", "image/png"
    return {
        "picture with script": ("x.svg", "image/svg+xml", script),
        "script said to be a picture": ("x.png", png, script),
        "page said to be paper": ("x.pdf", pdf, b"<html><script>" + MARK.encode() + b"</script>"),
        "zip bomb": ("x.zip", "application/zip", zipped),
        "zip bomb said to be paper": ("x.pdf", pdf, zipped),
        "paper before a zip": ("x.pdf", pdf, a_pdf() + zipped),
        "picture before a page": ("x.png", png, a_png() + script),
        "picture with a page in it": ("x.png", png, png_with(b"tEXt", b"a\0" + script)),
        "picture of other type": ("x.pdf", pdf, a_jpeg()),
        "huge picture": ("x.png", png, png_said_to_be(60_000, 60_000)),
        "huge jpeg": ("x.jpg", "image/jpeg", jpeg_said_to_be(65_000, 65_000)),
        "paper with script": ("x.pdf", pdf, raw_pdf(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>")),
        "paper with packed script": ("x.pdf", pdf, packed_pdf(b"<< /S /JavaScript /JS (x) >>")),
        "paper of brackets": ("x.pdf", pdf, raw_pdf(b"[" * 4_000)),
        "paper that ends": ("x.pdf", pdf, a_pdf()[:60]),
        "nothing": ("x.pdf", pdf, b""),
        "null bytes": ("x.pdf", pdf, bytes(5_000)),
        "name up the folders": ("../../../etc/x.pdf", pdf, a_pdf()),
        "name with script": (f"{SCRIPT}.pdf", pdf, a_pdf()),
        "name of null": ("x\x00.pdf", pdf, a_pdf()),
        "name of lines": ("x\r\nX-Y: z.pdf", pdf, a_pdf()),
        "long name": ("x" * 3_000 + ".pdf", pdf, a_pdf()),
        "no name": ("", pdf, a_pdf()),
        "name right to left": ("\u202efdp.exe", pdf, a_pdf()),
        "good, of odd type": ("x.pdf", "text/html; charset=\x00", a_pdf()),
    }


BOUNDARY = "vq7boundary"


def multipart(said: Pairs, attached: Mapping[str, tuple[str, str, bytes]]) -> bytes:
    made = b""
    for name, value in said:
        sent = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        made += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + sent + b"\r\n"
    for name, (called, kind, content) in attached.items():
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n'
        made += head.encode("utf-8", "surrogatepass") + f"Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n"
    return made + f"--{BOUNDARY}--\r\n".encode()


FORM, PARTS = "application/x-www-form-urlencoded", f"multipart/form-data; boundary={BOUNDARY}"


def encoded(said: Pairs) -> bytes:
    return urlencode(list(said), encoding="utf-8", errors="surrogatepass").encode()


def bodies(said: Pairs) -> dict[str, tuple[str, bytes]]:
    """This form, sent in ways no browser sends one: content type and body."""
    whole, parts = encoded(said), multipart(said, {})
    return {
        "json": ("application/json", b'{"entry_id": 1}'),
        "deep json": ("application/json", b"[" * 100_000),
        "xml": ("text/xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        "no type": ("", whole),
        "odd type": ("\x00/;;=\xff", whole),
        "no boundary": ("multipart/form-data", parts),
        "other boundary": ("multipart/form-data; boundary=other", parts),
        "boundary of odd letters": ("multipart/form-data; boundary=\xff\xfe", parts),
        "long boundary": (f"multipart/form-data; boundary={'b' * 300}", parts),
        "parts cut off": (PARTS, parts[: len(parts) // 2]),
        "parts without end": (PARTS, parts[:-6]),
        "parts within parts": (PARTS, parts.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed\r\n\r\n", 1)),
        "parts in base 64": (PARTS, parts.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")),
        "part with odd head": (PARTS, parts.replace(b"form-data;", b"form-data; name*=utf-99''%ff;")),
        "part with long head": (PARTS, parts.replace(b"form-data;", b"form-data; " + b"x" * 9_000 + b";", 1)),
        "charset nobody knows": (f"{FORM}; charset=klingon", whole),
        "charset of 16 bits": (f"{FORM}; charset=utf-16", whole.decode().encode("utf-16")),
        "charset of 7 bits": (f"{FORM}; charset=utf-7", b"note=%2BADw-script%2BAD4-"),
        "every field twice": (FORM, whole + b"&" + whole),
        "no field": (FORM, b""),
        "separators": (FORM, b"&=&=&;;&&%&%%&%zz&=a&" * 50),
        "many fields": (FORM, b"&".join(b"f%d=1" % number for number in range(3_000))),
        "many values": (FORM, whole + b"&entry_id=1" * 900),
        "null in a name": (FORM, whole + b"&a%00b=1&%ff=2"),
        "huge name": (FORM, whole + b"&" + b"n" * 200_000 + b"=1"),
    }


def some(random: Random, values: Mapping[str, str | bytes]) -> tuple[str, str | bytes]:
    name = random.choice(list(values))
    return name, values[name]
