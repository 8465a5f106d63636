"""The list of forms at ten thousand: the same few questions as at ten, and each by an index."""

from collections.abc import Callable
from datetime import date, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Model

from sessions_app.models import DosingSession, Filing, FilingVersion, Transition
from sessions_app.models.filing_list import AT_ONCE, Asked, FilingList, Pile, next_to_do, on_pile, pressing
from sessions_app.rules.filing import FilingState
from tests.factories import Cast, discharged, in_monitoring
from tests.filings import LATER, form_of, reach, submit
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
ASKED = Asked(Pile.TO_DO, since=date(2025, 1, 1), until=date(2026, 12, 31))


def multiply(row: Model, times: int, **said: str) -> None:
    """Many rows like this one but for what is ``said`` in SQL of their number ``n``; what the database asks of
    such a row is asked of each."""
    columns = [field.column for field in row._meta.concrete_fields]
    chosen = ", ".join(said.get(column, f'"{column}"') for column in columns)
    table = row._meta.db_table
    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({quoted}) SELECT {chosen} FROM {table}, generate_series(1, %s) n WHERE id = %s",
            [times, row.pk],
        )


def number(kind: int) -> str:
    """A key made of the kind of row and its number."""
    return f"(lpad(to_hex({kind}), 8, '0') || '-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid"


def many(cast: Cast, times: int) -> None:
    """Sent and waiting ones, a treatment of each day of a year."""
    sent, waiting = discharged(cast), in_monitoring(cast)
    submit(sent, why="Elsewhere.")
    day = "(date '2026-04-13' - (n %% 365)::int)"
    for kind, walk in enumerate((sent, waiting)):
        filing, key = form_of(walk), 16 * kind
        session = {
            "id": number(key + 1),
            "state": "'SCHEDULED'",
            "discharge_id": "NULL",
            "transition_id": number(key + 4),
        }
        booked = Transition.objects.get(dosing_session=walk.dosing_session, from_state="")
        multiply(DosingSession.objects.get(pk=walk.dosing_session.pk), times, **session)
        multiply(booked, times, id=number(key + 4), dosing_session_id=number(key + 1))
        moved = {"treatment_date": day, "due_at": f"({day} + 8)::timestamp AT TIME ZONE 'UTC' - interval '1 second'"}
        step = {"step_id": number(key + 3)}
        multiply(filing, times, id=number(key + 2), dosing_session_id=number(key + 1), **moved, **step)
        multiply(filing.step, times, id=number(key + 3), filing_id=number(key + 2), previous_id="NULL", **moved)
    version = FilingVersion.objects.get()
    at = f"{day}::timestamptz + interval '1 day' * (n %% 10)"
    multiply(version, times, id=number(64), filing_id=number(2), occurred_at=at)


def ask(cast: Cast, asked: Asked = ASKED) -> FilingList:
    listing = FilingList([cast.facility], asked, at=LATER)
    assert listing.counts
    assert listing.people
    assert listing.share.counted
    assert len(listing.rows) <= AT_ONCE
    return listing


@pytest.mark.parametrize("times", [3, 80, pytest.param(5000, marks=pytest.mark.slow)])
def test_it_asks_as_many_questions_however_many_there_are(
    cast: Cast, times: int, django_assert_num_queries: Callable[[int], Any]
) -> None:
    many(cast, times)
    began = monotonic()
    with django_assert_num_queries(6):
        listing = ask(cast)
    assert monotonic() - began < 5
    counts = listing.counts
    assert counts[Pile.TO_DO] == counts[Pile.LATE] + counts[Pile.TODAY] + counts[Pile.COMING] == times + 1
    assert counts[Pile.SENT] == times + 1
    share = listing.share
    assert share.counted + share.to_come == Filing.objects.exclude(state=FilingState.WITHDRAWN).count()
    late = sum(number % 10 > 7 for number in range(1, times + 1))
    assert share.on_time == times - late + 1
    with django_assert_num_queries(1):
        pressing(cast.facility, at=LATER)


def test_what_is_due_is_found_by_its_index(cast: Cast) -> None:
    to_do = Filing.objects.filter(on_pile(Pile.TO_DO, [cast.facility], at=LATER), facility=cast.facility)
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert "filing_to_do" in to_do.order_by("due_at").explain()


def test_a_page_holds_fifty_and_the_next_goes_on(cast: Cast) -> None:
    reach(cast)
    many(cast, 60)
    first, second = (ask(cast, Asked(Pile.TO_DO, ASKED.since, ASKED.until, page=page)).rows for page in (1, 2))
    assert (len(first), len(second)) == (50, 11)
    assert not {row.pk for row in first} & {row.pk for row in second}
    assert [row.due_at for row in first] == sorted(row.due_at for row in first)
    assert isinstance(first[0].pk, UUID)
    assert first[-1].due_at <= second[0].due_at + timedelta(0)


def test_the_next_one_to_do_is_behind_this_one_or_the_first_and_of_whoever_has_left(cast: Cast) -> None:
    in_monitoring(cast)
    walks = {form_of(walk): walk for walk in (discharged(cast) for _patient in range(3))}
    forms = sorted(walks, key=lambda form: (form.due_at, form.pk))
    assert [next_to_do(form, at=LATER) for form in forms] == [forms[1], forms[2], forms[0]]
    submit(walks[forms[1]], why="Elsewhere.")
    assert [next_to_do(form, at=LATER) for form in forms] == [forms[2], forms[2], forms[0]]
