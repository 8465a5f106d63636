"""Migrations from nothing in seconds: of the models beside a step, only the step's own is made again.

Django makes a changed model again together with every model that hangs together with it, however far. Here all do, and
a first start spent half a minute at it. What a step writes into the database is read from its own model and from those
that it points to; who points to it matters only where something is taken away or changed. Django puts the rest off
itself for most steps (``delay``), and makes all of them anew before a migration's own Python runs: here it is put off
for a new model and for a new key too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db.migrations.state import ProjectState

of_everything_near = ProjectState._find_reload_model  # type: ignore[attr-defined]


def of_itself(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    before: Any = state.apps.all_models[app_label].get(model_name)
    if not delay and before is not None:
        known = [*before._meta.local_fields, *before._meta.local_many_to_many]
        if len(state.models[app_label, model_name].fields) <= len(known):
            return of_everything_near(state, app_label, model_name, delay)
    state.is_delayed = True
    return {(app_label, model_name)}


@contextmanager
def quick_states() -> Iterator[None]:
    with mock.patch.object(ProjectState, "_find_reload_model", of_itself):
        yield
