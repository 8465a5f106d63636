"""Signatures, and what they are worth."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from clinic.canonical import canonical, content_of
from clinic.constraints import state_known
from clinic.models.entry import ClinicalRow, SignedRow
from clinic.prepared import Prepared
from clinic.rules.signature import COUNTS, Factor, Meaning, SignatureFacts, Standing, standing


def digest_of(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def content_now(row: models.Model, signed: str) -> str:
    """What stands today in the columns that were signed; columns that came with a later version were not."""
    fields = content_of(row)["fields"]
    names = json.loads(signed)["fields"]
    return canonical({"table": row._meta.label, "fields": {name: fields.get(name) for name in names}})


class Signature(ClinicalRow):
    """Somebody who proved who they are signed exactly this row: ``content`` is what was signed, ``digest`` its
    SHA-256. ``performed_by`` signs. Of a row copied from paper that is whoever copied it, which the meaning says; who
    signed on the paper is the row's own ``performed_by``."""

    row_kind = models.CharField(max_length=60)
    row_id = models.UUIDField()
    subject_id = models.UUIDField(help_text="the dosing session, course or facility the row belongs to")
    meaning = models.CharField(max_length=12)
    printed_name = models.CharField(max_length=120)
    credential = models.CharField(max_length=40, blank=True)
    factor = models.CharField(max_length=8)
    tablet_id = models.UUIDField(null=True, help_text="the enrolled tablet a PIN was typed on")
    content = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("meaning", list(Meaning), name="signature_meaning_known"),
            state_known("factor", list(Factor), name="signature_factor_known"),
            models.UniqueConstraint(fields=("row_id",), name="signature_once_per_row"),
        ]
        indexes = [models.Index(fields=("subject_id",), name="signature_subject")]

    def __str__(self) -> str:
        return f"{self.printed_name}, {self.credential}" if self.credential else self.printed_name


def _of_subject(subject_id: UUID) -> QuerySet[Signature]:
    return Signature.objects.filter(subject_id=subject_id)


_OF_SUBJECT = Prepared(_of_subject, subject_id=UUID)


class Signatures:
    """The signatures of some subjects, read at once."""

    def __init__(self, rows: Iterable[Signature]) -> None:
        self._by_row = {row.row_id: row for row in rows}

    @classmethod
    def of_subjects(cls, subject_ids: Iterable[UUID]) -> Self:
        return cls(Signature.objects.filter(subject_id__in=list(subject_ids)))

    @classmethod
    def of_subject(cls, subject_id: UUID) -> Self:
        return cls(_OF_SUBJECT.instances(subject_id=subject_id))

    def of(self, row: Any) -> Signature | None:
        return self._by_row.get(row.pk)

    def standing(self, row: Any) -> Standing:
        """What the signature of this row is worth. A row of a kind that nobody signs needs none."""
        if not isinstance(row, SignedRow) or not row.needs_signature():
            return Standing.NOT_DUE
        found = self.of(row)
        if found is None:
            return standing(SignatureFacts(row.signature_due))
        try:
            now = digest_of(content_now(row, found.content))
        except (ValueError, KeyError, TypeError):  # what stands as signed is no content of any row
            now = ""
        return standing(SignatureFacts(row.signature_due, (found.digest, digest_of(found.content), now)))

    def count(self, row: Any) -> bool:
        """Whether a gate may take this row as signed."""
        return self.standing(row) in COUNTS
