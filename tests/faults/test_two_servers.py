"""Two servers on one database and nginx before them, set up as docs/nginx.conf says."""

import contextlib
import http.client
import os
import re
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psutil
import pytest
from django.conf import settings

from clinic.postgres_host import end_with_parent
from sessions_app.management.commands import demo
from tests.faults.book import balance
from tests.faults.people import SIGNED_OUT, TAKEN, Browser, Person, Sent, at_work, cancellations, pressures
from tests.faults.place import Place, kill
from tests.sessions_app.test_demo import free_port

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs the package nginx-light")
BEFORE = """
user {user};
daemon off;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{}}
http {{
    log_format who "$upstream_addr $status $request";
    access_log {home}/access.log who;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/vigil.conf;
}}
"""


class House(Place):
    def serve(self) -> None:
        self.ports, self.variables = (free_port(), free_port()), {"TRUSTED_PROXY_COUNT": "1"}
        self.servers = [self.one(port) for port in self.ports]
        self.proxy = self.database.home / "proxy"
        self.proxy.mkdir()
        said = (settings.BASE_DIR / "docs" / "nginx.conf").read_text()
        for port, own in zip((8000, 8001), self.ports, strict=True):
            said = said.replace(f"127.0.0.1:{port} ", f"127.0.0.1:{own} ")
        said = re.sub(r"listen 443 ssl;", f"listen 127.0.0.1:{self.port};", said)
        (self.proxy / "vigil.conf").write_text(re.sub(r"ssl_certificate\S* \S+;", "", said))
        user = psutil.Process().username()
        (self.proxy / "nginx.conf").write_text(BEFORE.format(home=self.proxy, user=user))
        command = [*end_with_parent(), str(NGINX), "-p", str(self.proxy), "-c", str(self.proxy / "nginx.conf")]
        nginx = self._running.enter_context(demo.running([*command, "-e", str(self.proxy / "error.log")], {}))
        demo.wait_until_ready(nginx, self.port)
        self.too = self.alarm_command("alarms too")

    def one(self, port: int) -> Any:
        command = [*end_with_parent(), sys.executable, "manage.py", "serve", "--port", str(port)]
        process = self._running.enter_context(demo.running(command, self.environment("pages")))
        demo.wait_until_ready(process, port)
        return process

    def alarm_command(self, name: str) -> Any:
        """Beside the one that every place has."""
        command = [sys.executable, "manage.py", "raise_alarms", "--every", "1"]
        return self._running.enter_context(demo.running(command, self.environment(name)))

    def kill_server(self, number: int) -> None:
        kill(psutil.Process(self.servers[number].pid))
        self.servers[number].wait(60)

    def asked_of(self) -> Counter[str]:
        """How often nginx asked each of them."""
        return Counter((self.proxy / "access.log").read_text().replace(",", "").split())


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with TemporaryDirectory(prefix="vigil-two-") as home:
        house = House(Path(home) / "home")
        with contextlib.closing(house):
            house.open()
            yield house


class Tablet(Browser):
    """Keeps its cookies and no connection."""

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None, **headers: str) -> tuple[int, str]:
        try:
            return super().ask(method, path, fields, **headers)
        finally:
            self.leave()


@pytest.fixture
def nora(house: House) -> Tablet:
    browser = Tablet(house.port)
    browser.sign_in("nora")
    return browser


def at(browser: Tablet, port: int) -> Tablet:
    """The same, straight to one of the servers."""
    other = Tablet(port)
    other.cookies = browser.cookies
    return other


def test_a_sign_in_holds_at_both_and_is_over_at_both(house: House, nora: Tablet) -> None:
    both = [at(nora, port) for port in house.ports]
    assert [nora.ask("GET", "/")[0] for _turn in range(6)] == [200] * 6
    assert [one.ask("GET", "/")[0] for one in both] == [200, 200]
    asked = house.asked_of()
    assert min(asked[f"127.0.0.1:{port}"] for port in house.ports) >= 3

    assert nora.ask("POST", "/accounts/logout/", {})[0] in (302, SIGNED_OUT)
    assert [one.ask("GET", "/")[0] for one in both] == [SIGNED_OUT] * 2


def test_a_server_holds_more_screens_than_granian_would_by_itself(house: House) -> None:
    """Each keeps its connection; 1,024 would be what two workers answer unless told otherwise."""
    screens = [http.client.HTTPConnection("127.0.0.1", house.ports[0], timeout=30) for _screen in range(1100)]
    try:
        for screen in screens:
            screen.request("GET", "/static/clinic/theme.js")
            answer = screen.getresponse()
            answer.read()
            assert answer.status == 200
    finally:
        for screen in screens:
            screen.close()


def test_wrong_passwords_count_together(house: House) -> None:
    def tries(password: str, turn: int) -> tuple[int, str]:
        browser = Tablet(house.ports[turn % 2])
        browser.ask("GET", "/accounts/login/")
        return browser.ask("POST", "/accounts/login/", {"login": "ines", "password": password})

    for turn in range(10):
        assert tries("not-it-at-all", turn)[0] == 200
    for turn in range(2):
        status, page = tries("right-or-wrong", turn)
        assert status == 429 or "Locked: ten tries" in page


def test_what_one_person_may_ask_for_counts_together(house: House, nora: Tablet) -> None:
    both, began, answers = [at(nora, port) for port in house.ports], time.monotonic(), list[int]()
    while 429 not in answers:
        answers.append(both[len(answers) % 2].ask("POST", "/patients/find/", {"q": "nobody"})[0])
        if time.monotonic() - began > 55:
            pytest.skip("this machine is too slow to ask so often in a minute")
    assert answers == [302] * 60 + [429]
    assert both[1].ask("POST", "/patients/find/", {"q": "nobody"})[0] == 429


def test_what_one_of_them_drew_the_other_knows(house: House, nora: Tablet) -> None:
    one, other = (at(nora, port) for port in house.ports)
    path = house.session_path

    def version(browser: Tablet) -> str:
        page = browser.ask("GET", path, **{"X-Requested-With": "refresh"})[1]
        found = re.search(r'data-version="([^"]+)"', page)
        assert found
        return found[1]

    def again(browser: Tablet, shown: str) -> int:
        return browser.ask("GET", path, **{"X-Requested-With": "refresh", "If-None-Match": f'"{shown}"'})[0]

    deadline = time.monotonic() + 60
    while again(other, shown := version(one)) != 304:  # something was written, or turned, between
        assert time.monotonic() < deadline
    assert again(one, version(other)) in (304, 200)
    reading = {"systolic_mmhg": "131", "diastolic_mmhg": "77", "entry_id": str(uuid4())}
    assert one.ask("POST", f"{path}repeat-bp/", reading)[0] in TAKEN
    assert again(other, shown) == 200
    assert "131/77" in other.ask("GET", path)[1]


def test_one_entry_sent_to_both_at_once_is_one(house: House, nora: Tablet) -> None:
    book = []
    for number in range(10):
        reading = {"systolic_mmhg": str(120 + number), "diastolic_mmhg": "70"}
        sent = Sent(str(uuid4()), f"{house.session_path}repeat-bp/", reading)
        gate = threading.Barrier(2)

        def send(port: int, sent: Sent = sent, gate: threading.Barrier = gate) -> None:
            browser = at(nora, port)
            gate.wait()
            sent.heard.append(browser.ask("POST", sent.path, {**sent.fields, "entry_id": sent.entry_id})[0])

        threads = [threading.Thread(target=send, args=(port,)) for port in house.ports]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(sent.heard) <= set(TAKEN)
        book.append(sent)
    balance(house, book)


def test_alarms_are_raised_once_by_two_commands(house: House) -> None:
    assert house.alarms_look_again(house.now())
    seen = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'alarms too'"
    assert house.too.poll() is None
    assert house.ask(seen)
    raised = "SELECT dosing_session_id, key, count(*) FROM sessions_app_alarm GROUP BY 1, 2"
    deadline = time.monotonic() + 60
    while not (found := house.ask(raised)):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert {count for _session, _key, count in found} == {1}
    assert house.ask("SELECT count(*) FROM clinic_auditevent WHERE action = 'raise_alarms'")[0][0] <= len(found)


@pytest.mark.slow
def test_one_of_them_killed_under_people_at_work_loses_nothing(house: House) -> None:
    people = [
        Person(house.port, "nora", pressures(house.watched)),
        Person(house.port, "nils", pressures(house.watched, 200)),
        Person(house.port, "fred", cancellations(house.booked)),
    ]
    with at_work(*people) as book:
        house.kill_server(0)
        for person in people:
            person.answered_again()
        house.servers[0] = house.one(house.ports[0])
        time.sleep(5)  # nginx asks it again
        house.kill_server(1)
    balance(house, book)
    heard = {status for sent in book for status in sent.heard}
    assert heard <= {0, 302, 502}, "the other answers; what was on its way to the dead one is a 502, or not answered"
