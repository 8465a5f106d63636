"""Stands between a tool and the demo: keeps the tool signed in, counts every answer, and looks at each."""

import http.client
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlsplit

INSIDE = re.compile(rb"Traceback|psycopg2|django\.db|ProgrammingError|DataError|syntax error at or near")
DOOR = "/accounts/login/"
# A tool that signs itself out attacks the door alone; these would end the person it came in as.
ENDS = re.compile(
    r"/(logout|lock|enrol-tablet|sign-ins/end|end-sign-ins|close-out|reset-password|reset-second-factor|password/change)/"
)


class Between(ThreadingHTTPServer):
    """``cookies`` are sent with every request of a tool, whatever it was given since; where one of these ended the
    sign-in, the next is asked again with what ``sign_in`` brings."""

    daemon_threads = True

    def __init__(self, port: int, cookies: str, sign_in: Callable[[], str]) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.demo_port, self.cookies, self.sign_in = port, cookies, sign_in
        self.answers: Counter[int] = Counter()
        self.led_to: Counter[str] = Counter()
        self.renewing = threading.Lock()
        self.kept_from, self.signed_in, self.posted, self.renewed = 0, 0, 0, 0
        self.paths: set[str] = set()
        self.wrong: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def renew(self, used: str) -> str:
        """By whichever request comes first to see that the cookies are worth nothing any more."""
        with self.renewing:
            if self.cookies == used:
                self.cookies, self.renewed = self.sign_in(), self.renewed + 1
        return self.cookies

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tool that hangs up."""


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Between
    HELD: ClassVar[set[str]] = {"connection", "host", "cookie", "accept-encoding", "proxy-connection", "keep-alive"}

    def _pass(self) -> None:
        length = self.headers.get("Content-Length", "")
        body = self.rfile.read(int(length)) if length.isdecimal() else b""
        path = urlsplit(self.path)
        if ENDS.search(path.path) and self.command != "GET":
            self.server.kept_from += 1
            return self._say(403, [], b"Kept from a tool.")
        heads = {name: value for name, value in self.headers.items() if name.lower() not in self.HELD}
        heads["Host"] = f"127.0.0.1:{self.server.demo_port}"
        own = self.headers.get("Cookie", "") if self.headers.get("X-Own-Cookie") else ""
        used = self.server.cookies
        try:
            answer, content = self._ask(path, body, heads | {"Cookie": own or used})
            if not own and _at_the_door(answer):
                answer, content = self._ask(path, body, heads | {"Cookie": self.server.renew(used)})
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            self.server.wrong.append(f"{self.command} {self.path[:200]}: no answer, {error!r}")
            return self._say(502, [], b"")
        self._note(answer, content)
        own_port, theirs = str(self.server.server_address[1]).encode(), str(self.server.demo_port).encode()
        content = content.replace(b"127.0.0.1:" + theirs, b"127.0.0.1:" + own_port)
        left_out = ("transfer-encoding", "content-length", "connection", "set-cookie", "date", "server")
        return self._say(answer.status, [h for h in answer.getheaders() if h[0].lower() not in left_out], content)

    def _ask(self, path: SplitResult, body: bytes, heads: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        demo = http.client.HTTPConnection("127.0.0.1", self.server.demo_port, timeout=60)
        try:
            demo.request(self.command, path.path + (f"?{path.query}" if path.query else ""), body or None, heads)
            answer = demo.getresponse()
            return answer, answer.read()
        finally:
            demo.close()

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = _pass

    def _note(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        status, at_door = answer.status, _at_the_door(answer)
        self.server.answers[status] += 1
        if 300 < status < 304:
            self.server.led_to[_in_general(answer.getheader("Location") or "")] += 1
        went_on = status == 302 and not at_door
        self.server.posted += self.command == "POST" and went_on
        self.server.signed_in += b"accounts/logout/" in content or went_on
        self.server.paths.add(_in_general(self.path))
        if status >= 500 or INSIDE.search(content):
            self.server.wrong.append(f"{self.command} {self.path[:300]}: {status}")

    def _say(self, status: int, heads: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in (*heads, ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Counted, not told."""


def _at_the_door(answer: http.client.HTTPResponse) -> bool:
    return urlsplit(answer.getheader("Location") or "").path.endswith(DOOR)


def _in_general(address: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "<id>", urlsplit(address).path)[:80]
