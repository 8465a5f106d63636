"""People who chart as fast as they are answered, each at a browser of their own, and keep the book: what was sent under
which entry number, and what was heard of it. What was not taken or not answered is sent again under the same number."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from itertools import count
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.cast import PASSWORD

TAKEN = (204, 302)
LOST, SIGNED_OUT = 0, 401
AT_ONCE, AGAIN = 0.05, 0.1
PATIENCE = 60
TRIES = 4


@dataclass
class Sent:
    """One form. ``heard``: each answer to it, LOST where none came; the last one was that it is taken."""

    entry_id: str
    path: str
    fields: dict[str, str]
    heard: list[int] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)


class Browser:
    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None, **headers: str) -> tuple[int, str]:
        """The status and the page; LOST where no answer came, SIGNED_OUT where it leads to the sign-in."""
        headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        body = None
        if fields is not None:
            token = next(morsel.value for name, morsel in self.cookies.items() if name.startswith("csrftoken"))
            body = urlencode({**fields, "csrfmiddlewaretoken": token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if method == "GET":
            self.leave()  # a connection that was not used for long may be closed: no fault
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            page = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.leave()
            return LOST, repr(error)
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        to_sign_in = answer.status == 302 and answer.headers["Location"].startswith("/accounts/login/")
        return (SIGNED_OUT if to_sign_in else answer.status), page

    def answer(self, method: str, path: str, fields: dict[str, Any] | None = None) -> tuple[int, str]:
        """As ``ask``, and a few times more where no answer came."""
        answers = (self.ask(method, path, fields) for _ in range(TRIES))
        return next((answer for answer in answers if answer[0] != LOST), (LOST, ""))

    def sign_in(self, username: str) -> None:
        self.answer("GET", "/accounts/login/")
        status, page = self.answer("POST", "/accounts/login/", {"login": username, "password": PASSWORD})
        assert status == 302, page

    def leave(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Person(threading.Thread):
    """Works off ``forms`` until told to stop, then ends what is begun."""

    def __init__(self, port: int, username: str, forms: Iterator[tuple[str, dict[str, str]]]) -> None:
        super().__init__(daemon=True)
        self.browser, self.forms, self.book = Browser(port), forms, list[Sent]()
        self.taken, self.stopped = 0, threading.Event()
        self.username = username
        self.browser.sign_in(username)

    def run(self) -> None:
        for path, fields in self.forms:
            if self.stopped.is_set():
                break
            sent = Sent(str(uuid4()), path, fields)
            self.book.append(sent)
            self.send(sent)
            time.sleep(AT_ONCE)
        self.browser.leave()

    def answered_again(self, times: int = 3) -> None:
        """Waits until so many more forms are acknowledged; whoever has nothing left is not waited for."""
        until, deadline = self.taken + times, time.monotonic() + PATIENCE
        while self.taken < until and self.is_alive():
            assert time.monotonic() < deadline, self.book[-1].heard
            time.sleep(0.02)

    def waits_for(self, *statuses: int) -> None:
        """Until the form at hand was answered so."""
        deadline = time.monotonic() + PATIENCE
        while not set(statuses) & set(self.book[-1].heard):
            assert time.monotonic() < deadline, self.book[-1].heard
            time.sleep(0.02)

    def end(self) -> None:
        self.stopped.set()
        self.join(PATIENCE + 20)

    def send(self, sent: Sent) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status, page = self.browser.ask("POST", sent.path, {**sent.fields, "entry_id": sent.entry_id})
            sent.heard.append(status)
            if status in TAKEN:
                self.taken += 1
                return
            sent.pages.append(page)
            if status == SIGNED_OUT:
                self.browser.sign_in(self.username)
            time.sleep(AGAIN)


def pressures(sessions: list[str], begin: int = 0) -> Iterator[tuple[str, dict[str, str]]]:
    """One reading after the other, each of another value than its neighbours, at one chair after the other."""
    for number in count(begin):
        path = f"/dosing-sessions/{sessions[number % len(sessions)]}/repeat-bp/"
        yield path, {"systolic_mmhg": str(110 + number % 29), "diastolic_mmhg": str(70 + number // 29 % 19)}


def cancellations(sessions: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """State changes: a booking after the other."""
    for number, session in enumerate(sessions):
        yield f"/dosing-sessions/{session}/cancel/", {"reason": f"Not coming, {number}."}


@contextmanager
def at_work(*people: Person) -> Iterator[list[Sent]]:
    """Before the fault each of them was answered; after it each is answered again, and then they end."""
    for person in people:
        person.start()
    for person in people:
        person.answered_again()
    yield (book := [])
    for person in people:
        person.answered_again()
    for person in people:
        person.end()
        book += person.book
