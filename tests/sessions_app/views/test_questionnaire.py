"""A tablet in a patient's hand: the questionnaire, the door, and nothing else of Vigil."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import Tablet
from clinic.patient_mode import KEY
from sessions_app.models import SafetyAlert, Score
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Cast, Walk, in_monitoring, minutes
from tests.pages import every_page, things_of
from tests.sessions_app.views.at_tablet import at_tablet, cast, come_in, tablet

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db

NOW = LAST_DEVICE + minutes(30)
HERE = "/questionnaire/"


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


@pytest.fixture
def patient(walk: Walk, at_tablet: Client) -> Any:
    """Holds the tablet that Nora handed over."""
    with clock_at(NOW):
        come_in(at_tablet, walk.cast.nora)
        assert hand_over(at_tablet, walk).headers["Location"] == HERE
        yield at_tablet


def hand_over(client: Client, walk: Walk, *sheets: str) -> Any:
    url = reverse("sessions_app:hand-over-tablet", args=[walk.dosing_session.pk])
    form = client.get(url).context["form"]
    said = {"entry_id": str(form["entry_id"].value()), "timing": "AT_READINESS"}
    return client.post(url, {**said, "instruments": sheets or ("phq9",)})


def say(client: Client, *answers: str) -> None:
    for answer in answers:
        number = client.get(HERE).context["number"]
        assert client.post(f"{HERE}answer/", {"answer": answer, "number": number}).status_code == 302


class TestWhereItLeads:
    def test_it_reaches_no_other_page(self, patient: Client, walk: Walk) -> None:
        """Every address there is, by GET and by POST."""
        things = things_of(walk)
        open_here = (HERE, "/tablet/", "/accounts/login/", "/accounts/2fa/", "/worker.js", "/manifest", "/healthz")
        for page in every_page():
            url = page.url(things)
            if url.startswith(open_here):
                continue
            for answer in (patient.get(url), patient.post(url)):
                assert (answer.status_code, answer.headers["Location"]) == (302, HERE), url

    def test_it_shows_nothing_of_the_chart(self, patient: Client, walk: Walk) -> None:
        text = patient.get(HERE).content.decode()
        who, place = walk.refresh().patient, walk.cast.facility.name
        for said in (who.last_name, who.mrn, place, "Nora", "dosing-sessions"):
            assert said not in text
        assert "Little interest or pleasure in doing things" in text

    def test_it_ends_when_somebody_comes_back_with_a_pin(self, patient: Client, walk: Walk) -> None:
        come_in(patient, walk.cast.nora)
        assert patient.get("/patients/").status_code == 200
        assert KEY not in patient.session
        assert patient.get(HERE).headers["Location"] == "/"

    def test_it_is_worth_nothing_on_another_device(self, patient: Client, walk: Walk) -> None:
        elsewhere = Client()
        elsewhere.cookies["vigil_session"] = patient.cookies["vigil_session"].value
        assert "Location" in elsewhere.get(HERE).headers
        assert elsewhere.post(f"{HERE}answer/", {"answer": "3", "number": "1"}).status_code == 302
        assert not Score.objects.exists()


class TestAnswers:
    def test_they_are_the_patients_and_entered_by_whoever_handed_it_over(self, patient: Client, walk: Walk) -> None:
        say(patient, *"111111110")
        score = Score.objects.get()
        assert (score.items, score.total, score.answered_by) == ([1] * 8 + [0], 8, "PATIENT")
        assert (score.performed_by, score.handover.tablet.name) == (walk.cast.nora, "Room 2")
        page = patient.get(HERE)
        assert b"Thank you" in page.content
        assert b"8" not in page.content.partition(b"<h1>")[2]

    def test_any_may_be_left_out_and_one_gone_back_to(self, patient: Client) -> None:
        say(patient, "3", "3")
        patient.post(f"{HERE}before/")
        say(patient, "skip", *"1111110")
        score = Score.objects.get()
        assert (score.items, score.total) == ([3, None, 1, 1, 1, 1, 1, 1, 0], None)

    def test_the_last_item_opens_an_alert_without_a_word_to_the_patient(self, patient: Client) -> None:
        say(patient, *"000000002")
        assert SafetyAlert.objects.get().cause == "PHQ_ITEM_9"
        assert "alert" not in patient.get(HERE).content.decode().partition("<main")[2].casefold()

    def test_what_was_answered_is_kept_when_the_patient_stops(self, patient: Client) -> None:
        say(patient, "2")
        patient.post(f"{HERE}stop/")
        assert Score.objects.get().items == [2, *[None] * 8]
        assert b"Thank you" in patient.get(HERE).content

    def test_one_sent_twice_or_late_counts_once(self, patient: Client) -> None:
        for _twice in range(2):
            patient.post(f"{HERE}answer/", {"answer": "3", "number": "1"})
        patient.post(f"{HERE}answer/", {"answer": "9", "number": "2"})
        assert patient.get(HERE).context["number"] == 2

    def test_several_sheets_follow_one_another(self, walk: Walk, at_tablet: Client) -> None:
        with clock_at(NOW):
            come_in(at_tablet, walk.cast.nora)
            hand_over(at_tablet, walk, "phq9", "gad7")
            say(at_tablet, *"000000000", *"1111111")
        assert [(row.instrument, row.total) for row in Score.objects.order_by("pk")] == [("phq9", 0), ("gad7", 7)]


def test_it_is_handed_over_on_an_enrolled_tablet_only(walk: Walk, client: Client, tablet: Tablet) -> None:
    client.force_login(walk.cast.nora)
    with clock_at(NOW):
        answer = hand_over(client, walk)
    assert answer.status_code == 409
    assert "not a tablet of this clinic" in answer.content.decode()
    assert client.get("/patients/").status_code == 200
