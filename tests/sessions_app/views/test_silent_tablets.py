"""Tablets that charted a patient and were not heard from since."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, Tablet
from clinic.models.tablet import hear
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, in_monitoring, minutes, ready_to_leave
from tests.sessions_app.views.at_tablet import at_tablet, cast, come_in, tablet
from tests.sessions_app.views.forms import fill_in
from tests.sessions_app.views.test_charting import NUMBERS, SIGNS

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db
AT_40 = LAST_DEVICE + minutes(40)


def release_page(client: Client, walk: Walk, at: datetime) -> str:
    with clock_at(at):
        return client.get(reverse("sessions_app:discharge", args=[walk.dosing_session.pk])).content.decode()


@pytest.fixture
def charted(at_tablet: Client, cast: Cast) -> Walk:
    """Nora charted on the tablet at ten past; it was heard from until then."""
    walk = ready_to_leave(cast)
    come_in(at_tablet, cast.nora)
    with clock_at(AT_40):
        url = reverse("sessions_app:record-check", args=[walk.dosing_session.pk])
        assert fill_in(at_tablet, url, **NUMBERS, **SIGNS).status_code == 302
    return walk


@pytest.mark.parametrize(("after", "named"), [(120, False), (121, True)])
def test_one_that_charted_and_fell_silent_is_named(
    client: Client, cast: Cast, tablet: Tablet, charted: Walk, after: int, named: bool
) -> None:
    client.cookies.clear()
    client.force_login(cast.paul)
    text = release_page(client, charted, AT_40 + timedelta(seconds=after))
    assert (f"{tablet.name}, not heard from since 10:15; Nora Nightjar charted on it." in text) is named


def test_one_that_asks_for_its_page_is_not(at_tablet: Client, client: Client, cast: Cast, charted: Walk) -> None:
    text = release_page(at_tablet, charted, STAY_ENDS)
    assert "not heard from" not in text


def test_one_that_never_charted_this_patient_is_not(client: Client, cast: Cast, tablet: Tablet) -> None:
    walk = in_monitoring(cast)
    hear(tablet, at=NINE)
    client.force_login(cast.paul)
    assert "not heard from" not in release_page(client, walk, STAY_ENDS)


def test_the_record_keeps_which_were_silent(cast: Cast, tablet: Tablet, charted: Walk) -> None:
    charted.release(STAY_ENDS)
    event = AuditEvent.objects.get(action="discharge_patient")
    assert json.loads(event.payload)["details"]["silent_tablets"] == [str(tablet.pk)]


def test_a_page_that_finds_nothing_new_is_heard_too(at_tablet: Client, cast: Cast, tablet: Tablet) -> None:
    come_in(at_tablet, cast.nora)
    with clock_at(NINE):
        page = at_tablet.get("/", headers={"X-Requested-With": "refresh"})
    for after, heard in ((29, 0), (31, 31), (60, 31), (62, 62)):
        at = NINE + timedelta(seconds=after)
        with clock_at(at):
            again = at_tablet.get("/", headers={"X-Requested-With": "refresh", "If-None-Match": page["ETag"]})
        assert again.status_code == 304
        tablet.heard.refresh_from_db()  # type: ignore[attr-defined]
        assert tablet.heard.heard_at == NINE + timedelta(seconds=heard)  # type: ignore[attr-defined]
