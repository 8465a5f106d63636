"""Lies told in rows, as the application's role: forged times and places, a forged audit, columns that move moved to
where they may not, a second open session, a patient out early. Each is refused by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from clinic.actions import patient_record
from clinic.actions.staff import end_role
from clinic.grants import MUTABLE_COLUMNS
from clinic.identifiers import new_id
from clinic.models import AuditChain, AuditEvent, Entry, Patient, PatientDetails, RoleAssignment
from clinic.models.patient import IDENTITY
from clinic.rules.chain import link_of, sha256_of
from sessions_app.actions.patient_link import link_patients
from sessions_app.models import FacilityPolicy
from tests.by_hand import change, execute, forge, our_models
from tests.expect import held_by
from tests.factories import (
    NINE,
    Cast,
    booked,
    checked_in,
    entry,
    in_monitoring,
    make_patient,
    minutes,
)
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def test_no_row_of_any_table_is_dated_by_who_writes_it(cast: Cast) -> None:
    """recorded_at is the database's own, in every table that has one: asked of the trigger, and of the row."""
    make_patient(cast)
    stamped = [model for model in our_models() if any(f.name == "recorded_at" for f in model._meta.local_fields)]
    for model in stamped:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid WHERE tgrelid = %s::regclass"
                " AND proname = 'vigil_stamp_recorded_at' AND tgenabled = 'O' AND tgtype & 7 = 7",
                [model._meta.db_table],
            )
            assert cursor.fetchone() == (1,), model
    for model, columns in ((Patient, {"mrn": "W-9"}), (Entry, {"entry_id": new_id(), "subject_id": new_id()})):
        row = model._default_manager.first()
        assert row is not None
        forged = forge(row, recorded_at=datetime(2001, 1, 1, tzinfo=UTC), **columns)
        assert model._default_manager.get(pk=forged).recorded_at > timezone.now() - timedelta(minutes=1)  # type: ignore[attr-defined]


@contextmanager
def appended(chain: AuditChain, **lie: Any) -> Iterator[None]:
    """An event that is right in everything, but for the lie; its chain moves on with it."""
    payload = '{"action":"x"}'
    said = {"sequence": chain.last_sequence + 1, "payload": payload, "digest": sha256_of(payload), **lie}
    said.setdefault("link", link_of(previous=chain.last_link, sequence=said["sequence"], digest=said["digest"]))
    head = said.pop("head", (said["sequence"], said["link"]))
    forge(AuditEvent.objects.get(chain=chain, sequence=chain.last_sequence), **said)
    if head:
        change(chain, last_sequence=head[0], last_link=head[1])
    yield


class TestTheAudit:
    @pytest.fixture
    def chain(self, cast: Cast) -> AuditChain:
        make_patient(cast)
        return AuditChain.objects.get(facility=cast.facility)

    @pytest.mark.parametrize(
        ("lie", "name"),
        [
            ({"digest": "0" * 64}, "audit_event_digest_of_payload"),
            ({"payload": '{"action":"y"}', "digest": sha256_of('{"action":"x"}')}, "audit_event_digest_of_payload"),
            ({"link": "0" * 64}, "audit_event_hangs_on_the_last"),
            ({"sequence": 1}, "audit_event_gap_free_sequence"),
            ({"sequence": 0}, "audit_event_sequence_positive"),
            ({"sequence": 10_000}, "audit_chain_moves_by_one"),
            ({"sequence": 10_000, "head": None}, "audit_event_hangs_on_the_last"),
            ({"head": None}, "audit_event_hangs_on_the_last"),
        ],
    )
    def test_it_takes_no_event_that_does_not_hang_on_the_last(
        self, chain: AuditChain, lie: dict[str, Any], name: str
    ) -> None:
        with held_by(name), appended(chain, **lie):
            pass

    def test_it_takes_one_that_does(self, chain: AuditChain) -> None:
        """What the application writes at all it can write by hand, as itself: that it was somebody's act is not held
        here, but by seals and by what else would have to fit (verify_audit)."""
        with appended(chain):
            execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_it_is_not_moved_back_forward_or_elsewhere(self, chain: AuditChain) -> None:
        at, link = chain.last_sequence, chain.last_link
        for sequence in (0, at - 1, at, at + 2):
            with held_by("audit_chain_moves_by_one"):
                change(chain, last_sequence=sequence, last_link=link)
        with held_by("audit_chain_moves_by_one"):
            change(chain, last_link="0" * 64)
        with held_by("audit_chain_ends_in_an_event"):
            change(chain, last_sequence=at + 1, last_link=link)

    def test_there_is_one_chain_for_each(self, chain: AuditChain) -> None:
        with held_by("clinic_auditchain_facility_id_key"):
            forge(chain)
        with held_by("audit_chain_one_for_the_system"):
            forge(AuditChain.objects.get(facility=None))


class TestWhatMoves:
    """Every column of MUTABLE_COLUMNS, and what stands behind it. A column that comes to the list comes here."""

    HELD = {
        "clinic.RoleAssignment": {"ended_at", "ended_by"},
        "clinic.AuditChain": {"last_sequence", "last_link"},
        "clinic.Patient": {"same_person_as", "link", "details", *IDENTITY},
        "sessions_app.DosingSession": {
            *("state", "transition", "discharge", "last_order", "checked_in_at", "checked_in_by"),
            *("program_version", "policy", "minimum_stay_minutes", "final_check_window_minutes", "scheduled_at"),
        },
        "sessions_app.Filing": {"state", "step", "edition", "treatment_date", "due_at", "person"},
    }
    # docs/assurance.md says what each is worth to whoever has the server's password.
    HELD_BY_THE_APPLICATION_ALONE = {
        "clinic.User": {"last_login", "password", "is_active", "pin"},
        "clinic.TabletHeard": {"heard_at"},
        "sessions_app.DosingSession": {"chair", "block_from", "block_until"},
    }

    def test_each_is_held_or_said_not_to_be(self) -> None:
        told = {
            label: self.HELD.get(label, set()) | self.HELD_BY_THE_APPLICATION_ALONE.get(label, set())
            for label in MUTABLE_COLUMNS
        }
        assert told == {label: set(columns) for label, columns in MUTABLE_COLUMNS.items()}
        assert all(apps.get_model(label) for label in told)

    def test_a_role_that_was_ended_stays_so(self, cast: Cast) -> None:
        held = RoleAssignment.objects.get(user=cast.nora)
        end_role(assignment=held, by=cast.ada, now=NINE)
        for columns in ({"ended_at": None, "ended_by_id": None}, {"ended_at": datetime(2030, 1, 1, tzinfo=UTC)}):
            with held_by("role_assignment_ends_once"):
                change(held, **columns)

    def test_a_form_stands_where_its_newest_step_says(self, cast: Cast) -> None:
        filing = in_monitoring(cast).dosing_session.filing
        late = filing.due_at + timedelta(days=1)
        for columns in ({"state": "ACKNOWLEDGED"}, {"due_at": late}, {"person_id": cast.paul.pk}):
            with held_by("filing_stands_at_its_step"):
                change(filing, **columns)

    def test_nobody_is_renamed_without_the_row_that_says_so(self, cast: Cast) -> None:
        patient = make_patient(cast)
        for columns in ({"last_name": "Else"}, {"birth_date": "1990-01-01"}, {"phone": "1"}, {"paper_language": "es"}):
            with held_by("patient_changes_with_its_details"):
                change(patient, **columns)
        said = {name: getattr(patient, name) for name in IDENTITY}
        common = {"patient": patient, "facility": cast.facility, "by": cast.fred, "now": NINE, "reason": "Misheard."}
        patient_record.correct_details(**common, **{**said, "last_name": "First"}, entry=entry())
        patient_record.correct_details(**common, **{**said, "last_name": "Second"}, entry=entry())
        for older in PatientDetails.objects.filter(patient=patient).exclude(last_name="Second"):
            with held_by("patient_changes_with_its_details"):
                change(patient, details_id=older.pk, last_name=older.last_name)
        with held_by("patient_changes_with_its_details"):
            change(patient, details_id=None, last_name="Else")
        with held_by("patient_is_as_in_details"):
            newest = PatientDetails.objects.get(last_name="Second")
            change(patient, details_id=forge(newest, last_name="Third", entry_id=newest.entry_id), last_name="Other")

    def test_two_records_are_one_as_long_as_the_link_stands(self, cast: Cast) -> None:
        one, other = make_patient(cast), make_patient(cast, name=("Rosalynd", "Tamarak"))
        common = {"reason": "The same card.", "facility": cast.facility, "by": cast.nora, "now": NINE}
        link_patients(duplicate=other, kept=one, **common, entry=entry())
        with held_by("patient_link_in_force"):
            change(other, link_id=None, same_person_as_id=None)
        with held_by("patient_same_person_by_link"):
            change(one, same_person_as_id=other.pk)

    def test_what_a_session_was_checked_in_under_stays(self, cast: Cast) -> None:
        session = checked_in(cast).dosing_session
        longer = forge(FacilityPolicy.objects.get(), number=2, minimum_stay_minutes=180)
        with held_by("dosing_session_pinned_once"):
            change(session, policy_id=longer, minimum_stay_minutes=180)
        for columns in ({"checked_in_at": NINE - minutes(60)}, {"checked_in_by_id": cast.paul.pk}):
            with held_by("dosing_session_pinned_once"):
                change(session, **columns)

    def test_it_is_pinned_to_a_policy_of_its_own_programme(self, cast: Cast) -> None:
        session, policy = booked(cast).dosing_session, FacilityPolicy.objects.get()
        other = forge(policy, program_code="another")
        with held_by("dosing_session_pinned_once"):
            change(
                session,
                checked_in_at=NINE,
                checked_in_by_id=cast.nora.pk,
                policy_id=other,
                program_version_id=policy.program_version_id,
                minimum_stay_minutes=policy.minimum_stay_minutes,
                final_check_window_minutes=policy.final_check_window_minutes,
            )

    def test_entries_of_a_session_follow_one_another(self, cast: Cast) -> None:
        session = in_monitoring(cast).dosing_session
        for last_order in (0, session.last_order - 1, session.last_order + 2, 2**31 - 1):
            with held_by("dosing_session_order_moves_by_one"):
                change(session, last_order=last_order)
