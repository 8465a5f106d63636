"""Who may do what where."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinic import access
from clinic.actions.facility import open_facility
from clinic.actions.staff import end_role
from clinic.models import Device, Facility, RoleAssignment, User
from clinic.rules.enrolment import Setting
from clinic.rules.roles import ROLE_PERMISSIONS, Permission, Role
from tests.factories import NINE, OPENING, Cast, employ, facility_of, make_device, make_patient
from tests.scene import cast, clinic, otto

__all__ = ["cast", "clinic", "otto"]
pytestmark = pytest.mark.django_db
HERE = {
    "nora": Role.NURSE,
    "nils": Role.NURSE,
    "paul": Role.PRESCRIBER,
    "ada": Role.ADMINISTRATOR,
    "fred": Role.FRONT_DESK,
    "ines": Role.INSPECTOR,
}


@pytest.fixture
def annex(cast: Cast) -> Facility:
    return open_facility(
        organisation=cast.facility.organisation,
        name="Annex",
        setting=Setting.INPATIENT,
        time_zone="America/New_York",
        by=None,
        now=OPENING,
    )


def again(person: User) -> User:
    """The same person in the next request."""
    return User.objects.get(pk=person.pk)


class TestMay:
    @pytest.mark.parametrize("name", HERE)
    def test_it_follows_the_table_of_roles(self, cast: Cast, name: str) -> None:
        person = getattr(cast, name)
        found = {permission for permission in Permission if access.may(person, permission, cast.facility.pk, at=NINE)}
        assert found == ROLE_PERMISSIONS[HERE[name]] == access.permissions_at(person, cast.facility.pk, at=NINE)

    def test_it_adds_up_the_roles_one_person_holds_here(self, cast: Cast) -> None:
        employ(cast.fred, cast.facility, Role.ADMINISTRATOR)
        expected = ROLE_PERMISSIONS[Role.FRONT_DESK] | ROLE_PERMISSIONS[Role.ADMINISTRATOR]
        assert access.permissions_at(cast.fred, cast.facility.pk, at=NINE) == expected

    def test_it_ends_at_the_facilitys_door(self, cast: Cast, annex: Facility, otto: User) -> None:
        for person, facility in ((otto, cast.facility), (cast.paul, annex), (cast.ada, facility_of(otto))):
            assert access.permissions_at(person, facility.pk, at=NINE) == frozenset()
            assert not access.is_licensed(person, facility.pk, at=NINE)

    def test_it_ends_with_the_role(self, cast: Cast) -> None:
        end_role(assignment=RoleAssignment.objects.get(user=cast.nora), by=cast.ada, now=NINE)
        assert not access.may(again(cast.nora), Permission.VIEW, cast.facility.pk, at=NINE)

    def test_it_ends_with_the_account(self, cast: Cast) -> None:
        cast.nora.is_active = False
        cast.nora.save(update_fields=["is_active"])
        assert access.roles_of(again(cast.nora), at=NINE) == {}

    def test_it_is_nothing_for_somebody_not_signed_in(self, cast: Cast) -> None:
        assert not access.may(AnonymousUser(), Permission.VIEW, cast.facility.pk, at=NINE)

    def test_it_is_read_once_per_request(self, cast: Cast, django_assert_num_queries: Any) -> None:
        person = again(cast.nora)
        with django_assert_num_queries(1):
            for permission in Permission:
                access.may(person, permission, cast.facility.pk, at=NINE)


class TestDemand:
    def test_it_raises_where_may_says_no(self, cast: Cast) -> None:
        access.demand(cast.nora, Permission.CHART, cast.facility.pk, at=NINE)
        with pytest.raises(PermissionDenied, match="prescribe"):
            access.demand(cast.nora, Permission.PRESCRIBE, cast.facility.pk, at=NINE)

    def test_it_is_enough_anywhere_where_no_facility_is_named(self, cast: Cast, otto: User) -> None:
        for person in (cast.ada, otto):
            access.demand_anywhere(person, Permission.MANAGE_FACILITY, at=NINE)
        with pytest.raises(PermissionDenied):
            access.demand_anywhere(cast.nora, Permission.MANAGE_FACILITY, at=NINE)

    def test_it_knows_patients_of_the_organisation_only(self, cast: Cast, annex: Facility, otto: User) -> None:
        patient = make_patient(cast)
        access.demand_own_patient(patient, annex)
        with pytest.raises(PermissionDenied):
            access.demand_own_patient(patient, facility_of(otto))


class TestIsLicensed:
    @pytest.mark.parametrize("name", HERE)
    def test_it_is_a_nurse_or_a_prescriber(self, cast: Cast, name: str) -> None:
        assert access.is_licensed(getattr(cast, name), cast.facility.pk, at=NINE) == (name in ("nora", "nils", "paul"))


class TestScope:
    def test_it_lists_the_facilities_where_a_role_is_held(self, cast: Cast, annex: Facility, otto: User) -> None:
        employ(cast.ada, annex, Role.NURSE)
        assert list(access.facilities_of(cast.ada, at=NINE)) == [annex, cast.facility]
        assert list(access.facilities_of(cast.nora, at=NINE)) == [cast.facility]
        assert cast.facility not in access.facilities_of(otto, at=NINE)

    def test_it_is_404_for_a_record_of_another_facility(self, cast: Cast, otto: User) -> None:
        device = make_device(cast)
        assert access.get_scoped_or_404(Device.objects.all(), cast.ines, pk=device.pk, at=NINE) == device
        with pytest.raises(Http404):
            access.get_scoped_or_404(Device.objects.all(), otto, pk=device.pk, at=NINE)
