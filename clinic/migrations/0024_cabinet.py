
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import clinic.constraints
import clinic.identifiers

# What one row cannot say about itself. Functions as in 0022: they look in the catalogue and in our own schema alone; those
# of the sessions are looked up when they are asked.
FUNCTIONS = """
CREATE FUNCTION vigil_person(patient uuid) RETURNS uuid LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(same_person_as_id, id) FROM clinic_patient WHERE id = patient
$$;

CREATE FUNCTION vigil_stock_movement_fits() RETURNS trigger LANGUAGE plpgsql
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

CREATE FUNCTION vigil_stock_movement_as_charted() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.given_as IS NOT NULL AND NOT EXISTS (
        SELECT FROM sessions_app_deviceadministration
        WHERE id = NEW.given_as AND device_id = NEW.device_id AND dosing_session_id = NEW.to_id) THEN
        PERFORM vigil_refuse('stock_movement_given_as_charted', 'what was given is charted');
    END IF;
    IF NEW.undoes IS NOT NULL AND EXISTS (
        SELECT FROM clinic_stockmovement undone
        WHERE undone.device_id = NEW.device_id AND undone.step = NEW.undoes AND undone.given_as IS NOT NULL
        AND NOT EXISTS (SELECT FROM clinic_correction WHERE row_id = undone.given_as)) THEN
        PERFORM vigil_refuse('stock_movement_given_until_voided', 'what was given is given until it is voided');
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION vigil_stock_movement_as_charted();
DROP FUNCTION vigil_stock_movement_fits();
DROP FUNCTION vigil_person(uuid);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0023_discrepancies'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name='Cabinet',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cabinets', to='clinic.facility')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='cabinet_has_name'), models.UniqueConstraint(fields=('facility', 'name'), name='cabinet_name_in_facility')],
            },
        ),
        migrations.CreateModel(
            name='CabinetPolicy',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('witnessed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('reason', models.TextField()),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='cabinetpolicy_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='cabinetpolicy_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='cabinetpolicy_channel_known'), models.CheckConstraint(condition=models.Q(('witnessed__contained_by', ['RECEIVED', 'WASTED', 'RETURNED', 'LOST'])), name='cabinet_policy_witness_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='cabinet_policy_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Supplier',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('name', models.CharField(max_length=120)),
                ('address', models.TextField()),
                ('dea_number', models.CharField(max_length=9)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='supplier_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='supplier_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='supplier_channel_known'), models.UniqueConstraint(fields=('id', 'facility'), name='supplier_of_facility'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('address', ''), _negated=True)), name='supplier_has_name_and_address'), models.CheckConstraint(condition=models.Q(('dea_number__regex', '^[A-Z][A-Z9][0-9]{7}$')), name='supplier_dea_shape')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('invoice', models.CharField(max_length=60)),
                ('document', clinic.constraints.ProtectedForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.document')),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supplier', clinic.constraints.ProtectedForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.supplier')),
            ],
            options={
                'abstract': False,
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='delivery_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='delivery_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='delivery_channel_known'), models.UniqueConstraint(fields=('id', 'facility'), name='delivery_of_facility'), models.CheckConstraint(condition=models.Q(('invoice', ''), _negated=True), name='delivery_has_invoice'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('supplier', 'facility'), name='delivery_supplier_of_same_facility', to='clinic.Supplier', to_fields=('id', 'facility')), clinic.constraints.CompositeForeignKey(deferred=True, fields=('document', 'facility'), name='delivery_document_of_same_facility', to='clinic.Document', to_fields=('id', 'facility'))],
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('step', models.PositiveSmallIntegerField()),
                ('previous', models.PositiveSmallIntegerField(null=True)),
                ('kind', models.CharField(choices=[('RECEIVED', 'RECEIVED'), ('MOVED', 'MOVED'), ('DRAWN', 'DRAWN'), ('ADMINISTERED', 'ADMINISTERED'), ('FAILED', 'FAILED'), ('PUT_BACK', 'PUT_BACK'), ('WASTED', 'WASTED'), ('RETURNED', 'RETURNED'), ('LOST', 'LOST'), ('FOUND', 'FOUND'), ('CORRECTED', 'CORRECTED')], max_length=12)),
                ('from_place', models.CharField(max_length=12)),
                ('from_id', models.UUIDField()),
                ('to_place', models.CharField(max_length=12)),
                ('to_id', models.UUIDField()),
                ('given_as', models.UUIDField(null=True)),
                ('undoes', models.PositiveSmallIntegerField(null=True)),
                ('reason', models.TextField(blank=True)),
                ('delivery', clinic.constraints.ProtectedForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='clinic.delivery')),
                ('device', clinic.constraints.ProtectedForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='clinic.device')),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('witness', clinic.constraints.ProtectedForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['to_id', 'to_place'], name='stock_movement_place')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='stockmovement_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='stockmovement_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='stockmovement_channel_known'), models.UniqueConstraint(fields=('device', 'step'), name='stock_movement_one_line'), models.UniqueConstraint(fields=('device', 'step', 'to_place', 'to_id'), name='stock_movement_end'), models.UniqueConstraint(fields=('device', 'step', 'from_place', 'from_id'), name='stock_movement_beginning'), models.UniqueConstraint(fields=('given_as', 'device', 'to_id'), name='stock_movement_given_as_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'RECEIVED'), ('previous__isnull', True), ('step', 1)), models.Q(('previous', django.db.models.expressions.CombinedExpression(models.F('step'), '-', models.Value(1))), ('previous__isnull', False), ('step__gt', 1), models.Q(('kind', 'RECEIVED'), _negated=True)), _connector='OR'), name='stock_movement_begins_with_receipt'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('device', 'previous', 'from_place', 'from_id'), name='stock_movement_begins_where_the_last_led', to='clinic.StockMovement', to_fields=('device', 'step', 'to_place', 'to_id')), clinic.constraints.CompositeForeignKey(deferred=False, fields=('device', 'undoes', 'to_place', 'to_id'), name='stock_movement_undone_back', to='clinic.StockMovement', to_fields=('device', 'step', 'from_place', 'from_id')), clinic.constraints.CompositeForeignKey(deferred=False, fields=('device', 'undoes', 'from_place', 'from_id'), name='stock_movement_undone_from_its_end', to='clinic.StockMovement', to_fields=('device', 'step', 'to_place', 'to_id')), clinic.constraints.CompositeForeignKey(deferred=False, fields=('device', 'facility'), name='stock_movement_device_of_same_facility', to='clinic.Device', to_fields=('id', 'facility')), clinic.constraints.CompositeForeignKey(deferred=True, fields=('delivery', 'facility'), name='stock_movement_delivery_of_same_facility', to='clinic.Delivery', to_fields=('id', 'facility')), models.CheckConstraint(condition=models.Q(('to_place__in', ['SUPPLIER', 'CABINET', 'DRAWN', 'ADMINISTERED', 'FAILED', 'WASTED', 'RETURNED', 'LOST'])), name='stock_movement_place_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'CORRECTED'), ('undoes__isnull', False)), models.Q(('from_place__in', ['SUPPLIER']), ('kind', 'RECEIVED'), ('to_place', 'CABINET'), ('undoes__isnull', True)), models.Q(('from_place__in', ['CABINET']), ('kind', 'MOVED'), ('to_place', 'CABINET'), ('undoes__isnull', True)), models.Q(('from_place__in', ['CABINET']), ('kind', 'DRAWN'), ('to_place', 'DRAWN'), ('undoes__isnull', True)), models.Q(('from_place__in', ['DRAWN']), ('kind', 'ADMINISTERED'), ('to_place', 'ADMINISTERED'), ('undoes__isnull', True)), models.Q(('from_place__in', ['ADMINISTERED']), ('kind', 'FAILED'), ('to_place', 'FAILED'), ('undoes__isnull', True)), models.Q(('from_place__in', ['DRAWN']), ('kind', 'PUT_BACK'), ('to_place', 'CABINET'), ('undoes__isnull', True)), models.Q(('from_place__in', ['CABINET', 'DRAWN', 'FAILED']), ('kind', 'WASTED'), ('to_place', 'WASTED'), ('undoes__isnull', True)), models.Q(('from_place__in', ['CABINET', 'FAILED']), ('kind', 'RETURNED'), ('to_place', 'RETURNED'), ('undoes__isnull', True)), models.Q(('from_place__in', ['CABINET', 'DRAWN', 'FAILED']), ('kind', 'LOST'), ('to_place', 'LOST'), ('undoes__isnull', True)), models.Q(('from_place__in', ['LOST']), ('kind', 'FOUND'), ('to_place', 'CABINET'), ('undoes__isnull', True)), _connector='OR'), name='stock_movement_way_known'), models.CheckConstraint(condition=models.Q(('to_place__in', ['CABINET', 'DRAWN']), models.Q(('to_id', models.F('from_id')), ('to_place__in', ['ADMINISTERED', 'FAILED'])), models.Q(('to_id', models.F('facility_id')), ('to_place__in', ['SUPPLIER', 'WASTED', 'RETURNED', 'LOST'])), ('undoes__isnull', False), _connector='OR'), name='stock_movement_to_its_place'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'MOVED'), _negated=True), models.Q(('to_id', models.F('from_id')), _negated=True), _connector='OR'), name='stock_movement_moved_elsewhere'), models.CheckConstraint(condition=models.Q(models.Q(('given_as__isnull', False), ('kind', 'ADMINISTERED')), models.Q(models.Q(('kind', 'ADMINISTERED'), _negated=True), ('given_as__isnull', True)), _connector='OR'), name='stock_movement_given_as_said'), models.CheckConstraint(condition=models.Q(('delivery__isnull', True), ('kind__in', ['RECEIVED', 'RETURNED']), _connector='OR'), name='stock_movement_delivered'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['WASTED', 'LOST', 'FOUND', 'CORRECTED']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='stock_movement_has_reason'), models.CheckConstraint(condition=models.Q(('witness__isnull', True), models.Q(models.Q(('witness', models.F('recorded_by')), _negated=True), models.Q(('witness', models.F('performed_by')), _negated=True)), _connector='OR'), name='stock_movement_witness_is_another'), clinic.constraints.RowTrigger(function='vigil_stock_movement_fits', name='stock_movement_fits', when='after'), clinic.constraints.RowTrigger(function='vigil_stock_movement_as_charted', name='stock_movement_as_charted', when='at the end')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_meaning_known',
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(('meaning__in', ['ORDERED', 'DECIDED', 'EXAMINED', 'JUSTIFIED', 'ASSESSED', 'ATTESTED', 'RECORDED', 'WITNESSED', 'COPIED'])), name='signature_meaning_known'),
        ),
    ]
