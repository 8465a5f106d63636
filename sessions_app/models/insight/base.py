"""One line for each session with a dose: who, when, how much, what was seen, how it ended. Everything that is counted
is a condition on these lines, so that every number opens exactly the sessions it counts. They are kept
(models/insight/keeping.py), and brought to where the record stands before anything is counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from clinic.models import Patient
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.insight.keeping import keep_lines
from sessions_app.rules.national import Condition

# Who somebody is may be put right, or turn out to be somebody else, at any clinic: that is asked anew, and with it the
# place of a session among those of its person.
LINES = """
WITH lines AS MATERIALIZED (
    SELECT * FROM (
        SELECT l.dosing_session_id AS id, l.*, coalesce(p.same_person_as_id, p.id) AS person_id, p.sex,
            extract(year FROM age(l.day, p.birth_date))::int AS age,
            row_number() OVER (
                PARTITION BY coalesce(p.same_person_as_id, p.id) ORDER BY l.first_at, l.dosing_session_id
            )::int AS number
        FROM sessions_app_sessionline l JOIN clinic_patient p ON p.id = l.patient_id
        WHERE l.facility_id = ANY(%(facilities)s) AND l.program_code = %(program)s
    ) numbered WHERE day BETWEEN %(first)s AND %(last)s
)
"""

# One line for each person: as they were at their first session of the period, and how many they had in it.
PATIENTS = """
, patients AS (
    SELECT person_id, count(*)::int AS sessions, min(age) AS age, min(sex) AS sex FROM lines GROUP BY person_id
)
"""
AT_ONCE = 50  # on a page of what stands behind a number


@dataclass(frozen=True)
class Scope:
    """Which sessions: of these facilities, of one programme, both days included, by the facilities' own calendars."""

    facility_ids: tuple[UUID, ...]
    program_code: str
    first: date
    last: date
    at: datetime | None = None  # what is due by then and was not sent is late

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "facilities": list(self.facility_ids),
            "program": self.program_code,
            "first": self.first,
            "last": self.last,
            "at": self.at,
        }


def ask(scope: Scope, question: str, **more: Any) -> list[dict[str, Any]]:
    """Rows by column, of a question about ``lines``."""
    keep_lines(scope.facility_ids)
    with connection.cursor() as cursor:
        cursor.execute(LINES + question, {**scope.parameters, **more})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Found:
    """A session or a patient, and the value by which they stand in their order."""

    id: UUID
    value: int | None


def those_that(scope: Scope, condition: Condition, *, page: int) -> list[Found]:
    """A page of the sessions or patients that are counted, by the value they are counted for, else the newest first;
    and one more where there is another page."""
    key, table, newest = ("person_id", "patients", "1") if condition.of_patients else ("id", "lines", "first_at DESC")
    question = (
        f"{PATIENTS} SELECT {key} AS id, {condition.value or 'NULL::int'} AS value FROM {table}"
        f" WHERE ({condition.counted}) AND ({condition.among})"
        f" ORDER BY {condition.value or newest}, {newest}, 1 LIMIT %(limit)s OFFSET %(offset)s"
    )
    rows = ask(scope, question, limit=AT_ONCE + 1, offset=AT_ONCE * (page - 1))
    return [Found(row["id"], row["value"]) for row in rows]


def listed_sessions(ids: Iterable[UUID]) -> list[DosingSession]:
    """These, in this order, with what a list says of each."""
    wanted = list(ids)
    known = DosingSession.objects.select_related("patient", "facility").in_bulk(wanted)
    return [known[key] for key in wanted if key in known]


def listed_patients(ids: Iterable[UUID]) -> list[Patient]:
    wanted = list(ids)
    known = Patient.objects.in_bulk(wanted)
    return [known[key] for key in wanted]
