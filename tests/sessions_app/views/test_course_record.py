"""The page of a course, and the forms behind its buttons."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Authorisation, BenefitReview, Course, Treatment, TreatmentEnd, Trial
from tests.clock import clock_at
from tests.course_records import a_treatment, a_trial, an_authorisation
from tests.factories import NINE, Cast, checked_in, make_cast, make_course
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db
TODAY = NINE.date()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def url(course: Course, step: str = "course-page", *more: Any) -> str:
    return reverse(f"sessions_app:{step}", args=[course.patient_id, course.pk, *more])


def page(client: Client, address: str) -> str:
    with clock_at(NINE):
        return client.get(address).content.decode()


@pytest.fixture
def course(cast: Cast) -> Course:
    """In week 5, dosed elsewhere until three weeks ago."""
    return make_course(
        cast,
        first_dose_elsewhere_date=TODAY - timedelta(days=30),
        last_dose_elsewhere_date=TODAY - timedelta(days=21),
        treated_where="Harbour Clinic",
        doses_elsewhere=3,
    )


def test_everything_is_entered_from_the_course_and_stands_on_it(cast: Cast, course: Course, client: Client) -> None:
    client.force_login(cast.paul)
    trial = {"drug": "Sertraline", "drug_class": "SSRI", "this_episode": "yes", "adequate": "YES", "response": "NONE"}
    with clock_at(NINE):
        for drug in ("Sertraline", "Venlafaxine"):
            assert fill_in(client, url(course, "record-trial"), **{**trial, "drug": drug}, weeks="8").status_code == 302
        fill_in(client, url(course, "record-treatment"), kind="BENZODIAZEPINE", name="Lorazepam")
        fill_in(client, url(course, "review-benefit"), benefit="YES", plan="Once a week.")
        said = {"payer": "Juniper", "from_date": "2026-03-01", "to_date": "2026-04-20", "sessions": "8"}
        fill_in(client, url(course, "record-authorisation"), **said)
        treatment = Treatment.objects.get()
        shown = page(client, url(course))
        fill_in(client, url(course, "end-treatment", treatment.pk), to_date="2026-04-14", why="Drowsy.")
        fill_in(client, url(course, "take-back-course-row", Trial.objects.first().pk), reason="Of his brother.")
    after = page(client, url(course))

    for words in (
        *("week 5", "Missed", "continue the schedule", "Two adequate trials in this episode: documented", "8 weeks"),
        *("Lorazepam", "sedation, breathing", "Benefit: yes", "Once a week.", "Penstemon", "Juniper", "Running out"),
        *("Harbour Clinic", "asks them once for a course"),
    ):
        assert words in shown, words
    assert "not yet documented (1 so far)" in after
    assert "Of his brother." in after
    assert "Stopped: Drowsy." in after
    assert (BenefitReview.objects.count(), TreatmentEnd.objects.count()) == (1, 1)


def test_what_is_taken_besides_is_confirmed_and_never_filled_in(cast: Cast, client: Client) -> None:
    course = make_course(cast)
    a_treatment(cast, course)
    walk = checked_in(cast, of_course=course, now=NINE)
    client.force_login(cast.paul)
    for step in ("answer-questions", "order-dose", "clear"):
        shown = page(client, reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk]))
        assert "confirm today" in shown
        assert "Lorazepam, 1 mg at night" in shown
        assert "checked" not in shown


def test_the_desk_sees_the_days_and_who_pays_and_nothing_else(cast: Cast, course: Course, client: Client) -> None:
    a_treatment(cast, course)
    a_trial(cast, course)
    an_authorisation(cast, course)
    client.force_login(cast.fred)
    patient = page(client, reverse("sessions_app:patient-page", args=[course.patient_id]))
    with clock_at(NINE):
        assert client.get(url(course)).status_code == 403
        assert client.get(url(course, "record-trial")).status_code == 403
        said = {"payer": "Alder", "from_date": "2026-03-01", "to_date": "2026-02-01"}
        refused = fill_in(client, url(course, "record-authorisation"), **said)
        taken = {**said, "to_date": "2026-09-01"}
        assert fill_in(client, url(course, "record-authorisation"), **taken)["Location"].endswith(
            f"/patients/{course.patient_id}/"
        )
    assert "Next session" in patient
    assert "Juniper Health" in patient
    assert not [word for word in ("Lorazepam", "Sertraline", "maintenance", "Benefit") if word in patient]
    assert "before it began" in refused.content.decode()
    assert Authorisation.objects.filter(payer="Alder").exists()


def test_a_required_antidepressant_is_the_prescribers_on_the_course(cast: Cast, client: Client) -> None:
    course = make_course(cast, indication="MDSI")
    client.force_login(cast.paul)
    assert "ANTIDEPRESSANT" not in page(client, url(course, "record-treatment"))


def test_it_takes_as_many_queries_for_many_rows(
    cast: Cast, course: Course, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(cast.nora)
    for _each in range(2):
        for _row in range(3):
            a_trial(cast, course)
            a_treatment(cast, course)
            an_authorisation(cast, course)
        with clock_at(NINE), django_assert_num_queries(19):
            client.get(url(course))


def test_another_facilitys_course_is_not_there(cast: Cast, course: Course, client: Client) -> None:
    other = make_cast(facility_name="Harbour Clinic", suffix="2")
    client.force_login(other.paul)
    assert client.get(url(course)).status_code == 404
