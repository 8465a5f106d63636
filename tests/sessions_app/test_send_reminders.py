"""``manage.py send_reminders``: what is told to whom, by mail."""

import smtplib
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import OperationalError

from clinic.models import Reminder, User
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from sessions_app.management.commands import send_reminders
from tests.clock import clock_at
from tests.credentials import give_credential
from tests.factories import NINE, Cast, employ, make_cast, make_patient
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def annex(cast: Cast) -> Cast:
    return make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)


@pytest.fixture(autouse=True)
def something_expires(cast: Cast, annex: Cast) -> None:
    give_credential(cast, cast.nora, CredentialKind.LICENCE, date(2026, 4, 30))
    give_credential(annex, annex.paul, CredentialKind.DEA, date(2026, 4, 14))
    make_patient(cast)


def reachable(cast: Cast, role: Role, name: str) -> User:
    """Somebody of this role who has an address."""
    person = User.objects.create_user(username=name, email=f"{name}@example.org", printed_name=name)
    employ(person, cast.facility, role)
    return person


def send() -> str:
    said = StringIO()
    with clock_at(NINE):
        call_command("send_reminders", stdout=said)
    return said.getvalue()


@pytest.fixture
def ada(cast: Cast, annex: Cast) -> User:
    """Runs both, and has an address."""
    ada = reachable(cast, Role.ADMINISTRATOR, "alma")
    employ(ada, annex.facility, Role.ADMINISTRATOR)
    return ada


class TestTheMail:
    def test_it_is_one_to_each_administrator_with_everything_once(
        self, ada: User, mailoutbox: list[EmailMessage]
    ) -> None:
        assert send() == "1 told by mail\n"
        assert send() == "0 told by mail\n"

        (mail,) = mailoutbox
        assert (mail.to, mail.subject) == (["alma@example.org"], "Vigil: 2 things expire soon")
        assert mail.body == (
            "Annex\n- DEA registration, Paul Penstemon: 14 Apr 2026, today is its last day\n\n"
            "Wrenfield Clinic\n- Licence, Nora Nightjar: 30 Apr 2026, 16 days left\n\n"
            "Renew it, and enter the new date in Vigil. Each thing is told 90, 60, 30 and 7 days before, once each.\n"
        )

    def test_it_names_no_patient(self, ada: User, mailoutbox: list[EmailMessage]) -> None:
        send()
        assert "Tamarack" not in mailoutbox[0].body

    def test_it_goes_to_nobody_without_an_address_or_a_right(self, cast: Cast, mailoutbox: list[EmailMessage]) -> None:
        reachable(cast, Role.PRESCRIBER, "pia")
        assert send() == "0 told by mail\n"
        assert (mailoutbox, Reminder.objects.count()) == ([], 2)

    def test_it_is_lost_where_no_mail_goes_and_nothing_else_is(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **said: Any) -> None:
            raise smtplib.SMTPServerDisconnected("away")

        monkeypatch.setattr(send_reminders, "send_mail", fail)
        send()
        assert Reminder.objects.count() == 2


def test_a_facility_that_cannot_be_written_to_keeps_nobody_else_waiting(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    give = send_reminders.give_reminders

    def busy(**said: Any) -> Any:
        if said["facility"].name == "Annex":
            raise OperationalError("lock timeout")
        return give(**said)

    monkeypatch.setattr(send_reminders, "give_reminders", busy)
    send()
    assert [reminder.facility for reminder in Reminder.objects.all()] == [cast.facility]
    monkeypatch.setattr(send_reminders, "give_reminders", give)
    send()
    assert Reminder.objects.count() == 2
