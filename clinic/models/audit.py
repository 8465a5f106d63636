"""The investigation record. Written by ``clinic.audit.record`` alone, and never read for logic, but to know what
changed since somebody counted, or opened a page."""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from clinic.constraints import ProtectedForeignKey, RowTrigger, database_clock, sha256_hex
from clinic.identifiers import new_id

DIGEST = sha256_hex(models.Func(models.F("payload"), models.Value("UTF8"), function="convert_to"))


# What an event of the cabinet is about; a device's are found by their entries, since those of a whole cabinet or clinic
# are about that. One that is about a session is told with that session.
OF_THE_CABINET = ("clinic.Cabinet", "clinic.Count", "clinic.Device", "clinic.Discrepancy", "clinic.Facility")


class AuditChain(models.Model):
    """One chain per facility, and one for the system itself (facility is null): where it stands. Its row is locked
    last."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = models.OneToOneField("clinic.Facility", models.PROTECT, null=True, related_name="+")
    last_sequence = models.BigIntegerField(default=0)
    last_link = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            # Nulls differ from one another, so the system's chain stands here under a key that no facility has.
            models.UniqueConstraint(
                Coalesce("facility", models.Value(UUID(int=0), output_field=models.UUIDField())),
                name="audit_chain_one_for_the_system",
            ),
            RowTrigger(function="vigil_chain_moves_by_one", name="audit_chain_moves_by_one", event="UPDATE"),
            RowTrigger(
                function="vigil_chain_ends_in_an_event",
                name="audit_chain_ends_in_an_event",
                event="UPDATE",
                when="at the end",
            ),
        ]


class AuditEvent(models.Model):
    """One thing somebody did: gap-free sequence in its chain, canonical payload and its SHA-256, and the ``link`` that
    hangs it on the event before (clinic/rules/chain.py)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    chain = ProtectedForeignKey(AuditChain, related_name="events")
    sequence = models.BigIntegerField()
    action = models.CharField(max_length=60)
    actor = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    entry_id = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField(help_text="the clock of the action that wrote it")
    payload = models.TextField(help_text="canonical JSON, exactly the bytes that were digested")
    digest = models.CharField(max_length=64)
    link = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(editable=False, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("chain", "sequence"), name="audit_event_gap_free_sequence"),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="audit_event_sequence_positive"),
            models.CheckConstraint(condition=models.Q(digest=DIGEST), name="audit_event_digest_of_payload"),
            RowTrigger(
                function="vigil_event_hangs_on_the_last", name="audit_event_hangs_on_the_last", when="at the end"
            ),
            database_clock(),
        ]
        indexes = [
            models.Index(fields=("subject_id", "sequence"), name="audit_event_subject"),
            models.Index(
                fields=("entry_id",),
                condition=models.Q(subject_type__in=OF_THE_CABINET),
                name="audit_event_of_the_cabinet",
            ),
        ]
