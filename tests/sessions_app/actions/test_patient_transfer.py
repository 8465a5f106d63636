"""record_patient_transfer, call_off_transfer: told in advance, and from its day on not enrolled here."""

from datetime import date, timedelta
from typing import Any

import pytest

from clinic.actions.enrolment import record_enrolment
from clinic.models import Facility, Patient, PatientTransfer, User
from sessions_app.actions.patient_transfer import call_off_transfer, record_patient_transfer
from sessions_app.models.facts import session_facts
from sessions_app.models.patient_search import patients_at
from tests.cast import signed_by
from tests.expect import denied, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    checked_in,
    entry,
    facility_of,
    in_monitoring,
    make_cast,
    make_course,
    make_patient,
    minutes,
)

MIDNIGHT = NINE - minutes(9 * 60) + timedelta(days=1)  # of 15 April, in New York


@pytest.fixture
def north(cast: Cast) -> Cast:
    return make_cast(facility_name="Wrenfield North", organisation=cast.facility.organisation, suffix="3")


def transfer(cast: Cast, patient: Patient, **fields: Any) -> PatientTransfer:
    said: dict[str, Any] = {
        "facility": cast.facility,
        "program_code": "esketamine",
        "to_place": "Harbour Clinic",
        "from_date": date(2026, 4, 15),
        "rems_told_date": date(2026, 4, 14),
        "rems_told_how": "TELEPHONE",
        "entry": entry(),
        "by": cast.fred,
        "now": NINE,
    }
    return record_patient_transfer(patient=patient, **{**said, **fields})


def enrolled(walk: Walk, at: Any) -> bool:
    start = session_facts(walk.refresh(), at=at, start=True).start
    assert start is not None
    return start.enrolment.enrolled


class TestTransfer:
    def test_from_its_day_on_the_enrolment_here_counts_no_more(self, cast: Cast) -> None:
        walk = checked_in(cast)
        transfer(cast, walk.refresh().patient)
        second = timedelta(seconds=1)
        assert [enrolled(walk, MIDNIGHT - second), enrolled(walk, MIDNIGHT), enrolled(walk, MIDNIGHT + second)] == [
            True,
            False,
            False,
        ]

    def test_the_facility_that_takes_over_sees_the_patient(self, cast: Cast, north: Cast, otto: User) -> None:
        patient = make_patient(cast)
        assert patient not in patients_at([north.facility.pk])
        made = transfer(cast, patient, to_facility=north.facility, to_place="")
        assert patient in patients_at([north.facility.pk])
        assert patient in patients_at([cast.facility.pk])
        assert patient not in patients_at([facility_of(otto).pk])
        call_off_transfer(transfer=made, reason="Stays here.", entry=entry(), by=cast.fred, now=NINE)
        assert patient not in patients_at([north.facility.pk])

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"rems_told_date": date(2026, 4, 15)}, "rems_told_date"),  # still to come, and no day in advance
            ({"from_date": date(2026, 4, 14)}, "rems_told_date"),  # told on the day itself
            ({"from_date": date(2026, 4, 13)}, "rems_told_date"),
            ({"to_place": " "}, "to_place"),
            ({"program_code": "another"}, "program"),
        ],
    )
    def test_it_is_told_in_advance_and_leads_somewhere(self, cast: Cast, changed: dict[str, Any], field: str) -> None:
        patient = make_patient(cast)
        with refused("FIELD", field=field):
            transfer(cast, patient, **changed)

    def test_it_leads_to_one_other_place_of_the_organisation(self, cast: Cast, north: Cast, otto: User) -> None:
        patient = make_patient(cast)
        elsewhere: Facility = facility_of(otto)
        for place, words in ((cast.facility, ""), (elsewhere, ""), (north.facility, "and Harbour Clinic")):
            with refused("FIELD"):
                transfer(cast, patient, to_facility=place, to_place=words)
        with denied():
            transfer(cast, patient, facility=elsewhere, by=otto)

    def test_it_happens_once_until_it_is_called_off(self, cast: Cast) -> None:
        walk = checked_in(cast)
        patient = walk.refresh().patient
        made = transfer(cast, patient)
        with refused("FIELD", field="program"):
            transfer(cast, patient)
        fields: dict[str, Any] = {"transfer": made, "by": cast.fred, "now": NINE}
        with refused("FIELD", field="reason"):
            call_off_transfer(**fields, reason=" ", entry=entry())
        call_off_transfer(**fields, reason="Stays here.", entry=entry())
        with refused("ALREADY_VOIDED"):
            call_off_transfer(**fields, reason="Again.", entry=entry())
        assert enrolled(walk, MIDNIGHT)
        assert transfer(cast, patient)

    def test_an_open_session_goes_on_with_an_alarm(self, cast: Cast) -> None:
        walk = in_monitoring(cast, of_course=make_course(cast))
        now = MIDNIGHT + minutes(30)  # nobody closed it on its day
        made = transfer(cast, walk.refresh().patient, now=now)
        assert walk.refresh().state == "MONITORING"
        assert [alarm.code for alarm in walk.rows("Alarm")] == ["ENROLMENT"]
        with refused("TRANSFER_BEGUN"):
            call_off_transfer(transfer=made, reason="Stays.", entry=entry(), by=cast.fred, now=now)

    def test_on_the_day_of_enrolment_it_is_the_last_word_all_the_same(self, cast: Cast) -> None:
        walk = in_monitoring(cast)  # enrolled in the morning
        now = LAST_DEVICE + minutes(10)
        assert enrolled(walk, now)
        transfer(cast, walk.refresh().patient, from_date=NINE.date(), rems_told_date=date(2026, 4, 13), now=now)
        assert not enrolled(walk, now)
        assert [alarm.code for alarm in walk.rows("Alarm")] == ["ENROLMENT"]

    def test_who_is_enrolled_anew_after_it_is_enrolled(self, cast: Cast) -> None:
        walk = checked_in(cast)
        patient = walk.refresh().patient
        transfer(cast, patient, from_date=NINE.date(), rems_told_date=date(2026, 4, 13))
        again: dict[str, Any] = {"patient": patient, "facility": cast.facility, "program_code": "esketamine"}
        record_enrolment(**again, **signed_by(cast.paul), entry=entry(), by=cast.fred, now=NINE + minutes(1))
        assert [enrolled(walk, NINE), enrolled(walk, NINE + minutes(1))] == [False, True]

    def test_it_is_called_off_before_its_day_only(self, cast: Cast) -> None:
        made = transfer(cast, make_patient(cast))
        fields: dict[str, Any] = {"transfer": made, "reason": "Stays.", "by": cast.fred}
        with refused("TRANSFER_BEGUN"):
            call_off_transfer(**fields, entry=entry(), now=MIDNIGHT)
        assert call_off_transfer(**fields, entry=entry(), now=MIDNIGHT - timedelta(seconds=1))
