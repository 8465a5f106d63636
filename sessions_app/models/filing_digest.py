"""Who is told by mail how many forms wait, and that a day's mail was sent."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import state_known
from clinic.models import ClinicalRow, Facility, User
from clinic.models.reminder import people_with_mail
from clinic.rules.roles import Permission


class DigestChoice(ClinicalRow):
    """To whom the facility has its daily mail about forms sent from now on; the newest counts."""

    class To(models.TextChoices):
        NOBODY = "NOBODY", _("nobody")
        ADMINISTRATORS = "ADMINISTRATORS", _("administrators")
        EVERYBODY = "EVERYBODY", _("everybody who files")

    to = models.CharField(max_length=16, choices=To.choices)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("to", ("NOBODY", "ADMINISTRATORS", "EVERYBODY"), name="digest_choice_known"),
        ]


class FilingDigest(ClinicalRow):
    """The mail of one calendar day at this facility: how many forms were late, due that day, returned, to amend."""

    day = models.DateField()
    late = models.PositiveIntegerField()
    due_today = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    to_amend = models.PositiveIntegerField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("facility", "day"), name="filing_digest_once_a_day"),
        ]


def digest_goes_to(facility: Facility) -> DigestChoice.To:
    """As reminders do, to administrators, as long as the facility has not said otherwise."""
    newest = DigestChoice.objects.filter(facility=facility).order_by("-occurred_at", "-id").first()
    return DigestChoice.To(newest.to) if newest else DigestChoice.To.ADMINISTRATORS


def digest_readers(facility: Facility, *, at: datetime) -> models.QuerySet[User]:
    """Whoever the facility chose and has an address: its administrators, or everybody who files as well."""
    wanted = {
        DigestChoice.To.NOBODY: frozenset[Permission](),
        DigestChoice.To.ADMINISTRATORS: frozenset({Permission.MANAGE_FACILITY}),
        DigestChoice.To.EVERYBODY: frozenset({Permission.MANAGE_FACILITY, Permission.FILE}),
    }[digest_goes_to(facility)]
    return people_with_mail(facility, wanted, at=at)
