from django.db import migrations

import clinic.constraints

# What the columns that move may be moved to, whoever moves them. Every function of ours looks in the catalogue and in
# our own schema alone: what a statement puts in front of them is not found.
FUNCTIONS = """
ALTER FUNCTION vigil_stamp_recorded_at() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION vigil_refuse_future_release() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION vigil_refuse_older_transition() SET search_path = pg_catalog, public, pg_temp;

CREATE FUNCTION vigil_refuse(broken text, why text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation', CONSTRAINT = broken;
END $$;

CREATE FUNCTION vigil_chain_moves_by_one() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.last_sequence <> OLD.last_sequence + 1 THEN
        PERFORM vigil_refuse('audit_chain_moves_by_one', 'a chain grows by one event at a time');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION vigil_chain_ends_in_an_event() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM clinic_auditevent
                   WHERE chain_id = NEW.id AND sequence = NEW.last_sequence AND link = NEW.last_link) THEN
        PERFORM vigil_refuse('audit_chain_ends_in_an_event', 'a chain ends in the link of its last event');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION vigil_event_hangs_on_the_last() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before text;
BEGIN
    IF NEW.sequence = 1 THEN
        before := encode(sha256(convert_to(NEW.chain_id::text, 'UTF8')), 'hex');
    ELSE
        SELECT link INTO before FROM clinic_auditevent WHERE chain_id = NEW.chain_id AND sequence = NEW.sequence - 1;
    END IF;
    IF before IS NULL OR NEW.link <> encode(
        sha256(convert_to(before || chr(10) || NEW.sequence || chr(10) || NEW.digest, 'UTF8')), 'hex') THEN
        PERFORM vigil_refuse('audit_event_hangs_on_the_last', 'an event hangs on the one before it');
    END IF;
    IF (SELECT last_sequence FROM clinic_auditchain WHERE id = NEW.chain_id) < NEW.sequence THEN
        PERFORM vigil_refuse('audit_event_hangs_on_the_last', 'an event moves its chain');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil_role_ends_once() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        PERFORM vigil_refuse('role_assignment_ends_once', 'a role that was ended is granted anew');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION vigil_patient_as_written() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (NEW.first_name, NEW.middle_initial, NEW.last_name, NEW.birth_date, NEW.sex, NEW.phone, NEW.paper_language,
        NEW.details_id) IS DISTINCT FROM
       (OLD.first_name, OLD.middle_initial, OLD.last_name, OLD.birth_date, OLD.sex, OLD.phone, OLD.paper_language,
        OLD.details_id)
       AND NOT EXISTS (
           SELECT FROM clinic_patientdetails said
           WHERE said.id = NEW.details_id AND said.id IS DISTINCT FROM OLD.details_id AND said.reason <> ''
           AND NOT EXISTS (SELECT FROM clinic_patientdetails later WHERE later.patient_id = NEW.id
                           AND later.entry_id <> said.entry_id AND later.recorded_at > said.recorded_at)) THEN
        PERFORM vigil_refuse('patient_changes_with_its_details', 'who somebody is says the newest row about it');
    END IF;
    IF NEW.link_id IS DISTINCT FROM OLD.link_id AND (
        OLD.link_id IS NOT NULL AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = OLD.link_id)
        OR EXISTS (SELECT FROM clinic_correction WHERE row_id = NEW.link_id)) THEN
        PERFORM vigil_refuse('patient_link_in_force', 'a link stands until it is corrected, and no longer');
    END IF;
    RETURN NEW;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION vigil_patient_as_written();
DROP FUNCTION vigil_role_ends_once();
DROP FUNCTION vigil_event_hangs_on_the_last();
DROP FUNCTION vigil_chain_ends_in_an_event();
DROP FUNCTION vigil_chain_moves_by_one();
DROP FUNCTION vigil_refuse(text, text);
ALTER FUNCTION vigil_refuse_older_transition() RESET search_path;
ALTER FUNCTION vigil_refuse_future_release() RESET search_path;
ALTER FUNCTION vigil_stamp_recorded_at() RESET search_path;
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0021_record_access")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.AddConstraint(
            "auditchain",
            clinic.constraints.RowTrigger(
                function="vigil_chain_moves_by_one", name="audit_chain_moves_by_one", event="UPDATE"
            ),
        ),
        migrations.AddConstraint(
            "auditchain",
            clinic.constraints.RowTrigger(
                function="vigil_chain_ends_in_an_event",
                name="audit_chain_ends_in_an_event",
                event="UPDATE",
                when="at the end",
            ),
        ),
        migrations.AddConstraint(
            "auditevent",
            clinic.constraints.RowTrigger(
                function="vigil_event_hangs_on_the_last", name="audit_event_hangs_on_the_last", when="at the end"
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            clinic.constraints.RowTrigger(
                function="vigil_role_ends_once", name="role_assignment_ends_once", event="UPDATE"
            ),
        ),
        migrations.AddConstraint(
            "patient",
            clinic.constraints.RowTrigger(
                function="vigil_patient_as_written", name="patient_changes_with_its_details", event="UPDATE", when="after"
            ),
        ),
    ]
