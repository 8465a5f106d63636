"""The floor over HTTP."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import DosingSession
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, STAY_ENDS, Cast, checked_in, in_monitoring, make_cast, ready_to_leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


class TestFloor:
    def test_it_shows_fifty_chairs_with_as_many_queries_as_two(
        self, cast: Cast, client: Client, django_assert_max_num_queries: Callable
    ) -> None:
        client.force_login(cast.nora)
        counts, part = [], {"X-Requested-With": "refresh"}
        in_monitoring(cast)
        for chairs in (2, 50):
            while DosingSession.objects.count() < chairs:
                checked_in(cast)
            for headers in ({}, part):
                with clock_at(LAST_DEVICE), django_assert_max_num_queries(30) as captured:
                    response = client.get(reverse("sessions_app:floor"), headers=headers)
                counts.append(len(captured))
                assert response.content.decode().count('<article class="tile') == chairs

        assert len(set(counts)) == 1

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
