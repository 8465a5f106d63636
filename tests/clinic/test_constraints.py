"""What the database itself holds, whoever asks: tables of clinic, and the envelope of every clinical row."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models
from django.db.models import CheckConstraint, UniqueConstraint

from clinic.constraints import CompositeForeignKey, RowTrigger, both_or_neither
from clinic.grants import mutable_columns_by_table
from clinic.identifiers import new_id
from clinic.models import ClinicalRow, Correction, Device, Entry, Facility, RoleAssignment, User
from tests.by_hand import change, clinical_models, column_name, fetch, forge, our_models, without_privilege
from tests.expect import held_by
from tests.factories import Cast, make_cast, make_device, make_otto, make_patient
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db

# Nullable times without a person beside them, and why.
NOT_AN_ACT = {
    "recorded_at",  # the database's own stamp; null only until the trigger has run
    "IntakeReport.last_at",  # when the patient last ate, as the patient said
    "Discharge.anchor_counted_at",  # one of the two holds the time the stay counts from, tied to its row
    "Discharge.anchor_confirmed_at",
    "RoleAssignment.ends_at",  # its term, set with the grant by granted_by
    "SessionLine.due_at",  # of the form, kept beside the record to be counted
    "SessionLine.sent_at",
}


def constraint_definition(table: str, name: str) -> str:
    found = fetch(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
        table,
        name,
    )
    return str(found[0][0]) if found else ""


class TestEveryTable:
    @pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
    def test_it_has_every_constraint_its_model_names(self, model: type[models.Model]) -> None:
        table = model._meta.db_table
        found = fetch(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION SELECT indexname FROM pg_indexes WHERE tablename = %s"
            " UNION SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            *[table] * 3,
        )
        names = {name for (name,) in found}
        assert {constraint.name for constraint in model._meta.constraints} <= names

    @pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
    def test_it_pairs_every_time_with_a_person(self, model: type[models.Model]) -> None:
        pairs = {
            constraint.condition for constraint in model._meta.constraints if isinstance(constraint, CheckConstraint)
        }
        for field in model._meta.local_concrete_fields:
            exempt = {field.name, f"{model.__name__}.{field.name}"} & NOT_AN_ACT
            if field.name.endswith("_at") and field.null and not exempt:
                person = field.name.removesuffix("_at") + "_by"
                assert both_or_neither(field.name, person, name="x").condition in pairs, field

    def test_it_exempts_nothing_that_is_not_there(self) -> None:
        names = {f"{model.__name__}.{field.name}" for model in our_models() for field in model._meta.concrete_fields}
        assert {name for name in NOT_AN_ACT if "." in name} <= names

    @pytest.mark.parametrize("model", our_models(), ids=lambda model: model.__name__)
    def test_it_protects_what_it_points_at(self, model: type[models.Model]) -> None:
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey):
                assert field.remote_field.on_delete is models.PROTECT


@pytest.mark.parametrize("model", clinical_models(), ids=lambda model: model.__name__)
class TestEveryClinicalTable:
    def test_it_is_stamped_by_the_database(self, model: type[ClinicalRow]) -> None:
        definition = fetch(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            model._meta.db_table,
            f"{model._meta.model_name}_recorded_by_database",
        )
        assert "BEFORE INSERT" in definition[0][0]
        assert "EXECUTE FUNCTION vigil_stamp_recorded_at()" in definition[0][0]

    def test_it_belongs_to_an_entry_of_its_own_facility(self, model: type[ClinicalRow]) -> None:
        definition = constraint_definition(model._meta.db_table, f"{model._meta.model_name}_entry_of_same_facility")
        assert definition == "FOREIGN KEY (facility_id, entry_id) REFERENCES clinic_entry(facility_id, entry_id)"

    def test_it_is_never_changed_deleted_or_emptied(self, model: type[ClinicalRow]) -> None:
        table = model._meta.db_table
        may_move = mutable_columns_by_table().get(table, ())
        assert without_privilege(f"DELETE FROM {table}")
        assert without_privilege(f"TRUNCATE {table} CASCADE")
        for field in model._meta.local_concrete_fields:
            column = column_name(field)
            if column not in may_move:
                assert without_privilege(f'UPDATE {table} SET "{column}" = "{column}"')


class TestTheEnvelope:
    def test_it_is_dated_by_the_database_whatever_the_statement_says(self, cast: Cast) -> None:
        forged = forge(make_patient(cast), mrn="W-2", recorded_at=datetime(2001, 1, 1, tzinfo=UTC))
        ((stamped, database_now),) = fetch(
            "SELECT recorded_at, clock_timestamp() FROM clinic_patient WHERE id = %s", forged
        )
        assert timedelta(0) <= database_now - stamped < timedelta(minutes=1)

    def test_it_needs_an_entry_of_the_same_facility(self, cast: Cast) -> None:
        patient, elsewhere = make_patient(cast), make_otto()
        facility = Facility.objects.get(role_assignments__user=elsewhere, role_assignments__role="prescriber")
        with held_by("patient_entry_of_same_facility"):
            forge(patient, mrn="W-2", entry_id=new_id())
        with held_by("patient_entry_of_same_facility"):
            forge(patient, mrn="W-2", facility_id=facility.pk, organisation_id=facility.organisation_id)

    def test_it_knows_its_channels(self, cast: Cast) -> None:
        with held_by("patient_channel_known"):
            forge(make_patient(cast), mrn="W-2", channel="PIGEON")

    def test_it_is_submitted_once(self, cast: Cast) -> None:
        patient = make_patient(cast)
        with held_by("entry_once_per_facility"):
            forge(Entry.objects.get(result_id=patient.pk))


class TestClinicTables:
    def test_it_holds_one_number_per_patient_of_an_organisation(self, cast: Cast) -> None:
        with held_by("patient_mrn_once_in_organisation"):
            forge(make_patient(cast))

    def test_it_registers_patients_in_their_own_organisation(self, cast: Cast) -> None:
        other = make_cast(facility_name="Elsewhere", suffix="2").facility.organisation
        with held_by("patient_registered_in_own_organisation"):
            forge(make_patient(cast), organisation_id=other.pk)

    def test_it_has_no_superuser(self, cast: Cast) -> None:
        with held_by("user_never_superuser"):
            forge(cast.ada, username="root", is_superuser=True)
        assert without_privilege("UPDATE clinic_user SET is_superuser = true")
        assert not User.objects.filter(is_superuser=True).exists()

    def test_it_grants_a_role_once(self, cast: Cast) -> None:
        held = RoleAssignment.objects.get(user=cast.nora)
        with held_by("role_assignment_held_once"):
            forge(held)
        with held_by("role_assignment_role_known"):
            forge(held, role="wizard")
        with held_by("role_assignment_ended_at_and_by"):
            change(held, ended_at=datetime(2026, 4, 14, tzinfo=UTC))

    def test_it_numbers_a_device_once_and_says_whose_it_is(self, cast: Cast) -> None:
        device = make_device(cast)
        with held_by("device_number_once_in_facility"):
            forge(device)
        with held_by("device_patient_specific_has_patient"):
            forge(device, number="D-0", kind="PATIENT_SPECIFIC")
        with held_by("device_patient_specific_has_patient"):
            forge(device, number="D-0", patient_id=make_patient(cast).pk)

    def test_it_knows_its_words(self, cast: Cast) -> None:
        patient = make_patient(cast)
        with held_by("patient_sex_known"):
            forge(patient, mrn="W-2", sex="?")
        with held_by("facility_setting_known"):
            forge(cast.facility, name="Annex", setting="CLOUD")
        with held_by("facility_name_in_organisation"):
            forge(cast.facility)
        with held_by("device_kind_known"):
            forge(make_device(cast), number="D-0", kind="LOOSE")


class TestTheConstraintClasses:
    def test_it_leaves_a_null_unchecked_and_says_the_rest(self) -> None:
        key = CompositeForeignKey(fields=("a", "b"), to="clinic.Device", to_fields=("id", "facility"), name="k")
        assert key == key.clone()
        assert key != CompositeForeignKey(fields=("a",), to="clinic.Device", to_fields=("id",), name="k")
        trigger = RowTrigger(function="f", name="t", event="UPDATE OF x")
        assert trigger == trigger.clone()
        assert trigger != RowTrigger(function="f", name="t")
        assert "BEFORE UPDATE OF x ON" in trigger.create_sql(Device, connection.schema_editor())

    def test_it_refuses_a_field_that_is_no_column(self) -> None:
        key = CompositeForeignKey(fields=("role_assignments",), to="clinic.Device", to_fields=("id",), name="k")
        with connection.schema_editor() as editor, pytest.raises(TypeError, match="not a column"):
            key.create_sql(User, editor)

    def test_it_names_both_kinds_of_uniqueness(self) -> None:
        names = [
            constraint.name for constraint in Correction._meta.constraints if isinstance(constraint, UniqueConstraint)
        ]
        assert names == ["correction_once_per_row", "correction_of_row"]
