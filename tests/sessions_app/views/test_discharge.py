"""The release over HTTP: who takes over by one press, what was saved meanwhile, what stays reachable afterwards."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.actions import booking, monitoring
from sessions_app.models import Discharge
from sessions_app.models.record import Record
from sessions_app.presenters.departure import saved_meanwhile
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.facts import SignEventKind
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, Walk, discharged, entry, full_check, minutes, ready_to_leave
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in, hidden_fields, pressed

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def page(walk: Walk, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return ready_to_leave(cast)


class TestWhoTakesOver:
    @pytest.mark.parametrize(
        ("typed", "who"),
        [
            ({"taken_over": "Basil Tamarack"}, "Basil Tamarack"),
            ({"handed_over_to": "Odette Larkspur"}, "Odette Larkspur"),
            ({"taken_over": "Basil Tamarack", "handed_over_to": "Odette Larkspur"}, "Odette Larkspur"),
        ],
    )
    def test_it_is_pressed_or_typed(self, nora: Client, walk: Walk, typed: dict[str, str], who: str) -> None:
        with clock_at(STAY_ENDS):
            fill_in(nora, page(walk, "discharge"), still_true="on", **typed)
        assert Discharge.objects.get().handed_over_to == who

    def test_it_is_said_by_somebody(self, nora: Client, walk: Walk) -> None:
        with clock_at(STAY_ENDS):
            response = fill_in(nora, page(walk, "discharge"), still_true="on")
        assert response.status_code == 422
        assert "Say who takes the patient over." in response.content.decode()


class TestSavedMeanwhile:
    def sign(self, client: Client, walk: Walk, happens: object) -> str:
        with clock_at(STAY_ENDS):
            sent = {**hidden_fields(client.get(page(walk, "discharge"))), "taken_over": "Basil Tamarack"}
            happens()  # type: ignore[operator]
            response = client.post(page(walk, "discharge"), {**sent, "still_true": "on"})
        assert response.status_code == 409
        assert not Discharge.objects.exists()
        return " ".join(response.content.decode().split())

    def test_it_names_the_pressure(self, cast: Cast, nora: Client, walk: Walk) -> None:
        text = self.sign(nora, walk, lambda: walk.check(STAY_ENDS, full_check(158, 96), by=cast.nils))

        assert "<b>Not discharged.</b> A BP of 158/96 was saved while you signed. Nothing else changed" in text
        assert 'data-code="BP"' in text
        assert pressed(text, "taken_over") == ["Basil Tamarack"]

    @pytest.mark.parametrize("seen", [None, "", "x", "9" * 5000])
    def test_it_claims_nothing_when_it_is_not_known_what_the_page_showed(self, walk: Walk, seen: str | None) -> None:
        walk.check(STAY_ENDS, full_check(158, 96), by=walk.cast.nils)
        reader = Reader(walk.cast.facility.zone, STAY_ENDS)
        assert saved_meanwhile(Record(walk.refresh()), seen, reader) == ""
        assert "158/96" in saved_meanwhile(Record(walk.refresh()), "1", reader)

    def test_it_names_a_sign(self, cast: Cast, nora: Client, walk: Walk) -> None:
        def faint() -> None:
            said = walk.envelope(STAY_ENDS, by=cast.nils)
            monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **said)

        assert "“Sedation began” was saved while you signed." in self.sign(nora, walk, faint)

    def test_it_claims_nothing_when_the_page_knew_it_all(self, nora: Client, walk: Walk) -> None:
        walk.check(STAY_ENDS - minutes(1), full_check(158, 96))
        text = self.sign(nora, walk, lambda: None)
        assert "while you signed" not in text
        assert "Not discharged." in text


class TestStaleForm:
    def test_it_keeps_what_was_typed_after_somebody_else_released(self, cast: Cast, nora: Client, walk: Walk) -> None:
        with clock_at(STAY_ENDS):
            sent = {**hidden_fields(nora.get(page(walk, "discharge"))), "handed_over_to": "Odette Larkspur"}
            walk.release(STAY_ENDS, by=cast.nils)
            response = nora.post(page(walk, "discharge"), {**sent, "still_true": "on", "departed_time": "11:36"})

        text = response.content.decode()
        assert response.status_code == 409
        assert "it is now “gone home”" in text
        assert 'value="Odette Larkspur"' in text
        assert 'value="11:36"' in text
        assert Discharge.objects.get().performed_by == cast.nils

    @pytest.mark.parametrize(
        ("step", "typed"),
        [
            ("assess-readiness", {"ready": "on", "note": "Walks steadily."}),
            ("record-deviation", {"code": "PEAK_CHECK", "reason": "Walks steadily."}),
            ("transfer", {"destination": "HOSPITAL", "handed_over": "Walks steadily."}),
        ],
    )
    def test_it_keeps_what_was_typed_on_every_tablet(
        self, cast: Cast, nora: Client, walk: Walk, step: str, typed: dict[str, str]
    ) -> None:
        with clock_at(STAY_ENDS):
            sent = {**hidden_fields(nora.get(page(walk, step))), **typed}
            walk.release(STAY_ENDS, by=cast.nils)
            response = nora.post(page(walk, step), sent)

        assert response.status_code == 409
        assert "it is now “gone home”" in response.content.decode()
        assert "Walks steadily." in response.content.decode()


class TestAfterwards:
    def test_it_keeps_the_times_the_sheet_and_the_next_appointment(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        again = STAY_ENDS + timedelta(days=7)
        said = {"course": walk.dosing_session.course, "chair": "", "by": cast.fred}
        booking.book_session(scheduled_at=again, entry=entry(), now=NINE, **said)

        with clock_at(STAY_ENDS + minutes(5)):
            text = nora.get(page(walk, "dosing-session")).content.decode()

        for words in ("Monitoring completed", "11:35", "Departed", "English, printed", "21 Apr 2026, 11:35 EDT"):
            assert words in text
        for language in ("en", "es"):
            assert f"{page(walk, 'instructions')}?language={language}" in text
        assert reverse("sessions_app:book", args=[walk.dosing_session.patient_id]) in text

    def test_it_leads_to_the_booking_only_for_who_may_book(self, cast: Cast, client: Client) -> None:
        walk = discharged(cast)
        client.force_login(cast.ines)
        with clock_at(STAY_ENDS + minutes(5)):
            text = client.get(page(walk, "dosing-session")).content.decode()
        assert reverse("sessions_app:book", args=[walk.dosing_session.patient_id]) not in text
        assert "none booked" in text

    def test_it_leads_from_the_form_to_what_is_missing(self, cast: Cast, nora: Client, walk: Walk) -> None:
        walk.check(STAY_ENDS - minutes(1))
        with clock_at(STAY_ENDS):
            text = nora.get(page(walk, "discharge")).content.decode()
        assert f'<a href="{page(walk, "assess-readiness")}">' in text
