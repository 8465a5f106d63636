from importlib import import_module

from django.db import migrations

import clinic.constraints

# A draw and a recall of one moment: each takes the lock of its facility's audit chain before it goes on, so that whichever
# is committed second was asked when the first could be seen. Whatever is written takes that lock last of all.
BEFORE = import_module("clinic.migrations.0030_recalled_is_not_drawn")
ALONE = "    PERFORM FROM clinic_auditchain WHERE facility_id = NEW.facility_id FOR UPDATE;\n"
FITS = BEFORE.FITS.replace(BEFORE.NOT_RECALLED, ALONE + BEFORE.NOT_RECALLED)
MEETS = f"""\
CREATE FUNCTION vigil_recall_meets_draws() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
{ALONE}    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0032_product_without_a_scan'),
    ]

    operations = [
        migrations.RunSQL(FITS + MEETS, "DROP FUNCTION vigil_recall_meets_draws();" + BEFORE.FITS),
        migrations.AddConstraint(
            model_name='recall',
            constraint=clinic.constraints.RowTrigger(function='vigil_recall_meets_draws', name='recall_meets_draws', when='after'),
        ),
    ]
