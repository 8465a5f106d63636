"""A clinic's machine with a made-up registry in it, as large as asked."""

from typing import Any

from tests.bench.fill import YESTERDAY
from tests.faults.place import Place

SINCE = "2019-01-01"
# The same rows by hand, as one statement: sessions with a dose, their people, and what was seen of each.
NATIONAL = """
WITH given AS (
    SELECT d.dosing_session_id AS id, min(d.occurred_at) AS first_at, max(d.counted_at) AS last_at
    FROM sessions_app_deviceadministration d
    WHERE d.facility_id = ANY(%(here)s) AND NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = d.id)
    GROUP BY 1
), seen AS (
    SELECT o.dosing_session_id AS id, bool_or(o.code = 'sedation') AS sedation,
        bool_or(o.code = 'dissociation') AS dissociation
    FROM sessions_app_signobservation o
    WHERE o.present AND o.facility_id = ANY(%(here)s)
        AND NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = o.id) GROUP BY 1
), pressures AS (
    SELECT c.dosing_session_id AS id, max(c.systolic_mmhg) FILTER (WHERE c.kind <> 'BASELINE')
        - min(c.systolic_mmhg) FILTER (WHERE c.kind = 'BASELINE') AS rise
    FROM sessions_app_check c
    WHERE c.facility_id = ANY(%(here)s) AND NOT EXISTS (SELECT FROM clinic_correction x WHERE x.row_id = c.id)
    GROUP BY 1
)
SELECT count(*), count(DISTINCT s.patient_id), count(*) FILTER (WHERE seen.sedation),
    count(*) FILTER (WHERE seen.dissociation), count(*) FILTER (WHERE pressures.rise >= 30),
    count(*) FILTER (WHERE EXISTS (SELECT FROM sessions_app_seriousevent e WHERE e.dosing_session_id = s.id)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY d.occurred_at - given.last_at),
    count(*) FILTER (WHERE v.sent_at - given.first_at < interval '7 days')
FROM given JOIN sessions_app_dosingsession s ON s.id = given.id LEFT JOIN seen ON seen.id = s.id
LEFT JOIN pressures ON pressures.id = s.id LEFT JOIN sessions_app_discharge d ON d.id = s.discharge_id
LEFT JOIN (SELECT f.dosing_session_id AS id, min(v.occurred_at) AS sent_at FROM sessions_app_filing f
    JOIN sessions_app_filingversion v ON v.filing_id = f.id WHERE f.facility_id = ANY(%(here)s) GROUP BY 1
) v ON v.id = s.id
WHERE s.state <> 'ENTERED_IN_ERROR'"""


class Registry(Place):
    """``asked``: what of it (fill.py)."""

    def open(self, *asked: str) -> None:
        self.fill(*asked)
        self.serve()

    def fill(self, *asked: str) -> None:
        self.database.start()
        owner = self.variables
        self.variables = {**owner, "DATABASE_OWNER_URL": self.database.addresses().owner}
        self.filled = self.manage_by("-m", "tests.bench.fill", *asked).stdout.splitlines()[-1]
        self.variables = owner

    def addresses_of_pages(self) -> dict[str, str]:
        """Of the first clinic: its longest course, and the last session of it that was discharged."""
        ((patient, session, self.sessions),) = self.ask(
            "SELECT s.patient_id, max(s.id::text), count(*) FROM sessions_app_dosingsession s JOIN clinic_facility f"
            " ON f.id = s.facility_id WHERE f.name = 'Alder clinic 1' AND s.state = 'DISCHARGED'"
            " GROUP BY s.patient_id ORDER BY count(*) DESC LIMIT 1"
        )
        return {
            "the board": "/",
            "a session": f"/dosing-sessions/{session}/",
            "a patient": f"/patients/{patient}/",
            "the patients": "/patients/",
            "the forms": "/filings/",
            "the national table": f"/insight/?first={SINCE}&last={YESTERDAY}",
        }

    def count_by_hand(self, cursor: Any) -> None:
        """What stands in the national table, of the first clinic."""
        cursor.execute("SELECT array_agg(id) FROM clinic_facility WHERE name = 'Alder clinic 1'")
        cursor.execute(NATIONAL, {"here": cursor.fetchone()[0]})
        cursor.fetchall()
