"""register_patient."""

from datetime import date, timedelta
from typing import Any

import pytest

from clinic.actions.facility import open_facility
from clinic.actions.patient import register_patient
from clinic.models import Patient, User
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from tests.clinic.actions.clinic_attempts import ROSALIND
from tests.expect import refused
from tests.factories import NINE, OPENING, Cast, employ, entry, facility_of


def register(cast: Cast, **fields: Any) -> Patient:
    said = {"facility": cast.facility, "by": cast.fred, "now": NINE, "entry": entry(), **ROSALIND, **fields}
    return register_patient(**said)


class TestRegisterPatient:
    def test_it_registers_for_the_whole_organisation(self, cast: Cast) -> None:
        patient = register(cast, mrn=" W-1 ", first_name=" Rosalind ")
        assert (patient.organisation, patient.mrn, patient.full_name) == (
            cast.facility.organisation,
            "W-1",
            "Rosalind Tamarack",
        )

    def test_it_refuses_a_number_in_use_at_any_facility_of_the_organisation(self, cast: Cast) -> None:
        annex = open_facility(
            organisation=cast.facility.organisation,
            name="Annex",
            setting=Setting.INPATIENT,
            time_zone="America/New_York",
            by=None,
            now=OPENING,
        )
        employ(cast.fred, annex, Role.FRONT_DESK)
        register(cast)
        with refused("FIELD", field="mrn"):
            register(cast)
        with refused("FIELD", field="mrn"):
            register(cast, facility=annex)

    def test_it_takes_the_same_number_in_another_organisation(self, cast: Cast, otto: User) -> None:
        register(cast)
        assert register(cast, facility=facility_of(otto), by=otto).mrn == "W-1"

    @pytest.mark.parametrize("field", ["mrn", "first_name", "last_name"])
    def test_it_refuses_a_patient_without_a_name_or_number(self, cast: Cast, field: str) -> None:
        with refused("FIELD", field=field):
            register(cast, **{field: "  "})

    def test_it_knows_today_by_the_facilitys_zone(self, cast: Cast) -> None:
        late_evening = NINE.replace(hour=2) + timedelta(days=1)  # 22:00 of the 14th in New York
        assert register(cast, birth_date=date(2026, 4, 14), now=late_evening).birth_date == date(2026, 4, 14)
        with refused("FIELD", field="birth_date"):
            register(cast, mrn="W-2", birth_date=date(2026, 4, 15), now=late_evening)
