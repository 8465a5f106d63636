"""record_enrolment: the latest row counts."""

from datetime import date
from typing import Any

import pytest

from clinic.actions.enrolment import record_enrolment
from clinic.models import Enrolment, EnrolmentStatus, User
from sessions_app.models.facts import session_facts
from tests.expect import denied, refused
from tests.factories import (
    NINE,
    OPENING,
    Cast,
    checked_in,
    entry,
    facility_of,
    make_course,
    make_patient,
    minutes,
    signed_by,
)
from tests.files import a_file


class TestRecordEnrolment:
    def test_it_counts_what_was_last_true_at_the_moment(self, cast: Cast) -> None:
        patient = make_patient(cast)
        for status, at in ((EnrolmentStatus.WITHDRAWN, NINE + minutes(10)), (EnrolmentStatus.ENROLLED, NINE)):
            record_enrolment(
                patient=patient,
                facility=cast.facility,
                program_code="esketamine",
                status=status,
                **(signed_by(cast.paul) if status == EnrolmentStatus.ENROLLED else {"reason": "Moved away."}),
                entry=entry(),
                by=cast.fred,
                now=at,
            )
        walk = checked_in(cast, of_course=make_course(cast, patient=patient))

        def enrolled(after: int) -> bool:
            start = session_facts(walk.refresh(), at=NINE + minutes(after), start=True).start
            assert start is not None
            return start.enrolment.enrolled

        assert [enrolled(9), enrolled(10)] == [True, False]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"patient_signed_date": None}, "patient_signed_date"),
            ({"prescriber_signed_date": None}, "prescriber_signed_date"),
            ({"patient_signed_date": date(2026, 4, 15)}, "patient_signed_date"),
            ({"prescriber": None}, "prescriber"),
        ],
    )
    def test_it_takes_both_signatures_each_of_a_day(self, cast: Cast, changed: dict[str, Any], field: str) -> None:
        said: dict[str, Any] = {
            "patient": make_patient(cast),
            "facility": cast.facility,
            "program_code": "esketamine",
            **signed_by(cast.paul),
        }
        with refused("FIELD", field=field):
            record_enrolment(**{**said, **changed}, entry=entry(), by=cast.fred, now=NINE)
        with refused("FIELD", field="prescriber"):
            record_enrolment(**{**said, "prescriber": cast.nora}, entry=entry(), by=cast.fred, now=NINE)

    def test_it_keeps_the_signed_form(self, cast: Cast) -> None:
        said: dict[str, Any] = {"facility": cast.facility, "program_code": "esketamine", **signed_by(cast.paul)}
        made = record_enrolment(
            patient=make_patient(cast), **said, file=a_file(), entry=entry(), by=cast.fred, now=NINE
        )
        assert made.document is not None
        assert (made.document.entry_id, made.prescriber) == (made.entry_id, cast.paul)

    def test_it_is_for_one_programme(self, cast: Cast) -> None:
        walk = checked_in(cast)
        record_enrolment(
            patient=walk.refresh().patient,
            facility=cast.facility,
            program_code="another",
            status=EnrolmentStatus.WITHDRAWN,
            reason="Moved away.",
            entry=entry(),
            by=cast.fred,
            now=NINE,
        )
        start = session_facts(walk.refresh(), at=NINE, start=True).start
        assert start is not None
        assert start.enrolment.enrolled

    def test_it_denies_a_patient_of_another_organisation(self, cast: Cast, otto: User) -> None:
        patient = make_patient(cast)
        with denied():
            record_enrolment(
                patient=patient,
                facility=facility_of(otto),
                program_code="esketamine",
                entry=entry(),
                by=otto,
                now=OPENING,
            )

    def test_it_refuses_the_same_form_for_another_patient(self, cast: Cast) -> None:
        form, first, second = entry(), make_patient(cast), make_patient(cast)
        said: dict[str, Any] = {
            "facility": cast.facility,
            "program_code": "esketamine",
            **signed_by(cast.paul),
            "entry": form,
            "by": cast.fred,
            "now": NINE,
        }
        record_enrolment(patient=first, **said)
        with refused("ENTRY_REUSED"):
            record_enrolment(patient=second, **said)
        assert Enrolment.objects.filter(patient=second).count() == 1
