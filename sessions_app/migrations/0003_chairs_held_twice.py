"""Where two open sessions of a facility stand under one chair, the one checked in last keeps it; the others have none
until somebody says where they sit. Before the next migration forbids it."""

from django.db import migrations

GIVE_UP_THE_CHAIR = """
UPDATE sessions_app_dosingsession AS earlier SET chair = ''
FROM sessions_app_dosingsession AS later
WHERE earlier.facility_id = later.facility_id AND earlier.chair = later.chair AND earlier.chair <> ''
  AND earlier.state IN ('CHECKED_IN', 'CLEARED', 'DOSING', 'MONITORING')
  AND later.state IN ('CHECKED_IN', 'CLEARED', 'DOSING', 'MONITORING')
  AND (earlier.checked_in_at, earlier.id) < (later.checked_in_at, later.id)
"""


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0002_the_floor")]
    operations = [migrations.RunSQL(GIVE_UP_THE_CHAIR, migrations.RunSQL.noop)]
