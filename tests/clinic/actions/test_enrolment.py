"""record_enrolment: the latest row counts."""

from typing import Any

from clinic.actions.enrolment import record_enrolment
from clinic.models import Enrolment, EnrolmentStatus, User
from sessions_app.models.facts import session_facts
from tests.expect import denied, refused
from tests.factories import NINE, OPENING, Cast, checked_in, entry, facility_of, make_course, make_patient, minutes


class TestRecordEnrolment:
    def test_it_counts_what_was_last_true_at_the_moment(self, cast: Cast) -> None:
        patient = make_patient(cast)
        for status, at in ((EnrolmentStatus.WITHDRAWN, NINE + minutes(10)), (EnrolmentStatus.ENROLLED, NINE)):
            record_enrolment(
                patient=patient,
                facility=cast.facility,
                program_code="esketamine",
                status=status,
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

    def test_it_is_for_one_programme(self, cast: Cast) -> None:
        walk = checked_in(cast)
        record_enrolment(
            patient=walk.refresh().patient,
            facility=cast.facility,
            program_code="another",
            status=EnrolmentStatus.WITHDRAWN,
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
            "entry": form,
            "by": cast.fred,
            "now": NINE,
        }
        record_enrolment(patient=first, **said)
        with refused("ENTRY_REUSED"):
            record_enrolment(patient=second, **said)
        assert Enrolment.objects.filter(patient=second).count() == 1
