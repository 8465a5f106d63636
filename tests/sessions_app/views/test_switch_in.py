"""Coming in at a shared tablet with a PIN, signing with it, and one's own."""

from typing import Any, ClassVar

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from clinic.models import PinAttempt, Signature, Tablet, User
from clinic.rules.roles import Role
from sessions_app.actions import emergency
from sessions_app.actions.break_glass import break_glass
from sessions_app.models import Emergency
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    PASSWORD,
    PIN,
    Cast,
    checked_in,
    employ,
    entry,
    in_monitoring,
    make_cast,
    minutes,
)
from tests.sessions_app.views.at_tablet import (
    COOKIE,
    LOCK,
    SECRET,
    SWITCH,
    at_tablet,
    cast,
    come_in,
    signed_in,
    tablet,
)
from tests.sessions_app.views.forms import fill_in

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db


def test_a_pin_opens_nothing_of_a_facility_that_never_enrolled_the_tablet(cast: Cast, at_tablet: Client) -> None:
    annex = make_cast(facility_name="Annex", organisation=cast.facility.organisation, suffix="-annex")
    employ(cast.nora, annex.facility, Role.NURSE)
    elsewhere = f"/dosing-sessions/{in_monitoring(annex).dosing_session.pk}/"
    come_in(at_tablet, cast.nora)
    with clock_at(NINE):
        assert at_tablet.get(elsewhere).status_code == 404
        here = Client()
        here.force_login(cast.nora)
        assert here.get(elsewhere).status_code == 200


def test_a_glass_broken_at_the_tablet_is_looked_through_there(cast: Cast, at_tablet: Client) -> None:
    annex = make_cast(facility_name="Annex", organisation=cast.facility.organisation, suffix="-annex")
    session = in_monitoring(annex).dosing_session
    said = {"patient": session.patient, "facility": annex.facility, "reason": "Brought in confused."}
    break_glass(**said, entry=entry(), by=cast.nora, now=NINE)
    come_in(at_tablet, cast.nora)
    with clock_at(NINE + minutes(1)):
        assert at_tablet.get(f"/dosing-sessions/{session.pk}/").status_code == 200


class TestComingIn:
    def test_it_shows_the_people_with_a_pin_and_nothing_of_a_patient(self, cast: Cast, at_tablet: Client) -> None:
        in_monitoring(cast)
        text = at_tablet.get(SWITCH).content.decode()
        assert [name in text for name in ("Nora Nightjar", "Paul Penstemon", "Nils Quince")] == [True, True, False]
        assert "Tamarack" not in text
        assert "W-00" not in text

    def test_it_counts_what_calls_and_says_no_more(self, cast: Cast, at_tablet: Client) -> None:
        walk = in_monitoring(cast)
        quiet, late = LAST_DEVICE + minutes(10), LAST_DEVICE + minutes(47)
        for at, words in ((quiet, ""), (late, "1 alarm<")):
            with clock_at(at):
                page = at_tablet.get(SWITCH).content.decode()
                part = at_tablet.get(SWITCH, headers={"X-Requested-With": "refresh"}).content.decode()
            assert ('data-sound="late"' in part) is bool(words)
            assert words in part
            assert part.strip() in page
            assert "check" not in part.lower()
        emergency.raise_emergency(kind=Emergency.Kind.FALL, **walk.envelope(late))
        with clock_at(late):
            part = at_tablet.get(SWITCH, headers={"X-Requested-With": "refresh"}).content.decode()
        assert "1 emergency, 1 alarm<" in part
        assert "Tamarack" not in part

    def test_it_is_the_ordinary_sign_in_on_any_other_device(self, client: Client, tablet: Tablet) -> None:
        for cookie in ("", "guessed", tablet.secret_digest):
            client.cookies[COOKIE] = cookie
            answer = client.get(f"{SWITCH}?next=/patients/")
            assert answer["Location"] == "/accounts/login/?next=/patients/"

    def test_it_lets_nobody_in_with_a_pin_elsewhere(self, cast: Cast, client: Client, tablet: Tablet) -> None:
        assert come_in(client, cast.nora).status_code == 302
        assert signed_in(client) == ""
        assert not PinAttempt.objects.exists()

    def test_it_signs_the_person_in_at_the_tablets_facility(self, cast: Cast, at_tablet: Client) -> None:
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        employ(cast.nora, elsewhere.facility, Role.NURSE)

        answer = come_in(at_tablet, cast.nora)

        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert signed_in(at_tablet) == str(cast.nora.pk)
        assert at_tablet.session["second_factor"] == "tablet"
        assert at_tablet.session["facility_id"] == str(cast.facility.pk)
        kept = answer.cookies[COOKIE]
        assert (kept.value, kept["httponly"], kept["samesite"], kept["max-age"]) == (SECRET, True, "Lax", 400 * 86400)

    def test_it_keeps_nothing_of_whoever_was_in_before(self, cast: Cast, at_tablet: Client) -> None:
        come_in(at_tablet, cast.nora)
        before = at_tablet.session.session_key
        at_tablet.post("/facility/choose/", {"place": str(cast.facility.pk)})

        come_in(at_tablet, cast.paul)

        assert signed_in(at_tablet) == str(cast.paul.pk)
        assert not Session.objects.filter(session_key=before).exists()

    def test_it_refuses_a_wrong_pin_and_says_so(self, cast: Cast, at_tablet: Client) -> None:
        answers = [come_in(at_tablet, cast.nora, "111111", next="/patients/") for _time in range(5)]
        assert [answer.status_code for answer in answers] == [409] * 5
        assert "Tries left: 4." in answers[0].content.decode()
        text = answers[4].content.decode()
        assert "Five wrong PINs within five minutes" in text
        assert "works again from 9:05" in text
        assert 'value="/patients/"' in text
        assert "111111" not in text
        assert signed_in(at_tablet) == ""
        assert come_in(at_tablet, cast.paul).status_code == 302

    def test_it_refuses_who_has_none(self, cast: Cast, at_tablet: Client) -> None:
        assert come_in(at_tablet, cast.nils).status_code == 200
        assert come_in(at_tablet, cast.nora, "").status_code == 200
        assert signed_in(at_tablet) == ""

    def test_it_begins_anew_after_a_sign_in_with_the_password(self, cast: Cast, at_tablet: Client) -> None:
        for _time in range(5):
            come_in(at_tablet, cast.nora, "111111")
        with clock_at(NINE):
            Client().post("/accounts/login/", {"login": "nora", "password": PASSWORD})
        assert come_in(at_tablet, cast.nora).status_code == 302
        assert signed_in(at_tablet) == str(cast.nora.pk)


class TestTheWayBack:
    def test_it_is_the_page_that_was_left(self, cast: Cast, at_tablet: Client) -> None:
        session = in_monitoring(cast).dosing_session
        page = f"/dosing-sessions/{session.pk}/record-check/?x=1"
        come_in(at_tablet, cast.nora)

        left = at_tablet.post(LOCK, {"next": page})
        assert signed_in(at_tablet) == ""
        assert left["Location"].startswith(f"{SWITCH}?next=%2Fdosing-sessions%2F")
        assert come_in(at_tablet, cast.nora, next=page)["Location"] == page

    def test_it_is_the_floor_for_somebody_who_may_not_open_that_page(self, cast: Cast, at_tablet: Client) -> None:
        session = in_monitoring(cast).dosing_session
        assert come_in(at_tablet, cast.fred, next=f"/dosing-sessions/{session.pk}/record-check/")["Location"] == "/"
        assert come_in(at_tablet, cast.fred, next=f"/dosing-sessions/{session.pk}/")["Location"] != "/"

    @pytest.mark.parametrize(
        "place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "patients/", "/nowhere/"]
    )
    def test_it_leads_nowhere_else(self, cast: Cast, at_tablet: Client, place: str) -> None:
        assert come_in(at_tablet, cast.nora, next=place)["Location"] == "/"

    def test_it_leads_from_a_page_that_asks_who_one_is_to_the_people(self, at_tablet: Client) -> None:
        assert at_tablet.get("/patients/")["Location"] == f"{SWITCH}?next=/patients/"
        assert at_tablet.get("/accounts/login/").status_code == 200


class TestSigning:
    ORDER: ClassVar[dict[str, str]] = {"devices": "2"}

    def sign(self, client: Client, cast: Cast, secret: str) -> tuple[int, str]:
        """Somebody orders a dose and signs so; what the page says."""
        session = checked_in(cast).dosing_session
        with clock_at(NINE + minutes(5)):
            answer = fill_in(client, f"/dosing-sessions/{session.pk}/order-dose/", **self.ORDER, signature=secret)
        return answer.status_code, answer.content.decode()

    def test_it_takes_the_pin_or_the_password_on_a_tablet(self, cast: Cast, tablet: Tablet, at_tablet: Client) -> None:
        come_in(at_tablet, cast.paul)
        assert [self.sign(at_tablet, cast, secret)[0] for secret in (PIN, PASSWORD)] == [302, 302]
        signed = Signature.objects.filter(meaning="ORDERED").order_by("id").values_list("factor", "tablet_id")
        assert list(signed) == [("PIN", tablet.pk), ("PASSWORD", None)]

    def test_it_refuses_a_wrong_one_and_counts_it(self, cast: Cast, at_tablet: Client) -> None:
        come_in(at_tablet, cast.paul)
        status, text = self.sign(at_tablet, cast, "111111")
        assert (status, "This is not the right PIN. Tries left: 4." in text) == (409, True)
        assert "111111" not in text
        assert PinAttempt.objects.filter(outcome="WRONG").count() == 1
        assert not Signature.objects.filter(meaning="ORDERED").exists()

    def test_it_takes_no_pin_anywhere_else(self, cast: Cast, tablet: Tablet, client: Client) -> None:
        client.force_login(cast.paul)
        status, text = self.sign(client, cast, PIN)
        assert (status, "This is not your password" in text) == (409, True)
        assert "PIN" not in text


class TestOnesOwnPin:
    def send(self, client: Client, pin: str = PIN, **fields: str) -> Any:
        return client.post("/accounts/pin/", {"password": PASSWORD, "pin": pin, "pin_again": pin, **fields})

    def test_it_is_set_with_the_password_alone(self, cast: Cast, tablet: Tablet, at_tablet: Client) -> None:
        come_in(at_tablet, cast.nora)
        before = User.objects.get(pk=cast.nora.pk).pin
        for password in ("", PIN, "wrong"):
            assert self.send(at_tablet, "905273", password=password).status_code == 422
        assert User.objects.get(pk=cast.nora.pk).pin == before

        assert self.send(at_tablet, "905273").status_code == 302
        assert come_in(at_tablet, cast.nora).status_code == 409
        assert come_in(at_tablet, cast.nora, "905273").status_code == 302

    def test_it_is_typed_twice_and_not_obvious(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nils)
        wrong = self.send(client, "123456")
        assert (wrong.status_code, "Somebody would try this one first" in wrong.content.decode()) == (422, True)
        assert self.send(client, pin_again="284618").status_code == 422
        assert User.objects.get(username="nils").pin == ""
        assert self.send(client).status_code == 302
        assert PIN not in client.get("/accounts/pin/").content.decode()

    def test_it_is_not_for_a_guesser_of_passwords(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        for _time in range(10):
            self.send(client, password="guess")
        assert self.send(client, "905273").status_code == 422, "the right one too, until the lock-out is over"
