"""What is copied holds to everything that typed data hold to."""

import dataclasses
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from clinic.constraints import RowTrigger
from clinic.embedded_postgres import Addresses
from clinic.models import AuditChain, AuditEvent
from clinic.verification import Checked, verify
from sessions_app.models import Check, DosingSession, FollowUpCall, LeftEarly
from sessions_app.models.follow_up import not_reached
from sessions_app.rules.published import Measure
from sessions_app.simulate import check
from sessions_app.simulate.check import compare
from sessions_app.simulate.load import TABLES, copied
from sessions_app.simulate.proof import NOT_ASKED, QUESTIONS, STAMP, offenders
from sessions_app.simulate.tables import Table
from sessions_app.simulate.writing import Head, Registry, written
from tests.factories import discharged, make_cast, make_devices
from tests.registry import SMALL, registry

STANDING = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), conenforced, convalidated, condeferrable,
condeferred FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text, true, true, tgdeferrable, tginitdeferred
FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2
"""


def standing() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return list(cursor.fetchall())


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any, database_addresses: Addresses) -> Iterator[list[Any]]:
    with django_db_blocker.unblock():
        before = standing()
    with registry(database_addresses, django_db_blocker):
        yield before


@pytest.fixture
def facility_id(loaded: Any, db: None) -> str:
    return str(DosingSession.objects.values_list("facility", flat=True).distinct().get())


def test_every_constraint_and_trigger_stands_as_before(loaded: list[Any], db: None) -> None:
    assert standing() == loaded
    assert len(loaded) > 500


def test_the_record_is_as_it_was_written(loaded: Any, db: None) -> None:
    checked = Checked()
    assert [problem for chain in AuditChain.objects.all() for problem in verify(chain, checked)] == []
    assert checked.rows > 50 * DosingSession.objects.count()


def test_every_trigger_has_its_question(loaded: Any) -> None:
    names = set()
    for label in (*TABLES, "clinic.AuditChain"):
        model = apps.get_model(label)
        names |= {each.name for each in model._meta.constraints if isinstance(each, RowTrigger)}
    assert {name for name in names if not name.endswith(STAMP)} == {*QUESTIONS, *NOT_ASKED}


SESSION = "(SELECT id FROM sessions_app_dosingsession WHERE state = 'DISCHARGED' ORDER BY id LIMIT 1)"
WRONG = {
    "audit_chain_moves_by_one": "UPDATE clinic_auditchain SET last_sequence = last_sequence + 1",
    "audit_chain_ends_in_an_event": "UPDATE clinic_auditchain SET last_link = repeat('0', 64)",
    "audit_event_hangs_on_the_last": "UPDATE clinic_auditevent SET link = repeat('0', 64) WHERE sequence = 300",
    "dosing_session_begins_booked": "UPDATE sessions_app_dosingsession SET entry_id = gen_random_uuid()",
    "dosing_session_at_newest_transition": f"""UPDATE sessions_app_dosingsession s SET transition_id = t.previous_id
        FROM sessions_app_transition t WHERE t.id = s.transition_id AND s.id = {SESSION}""",
    "dosing_session_pinned_once": f"UPDATE sessions_app_dosingsession SET last_order = 3 WHERE id = {SESSION}",
    "dosing_session_state_has_its_row": f"""UPDATE sessions_app_discharge SET entry_id = gen_random_uuid()
        WHERE dosing_session_id = {SESSION}""",
    "discharge_not_in_the_future": "UPDATE sessions_app_discharge SET departed_at = now() + interval '1 day'",
    "discharge_as_charted": f"DELETE FROM clinic_signature WHERE meaning = 'ASSESSED' AND subject_id = {SESSION}",
    "filing_at_newest_step": """UPDATE sessions_app_filing f SET step_id = s.previous_id
        FROM sessions_app_filingstep s WHERE s.id = f.step_id""",
    "stock_movement_fits": "UPDATE clinic_device SET expires_date = '2001-01-01'",
    "stock_movement_as_charted": """UPDATE clinic_stockmovement SET given_as = gen_random_uuid()
        WHERE kind = 'ADMINISTERED'""",
}


def test_every_question_finds_what_its_trigger_would_have_refused(facility_id: str) -> None:
    with connection.cursor() as cursor:
        assert offenders(cursor, facility_id) == []
        tables = {statement.split()[2 if statement.startswith("DELETE") else 1] for statement in WRONG.values()}
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        with transaction.atomic():
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'f' AND conenforced")
            for table, name in cursor.fetchall():
                cursor.execute(f'ALTER TABLE {table} ALTER CONSTRAINT "{name}" NOT ENFORCED')
            for name, statement in WRONG.items():
                point = transaction.savepoint()
                cursor.execute(statement)
                found = offenders(cursor, facility_id)
                assert any(each.startswith(f"{name}: ") for each in found), (name, found)
                transaction.savepoint_rollback(point)
            transaction.set_rollback(True)
    assert set(WRONG) == set(QUESTIONS)


def test_a_key_that_leads_nowhere_is_refused_at_the_end(facility_id: str) -> None:
    taken = Check.objects.order_by("pk").first()
    assert taken is not None
    nowhere = pytest.raises(IntegrityError, match="check_session_of_same_facility")
    with nowhere, transaction.atomic(), connection.cursor() as cursor, copied(cursor):
        cursor.execute("UPDATE sessions_app_check SET dosing_session_id = entry_id WHERE id = %s", [taken.pk])


def test_a_figure_that_is_not_as_published_is_named(facility_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(out=StringIO()) == []
    wrong = dataclasses.replace(check.FIGURES[Measure.DISSOCIATION], share=0.999)
    monkeypatch.setattr(check, "FIGURES", {**check.FIGURES, Measure.DISSOCIATION: wrong})
    out = StringIO()
    assert compare(out=out) == ["DISSOCIATION"]
    assert [line.split()[0] for line in out.getvalue().splitlines() if line.endswith("OUTSIDE")] == ["DISSOCIATION"]


@pytest.mark.parametrize("word", ["a\tb", "a\nb", "a\\b"])
def test_a_word_that_copy_would_read_as_another_is_refused(word: str) -> None:
    table = Table("sessions_app.WayHomeArrangement")
    table.add(table.row(name=word), "2026-04-10T12:00:00+00:00")
    with pytest.raises(ValueError, match="WayHomeArrangement"):
        table.taken()


def test_what_went_wrong_while_it_was_written_is_raised_here() -> None:
    with pytest.raises(AttributeError):
        list(written(SMALL, [(None, Head("", 0, ""))]))  # type: ignore[list-item]


def shapes(facility_id: Any) -> dict[str, set[Any]]:
    """Of each action: which rows it wrote with which columns, of which kind of value, and what it told besides."""
    found: dict[str, set[Any]] = {}
    for payload in AuditEvent.objects.filter(chain__facility=facility_id).values_list("payload", flat=True):
        said = json.loads(payload)
        for row in said["rows"]:
            columns = tuple(sorted((name, type(value).__name__) for name, value in row["fields"].items()))
            found.setdefault(said["action"], set()).add((row["table"], columns))
        told = said["details"].get("session", {})
        found.setdefault(said["action"], set()).add((tuple(sorted(said["details"])), tuple(sorted(told))))
    return found


# What the walk leaves out, or the made-up sessions do: a time where another answered "none", a score, a reason.
LOOSE = {"IntakeReport", "SignObservation", "StockMovement"}
OF_A_SESSION = (
    *("register_patient", "record_enrolment", "start_course", "receive_devices", "book_session", "check_in"),
    *("report_intake", "answer_questions", "verify_enrolment", "counsel_patient", "arrange_way_home", "record_check"),
    *("order_dose", "clear_for_dosing", "administer_device", "record_outcome", "finish_dosing", "give_instructions"),
    *("assess_readiness", "discharge_patient", "review_filing"),
)


def test_it_is_written_as_the_actions_write_it(facility_id: str) -> None:
    cast = make_cast(suffix="2")
    discharged(cast)
    typed, copied_rows = shapes(cast.facility.pk), shapes(facility_id)
    # The walk's own devices came without their pack.
    packed = make_cast(facility_name="Annex", suffix="3")
    make_devices(packed, devices=2, product=packed.program_version.program.products[0])
    typed["receive_devices"] = shapes(packed.facility.pk)["receive_devices"]
    for action in OF_A_SESSION:
        wanted = {each for each in typed[action] if each[0] and not _loose(each)}
        assert wanted <= copied_rows[action], action


def test_whoever_left_early_was_called(facility_id: str) -> None:
    left = set(LeftEarly.objects.values_list("dosing_session", flat=True))
    called = FollowUpCall.objects.filter(outcome=FollowUpCall.Outcome.REACHED)
    assert left == set(called.values_list("dosing_session", flat=True)) != set()
    assert not not_reached(facility=facility_id).exists()


def _loose(shape: Any) -> bool:
    return isinstance(shape[0], str) and shape[0].partition(".")[2] in LOOSE


def test_clinics_share_the_patients() -> None:
    whole = Registry(patients=801, seed=1, until=SMALL.until)
    assert whole.clinics == 3
    assert [len(whole.numbers(clinic)) for clinic in range(3)] == [400, 400, 1]
