"""``manage.py keep_filings``: whose forms are looked at again, by what was recorded since."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from clinic import clock
from clinic.actions.enrolment import record_enrolment
from clinic.actions.patient_record import correct_details
from clinic.models import Sex
from sessions_app.actions.edition import switch_edition
from sessions_app.management.commands.keep_filings import keep
from sessions_app.models import FormEdition
from sessions_app.models.filing_keep import sessions_to_keep
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    arrive,
    entry,
    in_monitoring,
    make_course,
    make_patient,
    minutes,
)
from tests.filings import form_of, reach, stands, submit
from tests.scene import cast, clinic, with_people
from tests.sessions_app.actions.test_patient_link import link

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
HALF_A_WEEK = timedelta(days=3)
LATER = NINE + HALF_A_WEEK + timedelta(hours=6)


@pytest.fixture(scope="module")
def both(clinic: Cast) -> tuple[Walk, Walk]:
    """Two sessions of one patient, filed by the edition that asks whether it was the first."""
    newer = FormEdition.objects.get(seen=False)
    said = {"facility": clinic.facility, "by": clinic.ada, "now": NINE}
    switch_edition(edition=newer, from_date=date(2026, 4, 1), entry=entry(), **said)
    made = make_course(clinic)
    first = in_monitoring(clinic, of_course=made)
    first.transfer(LAST_DEVICE + minutes(30))
    for person in (clinic.nora, clinic.paul):
        arrive(clinic, person, now=NINE + HALF_A_WEEK)
    second = in_monitoring(clinic, of_course=made, now=NINE + HALF_A_WEEK)
    second.transfer(LAST_DEVICE + HALF_A_WEEK + minutes(30))
    submit(second, LATER, why="Elsewhere.")
    return first, second


@pytest.fixture
def first(both: tuple[Walk, Walk], cast: Cast) -> Walk:
    return with_people(both[0], cast)


@pytest.fixture
def second(both: tuple[Walk, Walk], cast: Cast) -> Walk:
    return with_people(both[1], cast)


def is_reached(first: Walk, second: Walk) -> None:
    reach(first.cast, LATER)


def details_corrected(first: Walk, second: Walk) -> None:
    patient, cast = first.dosing_session.patient, first.cast
    names = {"first_name": "Rosalind", "last_name": "Tamarack", "birth_date": date(1982, 9, 4), "sex": Sex.FEMALE}
    said = {"facility": cast.facility, "entry": entry(), "by": cast.fred, "now": LATER, "reason": "Misread."}
    correct_details(patient=patient, paper_language="en", **names, **said)


def enrolled_again(first: Walk, second: Walk) -> None:
    cast, session = first.cast, first.dosing_session
    said = {"facility": cast.facility, "program_code": session.program_code, "status": "WITHDRAWN", "reason": "Moved."}
    at = entry(NINE + timedelta(days=2))
    record_enrolment(patient=session.patient, **said, entry=at, by=cast.fred, now=LATER)


def treated_elsewhere(first: Walk, second: Walk) -> None:
    make_course(first.cast, patient=first.dosing_session.patient, first_dose_elsewhere_date=date(2026, 1, 5))


def found_to_be_one(first: Walk, second: Walk) -> None:
    twin = make_patient(first.cast)
    link(first.cast, twin, first.dosing_session.patient, now=LATER)


def first_device_taken_back(first: Walk, second: Walk) -> None:
    first.void(first.rows("DeviceAdministration")[0], LATER)


def second_device_taken_back(first: Walk, second: Walk) -> None:
    second.void(second.rows("DeviceAdministration")[0], LATER)


def nothing(first: Walk, second: Walk) -> None:
    pass


@pytest.mark.parametrize(
    ("happens", "picked"),
    [
        (nothing, ""),
        (is_reached, "first"),  # what was sent says how they were reached then
        (details_corrected, "first second"),
        (enrolled_again, "second"),  # from its day on
        (treated_elsewhere, "first second"),
        (found_to_be_one, "first second"),
        (first_device_taken_back, "first second"),
        (second_device_taken_back, "second"),
    ],
)
def test_it_looks_at_what_may_say_something_else(
    first: Walk, second: Walk, happens: Callable[[Walk, Walk], None], picked: str
) -> None:
    since = clock.database_now()
    happens(first, second)
    found = {session.pk for session in sessions_to_keep(since=since)}
    walks = {"first": first, "second": second}
    assert found == {walks[name].dosing_session.pk for name in picked.split()}
    assert {walk.dosing_session.pk for walk in walks.values()} <= {row.pk for row in sessions_to_keep(since=None)}


def test_a_form_that_was_sent_is_due_again_where_an_earlier_dose_turns_out_to_be_none(
    first: Walk, second: Walk
) -> None:
    found = stands(second, LATER).field("first_treatment")
    assert (found and found.value, form_of(second).state) == ("no", "SUBMITTED")
    for given in first.rows("DeviceAdministration"):
        first.void(given, LATER)
    assert keep(LATER) >= 2
    assert (form_of(second).state, form_of(second).step.changed) == ("AMENDMENT_DUE", ["first_treatment"])
