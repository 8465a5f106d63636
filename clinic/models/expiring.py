"""Everything that has a last day at some facilities, whatever it is: read the same for a page, a mail and a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clinic.models.certification import CertificationReview
from clinic.models.count import Count
from clinic.models.credential import Credential
from clinic.models.facility import Facility
from clinic.models.requirement import Evidence
from clinic.models.staff import RoleAssignment
from clinic.rules.count import INVENTORIES, next_inventory
from clinic.rules.reminders import is_near
from clinic.rules.roles import Role

OWN_REVIEW = "REVIEW"
INVENTORY = "INVENTORY"


@dataclass(frozen=True)
class Expiring:
    """One thing at one facility. ``about`` names it among those of its subject; ``whose`` is the person or cabinet, or
    empty."""

    facility_id: UUID
    subject_id: UUID
    about: str
    whose: str
    last_day: date


def expiring(facilities: Iterable[Facility], *, at: datetime) -> list[Expiring]:
    """What is over, or will be within the first step, by the day; at a number of queries that does not grow."""
    by_id = {facility.pk: facility for facility in facilities}
    found = [*_credentials(by_id, at), *_evidence(by_id, at), *_reviews(by_id, at), *_inventories(by_id, at)]
    near = (each for each in found if is_near(each.last_day, today=at.astimezone(by_id[each.facility_id].zone).date()))
    # Two programmes may ask for one and the same paper.
    return sorted(set(near), key=lambda each: (each.last_day, each.about, each.whose))


def _credentials(by_id: dict[UUID, Facility], at: datetime) -> list[Expiring]:
    """The newest of each kind, of everybody who works there; what an organisation knows of a person holds at all its
    facilities."""
    held = RoleAssignment.objects.in_force(at).filter(facility__in=by_id, user__is_active=True)
    pairs = set(held.exclude(role=Role.DISPLAY).values_list("facility_id", "user_id"))
    key = ("holder", "facility__organisation", "kind")
    known = Credential.objects.filter(
        holder__in={user for _, user in pairs},
        facility__organisation__in={facility.organisation_id for facility in by_id.values()},
        occurred_at__lte=at,
    )
    newest = known.order_by(*key, "-occurred_at", "-id").distinct(*key).select_related("holder", "facility")
    by_holder: dict[tuple[UUID, UUID], list[Credential]] = {}
    for row in newest:
        if row.expires_date:
            by_holder.setdefault((row.holder_id, row.facility.organisation_id), []).append(row)
    return [
        Expiring(facility, user, row.kind, row.holder.printed_name, row.expires_date)
        for facility, user in pairs
        for row in by_holder.get((user, by_id[facility].organisation_id), ())
        if row.expires_date
    ]


def _evidence(by_id: dict[UUID, Facility], at: datetime) -> list[Expiring]:
    """Of what shows that a facility is fit to be certified, the newest of each requirement."""
    key = ("facility", "program_code", "requirement")
    known = Evidence.objects.filter(facility__in=by_id, occurred_at__lte=at)
    newest = known.order_by(*key, "-occurred_at", "-id").distinct(*key)
    rows = newest.values_list("facility_id", "requirement", "expires_date")
    return [Expiring(facility, facility, about, "", day) for facility, about, day in rows if day]


def _reviews(by_id: dict[UUID, Facility], at: datetime) -> list[Expiring]:
    """The facility's own review of its certification, where it keeps an interval."""
    key = ("facility", "program_code")
    known = CertificationReview.objects.filter(facility__in=by_id, occurred_at__lte=at)
    newest = known.order_by(*key, "-occurred_at", "-id").distinct(*key)
    return [
        Expiring(facility, facility, OWN_REVIEW, "", day)
        for facility, day in newest.values_list("facility_id", "due_date")
        if day
    ]


def _inventories(by_id: dict[UUID, Facility], at: datetime) -> list[Expiring]:
    """Of each cabinet that was inventoried, the last day for the next time."""
    kinds = [kind.value for kind in INVENTORIES]
    taken = Count.objects.filter(facility__in=by_id, kind__in=kinds, first=None, occurred_at__lte=at)
    newest = taken.order_by("cabinet", "-occurred_at", "-id").distinct("cabinet").select_related("cabinet")
    return [
        Expiring(
            row.facility_id,
            row.cabinet_id,
            INVENTORY,
            row.cabinet.name,
            next_inventory(row.occurred_at.astimezone(by_id[row.facility_id].zone).date()),
        )
        for row in newest
    ]
