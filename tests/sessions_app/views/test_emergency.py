"""The emergency button, its page, and the sheet for the ambulance, over HTTP."""

from collections.abc import Iterator
from time import perf_counter

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sessions_app.actions import emergency, monitoring
from sessions_app.models import Emergency, EmergencyCall
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.states import State
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    booked,
    checked_in,
    in_monitoring,
    in_state,
    make_cast,
    make_otto,
    minutes,
    pressure,
)
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
LATER = LAST_DEVICE + minutes(25)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def fred(cast: Cast, client: Client) -> Iterator[Client]:
    client.force_login(cast.fred)
    with clock_at(LATER):
        yield client


@pytest.fixture
def nora(cast: Cast, client: Client) -> Iterator[Client]:
    client.force_login(cast.nora)
    with clock_at(LATER):
        yield client


def page(walk: Walk, step: str = "dosing-session") -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


def text(response: HttpResponse) -> str:
    return response.content.decode()


class TestTheButton:
    def test_it_is_two_presses_from_a_session(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        assert page(walk, "raise-emergency") in text(fred.get(page(walk)))

        response = fill_in(fred, page(walk, "raise-emergency"), kind="CHEST_PAIN", calls=["AMBULANCE", "PRESCRIBER"])

        assert response["Location"] == page(walk)
        shown = text(fred.get(page(walk)))
        assert "Emergency: chest pain" in shown
        assert "ambulance (911)" in shown
        assert shown.index("emergency-h") < shown.index("next-h")
        assert page(walk, "raise-emergency") not in shown

    def test_it_is_on_the_floor_and_leads_to_a_chair(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        assert 'href="/emergency/"' in text(fred.get("/"))
        assert page(walk, "raise-emergency") in text(fred.get("/emergency/"))

    def test_it_stands_first_on_the_rail_and_sounds_until_somebody_was_called(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        emergency.raise_emergency(kind=Emergency.Kind.SEIZURE, **walk.envelope(LATER))
        [shown] = fred.get("/").context["emergencies"]
        assert (shown["what"], shown["more"], shown["sound"]) == ("Emergency: seizure", "Nobody called yet", "oxygen")
        floor = text(fred.get("/"))
        assert floor.index("rail-emergencies") < floor.index("alarms-h")
        emergency.record_emergency_call(whom=EmergencyCall.Whom.AMBULANCE, **walk.envelope(LATER))
        [shown] = fred.get("/").context["emergencies"]
        assert (shown["more"], shown["sound"]) == ("Called: ambulance (911)", "")
        emergency.end_emergency(note="Awake.", **walk.envelope(LATER))
        assert fred.get("/").context["emergencies"] == []

    def test_it_keeps_everything_when_the_kind_is_missing_its_words(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        response = fill_in(fred, page(walk, "raise-emergency"), kind="OTHER", calls=["CONTACT"], occurred_time="9:50")
        assert response.status_code == 409
        assert "Say it in words." in text(response)
        assert "9:50" in text(response)
        assert response.context["form"]["calls"].value() == ["CONTACT"]

    def test_it_tells_the_second_who_presses(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        form = hidden_fields(fred.get(page(walk, "raise-emergency")))
        emergency.raise_emergency(kind=Emergency.Kind.SEIZURE, **walk.envelope(LATER))
        response = fred.post(page(walk, "raise-emergency"), {**form, "kind": "SEIZURE", "calls": ["AMBULANCE"]})
        assert response.status_code == 409
        assert "An emergency is under way here since 10:00" in text(response)
        assert page(walk, "record-emergency-call") in text(response)

    def test_it_notes_a_call_by_one_press(self, cast: Cast, fred: Client) -> None:
        walk = in_monitoring(cast)
        emergency.raise_emergency(kind=Emergency.Kind.SEIZURE, **walk.envelope(LATER))
        form = {**hidden_fields(fred.get(page(walk))), "whom": "AMBULANCE"}
        assert [fred.post(page(walk, "record-emergency-call"), form).status_code for _click in range(2)] == [302, 302]
        assert [call.whom for call in walk.rows("EmergencyCall")] == ["AMBULANCE"]

    @pytest.mark.parametrize(("name", "expected"), [("ines", 403), ("ada", 403)])
    def test_it_is_not_for_those_who_only_look(self, cast: Cast, client: Client, name: str, expected: int) -> None:
        walk = in_monitoring(cast)
        client.force_login(getattr(cast, name))
        with clock_at(LATER):
            assert client.get(page(walk, "raise-emergency")).status_code == expected
            assert page(walk, "raise-emergency") not in text(client.get(page(walk)))

    def test_it_offers_no_transfer_before_the_dose(self, cast: Cast, client: Client) -> None:
        walk = in_state(cast, State.CHECKED_IN)
        emergency.raise_emergency(kind=Emergency.Kind.FALL, **walk.envelope(NINE + minutes(3)))
        client.force_login(cast.nora)
        with clock_at(NINE + minutes(5)):
            actions = client.get(page(walk)).context["emergency"]["actions"]
        assert [action["label"] for action in actions] == ["Chart a check", "Not dosed", "Over, no transfer"]


class TestTheSheet:
    def test_it_says_everything_an_ambulance_asks(self, cast: Cast, client: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(LATER - minutes(5), pressure(171, 99))
        monitoring.record_sign(code="nausea", kind=SignEventKind.ONSET, **walk.envelope(LATER - minutes(3)))
        emergency.raise_emergency(
            kind=Emergency.Kind.CHEST_PAIN,
            what="left arm",
            calls={EmergencyCall.Whom.AMBULANCE: ""},
            **walk.envelope(LATER - minutes(2)),
        )
        client.force_login(cast.ines)
        with clock_at(LATER):
            shown = text(client.get(page(walk, "ambulance")))
        for word in (
            "Rosalind Tamarack",
            "female, 43",
            "3 Sep 1982",
            "Esketamine nasal spray",
            "56 mg",
            "9:30, full, two sprays",
            "25 min",
            "171/99",
            "128/82",
            "Nausea since 9:57",
            "chest pain",
            "left arm",
            "ambulance (911) 9:58",
            "Basil Tamarack (555) 555-0134",
            "Paul Penstemon, MD",
            "not recorded here: ask",
            "none of the classes asked",
            "none charted",
            "Ines Iris",
        ):
            assert word in shown, word

    def test_it_is_there_before_anything_was_charted(self, cast: Cast, nora: Client) -> None:
        walk = checked_in(cast)
        shown = text(nora.get(page(walk, "ambulance")))
        for word in ("nothing yet", "No emergency charted", "Nothing measured yet.", "not asked"):
            assert word in shown, word

    def test_it_has_none_for_a_booking_and_none_for_others(self, cast: Cast, nora: Client) -> None:
        assert nora.get(page(booked(cast), "ambulance")).status_code == 404
        walk = in_monitoring(cast)
        nora.force_login(make_otto())
        assert nora.get(page(walk, "ambulance")).status_code == 404

    def test_it_takes_no_two_seconds_with_forty_checks(
        self, cast: Cast, nora: Client, django_assert_max_num_queries: object
    ) -> None:
        walk = in_monitoring(cast)
        for minute in range(40):
            walk.check(LAST_DEVICE + minutes(25), at=LAST_DEVICE + minutes(minute % 25))
        began = perf_counter()
        with django_assert_max_num_queries(18):  # type: ignore[operator]
            response = nora.get(page(walk, "ambulance"))
        assert response.status_code == 200
        assert len(response.context["readings"]) == 4
        assert perf_counter() - began < 2
