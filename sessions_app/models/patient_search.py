"""Whom a facility knows, and finding one of them: the only way of searching, wherever a patient is looked for."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from clinic.models import Enrolment, Patient, PatientLink
from clinic.models.patient import SEARCHED_TEXT
from clinic.rules.patient import Search, read_search
from sessions_app.models.course import Course
from sessions_app.models.patient_transfer import transfers_in_force

NOBODY_NAMED = Search((), None)
_TYPOS_FROM = 4  # letters; a shorter word is like too many others


def patients_at(facility_ids: Iterable[UUID]) -> QuerySet[Patient]:
    """Who is known at one of these facilities, by any record of theirs; each once, by the record that is kept. For
    those of some few: each is asked whether."""
    ids = list(facility_ids)
    known: Any = Q(facility__in=ids)
    for rows in _brought_by(ids):
        known |= Exists(rows.filter(patient=OuterRef("pk")))
    duplicates = Patient.objects.filter(known, same_person_as=OuterRef("pk"))
    return Patient.objects.filter(known | Exists(duplicates), same_person_as=None)


def everybody_at(facility_ids: Iterable[UUID]) -> QuerySet[Patient]:
    """The same people, all of them: found by the facility, so that nobody of another is looked at."""
    ids = list(facility_ids)
    registered = Patient.objects.filter(facility__in=ids).values("pk")
    records = registered.union(*(rows.values("patient") for rows in _brought_by(ids)))
    persons = Patient.objects.filter(pk__in=records).values(person=Coalesce("same_person_as", "pk"))
    return Patient.objects.filter(pk__in=persons, same_person_as=None)


def _brought_by(ids: list[UUID]) -> tuple[QuerySet[Any, Any], ...]:
    """What makes a patient known there who was registered elsewhere: an enrolment, a course, a transfer to come."""
    enrolments, courses = Enrolment.objects.filter(facility__in=ids), Course.objects.filter(facility__in=ids)
    return enrolments, courses, transfers_in_force().filter(to_facility__in=ids)


def person_with(patient_id: UUID) -> QuerySet[Patient]:
    """The keys of the record that stands for this one: itself, or the one it is a duplicate of."""
    return Patient.objects.filter(pk=patient_id).values_list(Coalesce("same_person_as", "pk"))


def found(patients: QuerySet[Patient], typed: str, *, today: date) -> QuerySet[Patient]:
    """Those of ``patients`` of whom any record has every word in its name or number, and was born on the day named.
    Where nobody has, those who come near: a letter too many, too few, or in another's place. The likest first."""
    search = read_search(typed, today=today)
    if search == NOBODY_NAMED:
        return patients.order_by("last_name", "first_name", "pk")
    exactly = patients.filter(pk__in=_persons(search, near=False))
    if not search.words:
        return exactly.order_by("last_name", "first_name", "pk")
    whole = " ".join(search.words)
    number_first = Case(When(mrn__iexact=whole, then=Value(0)), default=Value(1))
    matching = exactly if exactly.exists() else patients.filter(pk__in=_persons(search, near=True))
    likest = TrigramWordSimilarity(whole, SEARCHED_TEXT).desc()
    return matching.order_by(number_first, likest, "last_name", "first_name", "pk")


def _persons(search: Search, *, near: bool) -> QuerySet[Any, Any]:
    records = Patient.objects.annotate(searched_text=SEARCHED_TEXT)
    if search.birth_date:
        records = records.filter(birth_date=search.birth_date)
    for word in search.words:
        # Of one letter or two only the beginning of a word is asked.
        holds = Q(searched_text__contains=word if len(word) > 2 else f" {word}")
        # A number that is nearly the same is another patient's.
        if near and len(word) >= _TYPOS_FROM and not any(letter.isdigit() for letter in word):
            holds |= Q(searched_text__trigram_word_similar=word)
        records = records.filter(holds)
    return records.values(person=Coalesce(F("same_person_as"), F("pk")))


def record_numbered(persons: QuerySet[Patient], mrn: str) -> Patient | None:
    """The record of this very number, of one of these persons."""
    return Patient.objects.filter(Q(pk__in=persons) | Q(same_person_as__in=persons), mrn=mrn).first()


def record_of_person(patient: Patient, record_id: UUID) -> Patient | None:
    """A record that was ever linked to this one, whether or not it still is."""
    links = PatientLink.objects.filter(duplicate=OuterRef("pk"), kept=patient)
    return Patient.objects.filter(Exists(links), pk=record_id).first()


def people_with(patient_ids: Iterable[UUID]) -> list[Patient]:
    """These records, by name, with the facility that registered each."""
    rows = Patient.objects.filter(pk__in=list(patient_ids)).select_related("facility")
    return list(rows.order_by("last_name", "first_name", "pk"))


def known_among(patients: Iterable[Patient], facility_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of them who are known at one of these facilities."""
    ids = [patient.pk for patient in patients]
    return frozenset(patients_at(facility_ids).filter(pk__in=ids).values_list("pk", flat=True))
