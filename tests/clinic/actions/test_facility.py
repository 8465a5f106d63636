"""open_facility."""

from typing import Any

import pytest

from clinic.actions.facility import open_facility
from clinic.models import AuditChain, Facility, Organisation, User
from clinic.rules.enrolment import Setting
from tests.expect import audited, denied, failing_audit, refused
from tests.factories import NINE, Cast, facility_of


def open_annex(cast: Cast, **fields: Any) -> Facility:
    said = {"name": "Annex", "setting": Setting.OUTPATIENT, "time_zone": "America/Chicago", "by": None, **fields}
    return open_facility(organisation=cast.facility.organisation, now=NINE, **said)


class TestOpenFacility:
    def test_it_opens_with_its_own_audit_chain(self, cast: Cast) -> None:
        annex = open_annex(cast)
        assert AuditChain.objects.get(facility=annex).last_sequence == 1
        assert audited("open_facility") == 2

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"time_zone": "../etc"}, "time_zone"),
            ({"name": "Wrenfield Clinic"}, "name"),
            ({"name": " "}, "name"),
        ],
    )
    def test_it_refuses_an_unknown_zone_and_a_name_in_use(self, cast: Cast, fields: Any, field: str) -> None:
        with refused("FIELD", field=field):
            open_annex(cast, **fields)

    def test_it_takes_a_name_another_organisation_uses(self, cast: Cast, otto: User) -> None:
        assert open_annex(cast, name=facility_of(otto).name).name == "Otherfield Clinic"

    def test_it_is_done_by_the_system_alone(self, cast: Cast, otto: User) -> None:
        for person in (cast.ada, otto):
            with denied():
                open_annex(cast, by=person)

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        with failing_audit():
            open_annex(cast)
        assert Organisation.objects.filter(facilities__name="Annex").count() == 0
