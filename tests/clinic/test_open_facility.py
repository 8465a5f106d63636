"""How a facility and its first administrator come to be, and another where none is left."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from clinic.access import may
from clinic.models import AuditEvent, Facility, RoleAssignment, User
from clinic.rules.roles import Permission, Role
from tests.clock import clock_at
from tests.expect import nothing_written
from tests.factories import NINE, Cast, make_cast

pytestmark = pytest.mark.django_db
ABOUT = {"organisation": "Larch Group", "name": "Larch Clinic", "setting": "OUTPATIENT", "time_zone": "America/Denver"}
WHO = {"username": "lena", "printed_name": "Lena Larch"}


def said_by(command: str, **options: Any) -> str:
    out = StringIO()
    with clock_at(NINE):
        call_command(command, stdout=out, **options)
    return out.getvalue()


def link_in(said: str) -> str:
    return "/" + said.strip().rpartition("://")[2].partition("/")[2]


class TestOpenFacility:
    def test_it_opens_one_whose_administrator_sets_a_password_and_goes_to_work(self, client: Client) -> None:
        link = link_in(said_by("open_facility", **ABOUT, **WHO))
        facility, lena = Facility.objects.get(), User.objects.get(username="lena")
        assert (facility.name, facility.organisation.name) == ("Larch Clinic", "Larch Group")
        assert not lena.has_usable_password()
        with clock_at(NINE):
            new = {"password1": "four plain words here", "password2": "four plain words here"}
            assert client.post(link, new).status_code == 302
            assert client.get("/people/").status_code == 200
        granted = RoleAssignment.objects.get()
        assert (granted.user, granted.role, granted.granted_by.username) == (lena, Role.ADMINISTRATOR, "vigil")

    def test_it_is_one_more_of_an_organisation_for_somebody_who_signs_in_already(self) -> None:
        cast = make_cast()
        said = said_by(
            "open_facility", **{**ABOUT, "organisation": cast.facility.organisation.name}, username=cast.ada.username
        )
        assert "signs in as before" in said
        facility = Facility.objects.get(name="Larch Clinic")
        assert facility.organisation == cast.facility.organisation
        assert may(User.objects.get(pk=cast.ada.pk), Permission.MANAGE_FACILITY, facility.pk, at=NINE)

    @pytest.mark.parametrize(
        ("field", "changed"),
        [("time-zone", {"time_zone": "Nowhere/Else"}), ("printed-name", {"printed_name": " "}), ("name", {"name": ""})],
    )
    def test_it_says_what_cannot_be_and_opens_nothing(self, field: str, changed: dict[str, str]) -> None:
        with nothing_written(), pytest.raises(CommandError, match=f"--{field}"):
            said_by("open_facility", **{**ABOUT, **WHO, **changed})


class TestAddAdministrator:
    def where(self, cast: Cast) -> dict[str, str]:
        return {"organisation": cast.facility.organisation.name, "facility": cast.facility.name}

    def test_it_lets_somebody_in_again_where_nobody_of_it_can(self) -> None:
        cast = make_cast()
        said = said_by("add_administrator", **self.where(cast), **WHO)
        lena = User.objects.get(username="lena")
        assert may(lena, Permission.MANAGE_FACILITY, cast.facility.pk, at=NINE)
        assert "/accounts/welcome/" in said
        actors = AuditEvent.objects.filter(subject_id=lena.pk).values_list("action", "actor")
        assert set(actors) == {("add_person", None), ("grant_role", None)}

    def test_it_opens_no_sign_in_that_was_closed(self) -> None:
        cast = make_cast()
        User.objects.filter(pk=cast.nora.pk).update(is_active=False)
        with nothing_written(), pytest.raises(CommandError, match="--username: closed_out"):
            said_by("add_administrator", **self.where(cast), username="nora")

    def test_it_knows_no_other_facility(self) -> None:
        cast = make_cast()
        with nothing_written(), pytest.raises(CommandError, match="no such facility"):
            said_by("add_administrator", **{**self.where(cast), "organisation": "Other"}, **WHO)
