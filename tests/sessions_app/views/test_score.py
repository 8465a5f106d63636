"""Pages of scores, and the answer to an alert."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.identifiers import new_id
from sessions_app.models import SafetyPlan, Score
from tests.clock import clock_at
from tests.factories import PASSWORD, STAY_ENDS, Cast, Walk, make_cast, make_course, make_patient, ready_to_leave
from tests.sessions_app.actions.asked import CALM, ITEM_9, LATER, alert_of, answered, asked, between

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return ready_to_leave(cast)


def send(client: Client, url: str, **said: Any) -> Any:
    form = client.get(url).context["form"]
    return client.post(url, {"entry_id": str(form["entry_id"].value()), **said})


class TestScore:
    def test_it_is_entered_item_by_item(self, walk: Walk, client: Client) -> None:
        client.force_login(walk.cast.nora)
        url = reverse("sessions_app:enter-score", args=[walk.dosing_session.pk, "gad7"])
        items = {f"item_{number}": "1" for number in range(1, 8)}
        with clock_at(STAY_ENDS):
            assert send(client, url, timing="AT_READINESS", **items).status_code == 302
            assert "GAD-7 7, mild" in client.get(url.replace("gad7/", "")).content.decode()

    def test_the_screener_says_that_its_words_are_the_clinics_own(self, walk: Walk, client: Client) -> None:
        client.force_login(walk.cast.nora)
        url = reverse("sessions_app:enter-score", args=[walk.dosing_session.pk, "cssrs"])
        with clock_at(STAY_ENDS):
            assert "could not be compared" in client.get(url).content.decode()
            send(client, url, timing="OTHER", item_1="no", item_2="no", item_6="yes", item_7="no")
        assert Score.objects.get().risk == "MODERATE"

    def test_nothing_that_is_unknown_is_asked(self, walk: Walk, client: Client) -> None:
        client.force_login(walk.cast.nora)
        url = reverse("sessions_app:enter-score", args=[walk.dosing_session.pk, "rorschach"])
        assert client.get(url).status_code == 404


class TestSafetyAlert:
    def test_it_stands_on_every_page_until_its_plan_is_signed(self, walk: Walk, client: Client) -> None:
        alert = alert_of(asked(walk, ITEM_9))
        client.force_login(walk.cast.paul)
        answer = reverse("sessions_app:answer-safety-alert", args=[alert.pk])
        pages = ("/", reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk]))
        with clock_at(STAY_ENDS):
            assert all("Safety alert" in client.get(url).content.decode() for url in pages)
            assert answer in client.get(pages[1]).content.decode()
            assert send(client, answer, plan="Her sister stays.", signature="wrong").status_code == 409
            assert send(client, answer, plan="Her sister stays.", signature=PASSWORD).status_code == 302
            assert "Safety alert" not in client.get("/").content.decode()
        assert SafetyPlan.objects.get().plan == "Her sister stays."

    def test_of_somebody_who_is_not_here_it_stands_on_the_floor_and_on_the_patients_page(
        self, cast: Cast, client: Client
    ) -> None:
        course = ready_to_leave(cast).dosing_session.course
        other = make_course(cast)
        between(cast, other, ITEM_9, STAY_ENDS)
        between(cast, other, CALM, STAY_ENDS)
        client.force_login(cast.nora)
        with clock_at(STAY_ENDS):
            assert "Safety alert not answered: Rosalind Tamarack" in client.get("/").content.decode()
            patient = reverse("sessions_app:patient-page", args=[other.patient_id])
            assert "Safety alert of" in client.get(patient).content.decode()
            assert (
                "Safety alert"
                not in client.get(reverse("sessions_app:patient-page", args=[course.patient_id])).content.decode()
            )

    def test_the_clinic_where_its_patient_sits_answers_it(self, cast: Cast, client: Client) -> None:
        annex = make_cast(facility_name="Annex", suffix="9", organisation=cast.facility.organisation)
        course = make_course(cast, patient=make_patient(annex))
        alert = alert_of(between(cast, course, ITEM_9, LATER))
        answer = reverse("sessions_app:answer-safety-alert", args=[alert.pk])
        client.force_login(annex.paul)
        with clock_at(STAY_ENDS):
            assert client.get(answer).status_code == 404
            walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
            page = client.get(reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])).content.decode()
            assert answer in page
            assert "Wrenfield Clinic" in client.get(answer).content.decode()
            assert send(client, answer, plan="Her sister stays.", signature=PASSWORD).status_code == 302
        assert SafetyPlan.objects.get().dosing_session == walk.dosing_session

    def test_a_form_that_is_sent_again_after_the_end_finds_its_plan(self, cast: Cast, client: Client) -> None:
        """At the clinic where the patient sat, which has nothing to do with the alert any more."""
        annex = make_cast(facility_name="Annex", suffix="9", organisation=cast.facility.organisation)
        course = make_course(cast, patient=make_patient(annex))
        answer = reverse("sessions_app:answer-safety-alert", args=[alert_of(between(cast, course, ITEM_9, LATER)).pk])
        walk = ready_to_leave(annex, of_course=make_course(annex, patient=course.patient))
        client.force_login(annex.paul)
        with clock_at(STAY_ENDS):
            sent = {"plan": "Her sister stays.", "signature": PASSWORD}
            sent["entry_id"] = str(client.get(answer).context["form"]["entry_id"].value())
            assert client.post(answer, sent).status_code == 302
            walk.release(STAY_ENDS)
            assert client.post(answer, sent).status_code == 302
            assert client.post(answer, {**sent, "entry_id": str(new_id())}).status_code == 404
        assert SafetyPlan.objects.count() == 1

    def test_a_plan_is_taken_back_from_the_sessions_page(self, walk: Walk, client: Client) -> None:
        alert = alert_of(asked(walk, ITEM_9))
        void = reverse("sessions_app:void-safety-plan", args=[answered(alert, walk.cast, now=LATER).pk])
        session = reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])
        picture = reverse("sessions_app:picture", args=[walk.dosing_session.patient_id, walk.dosing_session.course_id])
        client.force_login(walk.cast.nora)
        with clock_at(STAY_ENDS):
            assert void in client.get(session).content.decode()
            assert void in client.get(picture).content.decode()
            assert "waits again" in client.get(void).content.decode()
            assert send(client, void, reason="Of another patient.").status_code == 302
            page = client.get(session).content.decode()
        assert void not in page
        assert "<s>Plan for the safety alert: Her sister stays the night.</s>" in page

    def test_the_front_desk_sees_that_somebody_is_held_and_not_by_what(self, walk: Walk, client: Client) -> None:
        asked(walk, ITEM_9)
        client.force_login(walk.cast.fred)
        with clock_at(STAY_ENDS):
            for url in ("/", reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk])):
                text = client.get(url).content.decode()
                assert "afety" not in text.partition("<main")[2]
