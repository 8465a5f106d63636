"""Shared tablets of a facility, and what was tried with a PIN."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.identifiers import new_id
from clinic.models.entry import ClinicalRow, Entry
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


class TabletHeard(models.Model):
    """When the server last heard from a tablet, to half a minute or so. No record: it moves."""

    tablet = models.OneToOneField(Tablet, on_delete=models.PROTECT, primary_key=True, related_name="heard")
    heard_at = models.DateTimeField()


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


# Often enough to tell which tablet fell silent, seldom enough to cost nothing [D].
HEARD_EVERY = timedelta(seconds=30)


def heard_long_ago(heard_at: datetime | None, *, at: datetime) -> bool:
    """Whether it is worth a write that a tablet is heard from again."""
    return heard_at is None or at - heard_at > HEARD_EVERY


def hear(tablet: Tablet, *, at: datetime) -> None:
    """The server heard from this tablet."""
    TabletHeard.objects.bulk_create(
        [TabletHeard(tablet=tablet, heard_at=at)],
        update_conflicts=True,
        unique_fields=["tablet"],
        update_fields=["heard_at"],
    )


def hear_again(secret_digest: str, *, at: datetime) -> None:
    """As ``hear``, by what a tablet proves itself with."""
    TabletHeard.objects.filter(tablet__secret_digest=secret_digest).update(heard_at=at)


def charted_on(subject_id: UUID) -> list["Tablet"]:
    """The tablets on which something about it was typed, revoked ones too, with the last such entry: ``last_by`` whom,
    ``last_at`` when it came; and ``heard_at``."""
    last = Entry.objects.filter(subject_id=subject_id, tablet=models.OuterRef("pk")).order_by("-order")
    found = Tablet.objects.filter(pk__in=Entry.objects.filter(subject_id=subject_id).values("tablet"))
    return list(
        found.annotate(
            last_by=models.Subquery(last.values("recorded_by__printed_name")[:1]),
            last_at=models.Subquery(last.values("recorded_at")[:1]),
            heard_at=models.F("heard__heard_at"),
        ).order_by("name")
    )


def silent_tablets(subject_id: UUID, *, at: datetime) -> list["Tablet"]:
    """Those of ``charted_on`` that the server has not heard from for TABLET_SILENT_SECONDS, or that were revoked: they
    may hold what is not here. Display only; no gate asks it."""
    silent_since = at - timedelta(seconds=settings.TABLET_SILENT_SECONDS)
    return [tablet for tablet in charted_on(subject_id) if tablet.heard_at is None or tablet.heard_at < silent_since]  # type: ignore[attr-defined]


def tablets_of(facility: Facility) -> TabletQuerySet:
    """Those in force, by name."""
    found = Tablet.objects.in_force().filter(facility=facility).with_last_use()
    return found.select_related("performed_by").order_by("name")


def tablets_with_facility() -> TabletQuerySet:
    """All there ever were; whoever shows them chooses whose."""
    return Tablet.objects.select_related("facility")
