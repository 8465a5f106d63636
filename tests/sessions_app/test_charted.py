"""What is charted comes back from one question as it comes back from its tables."""

from typing import Any

import pytest
from django.apps import apps

from clinic.models import Correction, Signature, User
from sessions_app.models import SessionRow
from sessions_app.models.charted import ChartedRows, columns
from sessions_app.models.course import CourseRow
from tests.factories import Cast, discharged
from tests.scene import cast, clinic
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db

TABLES: list[Any] = [model for model in apps.get_models() if issubclass(model, SessionRow | CourseRow)]


def test_every_row_is_what_its_table_says(cast: Cast) -> None:
    sessions = [rich_session(cast).dosing_session, discharged(cast).dosing_session]
    subjects = {key for session in sessions for key in (session.pk, session.course_id)}
    charted = ChartedRows(sessions)

    for model in (*TABLES, Correction, Signature):
        rows = charted.of(model)
        stored = {row.pk: row for row in model.objects.all()}
        if model in (Correction, Signature):
            stored = {key: row for key, row in stored.items() if row.subject_id in subjects}
        assert {row.pk for row in rows} == set(stored)
        for row in rows:
            for column in (field.attname for field in model._meta.concrete_fields):
                found, expected = getattr(row, column), getattr(stored[row.pk], column)
                assert (type(found), found) == (type(expected), expected), (model, column)


@pytest.mark.parametrize("model", [*TABLES, Correction, Signature, User])
def test_it_knows_every_kind_of_column(model: Any) -> None:
    assert len(columns(model)[0]) == len(columns(model)[1]) > 0


def test_two_questions_are_enough_for_the_people_too(cast: Cast, django_assert_num_queries: Any) -> None:
    session = discharged(cast).dosing_session
    with django_assert_num_queries(2):
        charted = ChartedRows([session])
        people = {row.performed_by.printed_name for model in TABLES for row in charted.of(model)}
    assert {"Nora Nightjar", "Paul Penstemon", "Fred Finch"} <= people
