"""When whoever is monitored usually leaves, learned from real stays: on the session's page and in the day's diary."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions_app.models import DosingSession
from sessions_app.models.expected_departure import departures_among, stays_of
from sessions_app.rules import expected_departure as rules
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, discharged, in_monitoring, make_cast, minutes

pytestmark = pytest.mark.django_db
LATER = NINE + timedelta(hours=3)
NOW = LATER + minutes(45)  # the last device was given at 12:35


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def sits(cast: Cast) -> DosingSession:
    session = in_monitoring(cast, now=LATER).dosing_session
    session.refresh_from_db()
    return session


@pytest.fixture
def _two_are_enough(monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "FEWEST", 2)


def test_nothing_is_said_from_few(cast: Cast) -> None:
    discharged(cast)
    sitting = sits(cast)
    assert departures_among(cast.facility, [sitting], at=NOW) == {}


@pytest.mark.usefixtures("_two_are_enough")
def test_it_is_said_for_planning_and_beside_the_gate(cast: Cast, client: Client) -> None:
    gone = [discharged(cast).dosing_session for _number in range(2)]
    learned = stays_of([cast.facility.pk], "esketamine", until=NINE.date())
    assert {stay.session_id for stay in learned} == {session.pk for session in gone}
    assert [(stay.phase, stay.minimum) for stay in learned] == [("esketamine induction", timedelta(hours=2))] * 2
    sitting = sits(cast)
    counted = []
    for sessions in ([sitting], [sitting, sits(cast)]):
        with CaptureQueriesContext(connection) as queries:
            found = departures_among(cast.facility, sessions, at=NOW)
        counted.append(len(queries))
        assert found[sitting.pk].earliest >= STAY_ENDS + (LATER - NINE)
    assert counted[0] == counted[1]
    for person in (cast.nora, cast.fred):
        client.force_login(person)
        with clock_at(NOW):
            page = client.get(reverse("sessions_app:dosing-session", args=[sitting.pk])).content.decode()
            diary = client.get(reverse("sessions_app:diary")).content.decode()
        assert "For planning: usually leaves" in page
        assert "usually leaves 14:" in diary


@pytest.mark.usefixtures("_two_are_enough")
def test_nobody_is_expected_before_the_dose_is_over_or_after_it_passed(cast: Cast, client: Client) -> None:
    for _number in range(2):
        discharged(cast)
    sitting = sits(cast)
    client.force_login(cast.nora)
    with clock_at(NOW + timedelta(hours=4)):
        page = client.get(reverse("sessions_app:dosing-session", args=[sitting.pk])).content.decode()
    assert "usually leaves" not in page
