"""What was true at a moment: answered from the data, and the same for ever."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from clinic.actions.certification import designate_representative
from clinic.actions.person import close_out_person, give_role
from clinic.models import Certification
from clinic.rules.certification import CertificationStatus
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from sessions_app.actions.site import stop_facility
from sessions_app.models import Presence
from sessions_app.models.as_of import AsOf
from tests.clock import clock_at
from tests.credentials import give_credential
from tests.factories import NINE, Cast, arrive, entry, make_cast, minutes
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
AT = NINE + minutes(74)  # 10:14
NEXT_WEEK = NINE + timedelta(days=7)
URL = "/facility/as-of/"


@pytest.fixture(autouse=True)
def next_week() -> Iterator[None]:
    with clock_at(NEXT_WEEK):
        yield


def told(client: Client, day: str = "2026-04-14", clock: str = "10:14", **more: str) -> str:
    answer = client.get(URL, {"day": day, "clock": clock, **more})
    assert answer.status_code == 200
    return str(answer.content.decode().partition("<main")[2])


def everything_changes(cast: Cast) -> None:
    """From 10:15 on."""
    after, said = AT + minutes(1), {"by": cast.ada, "now": AT + minutes(1)}
    designate_representative(facility=cast.facility, program_code="esketamine", person=cast.nils, entry=entry(), **said)
    stop_facility(
        facility=cast.facility,
        program_code="esketamine",
        status=CertificationStatus.SUSPENDED,
        reason="Audit.",
        after=Certification.objects.latest("occurred_at", "id").pk,
        entry=entry(),
        **said,
    )
    arrive(cast, cast.paul, kind=Presence.Kind.LEFT, now=after)
    arrive(cast, cast.nils, now=after)
    give_role(person=cast.fred, facility=cast.facility, role=Role.PRESCRIBER, entry=entry(), **said)
    close_out_person(person=cast.nora, **said)
    give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2031, 1, 31), after)


class TestAsOf:
    def test_it_says_what_was_certified_who_was_here_and_who_held_what(self, cast: Cast, client: Client) -> None:
        give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2027, 1, 31), NINE)
        client.force_login(cast.ines)
        text = told(client)
        for said in (
            "As of 14 Apr 2026, 10:14 EDT",
            "New doses could be given",
            "Confirmed under",
            "Ada Alder",
            "REMS-0417",
            "Paul Penstemon, MD",
            "in date to 31 Jan 2027",
            "never entered",
            "when the facility was opened",
        ):
            assert said in text
        assert "as known today" not in text

    def test_it_is_the_same_whatever_changed_since(self, cast: Cast, client: Client) -> None:
        give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2027, 1, 31), NINE)
        client.force_login(cast.ines)
        before = told(client)
        everything_changes(cast)
        assert told(client) == before
        now = told(client, "2026-04-21", "9:00")
        assert ("Suspended" in now, "No new doses" in now, "Nora Nightjar" in now) == (True, True, False)

    def test_it_answers_by_the_minute(self, cast: Cast) -> None:
        everything_changes(cast)
        answers = [AsOf(cast.facility, at=at) for at in (AT, AT + minutes(1))]
        assert [{row.person.username for row in each.on_site} for each in answers] == [
            {"nora", "paul"},
            {"nora", "nils"},
        ]
        assert ["nora" in {each.person.username for each in past.people} for past in answers] == [True, False]
        sites = [next(iter(past.sites.values())) for past in answers]
        assert [site.representative and site.representative.name for site in sites] == ["Ada Alder", "Nils Quince"]

    def test_it_shows_two_stories_where_something_was_found_out_later(self, cast: Cast, client: Client) -> None:
        give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2027, 1, 31), NINE)
        give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2026, 4, 1), AT + minutes(60))
        give_credential(cast, cast.paul, CredentialKind.LICENCE, date(2029, 4, 1), AT + minutes(90))
        (paul,) = (each for each in AsOf(cast.facility, at=AT).people if each.person == cast.paul)
        past = AsOf(cast.facility, at=AT)
        assert (past.prescribed(paul), past.prescribed_as_known(paul)) == (True, False)
        client.force_login(cast.ada)
        text = told(client)
        assert "in date to 31 Jan 2027" in text
        assert "as known today:" in text
        assert "ended 1 Apr 2026" in text
        assert "As known today, otherwise for Paul Penstemon" in text
        assert "as known today:" not in told(client, "2026-04-14", "11:50")


class TestTheMoment:
    @pytest.mark.parametrize(
        ("day", "clock", "said"),
        [
            ("2026-04-22", "9:00", "This is still to come."),
            ("2026-03-08", "2:30", "this time did not exist"),
            ("", "9:00", "Still empty."),
            ("2026-04-14", "", "Still empty."),
            ("yesterday", "9:00", "Not a date."),
        ],
    )
    def test_it_says_at_the_field_what_cannot_be(
        self, cast: Cast, client: Client, day: str, clock: str, said: str
    ) -> None:
        client.force_login(cast.ada)
        answer = client.get(URL, {"day": day, "clock": clock})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "Who held which role" not in answer.content.decode()

    def test_it_asks_which_of_two_hours(self, client: Client) -> None:
        cast = make_cast(suffix="o", facility_name="Old", now=datetime(2025, 10, 1, 12, tzinfo=UTC))
        client.force_login(cast.ada)
        asked = client.get(URL, {"day": "2025-11-02", "clock": "1:30"})
        assert asked.status_code == 422
        assert 'name="clock_pass"' in asked.content.decode()
        assert "1:30 EDT" in told(client, "2025-11-02", "1:30", clock_pass="first")
        assert "1:30 EST" in told(client, "2025-11-02", "1:30", clock_pass="second")

    def test_it_is_now_where_nothing_is_asked(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        assert "As of 21 Apr 2026, 9:00 EDT" in client.get(URL).content.decode()
