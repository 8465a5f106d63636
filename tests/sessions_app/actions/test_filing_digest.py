"""The daily mail about forms: once a day, to whom the facility chose, naming no patient."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command

from clinic.actions.staff import system_person
from clinic.models import User
from clinic.rules.roles import Role
from sessions_app.actions import filing_digest
from sessions_app.models import DigestChoice, FilingDigest
from tests.clock import clock_at
from tests.expect import denied, nothing_written, refused
from tests.factories import Cast, discharged, employ, entry
from tests.filings import LATER, form_of

pytestmark = pytest.mark.paperwork
DUE = LATER + timedelta(days=7)


@pytest.fixture
def readers(cast: Cast) -> list[str]:
    """An administrator and a nurse who have addresses, and a form that is due."""
    for role, name in ((Role.ADMINISTRATOR, "alma"), (Role.NURSE, "nell"), (Role.FRONT_DESK, "flo")):
        person = User.objects.create_user(username=name, email=f"{name}@example.org", printed_name=name)
        employ(person, cast.facility, role)
    discharged(cast)
    return ["alma@example.org", "nell@example.org"]


def send(days: int = 0) -> str:
    said = StringIO()
    with clock_at(DUE + timedelta(days=days)):
        call_command("send_filing_digest", stdout=said)
    return said.getvalue()


def choose(cast: Cast, to: DigestChoice.To) -> None:
    said = {"facility": cast.facility, "entry": entry(), "by": cast.ada, "now": LATER}
    filing_digest.choose_digest(to=to, **said)


def test_it_is_sent_once_a_day_and_names_no_patient(readers: list[str], mailoutbox: list[EmailMessage]) -> None:
    assert (send(), send()) == ("1 told by mail\n", "0 told by mail\n")
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (readers[:1], "Vigil: 1 form waits")
    assert "Wrenfield Clinic, 21 Apr 2026\n- Due today: 1" in mail.body
    for secret in ("Tamarack", "Rosalind", "W-00", "Nora"):
        assert secret not in mail.body
    assert send(days=1) == "1 told by mail\n"
    assert "- Late: 1" in mailoutbox[1].body


def test_it_goes_to_whom_the_facility_chose(cast: Cast, readers: list[str], mailoutbox: list[EmailMessage]) -> None:
    choose(cast, DigestChoice.To.EVERYBODY)
    send()
    assert [mail.to for mail in mailoutbox] == [[reader] for reader in readers]
    choose(cast, DigestChoice.To.NOBODY)
    assert send(days=1) == "0 told by mail\n"


def test_it_says_nothing_where_nothing_presses(cast: Cast) -> None:
    walk, vigil = discharged(cast), system_person(now=LATER)
    assert form_of(walk).state == "INCOMPLETE"
    with nothing_written():
        assert filing_digest.give_digest(facility=cast.facility, by=vigil, now=LATER) is None
    assert not FilingDigest.objects.exists()


def test_it_is_the_systems_own_work_and_an_answer_that_is_known(cast: Cast) -> None:
    with denied():
        filing_digest.give_digest(facility=cast.facility, by=cast.ada, now=LATER)
    with refused("FIELD", field="to"):
        choose(cast, "EVERYONE")  # type: ignore[arg-type]
