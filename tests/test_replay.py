"""A replayed walk leaves what the walk itself left, and is played only on the very database it was recorded on."""

import re
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.models import Organisation
from sessions_app.models import Discharge
from tests.cast import make_cast, make_patient
from tests.factories import STAY_ENDS, Cast, discharged, full_check, in_monitoring, ready_to_leave
from tests.replay import LEDGER, TRUE_WALKS
from tests.scene import as_next_request, know_again

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(TRUE_WALKS, reason="nothing is replayed")]
# Keys, digests and running numbers: others at every walk.
MADE = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[WD]-\d+")


@pytest.fixture(scope="module", autouse=True)
def known(django_db_setup: None, django_db_blocker: Any) -> None:
    know_again(django_db_blocker)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of every table, but for what the database's own clock stamps."""
    return {
        model._meta.label: sorted(
            [
                {
                    key: bytes(value) if isinstance(value, memoryview) else value
                    for key, value in row.items()
                    if key != "recorded_at"
                }
                for row in model._base_manager.values()
            ],
            key=str,
        )
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label in ("clinic", "sessions_app")
    }


def test_it_leaves_the_same_rows_each_time(cast: Cast) -> None:
    found = []
    for _ in range(2):
        with transaction.atomic():
            discharged(cast)
            found.append(everything())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_they_are_what_the_walk_itself_leaves_and_the_audit_holds(cast: Cast) -> None:
    before, found = set(MADE.findall(str(everything()))), []
    for truly in (False, True):
        with transaction.atomic():
            if truly:
                LEDGER.now = None  # nor do the factories within it play a tape
            discharged(cast)
            assert (LEDGER.now is None) == truly
            found.append(
                {
                    label: sorted(MADE.sub(lambda it: it[0] if it[0] in before else "new", str(row)) for row in rows)
                    for label, rows in everything().items()
                }
            )
            call_command("verify_audit", stdout=StringIO())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_whoever_was_given_stands_in_what_is_made_and_the_walk_goes_on(cast: Cast) -> None:
    walk = ready_to_leave(cast)
    assert walk.cast is cast
    assert walk.release(STAY_ENDS) == Discharge.objects.get()


class TestWhatIsKnown:
    def test_it_goes_with_a_savepoint_that_is_taken_back(self, cast: Cast) -> None:
        before = LEDGER.now
        assert before is not None
        with transaction.atomic():
            Organisation.objects.create(name="Another")
            assert LEDGER.now is None
            transaction.set_rollback(True)
        assert LEDGER.now == before

    def test_nothing_is_once_anything_else_was_written(self, cast: Cast) -> None:
        in_monitoring(cast).check(STAY_ENDS, full_check())
        assert LEDGER.now is None
        tapes = len(LEDGER.tapes)
        make_patient(cast)
        assert (LEDGER.now, len(LEDGER.tapes)) == (None, tapes)

    def test_it_stays_when_somebody_signs_in(self, cast: Cast, client: Client) -> None:
        with transaction.atomic():
            patient = make_patient(cast)
            transaction.set_rollback(True)
        before = LEDGER.now
        client.force_login(cast.nora)
        client.post(reverse("account_login"), {"login": "nora", "password": "wrong"})
        assert LEDGER.now == before
        assert make_patient(cast) == patient

    def test_another_argument_is_another_tape(self, cast: Cast) -> None:
        found = set()
        for fields in ({}, {"name": ("Basil", "Tamarack")}, {}):
            with transaction.atomic():
                found.add(make_patient(cast, **fields).pk)
                transaction.set_rollback(True)
        assert len(found) == 2

    def test_a_person_who_changed_is_another_argument(self, cast: Cast) -> None:
        other = as_next_request(cast)
        other.fred.printed_name = "Fred Finch-Alder"
        with transaction.atomic():
            first = make_patient(cast)
            transaction.set_rollback(True)
        assert make_patient(other) != first

    def test_a_factory_that_fails_fails_as_it_would(self, cast: Cast) -> None:
        with pytest.raises(AttributeError):
            make_patient(None)
        assert make_patient(cast).pk
