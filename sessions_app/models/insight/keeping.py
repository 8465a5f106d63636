"""Brings what is kept of facilities to where their record stands (docs/decisions/0047). What happened since is told by
the audit chain, which every entry moves: the sessions that its newer events are about are made again, and no others;
the devices that they moved are added to their days. Everything is made anew where a statement, or a policy's number, is
another than it was made by. Nobody writes here but whoever is about to count, and no entry waits for that."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet
from psycopg2.extras import Json

from clinic.models import AuditChain, AuditEvent, StockMovement
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.program import FacilityPolicy
from sessions_app.models.session_line import LinesUntil, SessionLine, StockDay
from sessions_app.rules.published import DIASTOLIC_RISE, SYSTOLIC_RISE


def _in_force(alias: str) -> str:
    return f"NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = {alias}.id)"


_PLANNED = "SELECT FROM unnest(y.extra_checks) AS due WHERE due + y.margin < n.checked_until"
_MADE = "SELECT FROM unnest(p.check_minutes) AS minute WHERE minute BETWEEN due - y.margin AND due + y.margin"
_COLUMNS = ", ".join(f'"{field.column}"' for field in SessionLine._meta.concrete_fields)

# Rows in force alone; sessions entered in error, or without a dose, are none. Each part is looked up session by
# session, by its index: joined as sets, PostgreSQL takes a period for a handful of sessions, and goes through all of
# one part for every line of another.
LINES = f"""
WITH dosed AS MATERIALIZED (
    SELECT s.*, g.*, (g.first_at AT TIME ZONE f.time_zone)::date AS day,
        extract(epoch FROM g.last_at - g.typed_at)::int / 60 + s.minimum_stay_minutes AS checked_until
    FROM sessions_app_dosingsession s JOIN clinic_facility f ON f.id = s.facility_id
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
    WHERE s.facility_id = %(facility)s AND (%(sessions)s::uuid[] IS NULL OR s.id = ANY(%(sessions)s))
    AND s.state <> 'ENTERED_IN_ERROR' AND g.devices > 0
), lines AS (
    SELECT n.id AS dosing_session_id, n.facility_id, n.patient_id, n.program_code, n.day, n.first_at, n.state,
        n.devices, coalesce(o.sedation, false) AS sedation, coalesce(o.dissociation, false) AS dissociation,
        e.sedation_gone, e.dissociation_gone,
        p.systolic_peak IS NOT NULL AND p.systolic_before IS NOT NULL AS measured,
        coalesce(p.systolic_peak - p.systolic_before >= {SYSTOLIC_RISE}
              OR p.diastolic_peak - p.diastolic_before >= {DIASTOLIC_RISE}, false) AS raised,
        EXISTS (SELECT FROM sessions_app_seriousevent r WHERE r.dosing_session_id = n.id AND {_in_force("r")})
            AS serious,
        n.minimum_stay_minutes, extract(epoch FROM d.occurred_at - n.last_at)::int / 60 AS stayed,
        extract(epoch FROM d.assessed_at - n.last_at)::int / 60 AS ready,
        CASE WHEN n.state IN ('DISCHARGED', 'LEFT_EARLY', 'TRANSFERRED')
            THEN extract(epoch FROM coalesce(d.departed_at, t.occurred_at) - n.checked_in_at)::int
            END AS occupied_seconds,
        EXISTS (SELECT FROM unnest(p.check_minutes) AS minute WHERE minute BETWEEN y.opens AND y.closes)
            AS peak_checked,
        EXISTS ({_PLANNED}) AS extra_asked, NOT EXISTS ({_PLANNED} AND NOT EXISTS ({_MADE})) AS extra_made,
        cardinality(p.readings) >= 3 AS three_readings,
        EXISTS (SELECT FROM unnest(p.readings) AS r GROUP BY r HAVING count(*) >= 3) AS same_three,
        NOT EXISTS (SELECT FROM unnest(p.readings) AS r WHERE r / 1000 %% 10 <> 0) AS all_round,
        f.due_at, f.sent_at, extract(epoch FROM f.sent_at - n.first_at)::int / 86400 AS days_to_form
    FROM dosed n CROSS JOIN LATERAL (
        SELECT (array_agg(c.systolic_mmhg ORDER BY c.occurred_at DESC, c."order" DESC)
                FILTER (WHERE c.occurred_at <= n.first_at AND c.kind = 'BASELINE'))[1] AS systolic_before,
            (array_agg(c.diastolic_mmhg ORDER BY c.occurred_at DESC, c."order" DESC)
                FILTER (WHERE c.occurred_at <= n.first_at AND c.kind = 'BASELINE'))[1] AS diastolic_before,
            max(c.systolic_mmhg) FILTER (WHERE c.kind <> 'BASELINE') AS systolic_peak,
            max(c.diastolic_mmhg) FILTER (WHERE c.kind <> 'BASELINE') AS diastolic_peak,
            array_agg(extract(epoch FROM c.occurred_at - n.typed_at)::int / 60)
                FILTER (WHERE c.kind <> 'BASELINE') AS check_minutes,
            coalesce(array_agg(c.systolic_mmhg * 1000 + c.diastolic_mmhg), '{{}}') AS readings
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
)
SELECT {_COLUMNS} FROM lines
"""

DAYS = """
WITH moved AS (
    INSERT INTO "sessions_app_stockday" AS known (facility_id, day, from_place, to_place, count)
    SELECT m.facility_id, (m.occurred_at AT TIME ZONE f.time_zone)::date, m.from_place, m.to_place, count(*)
    FROM clinic_stockmovement m JOIN clinic_facility f ON f.id = m.facility_id
    WHERE m.facility_id = %(facility)s AND (%(movements)s::uuid[] IS NULL OR m.id = ANY(%(movements)s::uuid[]))
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (facility_id, day, from_place, to_place) DO UPDATE SET count = known.count + excluded.count
)
SELECT last_sequence FROM clinic_auditchain WHERE facility_id = %(facility)s
"""

_BEHIND = """
SELECT c.facility_id, c.last_sequence = u.sequence, u.statement FROM clinic_auditchain c
LEFT JOIN sessions_app_linesuntil u ON u.facility_id = c.facility_id WHERE c.facility_id = ANY(%s) ORDER BY 1
"""


def keep_lines(facility_ids: Collection[UUID]) -> None:
    """Each facility in its own transaction, as far as it is not where its record is; two questions where all are."""
    policies = _policies(facility_ids)
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [list(facility_ids)])
        rows = cursor.fetchall()
    for facility_id, at_the_head, statement in rows:
        of_facility = policies[facility_id]
        if not at_the_head or statement != _digest(of_facility):
            _keep(facility_id, of_facility)


@transaction.atomic
def _keep(facility_id: UUID, policies: list[dict[str, Any]]) -> None:
    LinesUntil.objects.bulk_create([LinesUntil(facility_id=facility_id, sequence=0)], ignore_conflicts=True)
    until = LinesUntil.objects.select_for_update().get(pk=facility_id)
    anew = until.statement != _digest(policies)
    chain = AuditChain.objects.get(facility=facility_id)
    events = AuditEvent.objects.filter(chain=chain, sequence__gt=until.sequence, sequence__lte=chain.last_sequence)
    lines, days = SessionLine.objects.filter(facility=facility_id), StockDay.objects.filter(facility=facility_id)
    sessions = None
    if anew:
        days.delete()
    else:
        about = events.filter(subject_type=DosingSession._meta.label).values_list("subject_id", flat=True)
        sessions = list(about.distinct())
        lines = lines.filter(pk__in=sessions)
    lines.delete()
    asked = {"facility": facility_id, "policies": Json(policies), "sessions": sessions}
    with connection.cursor() as cursor:
        # In one moment with the end of the chain: what is added to is not made again, as lines are.
        cursor.execute(DAYS, {**asked, "movements": None if anew else _movements(events)})
        until.sequence = cursor.fetchone()[0] if anew else chain.last_sequence
        cursor.execute(f'INSERT INTO "{SessionLine._meta.db_table}" ({_COLUMNS}) {LINES}', asked)
    until.statement = _digest(policies)
    until.save()


def _movements(events: QuerySet[AuditEvent]) -> list[str]:
    """The steps of devices that these brought."""
    label = StockMovement._meta.label
    payloads = events.filter(payload__contains=f'"{label}"').values_list("payload", flat=True)
    rows = (row for payload in payloads for row in orjson.loads(payload)["rows"])
    return [row["fields"]["id"] for row in rows if row["table"] == label]


def _digest(policies: list[dict[str, Any]]) -> str:
    return hashlib.sha256((LINES + DAYS + json.dumps(policies)).encode()).hexdigest()


def _policies(facility_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """By facility: which checks each policy asks besides, and when a check counts as in time, by its own numbers."""
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    policies = FacilityPolicy.objects.filter(facility__in=facility_ids).order_by("id")
    for policy in policies.select_related("program_version"):
        numbers = {
            "id": str(policy.pk),
            "extra_checks": policy.extra_checks,
            "opens": policy.program.value("peak_check_opens_minutes"),
            "closes": policy.program.value("peak_check_closes_minutes"),
            "margin": policy.program.value("extra_check_window_minutes"),
        }
        found[policy.facility_id].append(numbers)
    return found
