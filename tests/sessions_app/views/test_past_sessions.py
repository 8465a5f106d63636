"""A patient's sessions, page by page, and what is shown of them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sessions_app.models import Answer, Course, DosingSession, SignObservation, Topic, patient_history
from sessions_app.models.patient_history import OF_A_LINE, PatientHistory
from sessions_app.models.record import Batch
from tests.clock import clock_at
from tests.factories import (
    NINE,
    OPENING,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    booked,
    checked_in,
    discharged,
    full_check,
    make_cast,
    make_course,
    minutes,
)
from tests.sessions_app.rich import rich_session
from tests.sessions_app.views.test_patient_history import page, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def nine() -> Iterator[None]:
    with clock_at(NINE):
        yield


def test_it_takes_as_many_queries_for_many_sessions(cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
    course = make_course(cast)
    client.force_login(cast.nora)
    for week in range(3):
        discharged_at(cast, course, week)
        with clock_at(STAY_ENDS + minutes(60 * 24 * 7 * week + 5)), django_assert_num_queries(31):
            client.get(page(course.patient))


def test_it_has_every_session_on_some_page(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_history, "AT_ONCE", 2)
    course = make_course(cast)
    for week in range(3):
        discharged_at(cast, course, week)
    client.force_login(cast.nora)
    with clock_at(STAY_ENDS + minutes(60 * 24 * 15)):
        newest, oldest = text_of(client, page(course.patient)), text_of(client, f"{page(course.patient)}?page=2")
    assert "1 to 2 of 3" in newest
    assert "?page=2#past-h" in newest
    assert "3 to 3 of 3" in oldest
    keys = DosingSession.objects.filter(course=course).order_by("scheduled_at").values_list("pk", flat=True)
    on = [[str(key) in text for key in keys] for text in (newest, oldest)]
    assert on == [[False, True, True], [True, False, False]]


def test_what_is_booked_and_who_is_here_does_not_depend_on_the_page(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient_history, "AT_ONCE", 1)
    course = make_course(cast)
    to_come = [booked(cast, of_course=course, now=NINE + timedelta(days=day)) for day in (2, 4)]
    here = checked_in(cast, of_course=course)
    client.force_login(cast.fred)
    text = text_of(client, page(course.patient))
    for walk in (here, *to_come):
        assert str(walk.dosing_session.pk) in text
    assert "Open the session" in text


def test_a_line_is_made_of_what_is_in_force(cast: Cast) -> None:
    """Fewer tables are read, and of each what the whole record says."""
    sessions = [rich_session(cast).dosing_session, discharged(cast).dosing_session]
    of_lines, whole = Batch(sessions, only=OF_A_LINE).records(), Batch(sessions).records()
    for few, every in zip(of_lines, whole, strict=True):
        assert few.corrections == every.corrections
        for model in OF_A_LINE:
            assert few.all(model) == every.all(model)
            assert few.in_force(model) == every.in_force(model)
    assert any(record.corrections for record in whole)
    with pytest.raises(KeyError):
        of_lines[0].all(SignObservation)


def test_an_answer_is_the_newest_in_force(cast: Cast) -> None:
    course = make_course(cast)
    for week in range(2):
        discharged_at(cast, course, week)
    history = PatientHistory(course.patient, [cast.facility], at=STAY_ENDS + timedelta(days=8))
    asked = Answer.objects.filter(course=course).exclude(topic=Topic.ANYTHING_NEW).order_by("occurred_at", "pk")
    newest = {(row.topic, row.code): row for row in asked}
    assert len(newest) < len(asked)
    assert {(row.topic, row.code): row for row in history.answers} == newest

    last = history.answers[-1]
    session = last.dosing_session
    assert session is not None
    Walk(cast, session).void(last, history.at, by=cast.paul)

    again = PatientHistory(course.patient, [cast.facility], at=history.at)
    left = {(row.topic, row.code): row for row in asked if row != last}
    assert {(row.topic, row.code): row for row in again.answers} == left


def discharged_at(cast: Cast, course: Course, week: int) -> None:
    """The walk of ``discharged``, some weeks later, with everybody on site again."""
    later = minutes(60 * 24 * 7 * week)
    for person in (cast.nora, cast.paul):
        arrive(cast, person, now=OPENING + later)
    start = NINE + later
    walk = checked_in(cast, of_course=course, now=start)
    walk.answer(start + minutes(5))
    walk.check(start + minutes(20))
    walk.order(start + minutes(20), reason="as before")
    walk.clear(start + minutes(25))
    walk.give(start + minutes(30))
    walk.give(start + minutes(35))
    walk.finish(start + minutes(35))
    walk.check(start + minutes(75), full_check(150, 88))
    walk.instruct(start + minutes(90))
    walk.check(start + minutes(150))
    walk.assess(start + minutes(151))
    walk.release(start + minutes(155))
