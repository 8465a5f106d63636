"""Programme versions and the policies of facilities. A dosing session pins one of each."""

from functools import lru_cache
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey
from clinic.identifiers import new_id
from clinic.models import ClinicalRow, Facility
from clinic.prepared import Prepared
from sessions_app.rules.adverse_event import MOST_DAYS
from sessions_app.rules.alarms import ALARM_MINUTES
from sessions_app.rules.contraindication import LONGEST_REVIEW
from sessions_app.rules.program import Program, parse_program


class ProgramVersion(models.Model):
    """One version of a programme file, loaded by the database's owner; the application may only read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    minimum_stay_minutes = models.PositiveIntegerField()
    final_check_window_minutes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("code", "version"), name="program_version_once"),
            models.UniqueConstraint(
                fields=("id", "minimum_stay_minutes", "final_check_window_minutes"), name="program_version_numbers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def program(self) -> Program:
        return _parsed(self.id, self.text, f"{self.code}-{self.version}.toml")


@lru_cache(maxsize=64)
def _parsed(_: UUID, text: str, file: str) -> Program:
    return parse_program(text, file=file)


class FacilityPolicy(ClinicalRow):
    """One version of a facility's policy for one programme: what it tightens. The newest is in force for new
    sessions; one from paper takes the one of its check-in. The numbers the database itself enforces stand beside the
    programme's own, compared by a check.

    When alarms come is the facility's own affair and no rule of a programme ([D]): how long before its minute a check
    is due soon, after how long an alarm nobody has goes to the prescriber, and when a patient who left early is called.
    So are the days within which a suspected adverse event is reported, and after which the contraindications are asked
    again: none, until a clinic says how many.
    """

    program_version = ProtectedForeignKey(ProgramVersion, db_constraint=False, related_name="+")
    program_code = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    overrides = models.JSONField(default=dict)
    ride_service_allowed = models.BooleanField(default=True)
    extra_checks = ArrayField(models.PositiveIntegerField(), default=list)
    due_soon_minutes = models.PositiveSmallIntegerField(default=5)
    escalation_minutes = models.PositiveSmallIntegerField(default=5)
    follow_up_minutes = models.PositiveSmallIntegerField(default=60)
    adverse_event_days = models.PositiveSmallIntegerField(null=True)
    contraindication_review_days = models.PositiveSmallIntegerField(null=True)
    asks_benefit_review = models.BooleanField(default=True, help_text="False: written before it was asked")
    reason = models.TextField()
    minimum_stay_minutes = models.PositiveIntegerField()
    final_check_window_minutes = models.PositiveIntegerField()
    program_minimum_stay_minutes = models.PositiveIntegerField()
    program_final_check_window_minutes = models.PositiveIntegerField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("facility", "program_code", "number"), name="facility_policy_version"),
            models.UniqueConstraint(
                fields=("id", "facility", "minimum_stay_minutes", "final_check_window_minutes"),
                name="facility_policy_numbers",
            ),
            CompositeForeignKey(
                fields=(
                    "program_version",
                    "program_minimum_stay_minutes",
                    "program_final_check_window_minutes",
                ),
                to="sessions_app.ProgramVersion",
                to_fields=("id", "minimum_stay_minutes", "final_check_window_minutes"),
                name="facility_policy_of_program_version",
            ),
            models.CheckConstraint(
                condition=Q(minimum_stay_minutes__gte=F("program_minimum_stay_minutes"))
                & Q(final_check_window_minutes__lte=F("program_final_check_window_minutes")),
                name="facility_policy_tightens_only",
            ),
            models.CheckConstraint(
                condition=Q(due_soon_minutes__range=(1, 30))
                & Q(escalation_minutes__range=(1, 30))
                & Q(follow_up_minutes__range=(5, 240)),
                name="facility_policy_alarm_minutes_possible",
            ),
            models.CheckConstraint(
                condition=Q(adverse_event_days__isnull=True) | Q(adverse_event_days__range=(1, MOST_DAYS)),
                name="facility_policy_adverse_event_days_possible",
            ),
            models.CheckConstraint(
                condition=Q(contraindication_review_days__isnull=True)
                | Q(contraindication_review_days__range=(1, LONGEST_REVIEW)),
                name="facility_policy_contraindication_review_possible",
            ),
        ]

    @property
    def alarms(self) -> dict[str, int]:
        """When alarms come, in minutes by name."""
        return {name: getattr(self, name) for name in ALARM_MINUTES}

    @property
    def days(self) -> dict[str, int | None]:
        """The clinic's own numbers of days by name, or none."""
        return {name: getattr(self, name) for name in ("adverse_event_days", "contraindication_review_days")}

    @property
    def program(self) -> Program:
        """The programme as this policy tightens it."""
        return self.program_version.program.under(
            self.overrides,
            ride_service_allowed=self.ride_service_allowed,
            extra_checks=self.extra_checks,
            contraindication_review_days=self.contraindication_review_days,
        )


def default_alarms() -> dict[str, int]:
    """When alarms come as long as the clinic has not said otherwise."""
    return FacilityPolicy().alarms


_VERSIONS = Prepared(lambda: ProgramVersion.objects.order_by("id"))


def newest_versions() -> dict[str, ProgramVersion]:
    """Each programme's version that was loaded last."""
    return {version.code: version for version in _VERSIONS.instances()}


def programs_by_code() -> dict[str, Program]:
    """Each programme as it is shipped, before any policy."""
    return {code: version.program for code, version in newest_versions().items()}


def policies_in_force(facility: Facility) -> dict[str, FacilityPolicy]:
    """The facility's newest policy for each programme."""
    policies = FacilityPolicy.objects.filter(facility=facility).select_related("program_version", "performed_by")
    newest = policies.order_by("program_code", "-number").distinct("program_code")
    return {policy.program_code: policy for policy in newest}
