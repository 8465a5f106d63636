"""A session's page that is called unchanged says what one made anew would say, but for what script carries on."""

import json
import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from sessions_app.actions import emergency
from sessions_app.models import DosingSession, Emergency
from tests.clock import clock_at
from tests.factories import NINE, Cast, in_monitoring, make_cast, minutes
from tests.sessions_app.presenters.test_floor import varied

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)
LATEST = 60 * 14  # minutes after nine: past midnight

SCRIPTS_OWN = (
    (r"(<(?:time|text|span)[^>]*\bdata-(?:due-at|since|clock)[^>]*>)[^<]*", r"\1"),
    (r'datetime="[^"]*" data-clock', "data-clock"),
    (r'stroke-dasharray="[\d.]+ 100" data-arc', "data-arc"),
    (r'data-drawn="[^"]*" (data-per-minute="[^"]*") data-room="[^"]*"', r"\1"),
    (r"<g data-moves>.*?</g>", "<g data-moves>"),
    (r'd="[^"]*" data-moves', "data-moves"),
    (r'width="[^"]*" (height="[^"]*" rx="2" class="on") data-grows="[^"]*"', r"\1"),
    (r'name="entry_id" value="[^"]*"', ""),
    (r'name="csrfmiddlewaretoken" value="[^"]*"', ""),
    (r'data-version="[^"]*"', ""),
)


class Tablet:
    """Has one session's page open."""

    def __init__(self, browser: Client, session: DosingSession) -> None:
        self.browser, self.path = browser, reverse("sessions_app:dosing-session", args=[session.pk])

    def asks(self, now: datetime, version: str = "") -> tuple[str | None, str]:
        """What it is told to show; None where what it shows still holds."""
        with clock_at(now):
            answer = self.browser.get(
                self.path, headers={"X-Requested-With": "refresh", **({"If-None-Match": version} if version else {})}
            )
        if answer.status_code == 304:
            return None, version
        assert answer.status_code == 200
        html = answer.content.decode()
        for pattern, kept in SCRIPTS_OWN:
            html = re.sub(pattern, kept, html)
        return html, answer["ETag"]


def good_until(version: str) -> datetime:
    """As the version says, which nobody can forge and everybody can read."""
    said = json.loads(signing.b64_decode(version.strip('"').partition(":")[0].encode()))
    return datetime.fromtimestamp(said[5], UTC)


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    varied(cast)
    falls = in_monitoring(cast, now=NINE + minutes(20))
    emergency.raise_emergency(kind=Emergency.Kind.FALL, **falls.envelope(NINE + minutes(130)))
    return cast


@pytest.mark.parametrize("who", ["nora", "paul", "fred"])
@pytest.mark.parametrize("looks", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_what_is_called_unchanged_is_unchanged(cast: Cast, who: str, looks: int) -> None:
    chance, browser, held = Random(f"{who}{looks}"), Client(), []
    browser.force_login(getattr(cast, who))
    sessions = list(DosingSession.objects.filter(facility=cast.facility).order_by("scheduled_at"))
    for _look in range(looks):
        tablet = Tablet(browser, chance.choice(sessions))
        # Mostly while somebody sits there, at whole minutes as often as between them.
        minute = chance.randint(131, 400 if chance.random() < 0.8 else LATEST)
        opened = NINE + minutes(minute) + timedelta(seconds=chance.choice((0, chance.uniform(0, 60))))
        html, version = tablet.asks(opened)
        until = good_until(version)
        assert tablet.asks(until - TICK, version)[0] is None
        assert tablet.asks(until, version)[0] is not None
        for at in (opened + (until - opened) * chance.random(), until - TICK):
            assert tablet.asks(at)[0] == html, (tablet.path, opened, at, until)
        held.append(until - opened)

    assert max(held) <= timedelta(minutes=5)
    assert sum(held, timedelta()) / len(held) > timedelta(minutes=1)
