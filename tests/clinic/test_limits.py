"""What tells or costs much at once has a limit per person; what a patient needs has none."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic import limits
from clinic.models import Document
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Walk, in_monitoring, make_cast, minutes
from tests.files import a_pdf

pytestmark = pytest.mark.django_db
LIMITED = {"find-patients", "document", "portfolio-csv", "access-csv", "export-session", "export-patient"}
LIMITED |= {"adverse-event-pdf", "attestation-pdf", "enrolment-pdf", "left-early-csv", "record-pdf"}
LIMITED |= {"filing-pdf", "filing-version-pdf", "filings-pdf"}
LIMITED |= {"stock-book-csv", "stock-book-pdf", "referrer-pdf", "own-copy-pdf", "insight-csv"}


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch) -> Walk:
    cache.clear()
    monkeypatch.setattr(limits, "LIMITS", dict.fromkeys(limits.LIMITS, "2/m/user"))
    return in_monitoring(make_cast())


def search(client: Client) -> Any:
    return client.post("/patients/find/", {"q": "tama"})


def test_a_third_search_of_one_person_waits_and_nobody_elses_does(walk: Walk, client: Client) -> None:
    client.force_login(walk.cast.nora)
    assert [search(client).status_code for _ in range(3)] == [302, 302, 429]
    assert "Charting and calling for help have no such limit" in search(client).content.decode()
    client.force_login(walk.cast.nils)
    assert search(client).status_code == 302


def test_whoever_met_a_limit_charts_on(walk: Walk, client: Client) -> None:
    client.force_login(walk.cast.nora)
    assert [search(client).status_code for _ in range(3)][-1] == 429
    session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
    with clock_at(LAST_DEVICE + minutes(41)):
        for number in range(4):
            reading = {"entry_id": str(uuid4()), "systolic_mmhg": str(120 + number), "diastolic_mmhg": "80"}
            assert client.post(f"{session}repeat-bp/", reading).status_code == 302
            assert client.get(session).status_code == 200
    assert len(walk.rows("Check")) >= 4


def test_files_are_counted_whichever_form_brings_them_and_forms_without_one_are_not(walk: Walk, client: Client) -> None:
    client.force_login(walk.cast.ada)

    def keep(**said: Any) -> int:
        return int(client.post("/facility/keep-document/", {"entry_id": str(uuid4()), **said}).status_code)

    assert [keep() for _ in range(3)] == [422] * 3
    plan = [SimpleUploadedFile("Plan.pdf", a_pdf(), "application/pdf") for _ in range(3)]
    assert [keep(document=file) for file in plan] == [302, 302, 429]
    assert Document.objects.filter(name="Plan.pdf").count() == 2


def test_only_these_are_limited() -> None:
    """A limit never stands between a nurse and a patient."""
    found = {}

    def walk_through(patterns: list[URLPattern | URLResolver]) -> None:
        for each in patterns:
            if isinstance(each, URLResolver):
                walk_through(each.url_patterns)
            elif limit := getattr(each.callback, "limit", ""):
                found[each.name] = limit

    walk_through(get_resolver().url_patterns)
    assert set(found) == LIMITED
    assert found["find-patients"] == "search"
