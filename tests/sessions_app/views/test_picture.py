"""The patient's picture and its papers."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from clinic.models import RecordAccess
from sessions_app.models import Course
from sessions_app.models.score import instruments
from tests.clock import clock_at
from tests.factories import NINE, STAY_ENDS, Cast, discharged, make_cast, make_course, minutes
from tests.sessions_app.actions.asked import CALM, asked, between
from tests.sessions_app.views.test_past_sessions import discharged_at

pytestmark = pytest.mark.django_db
NOW = STAY_ENDS + timedelta(days=10)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def course(cast: Cast) -> Course:
    made = make_course(cast)
    between(cast, made, [3, 3, 3, 3, 2, 2, 2, 2, 0])
    for day in range(4):
        between(cast, made, [1, 2, 1, 2, 1, 2, 1], NINE - timedelta(days=9 - day), instrument=instruments()["gad7"])
    walk = discharged(cast, of_course=made)
    asked(walk, [2] * 6 + [0] * 3, STAY_ENDS + minutes(1))
    between(cast, made, CALM, NOW - minutes(5))
    return made


def page(course: Course, step: str = "picture") -> str:
    return reverse(f"sessions_app:{step}", args=[course.patient_id, course.pk])


def words(content: bytes) -> str:
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())


def test_it_says_how_far_the_scores_fell_and_how_that_is_counted(course: Course, cast: Cast, client: Client) -> None:
    client.force_login(cast.nora)
    with clock_at(NOW):
        text = " ".join(client.get(page(course)).content.decode().split())
    assert "20 to 8, down 60 %: response" in text
    assert "at least half from the first score of the course" in text
    assert "remission &lt; 5" in text
    assert "when ready to leave" in text


def test_it_takes_as_many_queries_for_many_sessions(
    course: Course, cast: Cast, client: Client, django_assert_max_num_queries: Callable
) -> None:
    client.force_login(cast.nora)
    counts = []
    for week in range(2):
        if week:
            discharged_at(cast, course, 2)
        with clock_at(NOW + timedelta(days=14 * week)), django_assert_max_num_queries(20) as captured:
            client.get(page(course))
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_its_papers_are_one_page_each_and_written_down(course: Course, cast: Cast, client: Client) -> None:
    client.force_login(cast.paul)
    with clock_at(NOW):
        summary = words(client.get(page(course, "referrer-pdf")).content)
        own = words(client.get(page(course, "own-copy-pdf")).content)
    assert "PHQ-9: 20 to 8, down 60 %: response" in summary
    assert "At the beginning" in own
    assert "988" in own
    assert "response" not in own
    assert "depress" not in own.casefold()
    taken = RecordAccess.objects.filter(patient=course.patient, kind=RecordAccess.Kind.EXPORTED)
    assert {row.what for row in taken} == {"Summary for the referrer", "The patient's own copy"}
