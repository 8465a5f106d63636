"""The people and the chairs of a session: who watches, who sits where, and when the prescriber was asked."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, state_known
from clinic.models import ClinicalRow, Facility
from clinic.prepared import Prepared
from sessions_app.models.dosing_session import SessionRow


class ChairList(ClinicalRow):
    """The chairs of a facility in the order of the room; the newest list counts."""

    chairs = ArrayField(models.CharField(max_length=10))

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]


def _newest(facility_id: UUID) -> QuerySet[ChairList, Any]:
    lists = ChairList.objects.filter(facility=facility_id)
    return lists.order_by("-occurred_at", "-id").values_list("chairs")[:1]


_NEWEST = Prepared(_newest, facility_id=UUID)


def chairs_of(facility: Facility) -> list[str]:
    """The room in its order; empty where nobody has listed it yet."""
    newest = _NEWEST.read(facility_id=facility.pk)
    return list(newest[0][0]) if newest else []


class Watch(SessionRow):
    """Who watches this chair from now on; the newest in force counts. At a hand-over: from whom, and how the
    patient is, in a few written words."""

    watcher = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    handed_over_by = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")
    written_state = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(handed_over_by__isnull=True) | ~Q(written_state=""), name="watch_handed_over_with_state"
            ),
        ]


class ChairMove(SessionRow):
    """The patient sits elsewhere from now on."""

    from_chair = models.CharField(max_length=10, blank=True)
    to_chair = models.CharField(max_length=10)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(to_chair=""), name="chair_move_leads_somewhere"),
        ]


class PrescriberContact(SessionRow):
    """The prescriber was called, arrived at the chair, or spoke by telephone. What was said by telephone is read
    back; none of it opens a gate: a decision is the prescriber's own entry."""

    class How(models.TextChoices):
        CALLED = "CALLED", _("called")
        ARRIVED = "ARRIVED", _("arrived")
        TELEPHONE = "TELEPHONE", _("by telephone")

    prescriber = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    said = models.TextField(blank=True)
    read_back = models.BooleanField(default=False)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("how", ("CALLED", "ARRIVED", "TELEPHONE"), name="prescriber_contact_how_known"),
            models.CheckConstraint(
                condition=~Q(how="TELEPHONE") | (~Q(said="") & Q(read_back=True)),
                name="prescriber_contact_telephone_read_back",
            ),
        ]
