"""Every row charted on some dosing sessions and their courses, read in one question to the database; what holds the
person, from whichever course of theirs.

A page needs twenty to forty tables of them, and an action fifteen: asked one by one, most of its time goes into
putting the questions."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from functools import cache, cached_property, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.db.models.base import ModelState

from clinic.models import ClinicalRow, Correction, Patient, Signature, User
from clinic.prepared import Statement
from sessions_app.models.course import Course, CourseRow
from sessions_app.models.dosing_session import DosingSession, SessionRow

Charted = TypeVar("Charted", bound=ClinicalRow)
Made = TypeVar("Made", bound=Model)
Tables = tuple[type[Model], ...]

# How a column comes back from JSON. One of another kind is not known here: a test reads every table.
_FROM_JSON: dict[str, Callable[[Any], Any] | None] = {
    "UUIDField": lru_cache(2**14)(UUID),  # a row names the same people, session and facility as the next
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    **dict.fromkeys(("CharField", "TextField", "BooleanField", "JSONField")),
    **dict.fromkeys(("PositiveIntegerField", "PositiveSmallIntegerField", "SmallIntegerField", "IntegerField")),
}


class ChartedRows:
    """What is charted on these sessions and their courses; a row names its people. ``only``: of these tables, with what
    takes their rows out of force."""

    def __init__(self, sessions: Iterable[DosingSession], *, only: Tables = ()) -> None:
        asked: dict[str, set[UUID]] = {"sessions": set(), "courses": set(), "persons": set()}
        for session in sessions:
            asked["sessions"].add(session.pk)
            asked["courses"].add(session.course_id)
            asked["persons"].add(session.patient.person_id)
        question, tables = _question(only)
        self._found: dict[type[Model], list[dict[str, Any]]] = {model: [] for model in tables}
        self._courses: dict[UUID, set[UUID]] = {}
        for place, row in question.rows({name: list(ids) for name, ids in asked.items()}):
            if place is None:
                self._courses.setdefault(UUID(row["person"]), set()).add(UUID(row["course"]))
            else:
                self._found[tables[place]].append(row)

    def courses_of(self, dosing_session: DosingSession) -> set[UUID]:
        """Every course of the person, on whichever record and at whichever facility."""
        return self._courses.get(dosing_session.patient.person_id, set()) | {dosing_session.course_id}

    def of(self, model: type[Charted]) -> list[Charted]:
        """In order of time, then of entry."""
        people = _people_named_in(model)
        rows: list[Charted] = []
        for found in self._found[model]:
            made = _made(model, found)
            for field in people:
                if person := self._people.get(getattr(made, field.attname)):
                    field.set_cached_value(made, person)
            rows.append(made)
        return sorted(rows, key=lambda row: (row.occurred_at, getattr(row, "order", 0) or 0, row.pk))

    @cached_property
    def _people(self) -> dict[UUID, User]:
        """Everybody named anywhere."""
        named_in = {model: [field.column for field in _people_named_in(model)] for model in self._found}
        ids = {row[column] for model, rows in self._found.items() for row in rows for column in named_in[model]}
        found = _people_question().rows({"ids": list(filter(None, ids))})
        return {person.pk: person for (row,) in found for person in [_made(User, row)]}


# The courses of these sessions' people, whatever record of theirs each is on.
_THEIRS = f"""
    WITH theirs AS MATERIALIZED (
        SELECT c.id AS course, coalesce(p.same_person_as_id, p.id) AS person
        FROM {Patient._meta.db_table} p JOIN {Course._meta.db_table} c ON c.patient_id = p.id
        WHERE p.id = ANY(%(persons)s::uuid[]) OR p.same_person_as_id = ANY(%(persons)s::uuid[]))"""  # noqa: S608


@cache
def _question(only: Tables) -> tuple[Statement, list[type[Model]]]:
    """The question, and the tables in the order in which it numbers them."""
    sessions, courses, theirs = "%(sessions)s::uuid[]", "%(courses)s::uuid[]", "ARRAY(SELECT course FROM theirs)"
    by: dict[type[Model], str] = {
        model: f"dosing_session_id = ANY({sessions})"
        if issubclass(model, SessionRow)
        else f"course_id = ANY({courses} || {theirs})"
        if model.HOLDS_THE_PERSON
        else f"course_id = ANY({courses})"
        for model in only or apps.get_models()
        if issubclass(model, SessionRow | CourseRow)
    }
    by |= dict.fromkeys((Correction, Signature), f"subject_id = ANY({sessions} || {courses} || {theirs})")
    if only:
        by[Signature] += f" AND row_kind = '{Correction.__name__}'"
    parts = [
        f"SELECT {place}, row_to_json(t) FROM {_table(model)} t WHERE {which}"  # noqa: S608
        for place, (model, which) in enumerate(by.items())
    ]
    sql = _THEIRS + " UNION ALL ".join([*parts, "SELECT NULL, row_to_json(theirs) FROM theirs"])
    return Statement(sql, dict.fromkeys(("sessions", "courses", "persons"), list), dict), list(by)


@cache
def _people_question() -> Statement:
    sql = f"SELECT row_to_json(t) FROM {_table(User)} t WHERE id = ANY(%(ids)s::uuid[])"  # noqa: S608
    return Statement(sql, {"ids": list}, dict)


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def columns(model: type[Model]) -> tuple[list[str], list[tuple[str, Callable[[Any], Any] | None]]]:
    """The names of its fields, and its columns with how each is read."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [(str(field.column), _from_json(field)) for field in fields]


def _from_json(field: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, ArrayField):
        each = _from_json(field.base_field)
        return (lambda found: [each(value) for value in found]) if each else None
    while field.remote_field:
        field = field.target_field
    return _FROM_JSON[field.get_internal_type()]


def _made(model: type[Made], found: dict[str, Any]) -> Made:
    names, read_by = columns(model)
    values = [value if (value := found[column]) is None or not read else read(value) for column, read in read_by]
    # As ``from_db`` makes it, without what its __init__ asks of every field: a board reads some thousand rows.
    made = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True))
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    return made


@cache
def _people_named_in(model: type[Model]) -> list[Any]:
    """Everybody whom a line about such a row names; who typed it in is never shown."""
    return [
        field for field in model._meta.concrete_fields if field.related_model is User and field.name != "recorded_by"
    ]
