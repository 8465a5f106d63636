"""Who and what is on site today: people come and go, the clinic closes, oximeters work or do not."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey
from clinic.models import ClinicalRow


class Presence(ClinicalRow):
    """A member of staff arrived or left; the latest counts, an arrival until ``rules/presence.py`` says."""

    class Kind(models.TextChoices):
        ARRIVED = "ARRIVED", _("arrived")
        LEFT = "LEFT", _("left")

    person = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
        indexes = [models.Index(fields=("facility", "occurred_at"), name="presence_of_day")]


class ClosingTime(ClinicalRow):
    """When the facility closes from now on, by its own clock; none where nobody said. The newest counts."""

    closes = models.TimeField(null=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
        indexes = [models.Index(fields=("facility", "occurred_at"), name="closing_time_latest")]


class OximeterCheck(ClinicalRow):
    """A pulse oximeter was looked at: it works here, or it does not. The latest for its asset tag counts."""

    asset_tag = models.CharField(max_length=30)
    working = models.BooleanField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
        indexes = [models.Index(fields=("facility", "asset_tag", "occurred_at"), name="oximeter_check_latest")]
