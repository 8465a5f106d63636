from django.db import migrations

import clinic.constraints

# Functions as in clinic's migration of this name.
FUNCTIONS = r"""
CREATE FUNCTION vigil_session_keeps() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.checked_in_at, NEW.checked_in_by_id, NEW.program_version_id, NEW.policy_id, NEW.minimum_stay_minutes,
        NEW.final_check_window_minutes) IS DISTINCT FROM
       (OLD.checked_in_at, OLD.checked_in_by_id, OLD.program_version_id, OLD.policy_id, OLD.minimum_stay_minutes,
        OLD.final_check_window_minutes)
       AND (OLD.checked_in_at IS NOT NULL OR NOT EXISTS (
           SELECT FROM sessions_app_facilitypolicy WHERE id = NEW.policy_id
           AND program_version_id = NEW.program_version_id AND program_code = NEW.program_code)) THEN
        PERFORM vigil_refuse('dosing_session_pinned_once', 'what a session was checked in under stays');
    END IF;
    IF NEW.last_order NOT IN (OLD.last_order, OLD.last_order + 1) THEN
        PERFORM vigil_refuse('dosing_session_order_moves_by_one', 'entries of a session follow one another');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil_session_begins_booked() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'SCHEDULED' THEN
        PERFORM vigil_refuse('dosing_session_begins_booked', 'a session begins as a booking');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil_state_has_its_row() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entry uuid := (SELECT entry_id FROM sessions_app_transition WHERE id = NEW.transition_id);
BEGIN
    IF NOT (CASE NEW.state
        WHEN 'CLEARED' THEN EXISTS (
            SELECT FROM sessions_app_clearance WHERE dosing_session_id = NEW.id AND entry_id = entry)
        WHEN 'DOSING' THEN EXISTS (
            SELECT FROM sessions_app_deviceadministration WHERE dosing_session_id = NEW.id AND entry_id = entry)
        WHEN 'DISCHARGED' THEN EXISTS (
            SELECT FROM sessions_app_discharge WHERE id = NEW.discharge_id AND entry_id = entry)
        WHEN 'LEFT_EARLY' THEN EXISTS (
            SELECT FROM sessions_app_leftearly WHERE dosing_session_id = NEW.id AND entry_id = entry)
        WHEN 'TRANSFERRED' THEN EXISTS (
            SELECT FROM sessions_app_transfer WHERE dosing_session_id = NEW.id AND entry_id = entry)
        ELSE true
    END) THEN
        PERFORM vigil_refuse('dosing_session_state_has_its_row', 'a state comes with the row that says what happened');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil_release_as_charted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    anchor timestamptz := coalesce(NEW.anchor_counted_at, NEW.anchor_confirmed_at);
    state text;
    from_last boolean;
BEGIN
    SELECT s.state, p.text ~ '(^|\n)\s*anchor\s*=\s*"last_device"' INTO state, from_last
    FROM sessions_app_dosingsession s JOIN sessions_app_programversion p ON p.id = s.program_version_id
    WHERE s.id = NEW.dosing_session_id;
    IF state IS DISTINCT FROM 'MONITORING' THEN
        PERFORM vigil_refuse('discharge_of_whoever_is_monitored', 'who is released was being monitored');
    END IF;
    IF EXISTS (SELECT FROM clinic_correction WHERE row_id IN (
        NEW.anchor_device_id, NEW.time_confirmation_id, NEW.final_check_id, NEW.assessment_id)) THEN
        PERFORM vigil_refuse('discharge_rests_on_rows_in_force', 'what was taken back releases nobody');
    END IF;
    IF NOT EXISTS (
        SELECT FROM sessions_app_readinessassessment a LEFT JOIN clinic_signature s ON s.row_id = a.id
        WHERE a.id = NEW.assessment_id AND (NOT a.signature_due OR s.recorded_by_id = a.recorded_by_id)) THEN
        PERFORM vigil_refuse('discharge_assessment_is_signed', 'a release rests on a signed assessment');
    END IF;
    IF EXISTS (
        SELECT FROM sessions_app_stayextension e
        WHERE e.dosing_session_id = NEW.dosing_session_id AND e.stay_minutes > NEW.stay_minutes
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = e.id)) THEN
        PERFORM vigil_refuse('discharge_stay_as_ordered', 'a stay that was lengthened is waited for');
    END IF;
    IF from_last AND EXISTS (
        SELECT FROM sessions_app_deviceadministration d
        WHERE d.dosing_session_id = NEW.dosing_session_id AND d.id <> NEW.anchor_device_id
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = d.id)
        AND 'FAILED' IS DISTINCT FROM (
            SELECT o.outcome FROM sessions_app_deviceoutcome o
            WHERE o.administration_id = d.id AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = o.id)
            ORDER BY o."order" DESC LIMIT 1)
        AND anchor < CASE WHEN EXISTS (
            SELECT FROM sessions_app_devicetimeconfirmation c
            WHERE c.administration_id = d.id AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = c.id)
        ) THEN d.occurred_at ELSE d.counted_at END) THEN
        PERFORM vigil_refuse('discharge_counts_from_the_last_device', 'the stay counts from the last device');
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION vigil_release_as_charted();
DROP FUNCTION vigil_state_has_its_row();
DROP FUNCTION vigil_session_begins_booked();
DROP FUNCTION vigil_session_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0007_treated_elsewhere"), ("clinic", "0022_what_moves")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.AddConstraint(
            "dosingsession",
            clinic.constraints.RowTrigger(
                function="vigil_session_keeps", name="dosing_session_pinned_once", event="UPDATE", when="after"
            ),
        ),
        migrations.AddConstraint(
            "dosingsession",
            clinic.constraints.RowTrigger(
                function="vigil_session_begins_booked", name="dosing_session_begins_booked", when="after"
            ),
        ),
        migrations.AddConstraint(
            "dosingsession",
            clinic.constraints.RowTrigger(
                function="vigil_state_has_its_row",
                name="dosing_session_state_has_its_row",
                event="UPDATE OF state, transition_id, discharge_id",
                when="at the end",
            ),
        ),
        migrations.AddConstraint(
            "discharge",
            clinic.constraints.RowTrigger(
                function="vigil_release_as_charted", name="discharge_as_charted", when="after"
            ),
        ),
    ]
