from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0030_recalled_is_not_drawn'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('subject_type__in', ('clinic.Cabinet', 'clinic.Count', 'clinic.Device', 'clinic.Discrepancy', 'clinic.Facility'))), fields=['entry_id'], name='audit_event_of_the_cabinet'),
        ),
    ]
