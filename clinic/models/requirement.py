"""What shows that a facility meets what is asked of it: attestations, evidence, and what a review found wanting."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.certification import AuthorizedRepresentative
from clinic.models.document import Document
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.signature import Signatures, SignedRow
from clinic.rules import attestations
from clinic.rules.requirements import Requirement
from clinic.rules.signature import Meaning


class Attestation(SignedRow, ClinicalRow):
    """One attestation by the Authorized Representative in person: bound to them and to the very words. A new
    representative and a new edition are attested anew."""

    MEANING = Meaning.ATTESTED

    program_code = models.CharField(max_length=40)
    authorized_representative = ProtectedForeignKey(AuthorizedRepresentative, db_constraint=False, related_name="+")
    code = models.CharField(max_length=20)
    edition = models.CharField(max_length=20)
    wording = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("code", list(attestations.Attestation), name="attestation_code_known"),
            models.CheckConstraint(condition=~Q(wording=""), name="attestation_has_wording"),
            CompositeForeignKey(
                fields=("authorized_representative", "facility", "program_code"),
                to="clinic.AuthorizedRepresentative",
                to_fields=("id", "facility", "program_code"),
                name="attestation_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("authorized_representative", "performed_by"),
                to="clinic.AuthorizedRepresentative",
                to_fields=("id", "person"),
                name="attestation_by_the_representative",
            ),
        ]
        indexes = [models.Index(fields=("authorized_representative",), name="attestation_of_rep")]


class Evidence(ClinicalRow):
    """What was entered for one requirement; the newest counts. ``expires_date`` is its last day."""

    program_code = models.CharField(max_length=40)
    requirement = models.CharField(max_length=20)
    answer = models.CharField(max_length=20, blank=True, help_text="where the requirement asks one of a few")
    number = models.CharField(max_length=40, blank=True)
    expires_date = models.DateField(null=True)
    note = models.TextField(blank=True)
    document = ProtectedForeignKey(Document, null=True, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("requirement", list(Requirement), name="evidence_requirement_known"),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(note="") | ~Q(number="") | ~Q(answer=""),
                name="evidence_says_something",
            ),
            CompositeForeignKey(
                fields=("document", "facility"),
                to="clinic.Document",
                to_fields=("id", "facility"),
                name="evidence_document_of_same_facility",
                deferred=True,
            ),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "requirement"), name="evidence_of_requirement")]


class Finding(ClinicalRow):
    """Something a review found wanting: whose it is, and by when."""

    program_code = models.CharField(max_length=40)
    requirement = models.CharField(max_length=20, blank=True)
    text = models.TextField()
    owner = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+")
    due_date = models.DateField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("requirement", ["", *Requirement], name="finding_requirement_known"),
            models.CheckConstraint(condition=~Q(text=""), name="finding_says_something"),
            models.UniqueConstraint(fields=("id", "facility"), name="finding_of_facility"),
        ]
        indexes = [models.Index(fields=("facility", "program_code"), name="finding_of_programme")]


class FindingClosure(ClinicalRow):
    """A finding is settled, and how. It stays in the history."""

    finding = models.OneToOneField(Finding, models.PROTECT, db_constraint=False, related_name="closure")
    note = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(note=""), name="finding_closure_has_note"),
            CompositeForeignKey(
                fields=("finding", "facility"),
                to="clinic.Finding",
                to_fields=("id", "facility"),
                name="finding_closure_of_same_facility",
            ),
        ]


def findings_with_context() -> models.QuerySet[Finding]:
    return Finding.objects.select_related("facility", "owner", "performed_by", "closure__performed_by")


def findings_of(facility: Facility, program_code: str) -> models.QuerySet[Finding]:
    """Open ones first, by day; then those that are closed, the last one first."""
    last_closed = models.F("closure__occurred_at").desc(nulls_first=True)
    found = findings_with_context().filter(facility=facility, program_code=program_code)
    return found.order_by(last_closed, "due_date", "id")


def open_findings(facility: Facility, program_code: str) -> models.QuerySet[Finding]:
    return findings_of(facility, program_code).filter(closure=None)


def open_findings_of(facilities: Iterable[Facility], *, at: datetime) -> dict[tuple[UUID, str], list[date]]:
    """By facility and programme, the days by which the open ones are to be settled."""
    rows = Finding.objects.filter(facility__in=list(facilities), closure=None, occurred_at__lte=at)
    found: dict[tuple[UUID, str], list[date]] = {}
    for facility, code, day in rows.order_by("due_date").values_list("facility_id", "program_code", "due_date"):
        found.setdefault((facility, code), []).append(day)
    return found


def attestations_of(representative: AuthorizedRepresentative) -> models.QuerySet[Attestation]:
    """The newest first."""
    rows = Attestation.objects.filter(authorized_representative=representative)
    return rows.select_related("performed_by").order_by("-occurred_at", "-id")


def standing_attestations(
    representative: AuthorizedRepresentative, signatures: Signatures | None = None
) -> dict[str, Attestation]:
    """By code: in the present edition and words, and signed as they stand."""
    signatures = signatures or Signatures.of_subjects([representative.pk])
    found: dict[str, Attestation] = {}
    for row in attestations_of(representative).filter(edition=attestations.EDITION):
        if row.wording == attestations.WORDINGS[attestations.Attestation(row.code)].text and signatures.count(row):
            found.setdefault(row.code, row)
    return found


def is_closed(finding: Finding) -> bool:
    return FindingClosure.objects.filter(finding=finding).exists()


def evidence_of(facility: Facility, program_code: str) -> models.QuerySet[Evidence]:
    """The newest of each requirement."""
    rows = Evidence.objects.filter(facility=facility, program_code=program_code)
    newest = rows.order_by("requirement", "-occurred_at", "-id").distinct("requirement")
    return newest.select_related("performed_by", "document__performed_by")
