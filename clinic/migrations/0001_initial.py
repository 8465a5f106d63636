import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import clinic.constraints
import clinic.identifiers

# The functions that the triggers of both apps run. The database's own clock, and nothing a statement says, dates
# a row; and a release is never written ahead of time. Neither compares an entered time with recorded_at.
FUNCTIONS = """
CREATE FUNCTION vigil_stamp_recorded_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE FUNCTION vigil_refuse_future_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.occurred_at > clock_timestamp() + interval '5 seconds' THEN
        RAISE EXCEPTION 'a release cannot be dated in the future'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'discharge_not_in_the_future';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION vigil_refuse_older_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM sessions_app_transition WHERE previous_id = NEW.transition_id) THEN
        RAISE EXCEPTION 'a session stands at its newest transition'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'dosing_session_at_newest_transition';
    END IF;
    RETURN NEW;
END $$;
"""
DROP_FUNCTIONS = "DROP FUNCTION vigil_refuse_older_transition(); DROP FUNCTION vigil_refuse_future_release(); DROP FUNCTION vigil_stamp_recorded_at();"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name='AuditChain',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('last_sequence', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Facility',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('setting', models.CharField(choices=[('OUTPATIENT', 'OUTPATIENT'), ('INPATIENT', 'INPATIENT')], max_length=10)),
                ('time_zone', models.CharField(max_length=40)),
                ('address', models.TextField(blank=True, verbose_name='address')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
            ],
            options={
                'verbose_name_plural': 'facilities',
                'constraints': [models.CheckConstraint(condition=models.Q(('setting__in', ['OUTPATIENT', 'INPATIENT'])), name='facility_setting_known')],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('printed_name', models.CharField(max_length=120, verbose_name='printed name')),
                ('credential', models.CharField(blank=True, max_length=40, verbose_name='credential')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='user_never_superuser')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('sequence', models.BigIntegerField()),
                ('action', models.CharField(max_length=60)),
                ('subject_type', models.CharField(max_length=60)),
                ('subject_id', models.UUIDField()),
                ('entry_id', models.UUIDField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('happened_at', models.DateTimeField(help_text='the clock of the action that wrote it')),
                ('payload', models.TextField(help_text='canonical JSON, exactly the bytes that were digested')),
                ('digest', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('actor', clinic.constraints.ProtectedForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('chain', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='clinic.auditchain')),
            ],
            options={
                'indexes': [models.Index(fields=['subject_id', 'sequence'], name='audit_event_subject')],
                'constraints': [models.UniqueConstraint(fields=('chain', 'sequence'), name='audit_event_gap_free_sequence'), models.CheckConstraint(condition=models.Q(('sequence__gt', 0)), name='audit_event_sequence_positive'), clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='auditevent_recorded_by_database')],
            },
        ),
        migrations.CreateModel(
            name='AuthorizedRepresentative',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('program_code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['facility', 'program_code', 'occurred_at'], name='authorized_rep_latest')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='authorizedrepresentative_recorded_by_database'), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='authorizedrepresentative_channel_known'), models.UniqueConstraint(fields=('id', 'facility', 'program_code'), name='authorized_representative_of_programme')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('action', models.CharField(max_length=60)),
                ('subject_id', models.UUIDField()),
                ('order', models.PositiveIntegerField(null=True)),
                ('result_id', models.UUIDField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'entry_id'), name='entry_once_per_facility'), models.UniqueConstraint(fields=('subject_id', 'order'), name='entry_order_of_subject'), clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='entry_recorded_by_database')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('row_kind', models.CharField(max_length=60)),
                ('row_id', models.UUIDField()),
                ('subject_id', models.UUIDField(help_text='the dosing session or patient the row belongs to')),
                ('reason', models.TextField()),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['subject_id'], name='correction_subject')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='correction_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='correction_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='correction_channel_known'), models.UniqueConstraint(fields=('row_id',), name='correction_once_per_row'), models.UniqueConstraint(fields=('id', 'row_id'), name='correction_of_row'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='correction_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Certification',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('program_code', models.CharField(max_length=40)),
                ('status', models.CharField(max_length=10)),
                ('confirmation_date', models.DateField(null=True)),
                ('confirmation_identifier', models.CharField(blank=True, max_length=60)),
                ('reason', models.TextField(blank=True)),
                ('authorized_representative', clinic.constraints.ProtectedForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.authorizedrepresentative')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['facility', 'program_code', 'occurred_at'], name='certification_latest')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='certification_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='certification_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='certification_channel_known'), models.CheckConstraint(condition=models.Q(('status__in', ['CERTIFIED', 'SUSPENDED', 'WITHDRAWN'])), name='certification_status_known'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('authorized_representative', 'facility', 'program_code'), name='certification_representative_of_same_facility', to='clinic.AuthorizedRepresentative', to_fields=('id', 'facility', 'program_code')), models.CheckConstraint(condition=models.Q(models.Q(('status', 'CERTIFIED'), _negated=True), models.Q(('authorized_representative__isnull', False), ('confirmation_date__isnull', False), models.Q(('confirmation_identifier', ''), _negated=True)), _connector='OR'), name='certification_confirmed_by_the_rems'), models.CheckConstraint(condition=models.Q(('status', 'CERTIFIED'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='certification_stop_has_reason')],
            },
        ),
        migrations.AddField(
            model_name='auditchain',
            name='facility',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility'),
        ),
        migrations.AddField(
            model_name='facility',
            name='organisation',
            field=clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facilities', to='clinic.organisation'),
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('mrn', models.CharField(max_length=30, verbose_name='medical record number')),
                ('first_name', models.CharField(max_length=60, verbose_name='first name')),
                ('middle_initial', models.CharField(blank=True, max_length=1, verbose_name='middle initial')),
                ('last_name', models.CharField(max_length=60, verbose_name='last name')),
                ('birth_date', models.DateField(verbose_name='born')),
                ('sex', models.CharField(choices=[('MALE', 'male'), ('FEMALE', 'female'), ('OTHER', 'other')], max_length=6, verbose_name='sex')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='phone')),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('organisation', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patients', to='clinic.organisation')),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['organisation', 'last_name', 'first_name'], name='patient_by_name')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='patient_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='patient_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='patient_channel_known'), models.UniqueConstraint(fields=('organisation', 'mrn'), name='patient_mrn_once_in_organisation'), models.UniqueConstraint(fields=('id', 'organisation'), name='patient_of_organisation'), models.CheckConstraint(condition=models.Q(('sex__in', ['MALE', 'FEMALE', 'OTHER'])), name='patient_sex_known')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('program_code', models.CharField(max_length=40)),
                ('status', models.CharField(choices=[('ENROLLED', 'Enrolled'), ('WITHDRAWN', 'Withdrawn')], max_length=10)),
                ('rems_identifier', models.CharField(blank=True, max_length=40)),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('patient', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='clinic.patient')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['patient', 'program_code', 'occurred_at'], name='enrolment_latest')],
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='enrolment_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='enrolment_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='enrolment_channel_known'), models.CheckConstraint(condition=models.Q(('status__in', ['ENROLLED', 'WITHDRAWN'])), name='enrolment_status_known')],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('number', models.CharField(max_length=20)),
                ('program_code', models.CharField(max_length=40)),
                ('lot', models.CharField(max_length=30)),
                ('expires_date', models.DateField()),
                ('kind', models.CharField(choices=[('BULK', 'BULK'), ('PATIENT_SPECIFIC', 'PATIENT_SPECIFIC')], max_length=16)),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('patient', clinic.constraints.ProtectedForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.patient')),
            ],
            options={
                'abstract': False,
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='device_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='device_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='device_channel_known'), models.UniqueConstraint(fields=('facility', 'number'), name='device_number_once_in_facility'), models.UniqueConstraint(fields=('id', 'facility'), name='device_of_facility'), models.CheckConstraint(condition=models.Q(('kind__in', ['BULK', 'PATIENT_SPECIFIC'])), name='device_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'BULK'), ('patient__isnull', True)), models.Q(('kind', 'PATIENT_SPECIFIC'), ('patient__isnull', False)), _connector='OR'), name='device_patient_specific_has_patient')],
            },
        ),
        migrations.CreateModel(
            name='Counselling',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('entry_id', models.UUIDField()),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(editable=False, null=True)),
                ('channel', models.CharField(choices=[('LIVE', 'live'), ('OFFLINE', 'offline'), ('PAPER', 'paper')], default='LIVE', max_length=8)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('performed_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
                ('patient', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counsellings', to='clinic.patient')),
            ],
            options={
                'abstract': False,
                'constraints': [clinic.constraints.RowTrigger(function='vigil_stamp_recorded_at', name='counselling_recorded_by_database'), clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='counselling_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')), models.CheckConstraint(condition=models.Q(('channel__in', ['LIVE', 'OFFLINE', 'PAPER'])), name='counselling_channel_known')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.UUIDField(default=clinic.identifiers.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('front_desk', 'front_desk'), ('nurse', 'nurse'), ('prescriber', 'prescriber'), ('administrator', 'administrator'), ('inspector', 'inspector')], max_length=20)),
                ('granted_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', clinic.constraints.ProtectedForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('facility', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_assignments', to='clinic.facility')),
                ('granted_by', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', clinic.constraints.ProtectedForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['front_desk', 'nurse', 'prescriber', 'administrator', 'inspector'])), name='role_assignment_role_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='role_assignment_ended_at_and_by'), models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user', 'facility', 'role'), name='role_assignment_held_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='authorizedrepresentative',
            constraint=clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'entry_id'), name='authorizedrepresentative_entry_of_same_facility', to='clinic.Entry', to_fields=('facility', 'entry_id')),
        ),
        migrations.AddConstraint(
            model_name='auditchain',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('facility', models.Value(uuid.UUID('00000000-0000-0000-0000-000000000000'), output_field=models.UUIDField())), name='audit_chain_one_for_the_system'),
        ),
        migrations.AddConstraint(
            model_name='facility',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='facility_name_in_organisation'),
        ),
        migrations.AddConstraint(
            model_name='facility',
            constraint=models.UniqueConstraint(fields=('id', 'organisation'), name='facility_of_organisation'),
        ),
        migrations.AddConstraint(
            model_name='patient',
            constraint=clinic.constraints.CompositeForeignKey(deferred=False, fields=('facility', 'organisation'), name='patient_registered_in_own_organisation', to='clinic.Facility', to_fields=('id', 'organisation')),
        ),
    ]
