"""Charting over HTTP, as a page without script sends it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Check, MedicineGiven, SignEvent
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Cast, Walk, booked, in_monitoring, make_cast, minutes
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
NUMBERS = {"systolic_mmhg": "128", "diastolic_mmhg": "82", "pulse_bpm": "74", "spo2_percent": "97"}
SIGNS = {f"sign_{code}_present": "no" for code in ("sedation", "dissociation", "respiratory_depression")}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def send(client: Client, walk: Walk, step: str, **typed: Any) -> tuple[int, str]:
    with clock_at(LAST_DEVICE + minutes(40)):
        response = fill_in(client, reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk]), **typed)
    return response.status_code, response.content.decode()


def charted() -> int:
    return Check.objects.filter(kind="MONITORING").count()


class TestGaps:
    def test_they_are_named_once_and_bound_to_these_very_measures(self, nora: Client, walk: Walk) -> None:
        status, text = send(nora, walk, "record-check", **NUMBERS)
        assert (status, charted()) == (409, 0)
        assert "Still empty: Sedation, Dissociation, Respiratory depression" in text
        assert 'name="without" value="sedation,dissociation,respiratory_depression"' in text
        assert 'value="128"' in text

        other, _text = send(nora, walk, "record-check", **NUMBERS, without="sedation,dissociation")
        assert (other, charted()) == (409, 0)
        done, _text = send(nora, walk, "record-check", **NUMBERS, without=",".join(code[5:-8] for code in SIGNS))
        assert (done, charted()) == (302, 1)

    def test_a_full_check_is_asked_nothing(self, nora: Client, walk: Walk) -> None:
        assert send(nora, walk, "record-check", **NUMBERS, **SIGNS)[0] == 302

    def test_a_repeated_blood_pressure_is_asked_for_itself_alone(self, nora: Client, walk: Walk) -> None:
        assert send(nora, walk, "repeat-bp", note="Asleep.")[0] == 409
        assert send(nora, walk, "repeat-bp", **NUMBERS, **SIGNS)[0] == 302
        check = Check.objects.get(kind="MONITORING")
        assert (check.systolic_mmhg, check.pulse_bpm, check.signobservations.count()) == (128, None, 0)


class TestSymptoms:
    def test_a_chip_says_itself_whether_it_began(self, nora: Client, walk: Walk, cast: Cast) -> None:
        """Two people tap the same chip: nobody's beginning becomes an end."""
        for _time in range(2):
            send(nora, walk, "record-check", **NUMBERS, **SIGNS, symptoms=["nausea:ONSET"])
        assert list(SignEvent.objects.values_list("code", "kind")) == [("nausea", "ONSET")] * 2

    @pytest.mark.parametrize("forged", ["nausea", "nausea:MAYBE", ":ONSET", "x" * 41 + ":ONSET"])
    def test_anything_else_is_no_chip(self, nora: Client, walk: Walk, forged: str) -> None:
        assert send(nora, walk, "record-check", **NUMBERS, **SIGNS, symptoms=[forged])[0] == 422

    def test_a_sign_of_the_programme_is_answered_instead(self, nora: Client, walk: Walk) -> None:
        status, text = send(nora, walk, "record-check", **NUMBERS, **SIGNS, other_symptom="Sedation")
        assert (status, "It is asked above" in text) == (409, True)

    def test_either_of_the_list_or_in_words(self, nora: Client, walk: Walk) -> None:
        began = {"kind": "ONSET"}
        assert send(nora, walk, "record-sign", **began)[0] == 422
        assert send(nora, walk, "record-sign", **began, code="nausea", other="itching")[0] == 422
        assert send(nora, walk, "record-sign", **began, other="Itching")[0] == 302
        assert SignEvent.objects.get().code == "itching"


class TestMedicine:
    GIVEN = {"drug": "Ondansetron", "dose": "4 mg", "route": "ORAL"}

    def test_it_offers_the_licensed_and_begins_with_the_reader(self, nora: Client, walk: Walk, cast: Cast) -> None:
        _status, text = send(nora, walk, "give-medicine")
        assert f'<option value="{cast.paul.pk}"' in text
        assert f'<option value="{cast.fred.pk}"' not in text
        assert (
            f'<option value="{cast.nora.pk}" selected'
            in nora.get(reverse("sessions_app:give-medicine", args=[walk.dosing_session.pk])).content.decode()
        )

    def test_nobody_else_gave_it(self, nora: Client, walk: Walk, cast: Cast) -> None:
        status, text = send(nora, walk, "give-medicine", **self.GIVEN, given_by=str(cast.fred.pk))
        assert (status, "Only a nurse or prescriber" in text) == (409, True)
        assert send(nora, walk, "give-medicine", **self.GIVEN, given_by=str(cast.paul.pk))[0] == 302
        assert MedicineGiven.objects.get().performed_by == cast.paul


def test_a_check_before_the_dose_is_asked_about_where_none_is_charted(nora: Client, walk: Walk) -> None:
    asked = 'name="late_baseline"'
    assert asked not in send(nora, walk, "record-check")[1]
    walk.void(walk.rows("Check")[0], LAST_DEVICE + minutes(10))
    assert asked in send(nora, walk, "record-check")[1]


class TestWhatNoPageSends:
    def test_a_booking_has_no_symptoms(self, nora: Client, cast: Cast) -> None:
        with clock_at(LAST_DEVICE):
            url = reverse("sessions_app:record-sign", args=[booked(cast).dosing_session.pk])
            assert [nora.get(url).status_code, nora.post(url).status_code] == [404, 404]

    @pytest.mark.parametrize("symptom", ["a\0b:ONSET", " :ONSET", ":ONSET", "nausea:NEVER"])
    def test_a_symptom_has_a_name_that_can_be_kept(self, nora: Client, walk: Walk, symptom: str) -> None:
        assert send(nora, walk, "record-check", **NUMBERS, **SIGNS, symptoms=symptom)[0] == 422
        assert not SignEvent.objects.exists()
