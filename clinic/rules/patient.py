"""Finding a patient, and telling whether two records may be one person. Standard library only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from uuid import UUID

from clinic.rules.contact import is_mail
from clinic.rules.refusals import ClearedBy, Refusal, field_refusal, reason_refusals

# A birth date as it is typed or said; month before day, as the clinic writes it.
_DAYS = (
    (r"\d{4}-\d{1,2}-\d{1,2}", ("%Y-%m-%d",)),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", ("%m/%d/%Y",)),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", ("%m/%d/%y",)),
    (r"\d{1,2} [a-z]{3,9} \d{4}", ("%d %b %Y", "%d %B %Y")),
    (r"[a-z]{3,9} \d{1,2},? \d{4}", ("%b %d %Y", "%B %d %Y")),
)
_NEAR = 0.75  # of two names, how much is alike [D]


@dataclass(frozen=True)
class Search:
    """What somebody is looked for by: parts of name or number, a birth date, or both."""

    words: tuple[str, ...]
    birth_date: date | None


def read_search(typed: str, *, today: date) -> Search:
    """``Tamarack 9/3/82``: a day anywhere among the words is the birth date, and never still to come."""
    text, born = " ".join(typed.lower().split()), None
    for pattern, forms in _DAYS:
        match = re.search(rf"(?<![\w-]){pattern}(?![\w-])", text)
        if match and (born := _day(match.group(), forms, today)):
            text = text[: match.start()] + text[match.end() :]
            break
    return Search(tuple(text.replace(",", " ").split()), born)


def _day(typed: str, forms: Iterable[str], today: date) -> date | None:
    plain = typed.replace(",", "")
    for form in forms:
        try:
            day = datetime.strptime(re.sub(r"[.-]", "/", plain) if "/" in form else plain, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if "%y" in form and day > today:
            return day.replace(year=day.year - 100)
        return day
    return None


@dataclass(frozen=True)
class Identity:
    """Who a record says somebody is."""

    id: UUID | None
    first_name: str
    last_name: str
    birth_date: date
    phone: str


def may_be_one(one: Identity, other: Identity) -> bool:
    """Born on one day, and named alike or reached at one telephone."""
    if one.birth_date != other.birth_date:
        return False
    phones = {_digits(one.phone), _digits(other.phone)}
    return (len(phones) == 1 and phones != {""}) or _alike(one, other)


def _digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:]


def _alike(one: Identity, other: Identity) -> bool:
    """Misspelt, or first and last name in each other's place."""
    mine = f"{one.first_name} {one.last_name}".lower()
    theirs = (f"{other.first_name} {other.last_name}".lower(), f"{other.last_name} {other.first_name}".lower())
    return any(SequenceMatcher(None, mine, each).ratio() >= _NEAR for each in theirs)


def duplicate_refusals(
    registered: Identity, known: Iterable[Identity], *, asked_about: frozenset[UUID]
) -> tuple[Refusal, ...]:
    """Asked once about each who may be the same; never in the way."""
    alike = [each.id for each in known if may_be_one(registered, each)]
    if all(found in asked_about for found in alike):
        return ()
    return (Refusal("MAY_BE_KNOWN", {"patient_ids": tuple(alike)}, None, (ClearedBy.DOCUMENTATION,)),)


@dataclass(frozen=True)
class LinkFacts:
    """Two records as they are while both are locked. ``has_open_session``: of either record, anywhere. ``alike``: born
    on one day, and named alike or reached at one telephone."""

    same_record: bool
    same_organisation: bool
    duplicate_is_linked: bool
    duplicate_stands_for_others: bool
    kept_is_linked: bool
    has_open_session: bool
    alike: bool = True
    by_prescriber: bool = False


def link_refusals(facts: LinkFacts, *, reason: str) -> tuple[Refusal, ...]:
    """A record is linked once, to one that stands for itself: no chain, no circle. Not while a session is open, so
    that no gate turns in the middle of one. Two that do not look like one person a prescriber links: what is known of
    one then counts for the other [D]."""
    problems = (
        (facts.same_record, "same_record"),
        (not facts.same_record and not facts.same_organisation, "unknown_patient"),
        (facts.duplicate_is_linked, "linked_already"),
        (facts.duplicate_stands_for_others, "stands_for_others"),
        (facts.kept_is_linked, "kept_is_linked"),
        (not facts.same_record and not facts.alike and not facts.by_prescriber, "not_alike"),
    )
    refusals = [field_refusal("kept_mrn", problem) for fails, problem in problems if fails]
    return (*refusals[:1], *open_session_refusals(facts.has_open_session), *reason_refusals(reason))


def open_session_refusals(has_open_session: bool) -> tuple[Refusal, ...]:
    """What is known of the person does not change under an open session."""
    return (Refusal("SESSION_OPEN", {}, None, (ClearedBy.DOCUMENTATION,)),) if has_open_session else ()


def allergy_refusals(substance: str, reaction: str, *, known: Iterable[str]) -> tuple[Refusal, ...]:
    """None known is an answer of its own, and no answer beside one that is known."""
    if substance.strip():
        twice = substance.strip().lower() in {each.lower() for each in known}
        return (field_refusal("substance", "known_already", value=substance.strip()),) if twice else ()
    if reaction.strip():
        return reason_refusals("", name="substance")
    return (field_refusal("none_known", "allergy_known"),) if list(known) else ()


def contact_refusals(
    *, address: str, contact_name: str, contact_phone: str, contact_relation: str, email: str = ""
) -> tuple[Refusal, ...]:
    """Whoever is to be reached has a name and a telephone; an e-mail can be one, or is none."""
    if email and not is_mail(email):
        return (field_refusal("email", "unknown_email"),)
    if not any((address, email, contact_name, contact_phone, contact_relation)):
        return (field_refusal("address", "nothing_entered"),)
    if not any((contact_name, contact_phone, contact_relation)):
        return ()
    missing = (("contact_name", contact_name), ("contact_phone", contact_phone))
    return tuple(refusal for name, value in missing for refusal in reason_refusals(value, name=name))
