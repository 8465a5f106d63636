"""Every composite key of every table, from the models: a row of one clinic, session, course or patient never takes a
parent, or a number, of another's."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Model

from clinic.constraints import CompositeForeignKey
from tests.by_hand import column_name, fetch, forge, our_models
from tests.expect import committed
from tests.factories import Cast, make_cast
from tests.scene import cast, clinic
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db

KEYS = [
    (model, constraint)
    for model in our_models()
    for constraint in model._meta.constraints
    if isinstance(constraint, CompositeForeignKey)
]


@pytest.mark.parametrize(("model", "key"), KEYS, ids=lambda each: getattr(each, "name", ""))
def test_the_database_holds_it_as_the_model_says_and_holds_it_now(model: type[Model], key: CompositeForeignKey) -> None:
    parent = model._meta.apps.get_model(key.to)
    here, there = columns(model, key.fields), columns(parent, key.to_fields)
    ((definition, holds),) = fetch(
        "SELECT pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND conname = %s",
        model._meta.db_table,
        key.name,
    )
    deferred = " DEFERRABLE INITIALLY DEFERRED" if key.deferred else ""
    assert definition == (
        f"FOREIGN KEY ({', '.join(here)}) REFERENCES {parent._meta.db_table}({', '.join(there)}){deferred}"
    )
    assert holds


def columns(model: type[Model], names: tuple[str, ...]) -> list[str]:
    return [column_name(model._meta.get_field(name)) for name in names]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two_clinics(clinic: Cast) -> None:
    rich_session(clinic)
    rich_session(make_cast(facility_name="Elsewhere", suffix="2"))


def lies(row: Model, key: CompositeForeignKey) -> Iterator[dict[str, Any]]:
    """This row with one column of the key taken from a parent that differs in it, of the other clinic if there is."""
    parent = row._meta.apps.get_model(key.to)
    mine = [getattr(row, column) for column in columns(type(row), key.fields)]
    if None in mine:
        return
    there = columns(parent, key.to_fields)
    others = sorted(parent._default_manager.values_list(*there), key=lambda other: len({*other} & {*mine}))
    for place, column in enumerate(columns(type(row), key.fields)):
        other = next((other for other in others if other[place] != mine[place]), None)
        if other is not None:
            yield {column: other[place]}


def test_a_parent_of_another_is_refused_by_name(two_clinics: None, cast: Cast) -> None:
    refused_by: dict[str, set[str]] = {}
    for model, key in KEYS:
        names = refused_by.setdefault(key.name, set())
        for row in model._default_manager.order_by("pk")[:3]:
            for lie in lies(row, key):
                with pytest.raises(IntegrityError) as caught, committed():
                    forge(row, **lie)
                names.add(str(caught.value.__cause__.diag.constraint_name))  # type: ignore[union-attr]
    # Each was refused; most by the very key. Where a copy of the row breaks a unique constraint too, that speaks first.
    assert sum(name in by for name, by in refused_by.items()) > 80
