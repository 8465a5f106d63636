"""A session's page that is called unchanged says what one made anew would say, but for what script carries on."""

import json
import re
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from clinic.access import sequence_of
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import emergency
from sessions_app.management.commands import raise_alarms as command
from sessions_app.models import DosingSession, Emergency, Presence
from tests.clock import clock_at
from tests.factories import NINE, Cast, Walk, arrive, full_check, in_monitoring, make_cast, minutes
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
        for at in (opened + (until - TICK - opened) * chance.random(), until - TICK):
            assert tablet.asks(at)[0] == html, (tablet.path, opened, at, until)
        held.append(until - opened)

    assert max(held) <= timedelta(minutes=5)
    assert sum(held, timedelta()) / len(held) > timedelta(minutes=1)


def test_what_others_write_leaves_it_as_it_is_or_it_is_made_anew(cast: Cast) -> None:
    """Whatever is written around a page: it is called unchanged only where one made anew says the same, and is so
    where somebody charts at another chair and the alarm command writes there."""
    chance, browser, stayed = Random("others"), Client(), Counter[str]()
    browser.force_login(cast.nora)
    walks = [in_monitoring(cast, now=NINE + minutes(start)) for start in (20, 35)]
    tablets = [Tablet(browser, walk.dosing_session) for walk in walks]
    now = NINE + minutes(150)

    def chart(walk: Walk) -> None:
        walk.check(now, full_check(*chance.choice(((118, 74, 98), (176, 104, 97), (121, 75, 90)))))

    def look(walk: Walk) -> None:
        command.look(now, command.Seen())

    def somebody_comes_or_goes(walk: Walk) -> None:
        here = Presence.objects.filter(person=cast.paul).latest("occurred_at").kind == Presence.Kind.ARRIVED
        arrive(cast, cast.paul, now=now, kind=Presence.Kind.LEFT if here else Presence.Kind.ARRIVED)

    def assess(walk: Walk) -> None:
        walk.assess(now)

    def void(walk: Walk) -> None:
        walk.void(chance.choice(walk.rows("Check")), now)

    for _turn in range(20):
        now += timedelta(seconds=chance.choice((7, 40, 95)))
        shown = [tablet.asks(now) for tablet in tablets]
        done = chance.choice((chart, chart, look, somebody_comes_or_goes, assess, void))
        walk = chance.choice(walks)
        written = sequence_of(cast.facility.pk)
        with suppress(ActionRefused):
            done(walk)
        for tablet, (html, version) in zip(tablets, shown, strict=True):
            if tablet.asks(now, version)[0] is None and written < sequence_of(cast.facility.pk):
                assert tablet.asks(now)[0] == html, (done.__name__, tablet.path)
                stayed[done.__name__] += 1

    assert stayed["chart"] > 3
    assert not stayed["somebody_comes_or_goes"] + stayed["assess"] + stayed["void"]
