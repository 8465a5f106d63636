"""book_session, check_in, cancel_booking."""

from datetime import date, datetime
from typing import Any

import pytest

from clinic.actions.facility import open_facility
from clinic.models import AuditEvent, Entry, Facility
from clinic.rules.certification import CertificationStatus
from clinic.rules.enrolment import Setting
from clinic.rules.roles import Role
from sessions_app.actions import booking, course, intake, site
from sessions_app.models import Course, DosingSession, Transition
from tests.clinic.actions.certification_attempts import last
from tests.expect import denied, refused
from tests.factories import NINE, OPENING, Cast, booked, checked_in, employ, entry, make_course, make_patient, minutes


def check_in(made: Course, cast: Cast, **fields: Any) -> DosingSession:
    return booking.check_in(
        course=made,
        **{"identifiers": ("name", "mrn"), "entry": entry(), "by": cast.fred, "now": NINE, **fields},
    )


@pytest.fixture
def annex(cast: Cast) -> Facility:
    """Another facility of the same organisation, without a policy."""
    facility = open_facility(
        organisation=cast.facility.organisation,
        name="Annex",
        setting=Setting.OUTPATIENT,
        time_zone="America/New_York",
        by=None,
        now=OPENING,
    )
    employ(cast.fred, facility, Role.FRONT_DESK)
    employ(cast.ada, facility, Role.ADMINISTRATOR)
    return facility


class TestBookSession:
    def test_it_books_without_opening(self, cast: Cast) -> None:
        session = booked(cast).refresh()

        assert (session.state, session.checked_in_at, session.policy) == ("SCHEDULED", None, None)
        assert [row.to_state for row in Transition.objects.filter(dosing_session=session)] == ["SCHEDULED"]
        assert not DosingSession.objects.open().exists()

    def test_it_books_a_second_session_of_one_patient(self, cast: Cast) -> None:
        made = make_course(cast)

        booked(cast, of_course=made)
        booked(cast, of_course=made, now=NINE + minutes(60 * 24))

        assert DosingSession.objects.of_patient(made.patient).count() == 2

    def test_it_refuses_the_same_form_for_another_course(self, cast: Cast) -> None:
        form = entry()
        common: dict[str, Any] = {"scheduled_at": NINE, "entry": form, "by": cast.fred, "now": NINE}
        booking.book_session(course=make_course(cast), **common)
        other = make_course(cast)

        with refused("ENTRY_REUSED"):
            booking.book_session(course=other, **common)


class TestCheckIn:
    def test_it_opens_a_booking_and_pins_what_is_in_force(self, cast: Cast) -> None:
        walk = booked(cast)
        check_in(walk.dosing_session.course, cast, booked=walk.dosing_session, chair="3")

        session = walk.refresh()
        assert (session.state, session.chair) == ("CHECKED_IN", "3")
        assert (session.checked_in_at, session.checked_in_by) == (NINE, cast.fred)
        assert session.program_version == cast.program_version
        assert session.policy is not None
        assert (session.minimum_stay_minutes, session.final_check_window_minutes) == (120, 10)

    def test_it_opens_a_session_without_a_booking(self, cast: Cast) -> None:
        session = check_in(make_course(cast), cast)

        entries = Entry.objects.filter(subject_id=session.pk).order_by("order")
        assert [(row.action, row.order) for row in entries] == [("book_session", 1), ("check_in", 2)]
        assert AuditEvent.objects.filter(subject_id=session.pk).count() == 2

    def test_it_keeps_the_policy_of_its_check_in(self, cast: Cast) -> None:
        walk = checked_in(cast)
        course.set_policy(
            facility=cast.facility,
            program_version=cast.program_version,
            overrides={"minimum_stay_minutes": 150},
            reason="Careful.",
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )

        later = checked_in(cast)

        assert walk.refresh().minimum_stay_minutes == 120
        assert later.refresh().minimum_stay_minutes == 150

    @pytest.mark.parametrize("identifiers", [(), ("name",), ("name", "name"), ("name", "shoe size")])
    def test_it_refuses_fewer_than_two_identifiers(self, cast: Cast, identifiers: tuple[str, ...]) -> None:
        made = make_course(cast)
        with refused("FIELD", field="identifiers"):
            check_in(made, cast, identifiers=identifiers)

    def test_it_refuses_a_patient_who_is_here_already(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused("ALREADY_OPEN"):
            check_in(walk.dosing_session.course, cast)

    def test_it_refuses_a_patient_who_is_at_the_other_facility(self, cast: Cast, annex: Facility) -> None:
        patient = make_patient(cast)
        course.set_policy(
            facility=annex,
            program_version=cast.program_version,
            overrides={},
            reason="opening",
            entry=entry(),
            by=cast.ada,
            now=NINE,
        )
        elsewhere = course_at(annex, cast, patient=patient)
        check_in(elsewhere, cast)
        here = make_course(cast, patient=patient)

        with refused("ALREADY_OPEN"):
            check_in(here, cast)

    def test_it_refuses_where_there_is_no_policy(self, cast: Cast, annex: Facility) -> None:
        made = course_at(annex, cast, patient=make_patient(cast))
        with refused("NO_POLICY"):
            check_in(made, cast)

    def test_it_denies_a_booking_of_another_course(self, cast: Cast) -> None:
        walk, other = booked(cast), make_course(cast)
        with denied():
            check_in(other, cast, booked=walk.dosing_session)

    def test_it_refuses_the_same_form_for_another_patient(self, cast: Cast) -> None:
        form = entry()
        check_in(make_course(cast), cast, entry=form)
        other = make_course(cast)

        with refused("ENTRY_REUSED"):
            check_in(other, cast, entry=form)


def course_at(facility: Facility, cast: Cast, *, patient: Any) -> Course:
    return course.start_course(
        patient=patient,
        facility=facility,
        program_version=cast.program_version,
        indication="TRD",
        entry=entry(),
        by=cast.fred,
        now=OPENING,
    )


class TestCancelBooking:
    def test_it_cancels_with_its_reason(self, cast: Cast) -> None:
        walk = booked(cast)
        booking.cancel_booking(
            dosing_session=walk.dosing_session, reason="Snow.", entry=entry(), by=cast.fred, now=NINE
        )
        session = walk.refresh()
        assert (session.state, session.transition.reason) == ("CANCELLED", "Snow.")

    def test_it_refuses_without_a_reason(self, cast: Cast) -> None:
        walk = booked(cast)
        with refused("FIELD", field="reason"):
            booking.cancel_booking(
                dosing_session=walk.dosing_session, reason="  ", entry=entry(), by=cast.fred, now=NINE
            )


TOMORROW = NINE + minutes(60 * 24)


class TestWhatIsKnownBefore:
    """The start gate would be shut: nobody is asked to come for nothing."""

    def book(self, cast: Cast, course: Course, *, at: datetime = TOMORROW) -> DosingSession:
        return booking.book_session(course=course, scheduled_at=at, entry=entry(), by=cast.fred, now=NINE)

    def test_it_refuses_where_the_clinic_is_stopped(self, cast: Cast) -> None:
        course = make_course(cast)
        stop = {"program_code": "esketamine", "status": CertificationStatus.SUSPENDED, "reason": "Audit."}
        site.stop_facility(facility=cast.facility, **stop, after=last(cast), entry=entry(), by=cast.ada, now=NINE)
        with refused("FACILITY"):
            self.book(cast, course)

    def test_it_refuses_an_outpatient_who_is_not_enrolled(self, cast: Cast) -> None:
        course = make_course(cast)
        said = {"patient": course.patient, "program_code": "esketamine", "reason": "Moved."}
        site.withdraw_enrolment(facility=cast.facility, **said, entry=entry(), by=cast.fred, now=NINE)
        with refused("ENROLMENT"):
            self.book(cast, course)

    def test_it_refuses_whoever_has_a_contraindication(self, cast: Cast) -> None:
        course = make_course(cast)
        walk = checked_in(cast, of_course=course)
        yes = next(iter(cast.program_version.program.contraindications))
        intake.answer_questions(contraindications={yes: True}, **walk.envelope(NINE + minutes(5)))
        with refused("CONTRAINDICATION"):
            self.book(cast, course)

    def test_it_counts_the_years_on_the_day_itself(self, cast: Cast) -> None:
        patient = make_patient(cast, birth_date=date(2008, 4, 15))
        course = make_course(cast, patient=patient)
        with refused("AGE"):
            self.book(cast, course, at=NINE + minutes(60))
        assert self.book(cast, course).state == "SCHEDULED"

    def test_it_refuses_what_is_over(self, cast: Cast) -> None:
        course = make_course(cast)
        with refused("BOOKING_PAST"):
            self.book(cast, course, at=NINE - minutes(3))
