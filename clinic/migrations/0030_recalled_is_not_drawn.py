from importlib import import_module

from django.db import migrations

# What is drawn is of no recalled lot: the database holds that beside last day, patient and use-by.
FITS_BEFORE = import_module("clinic.migrations.0027_given_once").FITS
END = "    RETURN NULL;\nEND $$;\n"
NOT_RECALLED = """\
    IF EXISTS (
        SELECT FROM clinic_device d
        JOIN clinic_recall r ON r.facility_id = d.facility_id AND r.program_code = d.program_code
                            AND upper(r.lot) = upper(d.lot)
        WHERE d.id = NEW.device_id
        AND NOT EXISTS (SELECT FROM clinic_recallwithdrawal w WHERE w.recall_id = r.id)) THEN
        PERFORM vigil_refuse('stock_movement_not_recalled', 'a device of a recalled lot is drawn for nobody');
    END IF;
"""
FITS = FITS_BEFORE.replace(END, NOT_RECALLED + END)


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0029_reminders_by_mail'),
    ]

    operations = [migrations.RunSQL(FITS, FITS_BEFORE)]
