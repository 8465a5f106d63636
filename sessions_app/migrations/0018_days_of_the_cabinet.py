"""How many devices went which way is kept by day."""

import django.db.models.deletion
from django.db import migrations, models

import clinic.constraints


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0032_product_without_a_scan'),
        ('sessions_app', '0017_kept_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='StockDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('from_place', models.CharField(max_length=12)),
                ('to_place', models.CharField(max_length=12)),
                ('count', models.IntegerField()),
                ('facility', clinic.constraints.ProtectedForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clinic.facility')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('facility', 'day', 'from_place', 'to_place'), name='stock_day_way_once')],
            },
        ),
    ]
