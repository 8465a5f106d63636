"""How a person at work and a facility are reached, as forms ask it. Each entry stands as a whole; the newest counts."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey
from clinic.models.entry import ClinicalRow
from clinic.models.facility import Facility
from clinic.models.staff import User


class PersonContact(ClinicalRow):
    """One person's names and how they are reached at work, in the facility's organisation."""

    holder = ProtectedForeignKey(User, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=60)
    last_name = models.CharField(_("last name"), max_length=60)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(first_name="") & ~Q(last_name=""), name="person_contact_named"),
        ]
        indexes = [models.Index(fields=("holder", "occurred_at"), name="person_contact_latest")]


class FacilityContact(ClinicalRow):
    """The facility's address in the parts that a form asks for."""

    address_1 = models.CharField(_("address, line 1"), max_length=120)
    address_2 = models.CharField(_("address, line 2"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=60)
    state = models.CharField(_("state"), max_length=2)
    zip_code = models.CharField(_("ZIP code"), max_length=10)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(address_1="") & ~Q(city="") & Q(state__regex=r"^[A-Z]{2}$") & ~Q(zip_code=""),
                name="facility_contact_whole",
            ),
        ]


def person_contacts(people: Iterable[UUID], organisation_id: UUID) -> dict[UUID, PersonContact]:
    """The newest of each of these people, as any facility of the organisation entered it."""
    rows = PersonContact.objects.filter(holder__in=list(people), facility__organisation=organisation_id)
    return {row.holder_id: row for row in rows.order_by("holder", "-occurred_at", "-id").distinct("holder")}


def contact_of(person: User, known: PersonContact | None) -> PersonContact:
    """How somebody is reached; where nothing was entered, by the name as it is printed and the address they sign in
    with."""
    first, _blank, last = person.printed_name.rpartition(" ")
    return known or PersonContact(first_name=first, last_name=last, email=person.email)


def facility_contact(facility: Facility) -> FacilityContact | None:
    return FacilityContact.objects.filter(facility=facility).order_by("-occurred_at", "-id").first()
