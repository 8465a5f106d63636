"""What is counted of the sessions is kept: one line for each, made of the record by whoever counts."""

import django.db.models.deletion
from django.db import migrations, models

import clinic.constraints


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0032_product_without_a_scan"),
        ("sessions_app", "0016_an_alert_holds_the_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="LinesUntil",
            fields=[
                (
                    "facility",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="clinic.facility",
                    ),
                ),
                ("sequence", models.BigIntegerField()),
                ("statement", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="SessionLine",
            fields=[
                (
                    "dosing_session",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="sessions_app.dosingsession",
                    ),
                ),
                ("program_code", models.CharField(max_length=40)),
                ("day", models.DateField(help_text="of the first dose, by the facility's calendar")),
                ("first_at", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("devices", models.PositiveSmallIntegerField()),
                ("sedation", models.BooleanField()),
                ("dissociation", models.BooleanField()),
                ("sedation_gone", models.IntegerField(null=True)),
                ("dissociation_gone", models.IntegerField(null=True)),
                ("measured", models.BooleanField(help_text="blood pressure before the first dose and after it")),
                ("raised", models.BooleanField()),
                ("serious", models.BooleanField()),
                ("minimum_stay_minutes", models.PositiveIntegerField(null=True)),
                ("stayed", models.IntegerField(help_text="to the release", null=True)),
                ("ready", models.IntegerField(help_text="to the assessment", null=True)),
                (
                    "occupied_seconds",
                    models.IntegerField(help_text="from check-in to leaving; none while they are here", null=True),
                ),
                ("peak_checked", models.BooleanField()),
                ("extra_asked", models.BooleanField()),
                ("extra_made", models.BooleanField()),
                ("three_readings", models.BooleanField()),
                ("same_three", models.BooleanField()),
                ("all_round", models.BooleanField()),
                ("due_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("days_to_form", models.IntegerField(null=True)),
                (
                    "facility",
                    clinic.constraints.ProtectedForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.facility",
                    ),
                ),
                (
                    "patient",
                    clinic.constraints.ProtectedForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["facility", "day"], name="session_line_of_facility")],
                "constraints": [
                    clinic.constraints.CompositeForeignKey(
                        deferred=False,
                        fields=("dosing_session", "facility"),
                        name="session_line_session_of_same_facility",
                        to="sessions_app.DosingSession",
                        to_fields=("id", "facility"),
                    )
                ],
            },
        ),
    ]
