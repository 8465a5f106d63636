"""The clinic's own numbers: tightened, never loosened."""

from collections.abc import Iterator

import pytest
from django.test import Client

from sessions_app.models import FacilityPolicy
from tests.clock import clock_at
from tests.factories import NINE, Cast, make_cast
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


class TestSetPolicy:
    def test_it_saves_a_new_version(self, cast: Cast, ada: Client) -> None:
        policy = self.typed(ada, spo2_floor_percent="94", extra_checks="60, 20 90", reason="After the review")
        response = fill_in(ada, "/facility/set-policy/", **policy)
        saved = FacilityPolicy.objects.latest("number")
        assert response.status_code == 302
        assert (saved.number, saved.overrides, saved.extra_checks) == (2, {"spo2_floor_percent": 94}, [20, 60, 90])
        assert saved.ride_service_allowed
        text = ada.get("/facility/").content.decode()
        assert "94 %" in text
        assert "tighter" in text

    def test_it_refuses_to_loosen_and_keeps_what_was_typed(self, cast: Cast, ada: Client) -> None:
        policy = self.typed(ada, minimum_stay_minutes="90", spo2_floor_percent="94", reason="Shorter days")
        response = fill_in(ada, "/facility/set-policy/", **policy)
        text = response.content.decode()
        assert response.status_code == 409
        assert "Between 120 (the programme&#x27;s own) and 240 min." in text
        assert 'value="90"' in text
        assert "Shorter days" in text
        assert FacilityPolicy.objects.count() == 1

    def test_it_saves_when_alarms_come_and_shows_whose_numbers_they_are(self, cast: Cast, ada: Client) -> None:
        policy = self.typed(ada, escalation_minutes="3", follow_up_minutes="45", reason="A small floor")
        assert fill_in(ada, "/facility/set-policy/", **policy).status_code == 302
        saved = FacilityPolicy.objects.latest("number")
        assert saved.alarms == {"due_soon_minutes": 5, "escalation_minutes": 3, "follow_up_minutes": 45}
        text = ada.get("/facility/").content.decode()
        assert "An alarm nobody has is told to the prescriber after" in text
        assert "from 1 to 30 min" in text

        policy = self.typed(ada, due_soon_minutes="31", reason="Earlier")
        response = fill_in(ada, "/facility/set-policy/", **policy)
        assert response.status_code == 409
        assert "31 cannot be. Between 1 and 30." in response.content.decode()

    @pytest.mark.parametrize("checks", ["20, soon", "0", "9999", "²"])
    def test_it_refuses_checks_that_are_no_minutes(self, cast: Cast, ada: Client, checks: str) -> None:
        response = fill_in(ada, "/facility/set-policy/", **self.typed(ada, extra_checks=checks, reason="x"))
        assert response.status_code == 422
        assert f'value="{checks}"' in response.content.decode()

    def typed(self, client: Client, **changed: str) -> dict[str, str]:
        """The form as it comes, with some fields changed."""
        form = client.get("/facility/set-policy/").context["form"]
        filled = {name: str(form[name].value()) for name in form.fields if form[name].value() is not None}
        return {**filled, "ride_service_allowed": "on", **changed}
