from django.db import migrations

import clinic.constraints


class Migration(migrations.Migration):

    dependencies = [
        ('sessions_app', '0009_ledger_opened'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='device_previous_use_is_of_this_device',
        ),
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='administration_device',
        ),
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='device_given_once',
        ),
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='device_given_again_once',
        ),
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='device_previous_use_was_voided',
        ),
        migrations.RemoveConstraint(
            model_name='deviceadministration',
            name='device_previous_use_and_void',
        ),
        migrations.RemoveField(
            model_name='deviceadministration',
            name='previous_use',
        ),
        migrations.RemoveField(
            model_name='deviceadministration',
            name='previous_voided_by',
        ),
        migrations.AddConstraint(
            model_name='deviceadministration',
            constraint=clinic.constraints.CompositeForeignKey(deferred=True, fields=('id', 'device', 'dosing_session'), name='administration_is_a_step_of_its_device', to='clinic.StockMovement', to_fields=('given_as', 'device', 'to_id')),
        ),
    ]
