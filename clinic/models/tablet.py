"""Shared tablets of a facility, and what was tried with a PIN."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.identifiers import new_id
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.staff import User


class PinOutcome(models.TextChoices):
    """LIFTED: the person proved themself otherwise, and what was wrong before no longer counts."""

    RIGHT = "RIGHT", _("right")
    WRONG = "WRONG", _("wrong")
    LIFTED = "LIFTED", _("lifted")


class TabletQuerySet(models.QuerySet["Tablet"]):
    def in_force(self) -> "TabletQuerySet":
        return self.filter(revocations__isnull=True)

    def with_last_use(self) -> "TabletQuerySet":
        """``last_used_at``: when somebody last came in, or signed, with their PIN."""
        used = models.Q(pin_attempts__outcome=PinOutcome.RIGHT)
        return self.annotate(last_used_at=models.Max("pin_attempts__tried_at", filter=used))


class Tablet(ClinicalRow):
    """A device that people of one facility share. Enrolled by whoever performed it, at ``occurred_at``; it proves
    itself by a secret that it alone keeps, and counts until it is revoked."""

    name = models.CharField(_("name"), max_length=60)
    secret_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in its cookie")

    objects = TabletQuerySet.as_manager()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("facility", "id"), name="tablet_of_facility"),
        ]

    def __str__(self) -> str:
        return self.name


class TabletRevocation(ClinicalRow):
    """From here on the tablet's cookie is worth nothing, and neither is any sign-in made on it."""

    tablet = ProtectedForeignKey(Tablet, related_name="revocations")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("tablet",), name="tablet_revoked_once"),
            CompositeForeignKey(
                fields=("facility", "tablet"),
                to="clinic.Tablet",
                to_fields=("facility", "id"),
                name="tabletrevocation_tablet_of_same_facility",
            ),
        ]


class PinAttempt(models.Model):
    """Somebody typed a PIN as this person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = ProtectedForeignKey(User, related_name="+")
    tablet = ProtectedForeignKey(Tablet, null=True, related_name="pin_attempts")
    outcome = models.CharField(max_length=6, choices=PinOutcome.choices)
    tried_at = models.DateTimeField()

    class Meta:
        constraints = [state_known("outcome", PinOutcome.values, name="pin_attempt_outcome_known")]
        indexes = [models.Index(fields=("person", "tried_at"), name="pin_attempt_of_person")]


def tablets_of(facility: Facility) -> TabletQuerySet:
    """Those in force, by name."""
    found = Tablet.objects.in_force().filter(facility=facility).with_last_use()
    return found.select_related("performed_by").order_by("name")


def tablets_with_facility() -> TabletQuerySet:
    """All there ever were; whoever shows them chooses whose."""
    return Tablet.objects.select_related("facility")
