"""Correcting, moving and voiding over HTTP: what stands in the fields, what is offered, and what is said."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sessions_app.actions import monitoring, replacement
from sessions_app.models import Check, SignEvent
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Cast, Walk, full_check, in_monitoring, make_cast, minutes, pressure
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
LATER = LAST_DEVICE + minutes(40)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def url_of(walk: Walk, step: str, *args: object) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk, *args])


def get(client: Client, url: str) -> str:
    with clock_at(LATER):
        return client.get(url).content.decode()


def send(client: Client, url: str, **typed: str) -> HttpResponse:
    with clock_at(LATER):
        return fill_in(client, url, **typed)


class TestACheck:
    def test_it_stands_in_the_fields_as_it_was_charted(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        text = get(nora, url_of(walk, "correct-check", walk.check(LATER, full_check(182, 83)).pk))
        for value in ('value="182"', 'value="83"', 'value="72"', 'value="98"', 'value="10:15"'):
            assert value in text

    def test_a_pressure_alone_stays_one(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER, pressure(182, 82))
        typed = {"occurred_time": "10:15", "systolic_mmhg": "128", "diastolic_mmhg": "82", "reason": "Typo."}
        assert send(nora, url_of(walk, "correct-check", wrong.pk), **typed).status_code == 302
        assert Check.objects.get(systolic_mmhg=128, kind="MONITORING").spo2_percent is None

    def test_what_cannot_be_is_said_at_its_field(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER, pressure(182, 82))
        typed = {"occurred_time": "10:15", "systolic_mmhg": "80", "diastolic_mmhg": "90", "reason": "Typo."}
        response = send(nora, url_of(walk, "correct-check", wrong.pk), **typed)
        assert response.status_code == 409
        assert "90 is not below 80. Swapped?" in response.content.decode()

    def test_a_sign_that_came_back_is_not_ticked_as_gone(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        check = walk.check(LATER, full_check(sedation=SignEntry(False, 5, gone=True)))
        ticked = re.compile(r'<input[^>]*name="sign_sedation_gone"[^>]*checked')
        assert ticked.search(get(nora, url_of(walk, "correct-check", check.pk)))
        replacement.correct_sign(
            event_id=walk.rows("SignEvent")[0].pk,
            kind=SignEventKind.ONSET,
            reason="It came back.",
            **walk.envelope(LATER),
        )
        assert not ticked.search(get(nora, url_of(walk, "correct-check", check.pk)))

    def test_another_sessions_check_is_not_there(self, cast: Cast, nora: Client) -> None:
        walk, other = in_monitoring(cast), in_monitoring(cast)
        with clock_at(LATER):
            assert nora.get(url_of(walk, "correct-check", other.check(LATER).pk)).status_code == 404

    def test_it_moves_only_to_this_clinics_chairs_of_the_day(self, cast: Cast, nora: Client) -> None:
        walk, other = in_monitoring(cast), in_monitoring(cast)
        elsewhere = in_monitoring(make_cast(facility_name="Elsewhere", suffix="-e"))
        check = walk.check(LATER)
        text = get(nora, url_of(walk, "move-check", check.pk))
        assert str(other.dosing_session.pk) in text
        for hidden in (walk, elsewhere):
            assert f'value="{hidden.dosing_session.pk}"' not in text
        crafted = send(
            nora, url_of(walk, "move-check", check.pk), to=str(elsewhere.dosing_session.pk), reason="Wrong chair."
        )
        assert crafted.status_code == 422
        assert len(elsewhere.rows("Check")) == 1

    def test_a_time_before_the_first_device_there_is_said_at_the_chair(self, cast: Cast, nora: Client) -> None:
        walk, there = in_monitoring(cast), in_monitoring(cast, now=LAST_DEVICE - minutes(15))
        check = walk.check(LATER, at=LAST_DEVICE)
        url = url_of(walk, "move-check", check.pk)
        response = send(nora, url, to=str(there.dosing_session.pk), reason="Wrong chair.")
        assert response.status_code == 409
        assert "9:35 is before the first device at" in response.content.decode()


class TestASign:
    def test_its_time_is_corrected(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        began = monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(LATER))
        url = url_of(walk, "correct-sign", began.pk)
        assert 'value="10:15"' in get(nora, url)
        assert send(nora, url, kind="ONSET", occurred_time="10:05", reason="Earlier.").status_code == 302
        assert SignEvent.objects.filter(occurred_at=LATER - minutes(10)).exists()


class TestADevice:
    def test_it_is_taken_back_by_a_second_person_and_handed_over_anew(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        given = walk.rows("DeviceAdministration")[0]
        url = url_of(walk, "void", "DeviceAdministration", given.pk)
        client.force_login(cast.nora)
        assert "A wrong device, or a wrong device time" in get(client, url)
        assert send(client, url, reason="9:25.").status_code == 409
        client.force_login(cast.nils)
        response = send(client, url, reason="9:25.")
        assert (response.status_code, response.url) == (302, url_of(walk, "administer-device"))


@pytest.mark.parametrize("name", ["fred", "ada", "ines"])
def test_putting_right_is_a_nurses_or_prescribers(cast: Cast, client: Client, name: str) -> None:
    walk = in_monitoring(cast)
    check = walk.check(LATER)
    client.force_login(getattr(cast, name))
    with clock_at(LATER):
        for step in ("correct-check", "move-check"):
            assert client.get(url_of(walk, step, check.pk)).status_code == 403
