"""Two people at once, on PostgreSQL: one effect per form, one winner per change, and no deadlock."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from clinic.models import Patient, PatientLink
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import booking, course, dosing
from sessions_app.actions.patient_link import link_patients
from sessions_app.models import DosingSession, FacilityPolicy, Presence
from tests.by_hand import fetch
from tests.factories import (
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    arrive,
    booked,
    checked_in,
    cleared,
    discharged,
    entry,
    full_check,
    in_monitoring,
    make_cast,
    make_course,
    make_device,
    make_patient,
    minutes,
    pressure,
    ready_to_leave,
)
from tests.race import Waiting, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def codes(outcomes: list[Any]) -> list[set[str]]:
    """What was refused; anything that went wrong otherwise is not a refusal."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    refused = [error for error in errors if isinstance(error, ActionRefused)]
    assert refused == errors
    return [{refusal.code for refusal in error.refusals} for error in refused]


class TestOnePerson:
    """Two records of one person, while somebody links them and somebody opens a session."""

    def test_two_links_of_the_same_pair_make_one(self, cast: Cast) -> None:
        one, other = make_patient(cast), make_patient(cast)
        outcomes = race(lambda: link(cast, one, other), lambda: link(cast, other, one))
        assert codes(outcomes) == [{"FIELD"}]
        assert Patient.objects.filter(link__isnull=False).count() == 1

    def test_a_chain_of_three_is_never_made(self, cast: Cast) -> None:
        one, two, three = (make_patient(cast) for _ in range(3))
        outcomes = race(lambda: link(cast, one, two), lambda: link(cast, two, three), lambda: link(cast, three, one))
        assert len(codes(outcomes)) == 2
        assert Patient.objects.filter(same_person_as__same_person_as__isnull=False).count() == 0

    def test_a_link_and_a_check_in_see_each_other(self, cast: Cast) -> None:
        duplicate, kept = make_patient(cast), make_patient(cast)
        course, other = make_course(cast, patient=duplicate), make_course(cast, patient=kept)
        checked_in(cast, of_course=other).end_not_dosed(NINE)
        outcomes = race(
            lambda: link(cast, duplicate, kept),
            lambda: checked_in(cast, of_course=course),
            lambda: checked_in(cast, of_course=other),
        )
        linked = Patient.objects.filter(link__isnull=False).exists()
        opened = DosingSession.objects.open().count()
        assert (linked, opened) in ((True, 1), (False, 2), (False, 1), (True, 0))
        assert all(found <= {"SESSION_OPEN", "ALREADY_OPEN", "FIELD"} for found in codes(outcomes))


def link(cast: Cast, duplicate: Patient, kept: Patient) -> PatientLink:
    return link_patients(
        duplicate=duplicate,
        kept=kept,
        reason="Same card.",
        facility=cast.facility,
        entry=entry(),
        by=cast.nora,
        now=NINE,
    )


class TestTheRelease:
    def test_it_happens_once_when_its_form_is_clicked_twice(self, cast: Cast) -> None:
        walk, form = ready_to_leave(cast), entry()

        outcomes = race(*[lambda: walk.release(STAY_ENDS, entry=form)] * 4)

        assert codes(outcomes) == []
        assert set(outcomes) == set(walk.rows("Discharge"))
        assert len(walk.rows("Discharge")) == 1

    def test_it_is_won_by_one_of_two_nurses(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)

        outcomes = race(*[partial(walk.release, STAY_ENDS, by=by) for by in (cast.nora, cast.nils)])

        assert codes(outcomes) == [{"STATE"}]
        assert len(walk.rows("Discharge")) == 1

    def test_it_is_stopped_by_a_bad_reading_committed_before_its_lock(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)

        with transaction.atomic():
            walk.check(STAY_ENDS - minutes(1), full_check(170, 80), by=cast.nils)
            release = Waiting(partial(walk.release, STAY_ENDS))

        assert codes([release.result()]) == [{"BP", "READINESS"}]
        assert walk.refresh().state == "MONITORING"

    def test_it_is_never_silent_about_a_bad_reading_of_the_same_moment(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        bad = partial(walk.check, STAY_ENDS, full_check(170, 80), at=STAY_ENDS - minutes(4), by=cast.nils)

        outcomes = race(partial(walk.release, STAY_ENDS), bad)

        released = walk.refresh().state == "DISCHARGED"
        assert codes(outcomes) == ([] if released else [{"BP"}])
        assert len(walk.rows("Alarm")) == (1 if released else 0)

    def test_it_does_not_deadlock_with_a_prescriber_who_comes_and_goes(self, cast: Cast) -> None:
        walk, other = discharged(cast), in_monitoring(cast)
        times = [STAY_ENDS + minutes(1 + count) for count in range(12)]

        def release() -> None:
            for at in times:
                walk.reopen(at)
                walk.check(at)
                walk.instruct(at)
                walk.assess(at)
                walk.release(at)

        def come_and_go() -> None:
            for at in times:
                arrive(cast, cast.paul, now=at - timedelta(seconds=1))
                arrive(cast, cast.paul, now=at, kind=Presence.Kind.LEFT)

        def chart() -> None:
            for at in times:
                other.check(at, pressure(120, 80))

        assert race(release, come_and_go, chart) == [None, None, None]
        assert len(walk.rows("Discharge")) == 13
        assert [row.code for row in other.rows("Alarm")] == ["PRESCRIBER_ABSENT"] * 12


class TestDevices:
    def test_it_goes_to_one_of_two_patients(self, cast: Cast) -> None:
        first, second, device = cleared(cast), cleared(cast), make_device(cast)

        outcomes = race(
            *[partial(walk.give, NINE + minutes(30), device=device, outcome=None) for walk in (first, second)]
        )

        assert codes(outcomes) == [{"DEVICE"}]
        assert len(first.rows("DeviceAdministration") + second.rows("DeviceAdministration")) == 1
        assert {first.refresh().state, second.refresh().state} == {"CLEARED", "DOSING"}

    def test_it_goes_again_to_one_of_two_patients_once_its_use_was_voided(self, cast: Cast) -> None:
        walk, first, second = cleared(cast), cleared(cast), cleared(cast)
        given = walk.give(NINE + minutes(30))
        walk.void(given, NINE + minutes(30))

        outcomes = race(
            *[partial(each.give, NINE + minutes(31), device=given.device, outcome=None) for each in (first, second)]
        )

        assert codes(outcomes) == [{"DEVICE"}]

    def test_it_is_confirmed_by_two_people_without_harm(self, cast: Cast) -> None:
        walk = cleared(cast)
        late = walk.give(NINE + minutes(55), at=NINE + minutes(36))
        confirm = partial(dosing.confirm_device_time, administration=late)

        outcomes = race(
            *[partial(confirm, **walk.envelope(NINE + minutes(56), by=by)) for by in (cast.nils, cast.paul)]
        )

        assert codes(outcomes) == []


def check_in(walk_or_course: Any, cast: Cast, form: Any = None) -> Callable[[], DosingSession]:
    session = walk_or_course.dosing_session if isinstance(walk_or_course, Walk) else None
    return lambda: booking.check_in(
        course=session.course if session else walk_or_course,
        booked=session,
        identifiers=("name", "mrn"),
        entry=form or entry(),
        by=cast.fred,
        now=NINE,
    )


@pytest.mark.parametrize("with_booking", [True, False])
class TestCheckIn:
    def test_it_has_one_effect_when_its_form_is_clicked_twice(self, cast: Cast, with_booking: bool) -> None:
        whom, form = booked(cast) if with_booking else make_course(cast), entry()

        outcomes = race(*[check_in(whom, cast, form)] * 4)

        assert codes(outcomes) == []
        assert len({session.pk for session in outcomes}) == 1
        assert DosingSession.objects.count() == 1

    def test_it_opens_one_session_of_two_forms(self, cast: Cast, with_booking: bool) -> None:
        whom = booked(cast) if with_booking else make_course(cast)

        outcomes = race(check_in(whom, cast), check_in(whom, cast))

        assert codes(outcomes) == [{"STATE"} if with_booking else {"ALREADY_OPEN"}]
        assert DosingSession.objects.count() == DosingSession.objects.open().count() == 1


class TestOneSession:
    def test_it_keeps_both_of_two_checks_in_their_order(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        before = walk.refresh().last_order

        outcomes = race(*[partial(walk.check, STAY_ENDS, by=by) for by in (cast.nora, cast.nils, cast.paul, cast.nora)])

        assert codes(outcomes) == []
        assert sorted(check.order for check in outcomes) == [before + count for count in (1, 2, 3, 4)]

    def test_it_is_read_anew_after_waiting_for_its_check_in(self, cast: Cast) -> None:
        walk = booked(cast)

        with transaction.atomic():
            check_in(walk, cast)()
            check = Waiting(partial(walk.check, NINE + minutes(1)))

        assert check.result().kind == "BASELINE"

    def test_it_is_reopened_or_replaced_and_never_both(self, cast: Cast) -> None:
        walk, later = discharged(cast), STAY_ENDS + minutes(10)
        again = booked(cast, of_course=walk.dosing_session.course)

        outcomes = race(partial(walk.reopen, later), check_in(again, cast))

        assert codes(outcomes) == [{"ALREADY_OPEN"}]
        assert DosingSession.objects.open().count() == 1


def test_it_waits_for_a_lock_five_seconds_and_no_longer(db: None) -> None:
    assert fetch("SHOW lock_timeout") == [("5s",)]


class TestThePolicy:
    def test_it_numbers_two_versions_saved_at_once(self, cast: Cast) -> None:
        save = partial(
            course.set_policy,
            facility=cast.facility,
            program_version=cast.program_version,
            overrides={},
            reason="Careful.",
            by=cast.ada,
            now=NINE,
        )

        outcomes = race(partial(save, entry=entry()), partial(save, entry=entry()))

        assert codes(outcomes) == []
        assert sorted(FacilityPolicy.objects.values_list("number", flat=True)) == [1, 2, 3]
