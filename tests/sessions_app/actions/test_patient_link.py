"""link_patients, unlink_patients: what one record knows, the gates ask of the other."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.actions.enrolment import record_enrolment
from clinic.models import Correction, Device, EnrolmentStatus, Patient, PatientLink, User
from sessions_app.actions.intake import answer_questions
from sessions_app.actions.patient_link import link_patients, unlink_patients
from sessions_app.actions.site import withdraw_enrolment
from sessions_app.models import DosingSession
from sessions_app.models.course import courses_of
from sessions_app.models.facts import session_facts
from sessions_app.models.follow_up import open_follow_ups
from sessions_app.models.patient_search import record_of_person
from sessions_app.models.stock import devices_for
from sessions_app.rules.gates import gate_refusals
from tests.expect import denied, refused
from tests.factories import (
    NINE,
    OPENING,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    entry,
    facility_of,
    in_monitoring,
    make_cast,
    make_course,
    make_device,
    make_patient,
    minutes,
    signed_by,
)

WEEK = timedelta(days=7)


@pytest.fixture
def kept(cast: Cast) -> Patient:
    return make_patient(cast, name=("Rosalind", "Tamarack"))


@pytest.fixture
def duplicate(cast: Cast) -> Patient:
    return make_patient(cast, name=("Rosalynd", "Tamarak"))


def link(cast: Cast, duplicate: Patient, kept: Patient, **fields: Any) -> PatientLink:
    said = {"facility": cast.facility, "reason": "Same card.", "entry": entry(), "by": cast.nora, "now": NINE}
    return link_patients(duplicate=duplicate, kept=kept, **{**said, **fields})


def unlink(cast: Cast, duplicate: Patient, **fields: Any) -> Correction:
    said = {"facility": cast.facility, "reason": "Twins.", "entry": entry(), "by": cast.paul, "now": NINE}
    return unlink_patients(duplicate=duplicate, **{**said, **fields})


def start_codes(walk: Walk, now: Any) -> set[str]:
    facts = session_facts(walk.refresh(), at=now, start=True)
    return {refusal.code for refusal in gate_refusals(facts, now=now)}


class TestTheLink:
    def test_it_points_to_the_record_that_is_kept_and_moves_nothing(
        self, cast: Cast, kept: Patient, duplicate: Patient
    ) -> None:
        course = make_course(cast, patient=duplicate)
        made = link(cast, duplicate, kept)

        duplicate.refresh_from_db()
        assert (duplicate.person_id, duplicate.link, made.kept) == (kept.pk, made, kept)
        course.refresh_from_db()
        assert course.patient == duplicate
        assert list(courses_of(kept, facility_ids=[cast.facility.pk])) == [course]

    def test_it_makes_no_chain_and_no_circle(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        third = make_patient(cast)
        link(cast, duplicate, kept)
        for one, other in ((duplicate, third), (kept, duplicate), (third, duplicate), (kept, third), (kept, kept)):
            with refused("FIELD", field="kept_mrn"):
                link(cast, one, other)
        assert link(cast, third, kept).kept == kept

    def test_it_is_of_one_organisation(self, cast: Cast, kept: Patient, duplicate: Patient, otto: User) -> None:
        stranger = make_patient(make_cast(facility_name="Elsewhere", suffix="9"))
        with refused("FIELD", field="kept_mrn"):
            link(cast, duplicate, stranger)
        with denied():
            link(cast, stranger, kept)
        with denied():
            link(cast, duplicate, kept, facility=facility_of(otto), by=otto)

    def test_a_nurse_links_only_who_look_alike(self, cast: Cast, kept: Patient) -> None:
        other = make_patient(cast, name=("Odette", "Larkspur"))
        older = make_patient(cast, birth_date=date(1962, 9, 3))
        for somebody in (other, older):
            with refused("FIELD"):
                link(cast, somebody, kept)
            assert link(cast, somebody, kept, by=cast.paul)

    def test_a_prescriber_takes_it_back_and_signs(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        link(cast, duplicate, kept)
        for person in (cast.nora, cast.ada):
            with denied():
                unlink(cast, duplicate, by=person)
        with refused("SIGNATURE"):
            unlink(cast, duplicate, entry=entry(proof=None))
        unlink(cast, duplicate)

    def test_it_says_why(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        with refused("FIELD", field="reason"):
            link(cast, duplicate, kept, reason=" ")
        link(cast, duplicate, kept)
        with refused("FIELD", field="reason"):
            unlink(cast, duplicate, reason=" ")

    @pytest.mark.parametrize("whose", ["kept", "duplicate"])
    def test_it_waits_while_a_session_of_either_is_open(
        self, cast: Cast, kept: Patient, duplicate: Patient, whose: str
    ) -> None:
        patient = {"kept": kept, "duplicate": duplicate}[whose]
        walk = checked_in(cast, of_course=make_course(cast, patient=patient))
        with refused("SESSION_OPEN"):
            link(cast, duplicate, kept)
        walk.end_not_dosed(NINE + minutes(5))
        link(cast, duplicate, kept, now=NINE + minutes(6))
        checked_in(cast, of_course=make_course(cast, patient=patient), now=NINE + minutes(10))
        with refused("SESSION_OPEN"):
            unlink(cast, duplicate, now=NINE + minutes(11))

    def test_it_is_undone_and_made_again(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        first = link(cast, duplicate, kept)
        undone = unlink(cast, duplicate)
        duplicate.refresh_from_db()
        assert (undone.row_id, duplicate.person_id, duplicate.link) == (first.pk, duplicate.pk, None)
        assert record_of_person(kept, duplicate.pk) == duplicate
        with refused("NOTHING_TO_VOID"):
            unlink(cast, duplicate)
        assert link(cast, kept, duplicate).kept == duplicate


Before = Callable[[Cast, Patient], Any]


def with_yes(cast: Cast, patient: Patient) -> None:
    walk = checked_in(cast, of_course=make_course(cast, patient=patient), now=NINE - WEEK)
    code = next(iter(cast.program_version.program.contraindications))
    answer_questions(
        dosing_session=walk.dosing_session,
        contraindications={code: True},
        entry=entry(),
        by=cast.nora,
        now=NINE - WEEK + minutes(1),
    )
    walk.end_not_dosed(NINE - WEEK + minutes(5))


class TestTheGates:
    def test_they_hold_one_open_session_per_person(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        link(cast, duplicate, kept)
        first, other = (
            checked_in(cast, of_course=make_course(cast, patient=duplicate)),
            make_course(cast, patient=kept),
        )
        with refused("ALREADY_OPEN"):
            checked_in(cast, of_course=other)
        first.end_not_dosed(NINE + minutes(5))
        assert checked_in(cast, of_course=other, now=NINE + minutes(6))

    def test_they_reopen_nothing_beside_an_open_session(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        link(cast, duplicate, kept)
        walk = in_monitoring(cast, of_course=make_course(cast, patient=duplicate))
        walk.leave_early(NINE + minutes(60))
        checked_in(cast, of_course=make_course(cast, patient=kept), now=NINE + minutes(70))

        with refused("ALREADY_OPEN"):
            walk.reopen(NINE + minutes(80))

    def test_a_yes_on_either_record_refuses(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        with_yes(cast, duplicate)
        walk = checked_in(cast, of_course=make_course(cast, patient=kept))
        walk.answer(NINE + minutes(10))
        assert "CONTRAINDICATION" not in start_codes(walk, NINE + minutes(11))
        walk.end_not_dosed(NINE + minutes(12))
        link(cast, duplicate, kept, now=NINE + minutes(13))
        again = checked_in(cast, of_course=walk.dosing_session.course, now=NINE + minutes(20))
        again.answer(NINE + minutes(25))
        assert "CONTRAINDICATION" in start_codes(again, NINE + minutes(26))

    def test_they_know_doses_and_counselling_of_either(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        dosed = discharged(cast, of_course=make_course(cast, patient=duplicate))
        elsewhere = make_course(cast, patient=duplicate, first_dose_elsewhere_date=date(2026, 2, 2))
        link(cast, elsewhere.patient, kept)
        walk = checked_in(cast, of_course=make_course(cast, patient=kept), now=NINE + minutes(200))

        course = session_facts(walk.refresh(), at=NINE + minutes(201), start=True).start.course  # type: ignore[union-attr]

        assert dosed.refresh().state == "DISCHARGED"
        assert (course.counselled, course.dosed_here) == (True, True)
        assert (course.first_dose_date, course.last_dose_date) == (date(2026, 2, 2), date(2026, 4, 14))

    def test_enrolment_of_either_counts_and_its_withdrawal_too(
        self, cast: Cast, kept: Patient, duplicate: Patient
    ) -> None:
        withdraw_enrolment(
            patient=kept,
            facility=cast.facility,
            program_code="esketamine",
            reason="Moved away.",
            entry=entry(OPENING + minutes(10)),
            by=cast.fred,
            now=NINE,
        )
        alone = checked_in(cast, of_course=make_course(cast, patient=kept))
        enrolled = lambda walk: session_facts(walk.refresh(), at=NINE, start=True).start.enrolment.enrolled  # type: ignore[union-attr]  # noqa: E731
        assert not enrolled(alone)
        alone.end_not_dosed(NINE)
        link(cast, duplicate, kept)
        # The withdrawal is the later word of the two, on whichever record.
        both = checked_in(cast, of_course=make_course(cast, patient=duplicate))
        assert not enrolled(both)
        record_enrolment(
            patient=kept,
            facility=cast.facility,
            program_code="esketamine",
            status=EnrolmentStatus.ENROLLED,
            **signed_by(cast.paul),
            entry=entry(OPENING + minutes(20)),
            by=cast.fred,
            now=NINE,
        )
        assert enrolled(both)

    def test_a_named_patients_device_is_theirs_on_either(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        device = make_device(cast, patient=duplicate)
        link(cast, duplicate, kept)
        walk = cleared(cast, of_course=make_course(cast, patient=kept))
        assert device in devices_for(walk.refresh())
        walk.give(NINE + minutes(30), device=Device.objects.get(pk=device.pk))
        stranger, another = cleared(cast), make_device(cast, patient=duplicate)
        with refused("DEVICE"):
            stranger.give(NINE + minutes(30), device=another)

    def test_a_call_to_make_is_found_on_either(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        walk = in_monitoring(cast, of_course=make_course(cast, patient=duplicate))
        walk.leave_early(NINE + minutes(60))
        assert open_follow_ups(cast.facility, patient=kept) == []
        link(cast, duplicate, kept)
        assert [task.dosing_session for task in open_follow_ups(cast.facility, patient=kept)] == [walk.dosing_session]

    def test_they_stay_apart_once_it_is_undone(self, cast: Cast, kept: Patient, duplicate: Patient) -> None:
        with_yes(cast, duplicate)
        link(cast, duplicate, kept)
        unlink(cast, duplicate)
        kept.refresh_from_db()
        walk = checked_in(cast, of_course=make_course(cast, patient=kept))
        walk.answer(NINE + minutes(10))
        assert "CONTRAINDICATION" not in start_codes(walk, NINE + minutes(11))
        assert list(DosingSession.objects.of_patient(kept)) == [walk.dosing_session]
