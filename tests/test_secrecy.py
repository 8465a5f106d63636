"""What a clinic types and signs in with, and where none of it may lie: the log, addresses, titles, cookies, and the
pages of what went wrong."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import unquote

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from clinic import logs
from clinic.invitations import welcome_path
from clinic.models import Patient
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, PASSWORD, PIN, Walk, give_pin, in_monitoring, make_cast, make_tablet, minutes
from tests.sessions_app.views.forms import hidden_fields
from tests.telephone import telephone

pytestmark = pytest.mark.django_db
NOW = LAST_DEVICE + minutes(45)

# Nobody's; each stands for what a clinic types.
OF_A_PATIENT = ("Zephyrine", "Quicksalt", "MRN-77413", "1961-07-23", "555-0177", "Quicksaltine", "felt like a kite")
SECRETS = ("the wrong words of mine", PASSWORD, PIN, "739164", "what-only-this-one-knows", "not-a-right-code")
OF_THE_INSTALLATION = ("SECRET_KEY", "SEALING_KEY")


@pytest.fixture
def walk() -> Iterator[Walk]:
    cache.clear()
    with clock_at(NOW):
        yield in_monitoring(make_cast())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any logger says at any level, as it is written to the log of a server."""
    written = io.StringIO()
    said = logs.configuration(level="DEBUG", form="json")["formatters"]["line"]
    formatter = said.pop("()")(**said)
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    root, loud = logging.getLogger(), [logging.getLogger(name) for name in ("", "django", "allauth")]
    before = [logger.level for logger in loud]
    root.addHandler(handler)
    for logger in loud:
        logger.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    for logger, level in zip(loud, before, strict=True):
        logger.setLevel(level)


class Day:
    """What one clinic does in an hour, right and wrong; every answer and every cookie is kept."""

    def __init__(self, walk: Walk) -> None:
        self.walk, self.answers = walk, []
        self.client = Client(raise_request_exception=False)
        self.secrets: set[str] = set()

    def post(self, path: str, typed: dict[str, Any]) -> Any:
        return self._keep(self.client.post(path, typed))

    def get(self, path: str) -> Any:
        return self._keep(self.client.get(path))

    def fill_in(self, path: str, **typed: Any) -> Any:
        page = self.get(path)
        return self.post(path, {**hidden_fields(page), **typed})

    def _keep(self, answer: Any) -> Any:
        self.answers.append(answer)
        self.secrets |= {each.value for each in self.client.cookies.values() if len(each.value) > 20}
        self.secrets |= set(
            re.findall(r'(?:csrfmiddlewaretoken" value|data-keep-key|data-author)="([^"]+)"', text_of(answer))
        )
        return answer

    def sign_in(self, name: str) -> None:
        self.post("/accounts/login/", {"login": name, "password": "the wrong words of mine"})
        self.post("/accounts/login/", {"login": name, "password": PASSWORD})

    def at_the_desk(self) -> Patient:
        self.sign_in("fred")
        who = {"first_name": "Zephyrine", "last_name": "Quicksalt", "birth_date": "1961-07-23", "sex": "FEMALE"}
        for _twice in range(2):
            self.fill_in("/patients/register/", **who, mrn="MRN-77413", phone="(555) 555-0177")
        self.get(self.post("/patients/find/", {"q": "Quicksalt", "of": "check-in"})["Location"])
        self.get(self.post("/patients/find/", {"q": "1961-07-23"})["Location"])
        patient = Patient.objects.get(mrn="MRN-77413")
        self.fill_in(f"/patients/{patient.pk}/record-contact/", address="Quicksalt Street", contact_name="Zephyrine")
        return patient

    def at_the_chair(self, patient: Patient) -> None:
        self.sign_in("nora")
        session = reverse("sessions_app:dosing-session", args=[self.walk.dosing_session.pk])
        self.fill_in(f"/patients/{patient.pk}/record-allergy/", substance="Quicksaltine")
        self.fill_in(f"{session}repeat-bp/", systolic_mmhg="felt like a kite", diastolic_mmhg="9999")
        self.fill_in(f"{session}record-check/", systolic_mmhg="150", diastolic_mmhg="80", note="felt like a kite")
        for signature in ("the wrong words of mine", PASSWORD):
            self.fill_in(f"{session}assess-readiness/", signature=signature)

    def with_their_keys(self) -> None:
        self.fill_in("/accounts/pin/", pin="739164", pin_again="739164", signature=PASSWORD)
        self.post("/accounts/reauthenticate/", {"password": PASSWORD})
        with telephone() as phone:
            page = self.get("/accounts/2fa/totp/activate/")
            phone.scan(page.context["form"].secret)
            self.post("/accounts/2fa/totp/activate/", {"code": "not-a-right-code"})
            self.post("/accounts/2fa/totp/activate/", {"code": phone.code()})
            self.secrets |= {phone.secret}
        link = welcome_path(self.walk.cast.nils, NOW)
        self.secrets |= {link.split("/")[-2]}
        self.client = Client(raise_request_exception=False)
        self.get(link)
        self.post(link, {"password1": "the wrong words of mine", "password2": "other words"})
        give_pin(self.walk.cast.paul)
        make_tablet(self.walk.cast, secret="what-only-this-one-knows")
        self.client.cookies[configured.TABLET_COOKIE_NAME] = "what-only-this-one-knows"
        for pin in ("739164", PIN):
            self.post("/tablet/", {"person": str(self.walk.cast.paul.pk), "pin": pin})

    def goes_wrong(self, patient: Patient) -> None:
        """In views that hold a patient, with what exceptions say of one."""

        def duplicate(*args: Any, **said: Any) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                for _twice in range(2):
                    cursor.execute("INSERT INTO vigil_cache VALUES (%s, '', now())", [patient.last_name])

        def no_date(*args: Any, **said: Any) -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT %s::date", [patient.last_name])

        def no_number(*args: Any, **said: Any) -> None:
            name = patient.last_name
            try:
                int(name)
            except ValueError as error:
                raise LookupError(f"{name} of {patient.mrn}") from error

        for trouble in (duplicate, no_date, no_number):
            with mock.patch("sessions_app.views.patient_history.PatientHistory", trouble):
                assert self.get(f"/patients/{patient.pk}/").status_code == 500
        self.get(f"/patients/{patient.pk}/nowhere/")
        self.get("/facility/set-policy/")
        with mock.patch("sessions_app.views.patient_history.PatientHistory", side_effect=PermissionError(patient.mrn)):
            self.get(f"/patients/{patient.pk}/")


def text_of(answer: Any) -> str:
    return b"".join(answer).decode(errors="replace")


def test_none_of_it_lies_in_the_log_in_an_address_in_a_cookie_or_on_a_page_of_what_went_wrong(
    walk: Walk, log: io.StringIO
) -> None:
    """Titles and links of every page are looked at where every page is opened: tests/browser/test_every_page.py."""
    day = Day(walk)
    patient = day.at_the_desk()
    day.at_the_chair(patient)
    day.goes_wrong(patient)
    day.with_their_keys()

    written = unquote(log.getvalue())
    names = {*OF_A_PATIENT, *str(walk.dosing_session.patient).split()}
    keys = {getattr(configured, name) for name in OF_THE_INSTALLATION}
    secrets = {*SECRETS, *day.secrets, *keys, configured.DATABASES["default"]["PASSWORD"]} - {""}
    assert {each for each in names | secrets | set(str(walk.cast.nora).split()) if each in written} == set()
    assert len(day.secrets) > 10

    events = [json.loads(line) for line in log.getvalue().splitlines()]
    assert all("request_id" in each for each in events if each["event"] in ("request_finished", "request_failed"))
    failed = [each["exception"] for each in events if each["event"] == "request_failed"]
    assert len(failed) == 4
    assert "23505 vigil_cache_pkey vigil_cache" in failed[0]
    assert "22007" in failed[1]
    assert failed[2].splitlines()[-1] == "LookupError"
    assert "in no_number" in failed[2]
    assert "which led to" in failed[2]

    for answer in day.answers:
        asked = unquote(answer.wsgi_request.get_full_path() + answer.get("Location", ""))
        cookies = answer.cookies.output()
        assert not [name for name in names if name in asked or name in cookies], asked
        if answer.status_code in (403, 404, 500):
            assert not [name for name in names if name in text_of(answer)], asked
    assert {403, 404, 409, 422, 500} <= {answer.status_code for answer in day.answers}
