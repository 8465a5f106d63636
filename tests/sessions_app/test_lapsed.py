"""A credential that runs out in the middle of a session: what it takes away, what stays, and that nobody is trapped."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.actions.person import give_role
from clinic.actions.staff import end_role, system_person
from clinic.models import Credential, User
from clinic.models.lapse import Lapses
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from sessions_app.actions.alarm import raise_alarms
from tests.clock import clock_at
from tests.credentials import give_credential
from tests.factories import LAST_DEVICE, NINE, OPENING, STAY_ENDS, Cast, Walk, entry, in_monitoring, minutes
from tests.scene import as_next_request, cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 14)
YESTERDAY = TODAY - timedelta(days=1)
LATER = LAST_DEVICE + minutes(40)
LICENCE = CredentialKind.LICENCE


def lapse(cast: Cast, person: User, now: datetime = LATER, last_day: date = YESTERDAY) -> Credential:
    return give_credential(cast, person, LICENCE, last_day, now)


def status_of(client: Client, walk: Walk, step: str, now: datetime = LATER) -> int:
    with clock_at(now):
        return client.get(f"/dosing-sessions/{walk.dosing_session.pk}/{step}").status_code


def text_of(client: Client, url: str, now: datetime = LATER) -> str:
    with clock_at(now):
        return str(client.get(url).content.decode())


class TestInTheMiddleOfASession:
    def test_it_takes_the_steps_away_at_once_and_leaves_the_facts(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(cast.nora)
        taken, left = ("assess-readiness/", "discharge/"), ("record-check/", "raise-emergency/", "leave-early/", "")
        assert {status_of(client, walk, step) for step in (*taken, *left)} == {200}

        lapse(cast, cast.nora)

        assert {status_of(client, walk, step) for step in taken} == {403}
        assert {status_of(client, walk, step) for step in left} == {200}

    def test_it_says_why_since_when_and_what_can_still_be_done(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        lapse(cast, cast.nora)
        client.force_login(cast.nora)
        page = f"/dosing-sessions/{walk.dosing_session.pk}/"
        refused = text_of(client, f"{page}discharge/")
        assert "A credential of yours has ended" in refused
        for said in (refused, text_of(client, page), text_of(client, "/")):
            assert "Your licence ended on 13 Apr 2026." in said
            assert "You can chart and call for help" in said
        client.force_login(cast.fred)
        assert "Not open to you" in text_of(client, f"{page}discharge/")

    def test_it_offers_no_step_that_it_would_refuse(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(STAY_ENDS - minutes(5))
        client.force_login(cast.nora)
        page = f"/dosing-sessions/{walk.dosing_session.pk}/"
        assert f"{page}assess-readiness/" in text_of(client, page, STAY_ENDS)
        lapse(cast, cast.nora)
        assert f"{page}assess-readiness/" not in text_of(client, page, STAY_ENDS)

    def test_it_traps_nobody(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        lapse(cast, cast.nora)
        charting = Walk(as_next_request(cast), walk.dosing_session)
        charting.check(LATER)
        charting.instruct(LAST_DEVICE + minutes(60))
        charting.check(STAY_ENDS - minutes(5))

        colleague = as_next_request(cast)
        colleague.nora = colleague.nils
        others = Walk(colleague, walk.dosing_session)
        others.assess(STAY_ENDS - minutes(4))
        others.release(STAY_ENDS)

        assert walk.refresh().state == "DISCHARGED"


class TestEndedInTheMiddleOfASession:
    """An open page of whoever was sent away answers no more, and their patient is looked after by the others."""

    def test_it_is_over_with_the_role_and_a_colleague_goes_on(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        client.force_login(cast.nora)
        assert status_of(client, walk, "record-check/") == 200
        end_role(assignment=cast.nora.role_assignments.get(), by=cast.ada, now=LATER)
        assert status_of(client, walk, "record-check/") == 404
        client.force_login(cast.nils)
        assert status_of(client, walk, "record-check/") == 200

    def test_it_is_over_to_the_second(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        give_role(
            person=cast.nora,
            facility=cast.facility,
            role=Role.NURSE,
            ends_at=LATER,
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )
        client.force_login(cast.nora)
        moments = (LATER - timedelta(seconds=1), LATER)
        assert [status_of(client, walk, "record-check/", at) for at in moments] == [200, 404]


class TestAPrescriberWhoLapses:
    def test_it_is_an_alarm_on_whoever_is_watched_and_goes_with_a_new_one(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        lapse(cast, cast.paul)
        look(walk, LATER)
        (alarm,) = (alarm for alarm in walk.rows("Alarm") if alarm.code == "PRESCRIBER_ABSENT")
        give_credential(cast, cast.paul, LICENCE, None, LATER + minutes(1))
        look(walk, LATER + minutes(2))
        assert (alarm.pk, "CLEARED") in [(step.alarm_id, step.kind) for step in walk.rows("AlarmStep")]

    def test_it_is_none_where_another_is_here(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        give_role(person=cast.nora, facility=cast.facility, role=Role.PRESCRIBER, entry=entry(), by=cast.ada, now=NINE)
        lapse(cast, cast.paul)
        look(walk, LATER)
        assert "PRESCRIBER_ABSENT" not in [alarm.code for alarm in walk.rows("Alarm")]


def look(walk: Walk, now: datetime) -> None:
    raise_alarms(dosing_session=walk.dosing_session, by=system_person(now=now), now=now)


class TestOwnCredentials:
    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (-1, "Your licence ended on 13 Apr 2026."),
            (0, "Your licence ends on 14 Apr 2026, today."),
            (7, "Your licence ends on 21 Apr 2026, in 7 days."),
            (8, "Licence ends in 8 days"),
            (30, "Licence ends in 30 days"),
        ],
    )
    def test_it_is_told_on_every_page(self, cast: Cast, client: Client, days: int, said: str) -> None:
        lapse(cast, cast.nora, last_day=TODAY + timedelta(days=days))
        client.force_login(cast.nora)
        for url in ("/", "/facility/", "/patients/"):
            assert said in text_of(client, url)

    def test_it_is_not_told_before_nor_to_anybody_else(self, cast: Cast, client: Client) -> None:
        lapse(cast, cast.nora, last_day=TODAY + timedelta(days=31))
        lapse(cast, cast.fred)
        for person in (cast.nora, cast.fred, cast.nils):
            client.force_login(person)
            text = text_of(client, "/")
            assert "licence end" not in text.lower()

    def test_it_says_that_the_other_role_stays(self, cast: Cast, client: Client) -> None:
        give_role(person=cast.paul, facility=cast.facility, role=Role.NURSE, entry=entry(), by=cast.ada, now=NINE)
        give_credential(cast, cast.paul, CredentialKind.DEA, YESTERDAY)
        client.force_login(cast.paul)
        assert "the rest you do in your other role" in text_of(client, "/")

    def test_it_costs_no_query(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        before = queries_of(client, "/facility/")
        lapse(cast, cast.nora)
        assert queries_of(client, "/facility/") == before


def queries_of(client: Client, url: str) -> int:
    with clock_at(LATER), CaptureQueriesContext(connection) as found:
        client.get(url)
    return len(found)


class TestLapses:
    """Whose credential had run out when they did something, whatever was entered since."""

    def of(self, cast: Cast, person: User, *at: datetime) -> list[CredentialKind | None]:
        lapses = Lapses(cast.facility, at=LATER)
        return [lapses.of(person.pk, each) for each in at]

    def test_it_is_from_the_day_after_the_last_until_the_next_is_entered(self, cast: Cast) -> None:
        midnight = NINE.replace(hour=4, minute=0)
        give_credential(cast, cast.nora, LICENCE, YESTERDAY, OPENING - timedelta(days=90))
        give_credential(cast, cast.nora, LICENCE, None, NINE)
        times = (midnight - timedelta(seconds=1), midnight, NINE - timedelta(seconds=1), NINE)
        assert self.of(cast, cast.nora, *times) == [None, LICENCE, LICENCE, None]

    def test_it_is_seen_behind_an_entry_that_came_late(self, cast: Cast) -> None:
        lapse(cast, cast.nora, LATER)
        assert self.of(cast, cast.nora, NINE) == [LICENCE]

    def test_it_is_not_of_somebody_with_another_role_in_date_nor_of_one_without_any(self, cast: Cast) -> None:
        give_credential(cast, cast.paul, CredentialKind.DEA, YESTERDAY)
        lapse(cast, cast.fred)
        assert self.of(cast, cast.paul, NINE) + self.of(cast, cast.fred, NINE) == [CredentialKind.DEA, None]
        give_role(person=cast.paul, facility=cast.facility, role=Role.NURSE, entry=entry(), by=cast.ada, now=NINE)
        assert self.of(cast, cast.paul, NINE) == [None]

    def test_it_stands_beside_the_line_on_the_page(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        lapse(cast, cast.nora)
        walk.check(LATER)
        client.force_login(cast.nils)
        page = f"/dosing-sessions/{walk.dosing_session.pk}/"
        lines = text_of(client, page).count("licence had ended")
        give_credential(cast, cast.nora, LICENCE, None, LATER + minutes(5))
        assert text_of(client, page, LATER + minutes(9)).count("licence had ended") == lines > 0

    def test_it_is_one_query_where_nothing_ran_out(self, cast: Cast, django_assert_num_queries: Any) -> None:
        give_credential(cast, cast.nora, LICENCE, TODAY)
        with django_assert_num_queries(1):
            assert self.of(cast, cast.nora, NINE, LATER) == [None, None]
