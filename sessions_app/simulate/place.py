"""A made-up clinic as its sessions need it: keys, people, policy and cabinet, read once."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from clinic.rules.pack import Product
from sessions_app.simulate.ledger import Person

PROGRAM = "esketamine"
CONTRAINDICATIONS = ("vascular", "haemorrhage", "hypersensitivity")
MEDICINES = ("benzodiazepine", "sedative_hypnotic", "psychostimulant", "maoi", "opioid")
MG = 28


@dataclass(frozen=True)
class Place:
    """``edition_fields``: what the form asks, in its order."""

    facility_id: str
    organisation_id: str
    name: str
    zone: ZoneInfo
    cabinet_id: str
    supplier_id: str
    policy_id: str
    program_version_id: str
    minimum_stay_minutes: int
    final_check_window_minutes: int
    edition_id: str
    edition_fields: tuple[str, ...]
    due_days: int
    nurses: tuple[Person, ...]
    prescriber: Person
    front_desk: Person
    opened: date
    address: tuple[tuple[str, str], ...]
    products: tuple[Product, ...]


@dataclass
class Enrolled:
    """A patient who is registered, enrolled and has a course."""

    id: str
    course_id: str
    said: dict[str, str]
    counselled: bool = False
    first_visit: bool = True
