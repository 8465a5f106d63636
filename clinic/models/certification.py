"""What the REMS said of a facility, programme by programme. The app certifies nobody."""

from django.db import models

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.entry import ClinicalRow
from clinic.models.signature import SignedRow
from clinic.rules.certification import CertificationStatus
from clinic.rules.signature import Meaning


class AuthorizedRepresentative(ClinicalRow):
    """Who answers to the REMS for this facility under one programme, from ``occurred_at`` on."""

    program_code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(
                fields=("id", "facility", "program_code"), name="authorized_representative_of_programme"
            ),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "occurred_at"), name="authorized_rep_latest")]


class Certification(SignedRow, ClinicalRow):
    """The REMS's word on a facility from ``occurred_at`` on: its confirmation (date and identifier, naming the
    representative it confirmed), a suspension or a withdrawal."""

    MEANING = Meaning.RECORDED

    program_code = models.CharField(max_length=40)
    status = models.CharField(max_length=10)
    authorized_representative = ProtectedForeignKey(
        AuthorizedRepresentative, null=True, db_constraint=False, related_name="+"
    )
    confirmation_date = models.DateField(null=True)
    confirmation_identifier = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("status", list(CertificationStatus), name="certification_status_known"),
            CompositeForeignKey(
                fields=("authorized_representative", "facility", "program_code"),
                to="clinic.AuthorizedRepresentative",
                to_fields=("id", "facility", "program_code"),
                name="certification_representative_of_same_facility",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="CERTIFIED")
                | (
                    models.Q(confirmation_date__isnull=False, authorized_representative__isnull=False)
                    & ~models.Q(confirmation_identifier="")
                ),
                name="certification_confirmed_by_the_rems",
            ),
            models.CheckConstraint(
                condition=models.Q(status="CERTIFIED") | ~models.Q(reason=""), name="certification_stop_has_reason"
            ),
        ]
        indexes = [models.Index(fields=("facility", "program_code", "occurred_at"), name="certification_latest")]
