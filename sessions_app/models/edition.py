"""Editions of the forms that are filed, and which of them a facility uses from which day on."""

from datetime import date, datetime
from functools import cached_property, lru_cache
from uuid import UUID

from django.db import models

from clinic.constraints import ProtectedForeignKey
from clinic.identifiers import new_id
from clinic.models import ClinicalRow, Facility, FacilityContact, PersonContact, RoleAssignment, User
from clinic.models.contact import facility_contact, person_contacts
from clinic.rules.roles import LICENSED
from sessions_app.models.filing_digest import DigestChoice, digest_goes_to
from sessions_app.rules.edition import Edition, parse_edition


class FormEdition(models.Model):
    """One edition's file, loaded by the database's owner; the application may only read it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    form = models.CharField(max_length=40)
    program_code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    seen = models.BooleanField()
    text = models.TextField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("form", "version"), name="form_edition_once")]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"

    @property
    def edition(self) -> Edition:
        return _parsed(self.id, self.text, f"{self.form}-{self.version}.toml")


@lru_cache(maxsize=64)
def _parsed(_: UUID, text: str, file: str) -> Edition:
    return parse_edition(text, file=file)


class FacilityEdition(ClinicalRow):
    """From ``from_date`` on the facility fills in this edition for its treatments. Of two from one day the newer."""

    program_code = models.CharField(max_length=40)
    edition = ProtectedForeignKey(FormEdition, related_name="+")
    from_date = models.DateField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [*ClinicalRow.Meta.constraints]
        indexes = [models.Index(fields=("facility", "program_code", "from_date"), name="facility_edition_from")]


def facility_editions(facility: Facility) -> list[FacilityEdition]:
    """What the facility switched to and when, the newest day first."""
    rows = FacilityEdition.objects.filter(facility=facility).select_related("edition", "performed_by")
    return list(rows.order_by("-from_date", "-occurred_at", "-id"))


def edition_for(facility: Facility, program_code: str, treatment_date: date) -> FormEdition | None:
    """The edition for a treatment of that day: what the facility switched to by then, else the newest one whose paper
    was seen. None for a programme without such a form."""
    switched = FacilityEdition.objects.filter(
        facility=facility, program_code=program_code, from_date__lte=treatment_date
    )
    newest = switched.select_related("edition").order_by("-from_date", "-occurred_at", "-id").first()
    if newest:
        return newest.edition
    return FormEdition.objects.filter(program_code=program_code, seen=True).order_by("-id").first()


def all_editions() -> list[FormEdition]:
    return list(FormEdition.objects.order_by("program_code", "id"))


class FormsHere:
    """How a facility files, each part read when first asked for."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at

    @cached_property
    def today(self) -> date:
        return self.at.astimezone(self.facility.zone).date()

    @cached_property
    def editions(self) -> list[FormEdition]:
        return all_editions()

    @cached_property
    def switches(self) -> list[FacilityEdition]:
        return facility_editions(self.facility)

    def in_use(self, program_code: str, day: date) -> FormEdition | None:
        return edition_for(self.facility, program_code, day)

    @cached_property
    def contact(self) -> FacilityContact | None:
        return facility_contact(self.facility)

    @cached_property
    def monitors(self) -> list[tuple[User, PersonContact | None]]:
        """Whoever may monitor here now, by name, each with how they are reached."""
        held = RoleAssignment.objects.in_force(self.at).filter(facility=self.facility, role__in=LICENSED)
        people = User.objects.filter(pk__in=held.values("user")).order_by("printed_name", "pk")
        known = person_contacts([each.pk for each in people], self.facility.organisation_id)
        return [(person, known.get(person.pk)) for person in people]

    @cached_property
    def digest_to(self) -> DigestChoice.To:
        return digest_goes_to(self.facility)
