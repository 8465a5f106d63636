"""A safety alert holds its patient wherever they are released, and is answered there: gate.md says of the patient."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations
from django.db.migrations.operations.base import Operation

import clinic.constraints

FUNCTIONS = """
CREATE OR REPLACE FUNCTION vigil_release_answers_alerts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person uuid;
BEGIN
    SELECT vigil_person(patient_id) INTO person FROM sessions_app_dosingsession WHERE id = NEW.dosing_session_id;
    IF EXISTS (
        SELECT FROM clinic_patient p
        JOIN sessions_app_course c ON c.patient_id = p.id
        JOIN sessions_app_safetyalert a ON a.course_id = c.id
        WHERE (p.id = person OR p.same_person_as_id = person)
        AND (a.dosing_session_id = NEW.dosing_session_id OR a.occurred_at <= NEW.occurred_at)
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = a.id)
        AND NOT EXISTS (
            SELECT FROM sessions_app_safetyplan p
            WHERE p.alert_id = a.id AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = p.id)
            AND (NOT p.signature_due OR EXISTS (
                SELECT FROM clinic_signature g WHERE g.row_id = p.id AND g.recorded_by_id = p.recorded_by_id)))) THEN
        PERFORM vigil_refuse('discharge_answers_every_alert', 'a release leaves no safety alert unanswered');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil_plan_of_the_same_person() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT vigil_person(c.patient_id)) FROM sessions_app_course c
        WHERE c.id IN (NEW.course_id, (SELECT course_id FROM sessions_app_safetyalert WHERE id = NEW.alert_id))) <> 1 THEN
        PERFORM vigil_refuse('safety_plan_alert_of_person', 'a plan answers an alert of the same person');
    END IF;
    RETURN NEW;
END $$;
"""
BACK = """
DROP FUNCTION vigil_plan_of_the_same_person();
CREATE OR REPLACE FUNCTION vigil_release_answers_alerts() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM sessions_app_safetyalert a
        JOIN sessions_app_dosingsession s ON s.id = NEW.dosing_session_id AND s.course_id = a.course_id
        WHERE (a.dosing_session_id = NEW.dosing_session_id OR a.occurred_at <= NEW.occurred_at)
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = a.id)
        AND NOT EXISTS (
            SELECT FROM sessions_app_safetyplan p
            WHERE p.alert_id = a.id AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = p.id)
            AND (NOT p.signature_due OR EXISTS (
                SELECT FROM clinic_signature g WHERE g.row_id = p.id AND g.recorded_by_id = p.recorded_by_id)))) THEN
        PERFORM vigil_refuse('discharge_answers_every_alert', 'a release leaves no safety alert unanswered');
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("clinic", "0024_cabinet"),
        ("sessions_app", "0015_the_course"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(FUNCTIONS, BACK),
        migrations.RemoveConstraint(model_name="safetyplan", name="safety_plan_alert_of_course"),
        migrations.AlterField(
            model_name="safetyplan",
            name="alert",
            field=clinic.constraints.ProtectedForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="sessions_app.safetyalert"
            ),
        ),
        migrations.AddConstraint(
            model_name="safetyplan",
            constraint=clinic.constraints.RowTrigger(
                function="vigil_plan_of_the_same_person", name="safety_plan_alert_of_person"
            ),
        ),
    ]
