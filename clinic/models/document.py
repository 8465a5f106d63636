"""Papers that were kept: what a file is, and apart from it its bytes."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Length

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, sha256_hex, state_known
from clinic.identifiers import new_id
from clinic.models.entry import ClinicalRow, Entry
from clinic.models.facility import Facility
from clinic.models.patient import Patient
from clinic.rules.document import LONGEST_NAME, MediaType
from clinic.rules.roles import Permission

MOST_LISTED = 500


class DocumentContent(models.Model):
    """The bytes of one document. Kept apart, so that a list of documents never reads them; the database itself compares
    them with their digest. No envelope of its own: they are written with their document, which has one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facility = ProtectedForeignKey("clinic.Facility", related_name="+")
    digest = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("id", "facility", "digest", "size_bytes"), name="document_content_key"),
            models.CheckConstraint(
                condition=models.Q(digest=sha256_hex(F("content"))), name="document_content_has_its_digest"
            ),
            models.CheckConstraint(
                condition=models.Q(size_bytes=Length("content")) & models.Q(size_bytes__gt=0),
                name="document_content_has_its_size",
            ),
        ]


class Document(ClinicalRow):
    """One file: what it is called, what its content was found to be, its SHA-256, and the permission that opens it at
    its facility. What it is about says the row that refers to it."""

    name = models.CharField(max_length=LONGEST_NAME, help_text="clean: fit to be served")
    given_name = models.CharField(max_length=255, blank=True, help_text="as it was sent")
    media_type = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    opened_with = models.CharField(max_length=20, help_text="the permission it takes")
    content = models.OneToOneField(DocumentContent, models.PROTECT, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("media_type", list(MediaType), name="document_media_type_known"),
            models.CheckConstraint(condition=~models.Q(name=""), name="document_has_name"),
            models.UniqueConstraint(fields=("id", "facility"), name="document_of_facility"),
            # Deferred: a document comes first among its rows, as the result of its entry.
            CompositeForeignKey(
                fields=("content", "facility", "digest", "size_bytes"),
                to="clinic.DocumentContent",
                to_fields=("id", "facility", "digest", "size_bytes"),
                name="document_content_is_its_own",
                deferred=True,
            ),
        ]
        indexes = [models.Index(fields=("facility", "-id"), name="document_newest")]

    @property
    def permission(self) -> Permission:
        return Permission(self.opened_with)


def documents_of(facility: Facility, *, opened_with: Iterable[Permission]) -> models.QuerySet[Document]:
    """The facility's own, the newest first, of those that these permissions open; a patient's and a person's stand with
    them alone."""
    about_it = Entry.objects.filter(facility=facility, entry_id=OuterRef("entry_id"), subject_id=facility.pk)
    known = documents_with_context().filter(facility=facility, opened_with__in=list(opened_with))
    return known.filter(Exists(about_it)).order_by("-id")[:MOST_LISTED]


def documents_with_context() -> models.QuerySet[Document]:
    return Document.objects.select_related("facility", "performed_by")


def patients_of_document(document: Document) -> list[UUID]:
    """The patient whom it came with, if it came with one."""
    about = Entry.objects.filter(facility=document.facility_id, entry_id=document.entry_id).values("subject_id")
    return list(Patient.objects.filter(pk__in=about).values_list("pk", flat=True))
