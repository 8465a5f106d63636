"""The certification of a facility, programme by programme: a line of signed steps. The app certifies nobody."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.document import Document
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.signature import SignedRow
from clinic.rules.certification import STOPS, TRANSITIONS, CertificationStatus
from clinic.rules.signature import Meaning


class AuthorizedRepresentative(ClinicalRow):
    """Who answers to the REMS for this facility under one programme, from ``occurred_at`` on. Only rows older than the
    attestations name no ``person``."""

    program_code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    person = ProtectedForeignKey(settings.AUTH_USER_MODEL, null=True, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(
                fields=("id", "facility", "program_code"), name="authorized_representative_of_programme"
            ),
            models.UniqueConstraint(fields=("id", "person"), name="authorized_representative_person"),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "occurred_at"), name="authorized_rep_latest")]


def _in_the_table() -> Q:
    """Rows older than the table (``signature_due`` False) name no step before them."""
    legal = Q(signature_due=False)
    for start, end in TRANSITIONS:
        legal |= Q(previous__isnull=start is None, from_status=start.value if start else "", status=end.value)
    return legal


class Certification(SignedRow, ClinicalRow):
    """One step: where the certification stands from ``occurred_at`` on, and where it came from. CERTIFIED is the REMS's
    own word: date, identifier, document, and the representative it confirmed. Steps form one unforked line."""

    MEANING = Meaning.RECORDED

    program_code = models.CharField(max_length=40)
    previous = ProtectedForeignKey("self", null=True, db_constraint=False, related_name="+")
    from_status = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=20)
    authorized_representative = ProtectedForeignKey(
        AuthorizedRepresentative, null=True, db_constraint=False, related_name="+"
    )
    confirmation_date = models.DateField(null=True)
    confirmation_identifier = models.CharField(max_length=60, blank=True)
    document = ProtectedForeignKey(Document, null=True, db_constraint=False, related_name="+")
    reason = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("status", list(CertificationStatus), name="certification_status_known"),
            models.CheckConstraint(condition=_in_the_table(), name="certification_step_in_the_table"),
            models.UniqueConstraint(
                fields=("id", "facility", "program_code", "status"), name="certification_step_target"
            ),
            models.UniqueConstraint(fields=("previous",), name="certification_line_unforked"),
            models.UniqueConstraint(
                fields=("facility", "program_code"),
                condition=Q(previous__isnull=True, signature_due=True),
                name="certification_line_one_beginning",
            ),
            CompositeForeignKey(
                fields=("previous", "facility", "program_code", "from_status"),
                to="clinic.Certification",
                to_fields=("id", "facility", "program_code", "status"),
                name="certification_follows_previous",
            ),
            CompositeForeignKey(
                fields=("authorized_representative", "facility", "program_code"),
                to="clinic.AuthorizedRepresentative",
                to_fields=("id", "facility", "program_code"),
                name="certification_representative_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("document", "facility"),
                to="clinic.Document",
                to_fields=("id", "facility"),
                name="certification_document_of_same_facility",
                deferred=True,
            ),
            models.CheckConstraint(
                condition=~Q(status="CERTIFIED")
                | (
                    Q(confirmation_date__isnull=False, authorized_representative__isnull=False)
                    & ~Q(confirmation_identifier="")
                    & (Q(document__isnull=False) | Q(signature_due=False))
                ),
                name="certification_confirmed_by_the_rems",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[stop.value for stop in STOPS]) | ~Q(reason=""),
                name="certification_stop_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="RECERTIFICATION_DUE") | ~Q(reason="") | Q(authorized_representative__isnull=False),
                name="certification_due_has_cause",
            ),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "occurred_at"), name="certification_latest")]


class CertificationReview(SignedRow, ClinicalRow):
    """The facility looked its own certification over, and said when it will again: its own interval, none where it
    keeps none, and whether dosing stops when that day is over."""

    MEANING = Meaning.RECORDED

    program_code = models.CharField(max_length=40)
    interval_months = models.PositiveSmallIntegerField(null=True)
    due_date = models.DateField(null=True, help_text="the last day for the next one")
    overdue_stops = models.BooleanField(default=False)
    note = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(interval_months=None, due_date=None, overdue_stops=False)
                | Q(interval_months__isnull=False, interval_months__range=(1, 60), due_date__isnull=False),
                name="certification_review_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "occurred_at"), name="cert_review_latest")]


def steps_of(facility: Facility, program_code: str) -> models.QuerySet[Certification]:
    """The line, the newest first, with what a page says of each."""
    line = Certification.objects.filter(facility=facility, program_code=program_code)
    people = ("authorized_representative", "performed_by", "document")
    return line.select_related(*people).order_by("-occurred_at", "-id")


def representatives_of(facility: Facility, program_code: str) -> models.QuerySet[AuthorizedRepresentative]:
    """The newest, who is the present one, first."""
    rows = AuthorizedRepresentative.objects.filter(facility=facility, program_code=program_code)
    return rows.select_related("person", "facility").order_by("-occurred_at", "-id")


def submitted_under_another(last: Certification | None, present: AuthorizedRepresentative | None) -> bool:
    """It stands submitted under somebody who is the representative no more."""
    if last is None or last.status != CertificationStatus.SUBMITTED:
        return False
    return last.authorized_representative != present
