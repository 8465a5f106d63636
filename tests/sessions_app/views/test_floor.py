"""The floor over HTTP."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.clock import clock_at
from tests.factories import STAY_ENDS, Cast, make_cast, ready_to_leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestFloor:
    def test_it_shows_all_sessions_with_a_constant_number_of_queries(
        self, cast: Cast, client: Client, django_assert_max_num_queries: Callable
    ) -> None:
        client.force_login(cast.nora)
        counts = []
        for _session in range(3):
            ready_to_leave(cast)
            with clock_at(STAY_ENDS), django_assert_max_num_queries(45) as captured:
                response = client.get(reverse("sessions_app:floor"))
            counts.append(len(captured))
            assert response.status_code == 200

        assert counts[0] == counts[1] == counts[2]

    def test_its_refresh_is_its_part_alone(self, cast: Cast, client: Client) -> None:
        walk = ready_to_leave(cast)
        client.force_login(cast.nora)
        for url in (reverse("sessions_app:floor"), f"/dosing-sessions/{walk.dosing_session.pk}/"):
            with clock_at(STAY_ENDS):
                page = client.get(url).content.decode()
                part = client.get(url, headers={"X-Requested-With": "refresh"}).content.decode()

            assert "<html" in page
            assert "<html" not in part
            assert part.count('id="live"') == 1
