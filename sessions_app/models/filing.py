"""The filing of one treatment's monitoring form: where it stands and how it came there, what people filled in, what was
submitted word by word, and what came back."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, RowTrigger, state_known
from clinic.models import ClinicalRow, Correction
from sessions_app.models.dosing_session import DosingSession, DosingSessionQuerySet
from sessions_app.models.edition import FormEdition
from sessions_app.rules.filing import NOT_SENT, STEPS, TO_DO, FilingState, Outcome
from sessions_app.rules.states import ENDED

_SITUATION = ("state", "edition", "treatment_date", "due_at", "person")


class Situation(models.Model):
    """Where a filing stands; its newest step says the same (a composite key holds them together). ``person`` monitored,
    and is asked for it; ``due_at`` follows from the day of the first device."""

    state = models.CharField(max_length=16)
    edition = ProtectedForeignKey(FormEdition, related_name="+", db_index=False)
    treatment_date = models.DateField()
    due_at = models.DateTimeField()
    person = ProtectedForeignKey(settings.AUTH_USER_MODEL, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Filing(Situation, ClinicalRow):
    """One per dosed session of an outpatient setting, from the first device on."""

    dosing_session = models.OneToOneField(DosingSession, models.PROTECT, db_constraint=False, related_name="filing")
    step = ProtectedForeignKey("sessions_app.FilingStep", db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("state", list(FilingState), name="filing_state_known"),
            models.UniqueConstraint(fields=("id", "facility"), name="filing_of_facility"),
            CompositeForeignKey(
                fields=("dosing_session", "facility"),
                to="sessions_app.DosingSession",
                to_fields=("id", "facility"),
                name="filing_session_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("step", "id", *_SITUATION),
                to="sessions_app.FilingStep",
                to_fields=("id", "filing", *_SITUATION),
                name="filing_stands_at_its_step",
                deferred=True,
            ),
            RowTrigger(
                function="vigil_filing_at_newest_step", name="filing_at_newest_step", event="UPDATE", when="after"
            ),
        ]
        indexes = [
            models.Index(fields=("facility", "due_at"), condition=Q(state__in=TO_DO), name="filing_to_do"),
            models.Index(fields=("facility", "treatment_date"), name="filing_of_day"),
            models.Index(fields=("facility", "person", "state"), name="filing_of_person"),
        ]


class FilingRow(ClinicalRow):
    """Base of rows about one filing, of the same facility."""

    filing = ProtectedForeignKey(Filing, db_constraint=False, related_name="%(class)ss")

    class Meta(ClinicalRow.Meta):
        abstract = True
        constraints = [
            *ClinicalRow.Meta.constraints,
            CompositeForeignKey(
                fields=("filing", "facility"),
                to="sessions_app.Filing",
                to_fields=("id", "facility"),
                name="%(class)s_filing_of_same_facility",
            ),
        ]


def _legal_step() -> Q:
    """By the table; or in the same state its day, its edition, its person or what is missing became another."""
    legal = Q(from_state="") | Q(from_state=models.F("state"))
    for start, end in STEPS:
        legal |= Q(from_state=start, state=end)
    return legal


class FilingStep(Situation, FilingRow):
    """One change of where a filing stands; they form one unforked line. ``missing``: the fields that were still empty;
    ``changed``: what the record said otherwise than what was submitted."""

    previous = ProtectedForeignKey("self", null=True, db_constraint=False, related_name="+")
    from_state = models.CharField(max_length=16, blank=True)
    missing = ArrayField(models.CharField(max_length=40), default=list)
    changed = ArrayField(models.CharField(max_length=40), default=list)
    reason = models.TextField(blank=True)

    class Meta(FilingRow.Meta):
        abstract = False
        constraints = [
            *FilingRow.Meta.constraints,
            models.CheckConstraint(condition=_legal_step(), name="filing_step_is_in_the_table"),
            models.UniqueConstraint(fields=("id", "filing", *_SITUATION), name="filing_step_target"),
            models.UniqueConstraint(fields=("id", "filing", "state"), name="filing_step_state"),
            models.UniqueConstraint(fields=("previous",), name="filing_step_line_unforked"),
            models.UniqueConstraint(
                fields=("filing",), condition=Q(previous__isnull=True), name="filing_step_line_one_beginning"
            ),
            CompositeForeignKey(
                fields=("previous", "filing", "from_state"),
                to="sessions_app.FilingStep",
                to_fields=("id", "filing", "state"),
                name="filing_step_follows_previous",
            ),
        ]


class FilingAnswer(FilingRow):
    """What a person filled in. ``instead_of``: the value that the record gave; then it needs a reason. An empty value
    takes back what was answered before."""

    code = models.CharField(max_length=40)
    value = models.TextField(blank=True)
    instead_of = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    class Meta(FilingRow.Meta):
        abstract = False
        constraints = [
            *FilingRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(instead_of="") | ~Q(reason=""), name="filing_answer_against_the_record_has_reason"
            ),
        ]


class FilingVersion(FilingRow):
    """What was submitted, word by word, as its edition asked it: ``occurred_at`` is when and ``performed_by`` who.
    ``missing`` were empty all the same, with the ``reason``."""

    class Route(models.TextChoices):
        PORTAL = "PORTAL", _("portal")
        FAX = "FAX", _("fax")

    number = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=8, choices=Route.choices)
    confirmation = models.CharField(max_length=60, blank=True)
    edition = ProtectedForeignKey(FormEdition, related_name="+", db_index=False)
    content = models.JSONField()
    missing = ArrayField(models.CharField(max_length=40), default=list)
    reason = models.TextField(blank=True)

    class Meta(FilingRow.Meta):
        abstract = False
        constraints = [
            *FilingRow.Meta.constraints,
            models.UniqueConstraint(fields=("filing", "number"), name="filing_version_number"),
            models.UniqueConstraint(fields=("id", "filing"), name="filing_version_of_filing"),
            state_known("route", ("PORTAL", "FAX"), name="filing_version_route_known"),
            models.CheckConstraint(condition=Q(missing=[]) | ~Q(reason=""), name="filing_version_says_why_incomplete"),
        ]


class FilingOutcome(FilingRow):
    """What came back of one submission: acknowledged, or returned with the reason."""

    version = ProtectedForeignKey(FilingVersion, db_constraint=False, related_name="outcomes")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Outcome])
    reason = models.TextField(blank=True)

    class Meta(FilingRow.Meta):
        abstract = False
        constraints = [
            *FilingRow.Meta.constraints,
            state_known("kind", list(Outcome), name="filing_outcome_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=Outcome.RETURNED) | ~Q(reason=""), name="filing_outcome_returned_with_reason"
            ),
            CompositeForeignKey(
                fields=("version", "filing"),
                to="sessions_app.FilingVersion",
                to_fields=("id", "filing"),
                name="filing_outcome_version_of_filing",
            ),
        ]


def versions_in_force() -> models.QuerySet[FilingVersion]:
    """Every submission that was not taken back, the first first."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    return FilingVersion.objects.filter(~Exists(taken_back)).order_by("number")


def filing_of(dosing_session: DosingSession) -> Filing | None:
    rows = Filing.objects.filter(dosing_session=dosing_session)
    return rows.select_related("edition", "step", "person", "facility").first()


def sessions_not_filed() -> DosingSessionQuerySet:
    """Sessions that are over and whose form was not sent yet."""
    return DosingSession.objects.filter(state__in=ENDED, filing__state__in=NOT_SENT).select_related("course")
