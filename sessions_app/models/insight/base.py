"""One line for each session with a dose: who, when, how much, what was seen, how it ended. Everything that is counted
is a condition on these lines, so that every number opens exactly the sessions it counts. Rows in force alone; sessions
entered in error are none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg2.extras import Json

from clinic.models import Patient
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.program import FacilityPolicy
from sessions_app.rules.national import Condition
from sessions_app.rules.published import DIASTOLIC_RISE, SYSTOLIC_RISE

_IN_FORCE = "NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = {0}.id)"


def _in_force(alias: str) -> str:
    return _IN_FORCE.format(alias)


# Each part is looked up session by session, by its index: joined as sets, PostgreSQL takes a period for a handful of
# sessions, and goes through all of one part for every line of another.
LINES = f"""
WITH numbered AS MATERIALIZED (
    SELECT s.id, s.facility_id, g.*, s.patient_id, coalesce(p.same_person_as_id, p.id) AS person_id, p.sex, s.state,
           s.chair, s.checked_in_at, s.policy_id, s.discharge_id, s.transition_id, s.minimum_stay_minutes,
           (g.first_at AT TIME ZONE f.time_zone)::date AS day,
           extract(year FROM age((g.first_at AT TIME ZONE f.time_zone)::date, p.birth_date))::int AS age,
           row_number() OVER (PARTITION BY coalesce(p.same_person_as_id, p.id) ORDER BY g.first_at, s.id)::int AS number
    FROM sessions_app_dosingsession s JOIN clinic_patient p ON p.id = s.patient_id
    JOIN clinic_facility f ON f.id = s.facility_id
    CROSS JOIN LATERAL (
        SELECT min(d.occurred_at) AS first_at, max(CASE WHEN EXISTS (
                SELECT FROM sessions_app_devicetimeconfirmation t WHERE t.administration_id = d.id AND {_in_force("t")}
            ) THEN d.occurred_at ELSE d.counted_at END) AS last_at, max(d.occurred_at) AS typed_at,
            count(*)::int AS devices
        FROM sessions_app_deviceadministration d
        WHERE d.dosing_session_id = s.id AND {_in_force("d")} AND 'FAILED' IS DISTINCT FROM (
            SELECT o.outcome FROM sessions_app_deviceoutcome o WHERE o.administration_id = d.id AND {_in_force("o")}
            ORDER BY o."order" DESC LIMIT 1)
    ) g
    WHERE s.facility_id = ANY(%(facilities)s) AND s.state <> 'ENTERED_IN_ERROR' AND s.program_code = %(program)s
    AND g.devices > 0
), lines AS MATERIALIZED (
    SELECT n.*, coalesce(o.sedation, false) AS sedation, coalesce(o.dissociation, false) AS dissociation,
        e.sedation_gone, e.dissociation_gone, p.systolic_before, p.diastolic_before, p.systolic_peak, p.diastolic_peak,
        p.systolic_peak IS NOT NULL AND p.systolic_before IS NOT NULL AS measured,
        coalesce(p.systolic_peak - p.systolic_before >= {SYSTOLIC_RISE}
              OR p.diastolic_peak - p.diastolic_before >= {DIASTOLIC_RISE}, false) AS raised,
        coalesce(p.check_minutes, '{{}}') AS check_minutes, coalesce(p.readings, '{{}}') AS readings,
        EXISTS (SELECT FROM sessions_app_seriousevent r WHERE r.dosing_session_id = n.id AND {_in_force("r")})
            AS serious,
        extract(epoch FROM d.occurred_at - n.last_at)::int / 60 AS stayed,
        extract(epoch FROM d.assessed_at - n.last_at)::int / 60 AS ready,
        coalesce(d.departed_at, t.occurred_at) AS left_at,
        f.due_at, f.sent_at, extract(epoch FROM f.sent_at - n.first_at)::int / 86400 AS days_to_form,
        extract(epoch FROM n.last_at - n.typed_at)::int / 60 + n.minimum_stay_minutes AS checked_until,
        y.extra_checks, y.opens, y.closes, y.margin
    FROM numbered n CROSS JOIN LATERAL (
        SELECT (array_agg(c.systolic_mmhg ORDER BY c.occurred_at DESC, c."order" DESC)
                FILTER (WHERE c.occurred_at <= n.first_at AND c.kind = 'BASELINE'))[1] AS systolic_before,
            (array_agg(c.diastolic_mmhg ORDER BY c.occurred_at DESC, c."order" DESC)
                FILTER (WHERE c.occurred_at <= n.first_at AND c.kind = 'BASELINE'))[1] AS diastolic_before,
            max(c.systolic_mmhg) FILTER (WHERE c.kind <> 'BASELINE') AS systolic_peak,
            max(c.diastolic_mmhg) FILTER (WHERE c.kind <> 'BASELINE') AS diastolic_peak,
            array_agg(extract(epoch FROM c.occurred_at - n.typed_at)::int / 60)
                FILTER (WHERE c.kind <> 'BASELINE') AS check_minutes,
            array_agg(c.systolic_mmhg * 1000 + c.diastolic_mmhg) AS readings
        FROM sessions_app_check c
        WHERE c.dosing_session_id = n.id AND c.systolic_mmhg IS NOT NULL AND {_in_force("c")}
    ) p CROSS JOIN LATERAL (
        SELECT bool_or(o.code = 'sedation') AS sedation, bool_or(o.code = 'dissociation') AS dissociation FROM (
            SELECT o.code, o.occurred_at FROM sessions_app_signobservation o
            WHERE o.dosing_session_id = n.id AND o.present AND {_in_force("o")}
            AND NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = o.check_row_id)
            UNION ALL SELECT e.code, e.occurred_at FROM sessions_app_signevent e
            WHERE e.dosing_session_id = n.id AND e.kind = 'ONSET' AND {_in_force("e")}
        ) o WHERE o.occurred_at >= n.first_at
    ) o CROSS JOIN LATERAL (
        SELECT max(extract(epoch FROM e.occurred_at - n.last_at)::int / 60)
                FILTER (WHERE e.code = 'sedation') AS sedation_gone,
            max(extract(epoch FROM e.occurred_at - n.last_at)::int / 60)
                FILTER (WHERE e.code = 'dissociation') AS dissociation_gone
        FROM sessions_app_signevent e
        WHERE e.dosing_session_id = n.id AND e.kind = 'RESOLUTION' AND {_in_force("e")}
    ) e LEFT JOIN LATERAL (
        SELECT f.due_at, (SELECT min(v.occurred_at) FROM sessions_app_filingversion v
            WHERE v.filing_id = f.id AND {_in_force("v")}) AS sent_at
        FROM sessions_app_filing f WHERE f.dosing_session_id = n.id AND f.state <> 'WITHDRAWN'
    ) f ON true LEFT JOIN jsonb_to_recordset(%(policies)s)
        AS y(id uuid, extra_checks int[], opens int, closes int, margin int) ON y.id = n.policy_id
    LEFT JOIN sessions_app_discharge d ON d.id = n.discharge_id
    LEFT JOIN sessions_app_transition t ON t.id = n.transition_id
    WHERE n.day BETWEEN %(first)s AND %(last)s
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
            "policies": Json(_policies(self.facility_ids, self.program_code)),
            "at": self.at,
        }


def _policies(facility_ids: Iterable[UUID], program_code: str) -> list[dict[str, Any]]:
    """Which checks each policy asks besides, and when a check counts as in time, by its own numbers."""
    policies = FacilityPolicy.objects.filter(facility__in=facility_ids, program_code=program_code)
    return [
        {
            "id": str(policy.pk),
            "extra_checks": policy.extra_checks,
            "opens": policy.program.value("peak_check_opens_minutes"),
            "closes": policy.program.value("peak_check_closes_minutes"),
            "margin": policy.program.value("extra_check_window_minutes"),
        }
        for policy in policies.select_related("program_version")
    ]


def ask(scope: Scope, question: str, **more: Any) -> list[dict[str, Any]]:
    """Rows by column, of a question about ``lines``."""
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
