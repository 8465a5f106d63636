"""Who opened whose record, and who took one away: insert-only, beside the audit's chain, so that reading waits for
nobody (docs/decisions/0030)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, database_clock, state_known
from clinic.identifiers import new_id
from clinic.models.facility import Facility


class RecordAccess(models.Model):
    """``person`` saw something of ``patient`` at ``facility``: OPENED and KEPT (put away by a tablet for when no server
    answers, and not shown to anybody by that) once in the hour that begins ``at``; EXPORTED at that very moment, with
    the digest of what was handed out. A list of many patients has no ``patient``. ``roles``: those held there then, or
    "glass"."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", _("Opened")
        KEPT = "KEPT", _("Kept by the tablet")
        EXPORTED = "EXPORTED", _("Exported")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = ProtectedForeignKey("clinic.Facility", related_name="+", db_index=False)
    person = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+", db_index=False)
    patient = ProtectedForeignKey("clinic.Patient", null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    roles = models.CharField(max_length=100)
    what = models.CharField(max_length=120, blank=True, help_text="of an export: of what")
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(editable=False, null=True)

    class Meta:
        constraints = [
            database_clock(),
            state_known("kind", ("OPENED", "KEPT", "EXPORTED"), name="record_access_kind_known"),
            models.UniqueConstraint(
                fields=("person", "patient", "facility", "at", "kind"),
                condition=~Q(kind="EXPORTED"),
                name="record_access_once_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(kind="EXPORTED")
                | Q(at__minute=0, at__second=0, patient__isnull=False, digest="", reason="", what=""),
                name="record_access_opened_in_an_hour",
            ),
            models.CheckConstraint(
                condition=~Q(kind="EXPORTED") | Q(digest__regex="^[0-9a-f]{64}$"),
                name="record_access_export_has_digest",
            ),
        ]
        indexes = [models.Index(fields=("facility", "-at", "-id"), name="record_access_newest")]


def note_opened(
    *,
    facility_id: UUID,
    person_id: UUID,
    patient_ids: Iterable[UUID],
    roles: str,
    kind: RecordAccess.Kind,
    at: datetime,
) -> None:
    """Once an hour, in one query; whoever opens it again writes nothing."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    RecordAccess.objects.bulk_create(
        [
            RecordAccess(facility_id=facility_id, person_id=person_id, patient_id=each, kind=kind, at=hour, roles=roles)
            for each in patient_ids
        ],
        ignore_conflicts=True,
    )


def accesses_at(facility: Facility) -> QuerySet[RecordAccess]:
    """Every one at this facility, the newest first."""
    return RecordAccess.objects.filter(facility=facility).select_related("person", "patient").order_by("-at", "-id")
