"""A night in which the clocks change: a stay is two real hours, what is shown can be read in one way only, and a typed
time is the moment that was meant."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic.rules.refusals import ActionRefused
from sessions_app.models import Check
from tests.clock import clock_at
from tests.factories import Walk, in_monitoring, make_cast, minutes
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db

# Five to midnight, so that the last device is given at 0:30 and the clocks change within the stay.
BACK = datetime(2026, 11, 1, 3, 55, tzinfo=UTC), "America/New_York"
FORWARD = datetime(2026, 10, 3, 13, 25, tzinfo=UTC), "Australia/Lord_Howe"  # by half an hour


def night(begins: datetime, zone: str) -> tuple[Walk, datetime]:
    """Everything asked, charted and assessed; nothing waits but the two hours. With the moment of the last device."""
    cast = make_cast(now=begins - timedelta(hours=8), time_zone=zone)
    walk, last = in_monitoring(cast, now=begins), begins + minutes(35)
    walk.check(last + minutes(40))
    walk.instruct(last + minutes(60))
    walk.check(last + minutes(115))
    walk.assess(last + minutes(116))
    return walk, last


def shown(client: Client, walk: Walk, now: datetime, name: str = "dosing-session") -> str:
    client.force_login(walk.cast.nora)
    of = [walk.dosing_session.pk] if name == "dosing-session" else []
    with clock_at(now):
        return client.get(reverse(f"sessions_app:{name}", args=of)).content.decode()


@pytest.mark.parametrize(
    ("change", "may_leave"),
    [
        pytest.param(BACK, "1:30 EST", id="back: one hour further on the clock"),
        pytest.param(FORWARD, "3:00", id="forward: two and a half"),
    ],
)
def test_a_stay_is_two_real_hours(client: Client, change: tuple[datetime, str], may_leave: str) -> None:
    walk, last = night(*change)
    ends = last + minutes(120)

    for page in ("dosing-session", "floor"):
        assert may_leave in shown(client, walk, last + minutes(116), page)
    with pytest.raises(ActionRefused) as refused:
        walk.release(ends - timedelta(seconds=1))
    assert [(refusal.code, refusal.clears_at) for refusal in refused.value.refusals] == [("MINIMUM_STAY", ends)]
    walk.release(ends)

    assert walk.refresh().state == "DISCHARGED"


def test_a_check_typed_in_the_hour_that_comes_twice_is_asked_which(client: Client) -> None:
    walk, last = night(*BACK)
    now = last + minutes(117)  # 1:27 EST
    url = reverse("sessions_app:repeat-bp", args=[walk.dosing_session.pk])
    client.force_login(walk.cast.nora)
    typed = {"systolic_mmhg": "133", "diastolic_mmhg": "84", "occurred_time": "1:20"}

    with clock_at(now):
        asked = fill_in(client, url, **typed).content.decode()
        fill_in(client, url, **typed, occurred_time_pass="first")

    assert "this time came twice" in asked
    assert Check.objects.get(systolic_mmhg=133).occurred_at == datetime(2026, 11, 1, 5, 20, tzinfo=UTC)


def test_a_time_of_the_first_pass_can_still_be_entered_in_the_second(client: Client) -> None:
    """1:50 is ahead of 1:10 on the wall and behind it in truth."""
    walk, last = night(*BACK)
    url = reverse("sessions_app:repeat-bp", args=[walk.dosing_session.pk])
    client.force_login(walk.cast.nora)
    typed = {"systolic_mmhg": "134", "diastolic_mmhg": "84", "occurred_time": "1:50"}

    with clock_at(last + minutes(100)):  # 1:10 EST
        fill_in(client, url, **typed, occurred_time_pass="first")

    assert Check.objects.get(systolic_mmhg=134).occurred_at == datetime(2026, 11, 1, 5, 50, tzinfo=UTC)
