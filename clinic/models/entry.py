"""The envelope of every clinical row: who did it and when, who entered it and when, and by which entry."""

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, database_clock, same_entry, state_known
from clinic.identifiers import new_id
from clinic.rules.signature import SIGNED_TO_TAKE_BACK, Meaning

if TYPE_CHECKING:
    from clinic.models.staff import User


class Channel(models.TextChoices):
    """How a row came in. A session charted from PAPER keeps that label for ever."""

    LIVE = "LIVE", _("live")
    OFFLINE = "OFFLINE", _("offline")
    PAPER = "PAPER", _("paper")


class Entry(models.Model):
    """One submitted form. Its ``entry_id`` was made with the form and is unique in its facility: the same
    submission twice finds this row and has one effect.

    ``subject_id`` is what the entry was about (a dosing session, a patient, a facility); ``order`` is its place
    among the entries of a dosing session, given out under that session's lock; ``result_id`` is the row made
    first. ``tablet``: the shared tablet it was typed on, if it was one. ``answers``: SHA-256 of what the form said;
    empty where no form did. The same number with other answers is not the same submission.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = ProtectedForeignKey("clinic.Facility", related_name="+")
    entry_id = models.UUIDField()
    action = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    order = models.PositiveIntegerField(null=True)
    result_id = models.UUIDField()
    recorded_by = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    recorded_at = models.DateTimeField(editable=False, null=True)
    tablet = ProtectedForeignKey("clinic.Tablet", null=True, related_name="+", db_index=False)
    answers = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("facility", "entry_id"), name="entry_once_per_facility"),
            models.UniqueConstraint(fields=("subject_id", "order"), name="entry_order_of_subject"),
            database_clock(),
        ]

    def says(self, answers: str) -> bool:
        """Whether it is what such answers would have written; where either is not known, it is."""
        return not (self.answers and answers) or self.answers == answers


def written_before(entry_id: str, *, about: UUID, by: "User") -> Entry | None:
    """The entry of this person's form with that number, if it arrived before."""
    try:
        return Entry.objects.filter(entry_id=UUID(entry_id), subject_id=about, recorded_by=by).first()
    except ValueError:
        return None


class ClinicalRow(models.Model):
    """Base of every clinical table. Rows are inserted and never changed; the database itself stamps
    ``recorded_at``, and no rule compares it with ``occurred_at``, the time the thing happened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = ProtectedForeignKey("clinic.Facility", related_name="+")
    entry_id = models.UUIDField()
    performed_by = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    recorded_by = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(editable=False, null=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.LIVE)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True
        constraints = [
            database_clock(),
            same_entry(),
            state_known("channel", Channel.values, name="%(class)s_channel_known"),
        ]


class SignedRow(models.Model):
    """Mix-in of a clinical row that nobody writes without signing it: ``clinic.actions.entry.write`` refuses.

    ``signature_due`` is False only in rows written before Vigil asked for signatures."""

    MEANING: ClassVar[Meaning]

    signature_due = models.BooleanField(default=True)

    class Meta:
        abstract = True

    def needs_signature(self) -> bool:
        """Whether this very row is one that is signed."""
        return True


class Correction(SignedRow, ClinicalRow):
    """Takes one clinical row out of force, with a reason. The row itself stays and is shown struck through;
    what replaces it is a new row of its
    own, named here where one entry did both."""

    MEANING = Meaning.DECIDED

    row_kind = models.CharField(max_length=60)
    row_id = models.UUIDField()
    subject_id = models.UUIDField(help_text="the dosing session or patient the row belongs to")
    replacement_id = models.UUIDField(null=True, help_text="the row that says how it really was, written with it")
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("row_id",), name="correction_once_per_row"),
            models.UniqueConstraint(fields=("id", "row_id"), name="correction_of_row"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="correction_has_reason"),
        ]
        indexes = [models.Index(fields=("subject_id",), name="correction_subject")]

    def needs_signature(self) -> bool:
        """Only of what a prescriber alone takes out of force."""
        return self.row_kind in SIGNED_TO_TAKE_BACK
