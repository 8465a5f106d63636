"""The pages of the people: who works here, the steps of an administrator, and what they do to open pages at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.access import roles_of
from clinic.models import AuditEvent, Credential, RoleAssignment, User
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import NINE, Cast, employ, in_monitoring, make_cast, one_more
from tests.files import a_pdf
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
PEOPLE = "/people/"
NEW = {"printed_name": "Nadia Noon", "credential": "RN", "username": "nadia", "email": "", "role": "nurse"}


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def ada(cast: Cast) -> Client:
    return signed_in(cast.ada)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(person: User, step: str = "") -> str:
    return f"{PEOPLE}{person.pk}/{step}"


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


class TestPeople:
    def test_it_lists_who_works_here_who_will_and_who_did(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PEOPLE}invite/", **NEW, starts_date="2026-05-01", ends_date="2026-05-31")
        fill_in(ada, page(cast.nils, "close-out/"))
        text = text_of(ada, PEOPLE)
        now, planned, ended = (text.index(f">{title}</h2>") for title in ("Now", "Planned", "Ended"))
        assert now < text.index("Nora Nightjar") < planned < text.index("Nadia Noon") < ended
        assert ended < text.index("Nils Quince")
        assert "1 May 2026 to 31 May 2026" in text

    def test_it_takes_as_many_queries_for_many_people(self, cast: Cast, ada: Client) -> None:
        taken = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as found:
                ada.get(PEOPLE)
            taken.append(len(found))
            for role in Role:
                one_more(cast, role)
        assert len(set(taken)) == 1
        assert taken[0] <= 8

    def test_it_is_for_whoever_runs_the_facility(self, cast: Cast) -> None:
        for person in (cast.nora, cast.paul, cast.fred, cast.ines):
            assert signed_in(person).get(PEOPLE).status_code == 403
            assert signed_in(person).get(page(cast.nora)).status_code == 403


class TestInvite:
    def test_it_leads_to_a_link_with_which_they_come_in(self, cast: Cast, ada: Client) -> None:
        answer = fill_in(ada, f"{PEOPLE}invite/", **NEW)
        nadia = User.objects.get(username="nadia")
        assert answer["Location"] == page(nadia, "welcome-link/")
        text = text_of(ada, answer["Location"])
        link = text.partition('value="http://testserver')[2].partition('"')[0]
        new = {"password1": "four plain words here", "password2": "four plain words here"}
        nadias = Client()
        assert nadias.post(link, new).status_code == 302
        assert nadias.get("/").status_code == 200
        assert "There is none for Nadia Noon, RN" in text_of(ada, answer["Location"])
        assert Client().get(link).status_code == 410

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"username": "nora"}, "nora is in use already."),
            ({"starts_date": "2026-04-13"}, "This day is over."),
            ({"ends_date": "2026-04-13"}, "The last day is not before the first."),
            ({"role": "display"}, "Choose one of the list."),
        ],
    )
    def test_it_says_at_the_field_what_cannot_be(self, ada: Client, typed: dict[str, str], said: str) -> None:
        with nothing_written():
            answer = fill_in(ada, f"{PEOPLE}invite/", **{**NEW, **typed})
        assert said in answer.content.decode()
        assert "Nadia Noon" in answer.content.decode()

    def test_it_holds_through_the_last_day_of_the_facility(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, f"{PEOPLE}invite/", **NEW, ends_date="2026-04-14")
        nadia = User.objects.get(username="nadia")
        midnight = NINE.replace(hour=4, minute=0) + timedelta(days=1)
        held = [bool(roles_of(nadia, at=at)) for at in (midnight - timedelta(seconds=1), midnight)]
        assert held == [True, False]


class TestRoles:
    def test_it_finds_somebody_of_another_facility_of_the_organisation(self, cast: Cast, ada: Client) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        fill_in(ada, f"{PEOPLE}give-role/", username=annex.nora.username, role="nurse")
        assert RoleAssignment.objects.filter(facility=cast.facility, user=annex.nora).count() == 1

    def test_it_knows_nobody_else(self, cast: Cast, ada: Client) -> None:
        make_cast(facility_name="Foreign", suffix="9")
        for name in ("nora9", "nobody", "vigil"):
            with nothing_written():
                answer = fill_in(ada, f"{PEOPLE}give-role/", username=name, role="nurse")
            assert "Nobody of this organisation signs in with this name." in answer.content.decode()

    def test_it_shows_who_gave_it_and_that_somebody_gave_it_to_themselves(self, cast: Cast, ada: Client) -> None:
        assert "when the facility was opened" in text_of(ada, page(cast.ada))
        assert "You give it to yourself" in text_of(ada, page(cast.ada, "give-role/"))
        fill_in(ada, page(cast.ada, "give-role/"), role="prescriber")
        assert "given by themselves" in text_of(ada, page(cast.ada))
        fill_in(ada, page(cast.nora, "give-role/"), role="prescriber")
        assert "given by themselves" not in text_of(ada, page(cast.nora))

    def test_it_ends_after_it_was_asked(self, cast: Cast, ada: Client) -> None:
        held = cast.nora.role_assignments.get()
        with nothing_written():
            assert "in the middle of a page too" in text_of(ada, page(cast.nora, f"end-role/{held.pk}/"))
        fill_in(ada, page(cast.nora, f"end-role/{held.pk}/"))
        held.refresh_from_db()
        assert (held.ended_at, held.ended_by) == (NINE, cast.ada)
        assert "ended by Ada Alder" in text_of(ada, page(cast.nora))

    def test_it_keeps_the_last_administrator(self, cast: Cast, ada: Client) -> None:
        own = cast.ada.role_assignments.get()
        with nothing_written():
            answer = fill_in(ada, page(cast.ada, f"end-role/{own.pk}/"))
        assert answer.status_code == 409
        assert "Nobody would be left to run this facility" in answer.content.decode()

    def test_it_ends_no_role_of_another_person_or_place(self, cast: Cast, ada: Client) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        employ(cast.nora, annex.facility, Role.NURSE)
        theirs = RoleAssignment.objects.get(user=cast.nora, facility=annex.facility)
        for held in (cast.nils.role_assignments.get(), theirs):
            assert ada.get(page(cast.nora, f"end-role/{held.pk}/")).status_code == 404


class TestAtOnce:
    """What an administrator presses, and what an open page of that person answers next."""

    @pytest.mark.parametrize(
        ("step", "answer"),
        [
            ("close-out/", 302),
            ("end-sign-ins/", 302),
            ("reset-password/", 302),
            ("end-role/{role}/", 404),
        ],
    )
    def test_it_ends_an_open_page_and_their_patient_is_looked_after(
        self, cast: Cast, ada: Client, step: str, answer: int
    ) -> None:
        walk = in_monitoring(cast)
        nora, nils = signed_in(cast.nora), signed_in(cast.nils)
        chart = f"/dosing-sessions/{walk.dosing_session.pk}/record-check/"
        assert nora.get(chart).status_code == 200

        fill_in(ada, page(cast.nora, step.format(role=cast.nora.role_assignments.get().pk)))

        assert (nora.get(chart).status_code, nora.post(chart).status_code) == (answer, answer)
        assert nils.get(chart).status_code == 200

    def test_it_brings_them_back_with_what_they_are_given_anew(self, cast: Cast, ada: Client) -> None:
        fill_in(ada, page(cast.nora, "close-out/"))
        assert "Nobody signs in as them" in text_of(ada, page(cast.nora))
        fill_in(ada, page(cast.nora, "bring-back/"))
        fill_in(ada, page(cast.nora, "give-role/"), role="nurse")
        assert signed_in(User.objects.get(pk=cast.nora.pk)).get("/").status_code == 200

    def test_it_offers_no_such_step_to_oneself(self, cast: Cast, ada: Client) -> None:
        text = text_of(ada, page(cast.ada))
        assert not [step for step in ("close-out", "reset-password", "end-sign-ins") if page(cast.ada, step) in text]
        assert ada.post(page(cast.ada, "close-out/"), {"entry_id": cast.ada.pk}).status_code == 403


class TestCredential:
    TYPED: dict[str, Any] = {"kind": "DEA", "number": "ab1234563", "issued_by": "DEA", "expires_date": "2027-01"}

    def test_it_is_recorded_with_its_paper_and_renewed(self, cast: Cast, ada: Client) -> None:
        url = page(cast.paul, "record-credential/")
        paper = SimpleUploadedFile("DEA.pdf", a_pdf(), content_type="application/pdf")
        fill_in(ada, url, **self.TYPED, document=paper)
        row = Credential.objects.get()
        assert (row.holder, row.kind, row.number) == (cast.paul, CredentialKind.DEA, "AB1234563")
        assert str(row.expires_date) == "2027-01-31"
        fill_in(ada, url, **{**self.TYPED, "expires_date": "", "no_end": "on"})
        text = text_of(ada, page(cast.paul))
        assert ("DEA.pdf" in text, "in date, no end" in text, "since replaced" in text) == (True, True, True)
        assert AuditEvent.objects.filter(action="record_credential", subject_id=cast.paul.pk).count() == 2

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"number": "AB1234564"}, "The last digit does not fit the others."),
            ({"number": "12"}, "Two letters, or a letter and a 9, and seven digits"),
            ({"no_end": "on"}, "Either a last day, or no end."),
            ({"expires_date": ""}, "Either a last day, or no end."),
        ],
    )
    def test_it_says_at_the_field_what_cannot_be(
        self, cast: Cast, ada: Client, typed: dict[str, str], said: str
    ) -> None:
        with nothing_written():
            answer = fill_in(ada, page(cast.paul, "record-credential/"), **{**self.TYPED, **typed})
        assert said in answer.content.decode()

    def test_it_says_who_entered_their_own(self, cast: Cast, ada: Client) -> None:
        employ(cast.ada, cast.facility, Role.PRESCRIBER)
        url = page(cast.ada, "record-credential/")
        assert "entered by yourself" in text_of(ada, url)
        fill_in(ada, url, **self.TYPED)
        assert "entered by themselves" in text_of(ada, page(cast.ada))
