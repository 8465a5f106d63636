from django.db import migrations, models

import clinic.models.audit
from clinic.rules.chain import link_of, start_of

MANY = 2000


def hang_together(apps, schema_editor):
    """What was written before hangs together from here on: each event on the one before, by its digest."""
    AuditChain, AuditEvent = apps.get_model("clinic", "AuditChain"), apps.get_model("clinic", "AuditEvent")
    for chain in AuditChain.objects.all():
        link, waiting = start_of(chain.pk), []
        events = AuditEvent.objects.filter(chain=chain).order_by("sequence").only("pk", "sequence", "digest")
        for event in events.iterator(MANY):
            link = event.link = link_of(previous=link, sequence=event.sequence, digest=event.digest)
            waiting.append(event)
            if len(waiting) == MANY:
                AuditEvent.objects.bulk_update(waiting, ["link"])
                waiting = []
        AuditEvent.objects.bulk_update(waiting, ["link"])
        if chain.last_sequence:
            chain.last_link = link
            chain.save(update_fields=["last_link"])


class Migration(migrations.Migration):
    dependencies = [("clinic", "0015_tablets_heard")]

    operations = [
        migrations.AddField("auditchain", "last_link", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "auditevent", "link", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.RunPython(hang_together, migrations.RunPython.noop),
        migrations.AddConstraint(
            "auditevent",
            models.CheckConstraint(
                condition=models.Q(digest=clinic.models.audit.DIGEST), name="audit_event_digest_of_payload"
            ),
        ),
    ]
