"""One step of a session over HTTP: refusals at 409 with everything typed, one effect per form, the two odd hours."""

from datetime import UTC, datetime, timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from sessions_app.models import Check, Discharge, IntakeReport, WayHomeArrangement
from tests.clock import clock_at
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    discharged,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def page(walk: Walk, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


ALL_BUT_PRESSURE = "pulse,spo2,sedation,dissociation,respiratory_depression"
RELEASE = {"handed_over_to": "Basil Tamarack", "still_true": "on"}


class TestGate:
    def test_it_answers_409_with_the_reasons_and_what_was_typed(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)

        with clock_at(STAY_ENDS - minutes(60)):
            response = fill_in(nora, page(walk, "discharge"), **RELEASE)

        text = response.content.decode()
        assert response.status_code == 409
        assert 'data-code="MINIMUM_STAY"' in text
        assert 'data-code="FINAL_CHECK"' in text
        assert 'value="Basil Tamarack"' in text
        assert not Discharge.objects.exists()

    def test_it_releases_at_the_minute_the_stay_ends_and_not_a_second_before(self, cast: Cast, nora: Client) -> None:
        walk = ready_to_leave(cast)

        with clock_at(STAY_ENDS - timedelta(seconds=1)):
            early = fill_in(nora, page(walk, "discharge"), **RELEASE)
        with clock_at(STAY_ENDS):
            in_time = fill_in(nora, page(walk, "discharge"), **RELEASE)

        assert early.status_code == 409
        assert in_time.status_code == 302
        assert walk.refresh().state == "DISCHARGED"

    @pytest.mark.parametrize(("seconds", "refused"), [(5, False), (6, True), (-6, True)])
    def test_it_is_not_judged_while_the_clocks_differ(
        self, cast: Cast, nora: Client, seconds: int, refused: bool
    ) -> None:
        walk, now = ready_to_leave(cast), STAY_ENDS + minutes(1)

        with clock_at(now), mock.patch("clinic.clock.database_now", return_value=now - timedelta(seconds=seconds)):
            response = fill_in(nora, page(walk, "discharge"), **RELEASE)

        assert ('data-code="CLOCK"' in response.content.decode()) is refused
        assert Discharge.objects.exists() is not refused

    def test_no_header_cookie_field_or_variable_moves_its_clock(
        self, cast: Cast, nora: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk = ready_to_leave(cast)
        later = (STAY_ENDS + timedelta(hours=3)).isoformat()
        for name in ("VIGIL_NOW", "NOW", "FAKETIME", "TZ"):
            monkeypatch.setenv(name, later)
        for name in ("now", "clock", "server_now"):
            nora.cookies[name] = later

        with clock_at(STAY_ENDS - minutes(1)):
            hidden = hidden_fields(nora.get(page(walk, "discharge")))
            headers = {"Date": later, "X-Now": later, "X-Vigil-Now": later}
            response = nora.post(
                page(walk, "discharge") + f"?now={later}", {**hidden, **RELEASE, "now": later}, headers=headers
            )

        assert response.status_code == 409
        assert not Discharge.objects.exists()


class TestOneEffect:
    def test_a_second_click_and_the_back_button_have_none(self, cast: Cast, nora: Client) -> None:
        walk = ready_to_leave(cast)
        with clock_at(STAY_ENDS):
            sent = {**hidden_fields(nora.get(page(walk, "discharge"))), **RELEASE}
            first = nora.post(page(walk, "discharge"), sent)
            second = nora.post(page(walk, "discharge"), sent)

        assert first.status_code == second.status_code == 302
        assert Discharge.objects.count() == 1

    def test_a_refused_form_keeps_its_number(self, cast: Cast, nora: Client) -> None:
        walk = checked_in(cast)
        url = page(walk, "arrange-way-home")
        typed = {"kind": "PERSON", "name": "Basil Tamarack", "phone": "555", "will_not_drive": "on"}
        with clock_at(NINE + minutes(5)):
            sent = {**hidden_fields(nora.get(url)), **typed}
            refused = nora.post(url, sent)
            again = nora.post(url, {**sent, **hidden_fields(refused), "phone": "(555) 555-0134"})

        assert refused.status_code == 422
        assert "a phone number here has ten" in refused.content.decode()
        assert 'value="Basil Tamarack"' in refused.content.decode()
        assert again.status_code == 302
        assert str(WayHomeArrangement.objects.get().entry_id) == sent["entry_id"]

    def test_a_lock_waited_for_in_vain_loses_nothing(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        busy = OperationalError("canceling statement due to lock timeout")
        with (
            clock_at(LAST_DEVICE + minutes(40)),
            mock.patch("sessions_app.actions.monitoring.record_check", side_effect=busy),
        ):
            response = fill_in(nora, page(walk, "record-check"), systolic_mmhg="131", diastolic_mmhg="81")

        assert response.status_code == 409
        assert 'data-code="BUSY"' in response.content.decode()
        assert 'value="131"' in response.content.decode()

    def test_two_people_at_once_are_told_of_each_other(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40), by=cast.nils)
        with clock_at(LAST_DEVICE + minutes(41)):
            fill_in(nora, page(walk, "repeat-bp"), systolic_mmhg="131", diastolic_mmhg="81")
            shown = nora.get(page(walk, "dosing-session")).content.decode()

        assert "Nils Quince charted a check at 10:15. Yours, 10:16, is kept." in shown
        assert Check.objects.filter(kind="MONITORING").count() == 2


class TestCharting:
    def chart(self, client: Client, walk: Walk, **typed: str) -> tuple[int, str]:
        with clock_at(LAST_DEVICE + minutes(40)):
            response = fill_in(client, page(walk, "record-check"), **typed)
        return response.status_code, response.content.decode()

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"systolic_mmhg": "80", "diastolic_mmhg": "90"}, "90 is not below 80. Swapped?"),
            ({"spo2_percent": "101"}, "101 cannot be. Between 30 and 100."),
            ({"systolic_mmhg": "120"}, "A blood pressure has both numbers."),
            ({"spo2_percent": "97", "occurred_time": "10:30"}, "10:30 is still to come; it is 10:15 now."),
            ({"spo2_percent": "97", "occurred_time": "8:30"}, "8:30 is before the check-in at 9:00."),
            ({"spo2_percent": "97", "occurred_time": "9:29"}, "9:29 is before the first device at 9:30."),
            ({}, "Nothing is entered yet."),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(
        self, cast: Cast, nora: Client, typed: dict[str, str], words: str
    ) -> None:
        walk = in_monitoring(cast)

        status, text = self.chart(nora, walk, **typed)

        assert status == 409
        assert words in text
        assert all(f'value="{value}"' in text for value in typed.values())
        assert not Check.objects.filter(kind="MONITORING").exists()

    def test_what_is_unlikely_is_asked_once_and_again_when_it_changes(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        seen = {"diastolic_mmhg": "90", "without": ALL_BUT_PRESSURE}
        confirmed = {"confirm_unlikely": "systolic_mmhg=230"}
        asked, text = self.chart(nora, walk, systolic_mmhg="230", **seen)
        other, _ = self.chart(nora, walk, systolic_mmhg="231", **seen, **confirmed)
        kept, _ = self.chart(nora, walk, systolic_mmhg="230", **seen, **confirmed)

        assert (asked, other, kept) == (409, 409, 302)
        assert "Systolic 230 is rarely seen. Measured again?" in text
        assert Check.objects.get(kind="MONITORING").confirmed_unlikely == ["systolic_mmhg"]

    def test_nothing_is_carried_over(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        with clock_at(LAST_DEVICE + minutes(40)):
            text = nora.get(page(walk, "record-check")).content.decode()

        assert "128/82" in text
        assert 'value="128"' not in text
        assert 'value="98"' not in text


class TestOddHours:
    """The clocks of New York went back on 1 November 2026 at 2:00 and forward on 8 March at 2:00."""

    def ask(self, client: Client, walk: Walk, now: datetime, **typed: str) -> str:
        answers = {f"{kind}_answer": "NONE" for kind in ("food", "liquid", "nasal_spray")}
        with clock_at(now):
            return fill_in(client, page(walk, "report-intake"), **{**answers, **typed}).content.decode()

    def test_a_time_that_came_twice_is_asked_back(self, cast: Cast, nora: Client) -> None:
        now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)  # 3:00 EST
        walk = checked_in(cast, now=now)
        at = {"food_answer": "AT", "food_last_time": "1:30"}

        assert "this time came twice" in self.ask(nora, walk, now, **at)
        assert "food_last_time_pass" in self.ask(nora, walk, now, **at)
        self.ask(nora, walk, now, **at, food_last_time_pass="second")

        assert IntakeReport.objects.get(kind="FOOD").last_at == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    def test_a_time_that_never_was_is_refused(self, cast: Cast, nora: Client) -> None:
        now = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
        cast = make_cast(facility_name="Early Clinic", suffix="2", now=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
        nora.force_login(cast.nora)
        walk = checked_in(cast, now=now)

        assert "this time did not exist" in self.ask(nora, walk, now, food_answer="AT", food_last_time="2:30")
        assert not IntakeReport.objects.exists()


class TestAccess:
    def test_another_facilitys_session_is_not_there(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        otto = make_cast(facility_name="Otto's Clinic", suffix="-otto").nora
        client.force_login(otto)

        for step in ("dosing-session", "record-check", "discharge"):
            assert client.get(page(walk, step)).status_code == 404

    def test_a_missing_permission_is_403(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        client.force_login(cast.ines)
        with clock_at(NINE):  # within her term
            assert client.get(page(walk, "record-check")).status_code == 403
        client.force_login(cast.fred)
        assert client.post(page(walk, "clear"), {"entry_id": uuid4()}).status_code == 403

    def test_signed_out_leads_to_the_sign_in(self, cast: Cast, client: Client) -> None:
        walk = checked_in(cast)
        response = client.get(page(walk, "dosing-session"))
        assert response.status_code == 302
        assert response.url.startswith(reverse("account_login"))

    def test_there_is_no_admin_site(self, client: Client, settings: object) -> None:
        assert "django.contrib.admin" not in settings.INSTALLED_APPS  # type: ignore[attr-defined]
        assert client.get("/admin/").status_code == 404


class TestAnotherDay:
    def test_a_late_reading_belongs_to_the_sessions_own_day(self, cast: Cast, nora: Client) -> None:
        walk = discharged(cast)
        tomorrow = STAY_ENDS + timedelta(days=1, hours=3)

        with clock_at(tomorrow):
            page_shown = nora.get(page(walk, "record-check")).content.decode()
            fill_in(nora, page(walk, "repeat-bp"), systolic_mmhg="190", diastolic_mmhg="115", occurred_time="11:32")
            session_shown = nora.get(page(walk, "dosing-session")).content.decode()

        assert "Day of these times" in page_shown
        assert Check.objects.get(systolic_mmhg=190).occurred_at == LAST_DEVICE + minutes(117)
        assert "would have closed a gate" in session_shown
        assert walk.refresh().state == "DISCHARGED"

    def test_past_midnight_the_clock_tells_the_day(self, cast: Cast, nora: Client) -> None:
        late = datetime(2026, 4, 15, 2, 0, tzinfo=UTC)  # 22:00 on the 14th
        walk = in_monitoring(cast, now=late)
        with clock_at(late + minutes(125)):  # 0:05 on the 15th
            for spo2, at in (("97", "23:58"), ("96", "0:04")):
                typed = {"spo2_percent": spo2, "occurred_time": at, "without": "blood_pressure," + ALL_BUT_PRESSURE}
                fill_in(nora, page(walk, "record-check"), **typed)

        assert Check.objects.get(spo2_percent=97).occurred_at == late + minutes(118)
        assert Check.objects.get(spo2_percent=96).occurred_at == late + minutes(124)
