"""One browser's tab, without the browser: a connection that stays open, its cookies, and what was answered."""

import http.client
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from tests.cast import PASSWORD


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Tab:
    """Raises AssertionError where an answer is not one of what it is for."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies = SimpleCookie()

    def get(self, path: str, headers: dict[str, str], *, expected: tuple[int, ...] = (200, 304)) -> Answer:
        return self._ask("GET", path, None, headers, expected)

    def post(self, path: str, fields: dict[str, Any], headers: dict[str, str]) -> Answer:
        token = next(morsel.value for name, morsel in self.cookies.items() if name.startswith("csrftoken"))
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._ask("POST", path, urlencode({**fields, "csrfmiddlewaretoken": token}), sent, (302,))

    def sign_in(self, username: str) -> None:
        self.get("/accounts/login/", {})
        self.post("/accounts/login/", {"login": username, "password": PASSWORD}, {})

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str], expected: tuple[int, ...]
    ) -> Answer:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        self.connection.request(method, path, body, {"Cookie": cookies, **headers})
        heard = self.connection.getresponse()
        answer = Answer(heard.status, heard.headers, heard.read())
        assert answer.status in expected, (method, path, answer.status, answer.body[-2000:].decode())
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        return answer
