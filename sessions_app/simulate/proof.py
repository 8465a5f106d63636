"""What each row trigger keeps, asked of all rows of a clinic at once: while everything is copied, triggers rest.
Whatever a question finds is an offender, by its key."""

from typing import Any

_STATE_ROWS = {
    "CLEARED": "sessions_app_clearance",
    "DOSING": "sessions_app_deviceadministration",
    "LEFT_EARLY": "sessions_app_leftearly",
    "TRANSFERRED": "sessions_app_transfer",
}
_HAS_ITS_ROW = " ".join(
    f"WHEN '{state}' THEN EXISTS (SELECT FROM {table} r WHERE r.dosing_session_id = s.id AND r.entry_id = t.entry_id)"
    for state, table in _STATE_ROWS.items()
)

# The name of the trigger, and the keys of what it would have refused.
QUESTIONS: dict[str, str] = {
    "audit_chain_moves_by_one": """
        SELECT c.id FROM clinic_auditchain c WHERE c.facility_id = %(facility)s AND c.last_sequence <>
        (SELECT count(*) FROM clinic_auditevent e WHERE e.chain_id = c.id)""",
    "audit_chain_ends_in_an_event": """
        SELECT c.id FROM clinic_auditchain c WHERE c.facility_id = %(facility)s AND NOT EXISTS (
        SELECT FROM clinic_auditevent e WHERE e.chain_id = c.id AND e.sequence = c.last_sequence
        AND e.link = c.last_link)""",
    "audit_event_hangs_on_the_last": """
        SELECT id FROM (
            SELECT e.id, e.link, e.digest, e.sequence, c.last_sequence,
            coalesce(lag(e.link) OVER (ORDER BY e.sequence),
                encode(sha256(convert_to(c.id::text, 'UTF8')), 'hex')) before,
            coalesce(lag(e.sequence) OVER (ORDER BY e.sequence), 0) earlier
            FROM clinic_auditevent e JOIN clinic_auditchain c ON c.id = e.chain_id WHERE c.facility_id = %(facility)s
        ) AS hung WHERE sequence <> earlier + 1 OR sequence > last_sequence OR link <> encode(
            sha256(convert_to(before || chr(10) || sequence || chr(10) || digest, 'UTF8')), 'hex')""",
    "dosing_session_begins_booked": """
        SELECT s.id FROM sessions_app_dosingsession s WHERE s.facility_id = %(facility)s AND NOT EXISTS (
        SELECT FROM sessions_app_transition t WHERE t.dosing_session_id = s.id AND t.previous_id IS NULL
        AND t.to_state = 'SCHEDULED' AND t.entry_id = s.entry_id)""",
    "dosing_session_at_newest_transition": """
        SELECT s.id FROM sessions_app_dosingsession s JOIN sessions_app_transition t ON t.previous_id = s.transition_id
        WHERE s.facility_id = %(facility)s""",
    "dosing_session_pinned_once": """
        SELECT s.id FROM sessions_app_dosingsession s
        LEFT JOIN sessions_app_facilitypolicy p ON p.id = s.policy_id
        AND p.program_version_id = s.program_version_id AND p.program_code = s.program_code
        WHERE s.facility_id = %(facility)s AND (
            (s.checked_in_at IS NOT NULL AND p.id IS NULL) OR
            s.last_order IS DISTINCT FROM (
                SELECT CASE WHEN max(e."order") = count(*) THEN max(e."order") END
                FROM clinic_entry e WHERE e.subject_id = s.id))""",
    "dosing_session_state_has_its_row": f"""
        SELECT s.id FROM sessions_app_dosingsession s JOIN sessions_app_transition t ON t.id = s.transition_id
        WHERE s.facility_id = %(facility)s AND NOT (CASE s.state {_HAS_ITS_ROW} WHEN 'DISCHARGED' THEN EXISTS (
        SELECT FROM sessions_app_discharge d WHERE d.id = s.discharge_id AND d.entry_id = t.entry_id) ELSE true END)""",
    "discharge_not_in_the_future": """
        SELECT id FROM sessions_app_discharge WHERE facility_id = %(facility)s
        AND greatest(occurred_at, departed_at) > clock_timestamp() + interval '2 minutes'""",
    "discharge_as_charted": """
        SELECT d.id FROM sessions_app_discharge d
        JOIN sessions_app_transition t ON t.dosing_session_id = d.dosing_session_id AND t.entry_id = d.entry_id
        JOIN sessions_app_readinessassessment a ON a.id = d.assessment_id
        LEFT JOIN clinic_signature s ON s.row_id = a.id AND s.recorded_by_id = a.recorded_by_id
        WHERE d.facility_id = %(facility)s AND (
            t.from_state <> 'MONITORING' OR (a.signature_due AND s.id IS NULL)
            OR EXISTS (SELECT FROM clinic_correction c WHERE c.row_id IN (
                d.anchor_device_id, d.time_confirmation_id, d.final_check_id, d.assessment_id))
            OR EXISTS (SELECT FROM sessions_app_stayextension e WHERE e.dosing_session_id = d.dosing_session_id
                AND e.stay_minutes > d.stay_minutes)
            OR EXISTS (SELECT FROM sessions_app_deviceadministration g WHERE g.dosing_session_id = d.dosing_session_id
                AND g.id <> d.anchor_device_id AND g.counted_at > coalesce(d.anchor_counted_at, d.anchor_confirmed_at)
                AND 'FAILED' IS DISTINCT FROM (SELECT o.outcome FROM sessions_app_deviceoutcome o
                    WHERE o.administration_id = g.id ORDER BY o."order" DESC LIMIT 1)))""",
    "filing_at_newest_step": """
        SELECT f.id FROM sessions_app_filing f JOIN sessions_app_filingstep s ON s.previous_id = f.step_id
        WHERE f.facility_id = %(facility)s""",
    "stock_movement_fits": """
        SELECT m.id FROM clinic_stockmovement m JOIN clinic_device d ON d.id = m.device_id
        JOIN clinic_facility f ON f.id = m.facility_id
        LEFT JOIN clinic_cabinet c ON c.id = m.to_id AND c.facility_id = m.facility_id
        LEFT JOIN sessions_app_dosingsession s ON s.id = m.to_id AND s.facility_id = d.facility_id
            AND s.program_code = d.program_code
        WHERE m.facility_id = %(facility)s AND ((m.to_place = 'CABINET' AND c.id IS NULL) OR (m.kind = 'DRAWN' AND (
            s.id IS NULL OR (m.reason = '' AND (
                (m.occurred_at AT TIME ZONE f.time_zone)::date > d.expires_date
                OR (d.kind = 'PATIENT_SPECIFIC' AND (vigil_person(d.patient_id) <> vigil_person(s.patient_id)
                    OR (m.occurred_at AT TIME ZONE f.time_zone)::date
                       > (d.occurred_at AT TIME ZONE f.time_zone)::date + 45)))))))""",
    "stock_movement_as_charted": """
        SELECT m.id FROM clinic_stockmovement m WHERE m.facility_id = %(facility)s AND (
            (m.given_as IS NOT NULL AND NOT EXISTS (SELECT FROM sessions_app_deviceadministration g WHERE
                g.id = m.given_as AND g.device_id = m.device_id AND g.dosing_session_id = m.to_id))
            OR (m.undoes IS NOT NULL AND EXISTS (SELECT FROM clinic_stockmovement u WHERE u.device_id = m.device_id
                AND u.step = m.undoes AND u.given_as IS NOT NULL
                AND NOT EXISTS (SELECT FROM clinic_correction c WHERE c.row_id = u.given_as))))""",
}
# Of an update alone, and neither patients nor bookings are changed here; of alerts, which scores raise, and there are
# none here. And the stamp, which copied rows bring: the moment they tell of.
NOT_ASKED = ("patient_changes_with_its_details", "dosing_session_moves_with_its_move", "discharge_answers_alerts")
STAMP = "_recorded_by_database"
NAMED = 3


def offenders(cursor: Any, facility_id: str) -> list[str]:
    """Of each question that finds anything: its name, and some of what it found."""
    found = []
    for name, question in QUESTIONS.items():
        cursor.execute(f"{question} LIMIT {NAMED}", {"facility": facility_id})
        if keys := [str(key) for (key,) in cursor.fetchall()]:
            found.append(f"{name}: {', '.join(keys)}")
    return found
