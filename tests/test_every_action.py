"""What holds for every action: it has one effect however often it is sent, only those who may do it, and it is
done with its audit event or not at all."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from clinic import actions as clinic_actions
from clinic.models import AuditEvent, Entry, User
from sessions_app import actions as session_actions
from sessions_app.actions.site import check_oximeter, record_presence
from sessions_app.rules.states import State
from tests.attempts import EVERYBODY, Attempt
from tests.clinic.actions.clinic_attempts import CLINIC_ATTEMPTS
from tests.expect import denied, failing_audit, nothing_written, refused
from tests.factories import NINE, Cast, entry, in_state, minutes
from tests.kept import lines_say_the_record
from tests.scene import cast, clinic, otto
from tests.sessions_app.actions.course_attempts import COURSE_ATTEMPTS
from tests.sessions_app.actions.diary_attempts import BOOKING_ATTEMPTS, DIARY_ATTEMPTS
from tests.sessions_app.actions.filing_attempts import FILING_ATTEMPTS, FORM_ATTEMPTS
from tests.sessions_app.actions.floor_attempts import FLOOR_ATTEMPTS
from tests.sessions_app.actions.response_attempts import RESPONSE_ATTEMPTS, RESPONSE_ON_SESSIONS
from tests.sessions_app.actions.right_attempts import RIGHT_OF_COURSE
from tests.sessions_app.actions.session_attempts import SESSION_ATTEMPTS
from tests.sessions_app.actions.site_attempts import SITE_ATTEMPTS
from tests.sessions_app.actions.taking_attempts import PUTTING_RIGHT, TAKING_ATTEMPTS

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db

ON_SESSIONS = (
    *SESSION_ATTEMPTS,
    *TAKING_ATTEMPTS,
    *FLOOR_ATTEMPTS,
    *FILING_ATTEMPTS,
    *RESPONSE_ON_SESSIONS,
    *BOOKING_ATTEMPTS,
)
OF_PAPERS = (*FORM_ATTEMPTS, *PUTTING_RIGHT)
OF_COURSES = (*RIGHT_OF_COURSE, *RESPONSE_ATTEMPTS, *COURSE_ATTEMPTS, *DIARY_ATTEMPTS)
ATTEMPTS = (*ON_SESSIONS, *OF_COURSES, *SITE_ATTEMPTS, *OF_PAPERS, *CLINIC_ATTEMPTS)
OXIMETER: dict[str, Any] = {"asset_tag": "OX-9", "working": True}
every_action = pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)


@every_action
class TestEveryAction:
    def test_it_has_one_effect_and_its_form_is_of_nobody_and_nothing_else(self, cast: Cast, attempt: Attempt) -> None:
        ready, form, other_form = attempt.ready(cast), entry(), entry()
        somebody_else = ready.somebody_else()
        something_else = record_presence if attempt.action is check_oximeter else check_oximeter
        said: dict[str, Any] = (
            {"person": cast.nils, "kind": "ARRIVED"} if something_else is record_presence else OXIMETER
        )
        something_else(facility=cast.facility, **said, entry=other_form, by=ready.by, now=NINE)

        lines_say_the_record(cast.facility)

        first = ready(entry=form)

        lines_say_the_record(cast.facility)
        with nothing_written():
            again = ready(entry=form)
        assert again == first
        written = Entry.objects.get(entry_id=form.entry_id)
        event = AuditEvent.objects.get(entry_id=form.entry_id)
        assert (event.action, event.actor, event.subject_id) == (written.action, ready.by, written.subject_id)
        with refused("ENTRY_REUSED"):
            ready(entry=form, by=somebody_else)
        with refused("ENTRY_REUSED"):
            ready(entry=other_form)

    def test_it_is_done_by_those_who_may_and_with_its_audit_event(
        self, cast: Cast, otto: User, attempt: Attempt
    ) -> None:
        ready = attempt.ready(cast)

        for person in (otto, *(ready.person(name) for name in EVERYBODY if name not in attempt.who_may)):
            with denied():
                ready(by=person)
        with failing_audit():
            ready()
        assert ready() is not None


@pytest.mark.parametrize("state", State)
class TestEverySession:
    def test_it_refuses_what_is_not_for_its_state(self, cast: Cast, state: State) -> None:
        walk = in_state(cast, state)
        much_later = NINE + minutes(300)

        for attempt in ON_SESSIONS:
            if attempt.allowed and state not in attempt.allowed:
                fields = attempt.fields(walk)
                with refused("STATE"):
                    attempt.action(**fields, entry=entry(), by=cast.paul, now=much_later)


def action_modules() -> Iterator[ModuleType]:
    for package in (clinic_actions, session_actions):
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def test_it_knows_every_action_that_comes_with_a_form() -> None:
    found = {
        name
        for module in action_modules()
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and {"entry", "by", "now"} <= set(inspect.signature(function).parameters)
    }
    machinery = {
        "begin",
        "discrepancy_rows",
        "found_rows",
        "document_rows",
        "first_result",
        "lock",
        "new_session",
        "row",
        "take_step",
        "write",
    }
    # About two facilities at once: its own file shows the same of it (test_break_glass.py).
    assert found - machinery - {"break_glass"} == {attempt.name for attempt in ATTEMPTS}
