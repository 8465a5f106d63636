from django.db import migrations

# As in 0024, and: a device that a patient was handed is at hand for nobody else, whatever became of it since.
FITS = """
CREATE OR REPLACE FUNCTION vigil_stock_movement_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    drawn record;
    on_day date;
BEGIN
    IF NEW.to_place = 'CABINET' AND NOT EXISTS (
        SELECT FROM clinic_cabinet WHERE id = NEW.to_id AND facility_id = NEW.facility_id) THEN
        PERFORM vigil_refuse('stock_movement_within_its_location', 'a device stays at its registered location');
    END IF;
    IF NEW.kind IN ('DRAWN', 'FOUND') AND EXISTS (
        SELECT FROM clinic_stockmovement given
        WHERE given.device_id = NEW.device_id AND given.step < NEW.step AND given.given_as IS NOT NULL
        AND NOT EXISTS (SELECT FROM clinic_stockmovement back
                        WHERE back.device_id = given.device_id AND back.undoes = given.step)
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = given.given_as)) THEN
        PERFORM vigil_refuse('stock_movement_given_once', 'what a patient was handed is nobody else''s, though found');
    END IF;
    IF NEW.kind <> 'DRAWN' THEN
        RETURN NULL;
    END IF;
    SELECT d.kind, d.expires_date, d.patient_id AS own, s.patient_id, f.time_zone,
           (d.occurred_at AT TIME ZONE f.time_zone)::date AS received_date INTO drawn
    FROM clinic_device d
    JOIN sessions_app_dosingsession s ON s.id = NEW.to_id AND s.facility_id = d.facility_id
                                      AND s.program_code = d.program_code
    JOIN clinic_facility f ON f.id = d.facility_id
    WHERE d.id = NEW.device_id;
    IF NOT FOUND THEN
        PERFORM vigil_refuse('stock_movement_drawn_for_a_session_here', 'a device is drawn for a session of its place');
    END IF;
    IF NEW.reason <> '' THEN
        RETURN NULL;  -- it happened all the same, and why is said
    END IF;
    on_day := (NEW.occurred_at AT TIME ZONE drawn.time_zone)::date;
    IF on_day > drawn.expires_date THEN
        PERFORM vigil_refuse('stock_movement_unexpired', 'a device is drawn up to its last day');
    END IF;
    IF drawn.kind = 'PATIENT_SPECIFIC' AND vigil_person(drawn.own) <> vigil_person(drawn.patient_id) THEN
        PERFORM vigil_refuse('stock_movement_for_its_own_patient', 'a device of a named patient is nobody else''s');
    END IF;
    IF drawn.kind = 'PATIENT_SPECIFIC' AND on_day > drawn.received_date + 45 THEN
        PERFORM vigil_refuse('stock_movement_within_use_by', 'no policy is longer than 45 days');
    END IF;
    RETURN NULL;
END $$;
"""
FITS_BEFORE = """
CREATE OR REPLACE FUNCTION vigil_stock_movement_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    drawn record;
    on_day date;
BEGIN
    IF NEW.to_place = 'CABINET' AND NOT EXISTS (
        SELECT FROM clinic_cabinet WHERE id = NEW.to_id AND facility_id = NEW.facility_id) THEN
        PERFORM vigil_refuse('stock_movement_within_its_location', 'a device stays at its registered location');
    END IF;
    IF NEW.kind <> 'DRAWN' THEN
        RETURN NULL;
    END IF;
    SELECT d.kind, d.expires_date, d.patient_id AS own, s.patient_id, f.time_zone,
           (d.occurred_at AT TIME ZONE f.time_zone)::date AS received_date INTO drawn
    FROM clinic_device d
    JOIN sessions_app_dosingsession s ON s.id = NEW.to_id AND s.facility_id = d.facility_id
                                      AND s.program_code = d.program_code
    JOIN clinic_facility f ON f.id = d.facility_id
    WHERE d.id = NEW.device_id;
    IF NOT FOUND THEN
        PERFORM vigil_refuse('stock_movement_drawn_for_a_session_here', 'a device is drawn for a session of its place');
    END IF;
    IF NEW.reason <> '' THEN
        RETURN NULL;  -- it happened all the same, and why is said
    END IF;
    on_day := (NEW.occurred_at AT TIME ZONE drawn.time_zone)::date;
    IF on_day > drawn.expires_date THEN
        PERFORM vigil_refuse('stock_movement_unexpired', 'a device is drawn up to its last day');
    END IF;
    IF drawn.kind = 'PATIENT_SPECIFIC' AND vigil_person(drawn.own) <> vigil_person(drawn.patient_id) THEN
        PERFORM vigil_refuse('stock_movement_for_its_own_patient', 'a device of a named patient is nobody else''s');
    END IF;
    IF drawn.kind = 'PATIENT_SPECIFIC' AND on_day > drawn.received_date + 45 THEN
        PERFORM vigil_refuse('stock_movement_within_use_by', 'no policy is longer than 45 days');
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0026_counts'),
    ]

    operations = [migrations.RunSQL(FITS, FITS_BEFORE)]
