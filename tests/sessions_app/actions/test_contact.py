"""How people and places are reached; the forms that waited for it."""

import pytest

from clinic.actions.facility import open_facility
from clinic.models import User
from clinic.models.contact import facility_contact, person_contacts
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from sessions_app.actions import contact
from tests.expect import denied, refused
from tests.factories import OPENING, Cast, discharged, employ, entry, facility_of
from tests.filings import ADDRESS, LATER, NORA, answer, form_of, reach

pytestmark = pytest.mark.paperwork


def test_the_newest_counts_and_the_forms_that_waited_are_ready(cast: Cast) -> None:
    walk = discharged(cast)
    answer(walk, "ready_minutes", "60")
    assert {"monitor_phone", "monitor_email", "setting_zip"} <= set(form_of(walk).step.missing)

    reach(cast)

    assert form_of(walk).state == "READY"
    said = {"facility": cast.facility, "by": cast.ada, "now": LATER}
    contact.record_facility_contact(**{**ADDRESS, "state": "nj"}, entry=entry(), **said)
    contact.record_person_contact(holder=cast.nora, **{**NORA, "phone": ""}, entry=entry(), **said)
    newest = person_contacts([cast.nora.pk], cast.facility.organisation_id)[cast.nora.pk]
    assert (facility_contact(cast.facility).state, newest.phone) == ("NJ", "")  # type: ignore[union-attr]
    assert form_of(walk).step.missing == ["monitor_phone"]


def test_whoever_monitored_is_reached_otherwise_on_every_form_of_the_organisation_at_once(
    cast: Cast, otto: User
) -> None:
    walk = discharged(cast)
    answer(walk, "ready_minutes", "60")
    said = {"by": cast.ada, "now": LATER}
    contact.record_facility_contact(**ADDRESS, facility=cast.facility, entry=entry(), **said)
    assert form_of(walk).step.missing == ["monitor_phone", "monitor_email"]
    otto_s, second = (
        facility_of(otto),
        open_facility(
            organisation=cast.facility.organisation,
            name="Second Clinic",
            setting=Setting.OUTPATIENT,
            time_zone="America/Denver",
            by=None,
            now=OPENING,
        ),
    )
    for facility in (second, otto_s):
        employ(cast.nora, facility, Role.NURSE)
    for facility, by in ((otto_s, otto), (second, cast.nora)):
        contact.record_person_contact(holder=cast.nora, **NORA, facility=facility, entry=entry(), **{**said, "by": by})
        assert (form_of(walk).state == "READY") is (facility == second)


@pytest.mark.parametrize(
    ("field", "value"), [("address_1", " "), ("city", ""), ("state", "P"), ("state", "Penn"), ("zip_code", "1801")]
)
def test_an_address_has_all_its_parts(cast: Cast, field: str, value: str) -> None:
    said = {"facility": cast.facility, "entry": entry(), "by": cast.nora, "now": LATER}
    with refused("FIELD", field=field):
        contact.record_facility_contact(**{**ADDRESS, field: value}, **said)


@pytest.mark.parametrize(("field", "value"), [("first_name", ""), ("last_name", " "), ("email", "nora@home")])
def test_a_person_has_both_names_and_an_address_that_can_be_one(cast: Cast, field: str, value: str) -> None:
    said = {"holder": cast.nora, "facility": cast.facility, "entry": entry(), "by": cast.nora, "now": LATER}
    with refused("FIELD", field=field):
        contact.record_person_contact(**{**NORA, field: value}, **said)


def test_nobody_is_reached_who_never_worked_here(cast: Cast, otto: User) -> None:
    said = {"holder": otto, "facility": cast.facility, "entry": entry(), "by": cast.nora, "now": LATER}
    with denied():
        contact.record_person_contact(**NORA, **said)
