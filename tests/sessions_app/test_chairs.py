"""One chair, one patient: at moving, at check-in, in a race, and in a database of the version before."""

from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from clinic.rules.refusals import ActionRefused
from sessions_app.actions import booking, emergency, floor
from sessions_app.models import Emergency
from sessions_app.models.chairs import sitting
from tests.by_hand import change
from tests.clock import clock_at
from tests.expect import held_by, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    checked_in,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
)
from tests.race import race
from tests.sessions_app.views.forms import fill_in

pytestmark = pytest.mark.django_db(transaction=True)
INDEX = "dosing_session_one_open_per_chair"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def check_in(cast: Cast, chair: str, **fields: Any) -> Any:
    course = fields.pop("course", None) or make_course(cast)
    return booking.check_in(
        course=course, identifiers=("name", "mrn"), chair=chair, entry=entry(), by=cast.fred, now=NINE, **fields
    )


def problems(outcomes: list[Any]) -> list[Any]:
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, ActionRefused) for error in errors), errors
    return [refusal.params.get("problem") for error in errors for refusal in error.refusals]


class TestOneChair:
    def test_it_is_refused_at_check_in_with_the_name_of_who_sits_there(self, cast: Cast, client: Client) -> None:
        checked_in(cast)
        course = make_course(cast)
        with refused("FIELD", field="chair"):
            check_in(cast, "1", course=course)
        client.force_login(cast.fred)
        url = reverse("sessions_app:check-in-patient", args=[course.patient_id])
        with clock_at(NINE):
            response = fill_in(client, url, identifiers=["name", "mrn"], chair="1")
        assert response.status_code == 409
        assert "Chair 1 is taken: Rosalind Tamarack sits there." in response.content.decode()

    def test_a_booked_chair_that_is_taken_keeps_nobody_out(self, cast: Cast) -> None:
        """Sent as the page holds it, it is refused with who sits there; left empty, the patient is here without one."""
        course = make_course(cast)
        booked = booking.book_session(
            course=course, scheduled_at=NINE, chair="1", entry=entry(), by=cast.fred, now=NINE
        )
        check_in(cast, "1")
        with refused("FIELD", field="chair"):
            check_in(cast, "1", course=course, booked=booked)
        assert check_in(cast, "", course=course, booked=booked).chair == ""

    def test_it_is_free_again_when_the_session_is_over(self, cast: Cast) -> None:
        discharged(cast)
        assert check_in(cast, "1").chair == "1"

    def test_it_is_nobodys_business_in_another_facility(self, cast: Cast) -> None:
        checked_in(cast)
        assert checked_in(make_cast(facility_name="Elsewhere", suffix="2")).refresh().chair == "1"

    def test_it_is_kept_by_the_database_itself(self, cast: Cast) -> None:
        checked_in(cast)
        other = checked_in(cast)
        with held_by(INDEX):
            change(other.dosing_session, chair="1")


class TestTheRace:
    def test_it_goes_to_one_of_two_who_move(self, cast: Cast) -> None:
        walks = [in_monitoring(cast), in_monitoring(cast)]
        calls = [partial(floor.move_chair, to_chair="9", **walk.envelope(LAST_DEVICE)) for walk in walks]

        outcomes = race(*calls)

        assert problems(outcomes) == ["chair_taken"]
        assert sorted(walk.refresh().chair == "9" for walk in walks) == [False, True]

    def test_it_goes_to_one_of_two_who_check_in(self, cast: Cast) -> None:
        courses = [make_course(cast) for _patient in range(3)]

        outcomes = race(*[partial(check_in, cast, "9", course=course) for course in courses])

        assert problems(outcomes) == ["chair_taken"] * 2
        assert list(sitting(cast.facility)) == ["9"]

    def test_it_lets_two_patients_swap_by_way_of_a_third(self, cast: Cast) -> None:
        first, second = checked_in(cast), checked_in(cast)
        for walk, chair in ((first, "3"), (second, "1"), (first, "2")):
            floor.move_chair(to_chair=chair, **walk.envelope(NINE + minutes(5)))
        assert (first.refresh().chair, second.refresh().chair) == ("2", "1")

    def test_it_raises_one_emergency_of_two_presses(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        press = [
            partial(emergency.raise_emergency, kind=Emergency.Kind.FALL, **walk.envelope(LAST_DEVICE, by=by))
            for by in (cast.nora, cast.fred)
        ]
        outcomes = race(*press)
        assert [error.refusals[0].code for error in outcomes if isinstance(error, ActionRefused)] == ["EMERGENCY_OPEN"]
        assert len(walk.rows("Emergency")) == len(walk.rows("SeriousEvent")) == 1


def test_a_database_of_the_version_before_is_brought_under_the_rule(cast: Cast, owner_connection: Any) -> None:
    """Of those who stand under one chair the last one checked in keeps it; other chairs and ended sessions stay."""
    over = discharged(cast)
    early, late = checked_in(cast), checked_in(cast, now=NINE + minutes(5))
    other = checked_in(cast, now=NINE + minutes(6))
    statement = import_module("sessions_app.migrations.0003_chairs_held_twice").GIVE_UP_THE_CHAIR
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [INDEX])
        [(definition,)] = cursor.fetchall()
        cursor.execute(f"DROP INDEX {INDEX}")
        try:
            for walk in (over, early, late):
                change(walk.dosing_session, chair="1")
            cursor.execute(statement)
        finally:
            cursor.execute(definition)

    assert [walk.refresh().chair for walk in (over, early, late, other)] == ["1", "", "1", "3"]
