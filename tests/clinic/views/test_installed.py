"""Vigil as an application of the device: what its manifest, its worker and its page for offline say, and to whom."""

import json
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from clinic.views import installed
from tests.factories import PIN, Cast, give_pin, make_tablet
from tests.scene import cast, clinic
from tests.sessions_app.views.at_tablet import SECRET

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def said_to_the_worker(script: str) -> dict[str, Any]:
    """What the server puts before it."""
    said: dict[str, Any] = json.loads(script.partition("self.VIGIL = ")[2].partition(";\n")[0])
    return said


def test_it_is_installed_from_its_manifest(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    said = json.loads(client.get("/manifest.webmanifest").content)
    assert (said["name"], said["start_url"], said["display"]) == ("Vigil", "/", "standalone")
    for icon in said["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_its_worker_minds_every_page_and_is_asked_for_anew_each_time(client: Client) -> None:
    answer = client.get("/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    said = said_to_the_worker(answer.content.decode())
    for file in said["files"]:
        assert finders.find(file.removeprefix("/static/")), file
    assert "/static/clinic/look.css" in said["files"]
    assert "/static/clinic/worker.js" not in said["files"]


def test_it_keeps_the_floor_a_session_and_what_is_charted_there_and_nothing_else(client: Client) -> None:
    session = "^/dosing-sessions/[0-9a-f-]{36}/"
    charted = ("record-check", "repeat-bp", "record-sign", "report-serious-event", "give-medicine")
    said = said_to_the_worker(client.get("/worker.js").content.decode())
    assert set(said["kept"]) == {"^/$", f"{session}$", *(f"{session}{step}/$" for step in charted)}


def test_it_is_a_new_one_when_a_file_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    before = said_to_the_worker(installed._script())["version"]
    assert said_to_the_worker(installed._script())["version"] == before
    monkeypatch.setattr("clinic.views.installed.Path.read_bytes", lambda _path: b"changed")
    assert said_to_the_worker(installed._script())["version"] != before


def test_what_is_kept_in_clear_is_made_for_nobody(client: Client, cast: Cast) -> None:
    make_tablet(cast, secret=SECRET)
    client.cookies["vigil_session_tablet"] = SECRET
    give_pin(cast.nora)
    client.post("/tablet/", {"person": cast.nora.pk, "pin": PIN})
    for word in ("data-keep-key=", "data-author=", "data-person="):
        assert word in client.get("/").content.decode()
        assert word not in client.get("/offline/").content.decode()
    assert "Nightjar" not in client.get("/offline/").content.decode()
