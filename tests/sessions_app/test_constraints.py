"""What the database itself holds about a session, even against hand-written SQL by the application role."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.identifiers import new_id
from clinic.models import Entry
from sessions_app.models import (
    DosingSession,
    FacilityPolicy,
    SessionRow,
    Transition,
)
from sessions_app.models.monitoring import CheckRow
from tests.by_hand import change, clinical_models, fetch, forge, session_models
from tests.expect import held_by
from tests.factories import (
    LAST_DEVICE,
    NINE,
    Cast,
    Walk,
    booked,
    checked_in,
    cleared,
    discharged,
    in_monitoring,
    make_cast,
    make_course,
    make_device,
    minutes,
)
from tests.scene import cast, clinic
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def last_transition(walk: Walk) -> Transition:
    return walk.refresh().transition


class TestTheState:
    def test_it_never_changes_without_a_transition(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        for state in ("CLEARED", "NOT_DOSED", "TRANSFERRED"):
            with held_by("dosing_session_state_is_its_transition"):
                change(walk.dosing_session, state=state)

    def test_it_never_borrows_another_sessions_transition(self, cast: Cast) -> None:
        walk, other = checked_in(cast), in_monitoring(cast)
        with held_by("dosing_session_state_is_its_transition"):
            change(walk.dosing_session, state="MONITORING", transition_id=last_transition(other).pk)

    def test_it_never_goes_back_to_an_older_transition(self, cast: Cast) -> None:
        walk = discharged(cast)
        older = walk.rows("Transition")[-2]
        assert older.to_state == "MONITORING"
        with held_by("dosing_session_at_newest_transition"):
            change(walk.dosing_session, state="MONITORING", transition_id=older.pk)

    def test_it_is_one_of_the_words_of_the_table(self, cast: Cast) -> None:
        with held_by("dosing_session_state_known"):
            change(checked_in(cast).dosing_session, state="FLOATING")

    @pytest.mark.parametrize(
        "columns",
        [
            {"from_state": "MONITORING", "to_state": "CLEARED"},
            {"from_state": "MONITORING", "to_state": "MONITORING"},
            {"from_state": "", "to_state": "DISCHARGED"},
            {"from_state": "CHECKED_IN", "to_state": "DOSING"},
        ],
    )
    def test_it_moves_only_as_the_table_says(self, cast: Cast, columns: dict[str, Any]) -> None:
        last = last_transition(in_monitoring(cast))
        with held_by("transition_is_in_the_table"):
            forge(last, previous_id=last.pk, **columns)

    def test_it_moves_on_from_where_it_stands(self, cast: Cast) -> None:
        last = last_transition(in_monitoring(cast))
        with held_by("transition_follows_previous"):
            forge(last, previous_id=last.pk, from_state="DOSING", to_state="TRANSFERRED")

    def test_it_forms_one_unforked_line_with_one_beginning(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with held_by("transition_line_unforked"):
            forge(last_transition(walk))
        with held_by("transition_line_one_beginning"):
            forge(walk.rows("Transition")[0])

    def test_it_is_entered_in_error_by_two_people(self, cast: Cast) -> None:
        last = last_transition(in_monitoring(cast))
        wrong = {"previous_id": last.pk, "from_state": "MONITORING", "to_state": "ENTERED_IN_ERROR"}
        for second in (None, last.performed_by_id):
            with held_by("transition_in_error_needs_two_people"):
                forge(last, **wrong, second_person_id=second)


class TestTheSession:
    def test_it_is_the_only_open_one_of_its_patient(self, cast: Cast) -> None:
        with held_by("dosing_session_one_open_per_patient"):
            forge(checked_in(cast).dosing_session)

    def test_it_pins_what_it_was_checked_in_under(self, cast: Cast) -> None:
        session = checked_in(cast).dosing_session
        for column in ("policy_id", "program_version_id", "minimum_stay_minutes", "final_check_window_minutes"):
            with held_by("dosing_session_checked_in_is_pinned"):
                change(session, **{column: None})
        with held_by("dosing_session_checked_in_at_and_by"):
            change(session, checked_in_by_id=None)

    def test_it_keeps_the_numbers_of_its_policy(self, cast: Cast) -> None:
        session = checked_in(cast).dosing_session
        for columns in ({"minimum_stay_minutes": 1}, {"final_check_window_minutes": 60}):
            with held_by("dosing_session_policy_of_same_facility"):
                change(session, **columns)

    def test_it_has_its_own_discharge_when_discharged(self, cast: Cast) -> None:
        walk, other = discharged(cast), discharged(cast)
        with held_by("dosing_session_discharged_has_discharge"):
            change(walk.dosing_session, discharge_id=None)
        with held_by("dosing_session_discharge_is_its_own"):
            change(walk.dosing_session, discharge_id=other.refresh().discharge_id)

    def test_it_is_of_a_course_of_the_same_patient_and_facility(self, cast: Cast) -> None:
        session, other = booked(cast).dosing_session, make_course(cast)
        with held_by("dosing_session_course_of_same_patient"):
            forge(session, course_id=other.pk, block_from=None, block_until=None)

    def test_it_is_under_a_policy_of_its_own_facility(self, cast: Cast) -> None:
        session = checked_in(cast).dosing_session
        make_cast(facility_name="Elsewhere", suffix="2")
        foreign = FacilityPolicy.objects.exclude(facility=cast.facility).get()
        with held_by("dosing_session_policy_of_same_facility"):
            change(session, policy_id=foreign.pk)


class TestThePolicy:
    @pytest.mark.parametrize("columns", [{"minimum_stay_minutes": 119}, {"final_check_window_minutes": 11}])
    def test_it_is_never_looser_than_the_programme(self, cast: Cast, columns: dict[str, int]) -> None:
        with held_by("facility_policy_tightens_only"):
            forge(FacilityPolicy.objects.get(), number=2, **columns)

    def test_it_compares_with_the_programmes_own_numbers(self, cast: Cast) -> None:
        with held_by("facility_policy_of_program_version"):
            forge(
                FacilityPolicy.objects.get(),
                number=2,
                minimum_stay_minutes=60,
                program_minimum_stay_minutes=60,
            )

    def test_it_has_one_version_of_a_number(self, cast: Cast) -> None:
        with held_by("facility_policy_version"):
            forge(FacilityPolicy.objects.get())


class TestOtherFacilities:
    """Everything charted on a session is of its facility and its entry, table by table."""

    def test_it_refuses_a_row_in_another_facility(self, cast: Cast) -> None:
        walk, elsewhere = rich_session(cast), make_cast(facility_name="Elsewhere", suffix="2")
        other_columns: dict[str, dict[str, Any]] = {
            "DeviceAdministration": {"device_id": make_device(cast).pk},
            "SignObservation": {"code": "another"},
            "Alarm": {"key": "another"},
            "EmergencyEnd": {"emergency_id": new_id()},
            "AdverseEventAccount": {"serious_event_id": new_id()},
        }
        tried = set()
        for model in session_models():
            row = model._default_manager.filter(dosing_session=walk.dosing_session).first()
            if row is None or model is Transition:  # a copy of a transition forks the line before anything else
                continue
            entry = Entry.objects.get(facility=cast.facility, entry_id=row.entry_id)
            if not Entry.objects.filter(facility=elsewhere.facility, entry_id=row.entry_id).exists():
                forge(entry, facility_id=elsewhere.facility.pk, subject_id=new_id())
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                forge(row, facility_id=elsewhere.facility.pk, **other_columns.get(model.__name__, {}))
            name = caught.value.__cause__.diag.constraint_name  # type: ignore[union-attr]
            assert name.endswith(("of_session", "of_same_facility")), name
            assert not name.endswith("entry_of_same_facility"), name
            tried.add(model.__name__)
        assert len(tried) > 15

    @pytest.mark.parametrize("model", session_models(), ids=lambda model: model.__name__)
    def test_it_is_bound_by_a_composite_key(self, model: type[SessionRow]) -> None:
        ((definition,),) = fetch(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
            model._meta.db_table,
            f"{model._meta.model_name}_session_of_same_facility",
        )
        assert definition == (
            "FOREIGN KEY (dosing_session_id, facility_id) REFERENCES sessions_app_dosingsession(id, facility_id)"
        )

    def test_it_points_across_sessions_by_no_plain_key(self) -> None:
        """A key from one clinical table of a session to another always carries the session with it."""
        composite = {
            field
            for model in clinical_models()
            for constraint in model._meta.constraints
            for field in [
                f"{model.__name__}.{name}" for name in getattr(constraint, "fields", ()) if hasattr(constraint, "to")
            ]
        }
        for model in session_models():
            for field in model._meta.local_concrete_fields:
                related = field.related_model
                if isinstance(related, type) and issubclass(related, (SessionRow, DosingSession)):
                    assert f"{model.__name__}.{field.name}" in composite

    def test_it_charts_signs_with_a_check_of_the_same_session(self, cast: Cast) -> None:
        walk, other = cleared(cast), cleared(cast)
        foreign = other.rows("Check")[0]
        assert issubclass(type(walk.rows("SignObservation")[0]), CheckRow)
        with held_by("signobservation_check_of_session"):
            forge(walk.rows("SignObservation")[0], check_row_id=foreign.pk, code="another")

    def test_it_names_the_last_check_of_the_same_session(self, cast: Cast) -> None:
        walk, other = in_monitoring(cast), cleared(cast)
        walk.leave_early(LAST_DEVICE + minutes(30))
        left = walk.rows("LeftEarly")[0]
        with held_by("leftearly_last_check_of_session"):
            forge(left, last_check_id=other.rows("Check")[0].pk)
        with held_by("leftearly_impaired_known"):
            forge(left, impaired="A BIT")


def test_it_counts_time_forward(cast: Cast) -> None:
    walk = in_monitoring(cast)
    given = walk.rows("DeviceAdministration")[0]
    with held_by("administration_counted_not_before_occurred"):
        forge(given, counted_at=NINE, device_id=given.device_id)
    assert timezone.now() - given.recorded_at < timedelta(minutes=5)
