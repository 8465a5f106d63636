"""One request, and all that is wrong with its answer."""

import csv
import io
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count, islice
from random import Random
from typing import Any
from unittest import mock
from uuid import UUID

from django.db import connection, transaction
from django.utils.http import url_has_allowed_host_and_scheme

from clinic.matrix import Address
from clinic.rules.roles import Audience
from tests.clock import clock_at
from tests.fuzz.hostile import FORM, MARK
from tests.fuzz.house import NOW, OURS, THEIRS, House, from_testcase, sequence

# No answer takes longer, in seconds of this process.
LONGEST = 3.0
# Words of a program and not of a clinic.
INSIDE = re.compile(rb"Traceback|psycopg2|django\.db|site-packages|ProgrammingError|DataError|\bSELECT .{1,80} FROM\b")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ELSEWHERE = "another clinic's"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# Reading these is written down: what leaves as a file.
READING_IS_WRITTEN = ("document", "-csv", "-pdf")


@dataclass(frozen=True)
class Case:
    """``said``: what is odd about it, in words; ``before``: what has to have happened first."""

    page: Address
    who: str
    url: str
    said: str
    method: str = "GET"
    query: str = ""
    body: bytes = b""
    kind: str = FORM
    headers: tuple[tuple[str, str], ...] = ()
    before: Callable[[House], Any] | None = None

    def __str__(self) -> str:
        return f"{self.who}: {self.method} {self.url}{'?' if self.query else ''}{self.query[:80]} ({self.said})"


@dataclass
class Asked:
    """What was asked, and what came of it."""

    house: House
    answers: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")
    showed_mark: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.written = sequence()

    def told(self, what: str) -> str:
        """For whoever runs it by hand."""
        seconds, slowest = self.slowest
        lines = [f"{what}: {self.count} requests, {dict(sorted(self.answers.items()))}"]
        lines += [f"  slowest {seconds:.2f} s: {slowest}"]
        for problem, said in self.wrong.items():
            lines += [f"  WRONG {problem}", f"        {len(said)} times, such as {said[0]}"]
        return "\n".join(lines)

    @property
    def count(self) -> int:
        return self.answers.total()

    def ask_all(self, sort: Iterator[Case], most: int) -> dict[str, list[str]]:
        """What is wrong with the answers to the first so many."""
        for case in islice(sort, most):
            self.ask(case)
        return self.wrong

    def ask(self, case: Case, *, keep: bool = False) -> Any:
        """Asks, looks at the answer, and takes back what was done, unless ``keep``."""
        was = self.written
        with transaction.atomic(), from_testcase():
            if case.before:
                with clock_at(NOW), the_same_numbers(case.page.name):
                    case.before(self.house)
                self.written = sequence()
            begun = time.process_time()
            with logged() as errors, clock_at(NOW):
                answer = self._send(case)
            took = time.process_time() - begun
            now_written = sequence()
            problems = list(self._problems(case, answer, errors, took, now_written))
            if answer.status_code < 400 and now_written != self.written and not connection.needs_rollback:
                problems += deferred()
            kept = keep and not connection.needs_rollback
            if not kept:
                transaction.set_rollback(True)
        self.written = now_written if kept else was
        self.answers[answer.status_code] += 1
        self.slowest = max(self.slowest, (took, str(case)))
        for problem in problems:
            self.wrong.setdefault(f"{case.page.name}: {problem}", []).append(str(case))
        return answer

    def _send(self, case: Case) -> Any:
        extra = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in case.headers}
        client = self.house.client(case.who)
        if case.query:
            extra["QUERY_STRING"] = case.query
        if "HTTP_CONTENT_LENGTH" in extra:
            extra["CONTENT_LENGTH"] = extra.pop("HTTP_CONTENT_LENGTH")
        return client.generic(case.method, case.url, case.body, case.kind, **extra)

    def _problems(self, case: Case, answer: Any, errors: list[str], took: float, written: int) -> Iterator[str]:
        status = answer.status_code
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        heads = str(answer.headers).encode(errors="replace")
        if status >= 500 or errors:
            yield f"{status} {' '.join(errors)[:300]}"
        theirs = case.who.startswith("other")
        if THEIRS in body + heads and not theirs:
            yield "says something of another clinic's"
        if theirs and any(word in body + heads for word in OURS):
            yield "says something of ours to another clinic"
        if case.who in ("nobody", "display") and OURS[0] in body:
            yield "names a patient"
        if case.said == ELSEWHERE and status not in (403, 404, 405):
            yield f"answers {status} to another clinic's address"
        if INSIDE.search(body):
            yield f"shows its inside: {INSIDE.search(body)!r}"
        kind = answer.get("Content-Type", "")
        if MARK.encode() in body and kind.startswith("text/html"):
            self.showed_mark |= {case.page.name}
            yield from (f"makes {made}" for made in made_of_data(body.decode()))
        if kind.startswith("text/csv"):
            cells = (cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))) for cell in row)
            yield from (f"computes {cell[:20]}" for cell in cells if cell.startswith(FORMULA))
        if took > LONGEST:
            yield f"takes {took:.1f} s"
        where = answer.get("Location", "")
        # Without what was asked for: Django calls any address unsafe that is long enough.
        if not url_has_allowed_host_and_scheme(where.partition("?")[0] or "/", allowed_hosts=None):
            yield f"leads to {where[:60]}"
        if written != self.written:
            if status >= 400:
                yield f"{status}, but it wrote"
            if case.method in SAFE and not case.page.name.endswith(READING_IS_WRITTEN):
                yield "was only read, but it wrote"
            if case.page.takes is not Audience.EVERYBODY and not self.house.may(case.page, case.who):
                yield "wrote for somebody who may not"


def the_same_numbers(name: str) -> Any:
    """A form names rows that were made before it was shown, and are made again before it is sent. Each of a row is
    above those that there are, and above the last."""
    numbers = count((2 << 120) + (Random(name).getrandbits(64) << 40))
    return mock.patch("uuid_utils.compat.uuid7", side_effect=(UUID(int=number) for number in numbers))


def deferred() -> Iterator[str]:
    """What the database looks at when a transaction ends."""
    try:
        with transaction.atomic():
            connection.check_constraints()
    except Exception as error:
        yield f"would not be committed: {error}"[:200]


@contextmanager
def logged() -> Iterator[list[str]]:
    """Errors, as the log says them; what was only suspicious is answered with 400 and is none."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR and not record.name.startswith("django.security"):
                error = record.exc_info[1] if record.exc_info else None
                said.append(f"{type(error).__name__}: {error}" if error else record.getMessage()[:200])

    ear, root = Ear(level=logging.ERROR), logging.getLogger()
    kept, root.handlers = root.handlers, [ear]
    logging.disable(logging.WARNING)
    try:
        yield said
    finally:
        logging.disable(logging.NOTSET)
        root.handlers = kept


class _Made(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.made: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in = tag
        if MARK in tag or (tag in ("img", "b", "svg") and any(MARK in f"{name}{value}" for name, value in attrs)):
            self.made.append(f"<{tag}>")
        for name, value in attrs:
            if MARK in name or name.startswith("on"):
                self.made.append(f"{tag} {name}=")
            if name in ("href", "src", "action", "formaction", "style") and (value or "").strip().lower().startswith(
                ("javascript:", "data:text", "//vq7x", "https://vq7x")
            ):
                self.made.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in in ("script", "style") and MARK in data and "<script" in data.lower():
            self.made.append(f"text of {self._in}")


def made_of_data(page: str) -> list[str]:
    """The elements and attributes of a page that were made from what somebody typed."""
    reader = _Made()
    reader.feed(page)
    return list(dict.fromkeys(reader.made))
