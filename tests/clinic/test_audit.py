"""The audit: its chain, its digest, and that every row written is in it once."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from clinic import audit
from clinic.actions.staff import add_person
from clinic.models import AuditChain, AuditEvent
from clinic.rules.roles import Role
from sessions_app.models import Filing
from tests.by_hand import clinical_models, forge, without_privilege
from tests.expect import held_by
from tests.factories import NINE, Cast, make_cast
from tests.sessions_app.rich import rich_session

# Rows that the walked session has no occasion for.
NOT_WALKED = {
    "AppointmentReminder",
    "BookingMove",
    "ClosureWithdrawal",
    "DiarySetting",
    "NoShow",
    "WaitingEnd",
    "CabinetPolicy",
    "Delivery",
    "Supplier",
    "BreakGlass",
    "BreakGlassReview",
    "Antidepressant",
    "Attestation",
    "Authorisation",
    "BenefitReview",
    "Treatment",
    "TreatmentEnd",
    "Trial",
    "CertificationReview",
    "ChairList",
    "ClosingTime",
    "DigestChoice",
    "FacilityContact",
    "FacilityEdition",
    "FilingDigest",
    "PersonContact",
    "Credential",
    "CabinetClosing",
    "Count",
    "CountLine",
    "Discrepancy",
    "DiscrepancyClosure",
    "DiscrepancyDevice",
    "DiscrepancyStep",
    "FindingClosure",
    "FollowUpCall",
    "LeftEarly",
    "OffLabelJustification",
    "PaperConfirmation",
    "Recall",
    "RecallWithdrawal",
    "Reminder",
    "StockPolicy",
    "Tablet",
    "TabletRevocation",
    "Transfer",
}


class Colour(Enum):
    RED = 7


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def record(cast: Cast, **fields: Any) -> AuditEvent:
    said = {
        "action": "x",
        "facility": cast.facility,
        "by": cast.nora,
        "now": NINE,
        "subject": cast.facility,
        "rows": (),
    }
    return audit.record(**{**said, **fields})


def rows_of(event: AuditEvent) -> Iterator[tuple[str, str]]:
    for row in json.loads(event.payload)["rows"]:
        yield row["table"], row["fields"]["id"]


class TestTheChain:
    def test_it_has_no_gaps_and_is_the_facilitys_own(self, cast: Cast) -> None:
        make_cast(facility_name="Elsewhere", suffix="2")
        rich_session(cast)

        for chain in AuditChain.objects.all():
            sequences = list(chain.events.order_by("sequence").values_list("sequence", flat=True))
            assert sequences == list(range(1, chain.last_sequence + 1))
        assert AuditChain.objects.count() == 3

    def test_it_leaves_no_gap_where_an_event_was_rolled_back(self, cast: Cast) -> None:
        first = record(cast)
        savepoint = transaction.savepoint()
        record(cast)
        transaction.savepoint_rollback(savepoint)

        assert record(cast).sequence == first.sequence + 1

    def test_it_is_held_by_the_database(self, cast: Cast) -> None:
        event = record(cast)
        with held_by("audit_event_gap_free_sequence"):
            forge(event)
        with held_by("audit_event_sequence_positive"):
            forge(event, sequence=0)
        with held_by("audit_chain_one_for_the_system"):
            forge(AuditChain.objects.get(facility=None))
        for statement in ("UPDATE clinic_auditevent SET payload = ''", "DELETE FROM clinic_auditevent"):
            assert without_privilege(statement)


@pytest.mark.django_db(transaction=True)
def test_it_refuses_outside_a_transaction() -> None:
    cast = make_cast()
    before = AuditEvent.objects.count()
    assert not connection.in_atomic_block

    with pytest.raises(RuntimeError, match="in the transaction"):
        record(cast)

    assert AuditEvent.objects.count() == before


class TestThePayload:
    def test_it_is_canonical_and_digested(self, cast: Cast) -> None:
        rich_session(cast)
        for event in AuditEvent.objects.all():
            assert event.digest == hashlib.sha256(event.payload.encode()).hexdigest()
            assert audit.canonical(json.loads(event.payload)) == event.payload

    def test_it_says_who_where_when_and_about_what(self, cast: Cast) -> None:
        event = record(cast, details={"note": "é"})
        said = json.loads(event.payload)
        assert said["actor"] == str(cast.nora.pk)
        assert said["facility"] == said["subject"]["id"] == str(cast.facility.pk)
        assert (said["subject"]["type"], said["action"]) == ("clinic.Facility", "x")
        assert datetime.fromisoformat(said["happened_at"]) == event.happened_at == NINE
        assert "é" in event.payload

    def test_it_holds_every_row_of_a_walked_session_exactly_once(self, cast: Cast) -> None:
        walk = rich_session(cast)

        told = Counter(pair for event in AuditEvent.objects.all() for pair in rows_of(event))

        for model in clinical_models():
            written = model._default_manager.all()
            assert written or model.__name__ in NOT_WALKED
            for row in written:
                assert told[model._meta.label, str(row.pk)] == 1
        assert walk.refresh().state == "DISCHARGED"

    def test_it_holds_each_row_as_it_was_written(self, cast: Cast) -> None:
        rich_session(cast)
        for event in AuditEvent.objects.exclude(action__in=("book_session", "register_patient")):
            for said in json.loads(event.payload)["rows"]:
                app, name = said["table"].split(".")
                model = {each._meta.label: each for each in clinical_models()}.get(f"{app}.{name}")
                if model is None or model is Filing:  # which moves, step by step
                    continue
                stored = audit.content_of(model._default_manager.get(pk=said["fields"]["id"]))
                assert json.loads(audit.canonical(stored)) == said

    def test_it_tells_what_changed_on_the_session_itself(self, cast: Cast) -> None:
        rich_session(cast)
        release = AuditEvent.objects.get(action="discharge_patient")
        changed = json.loads(release.payload)["details"]["session"]
        assert changed["state"] == "DISCHARGED"
        assert set(changed) == {"state", "transition", "discharge"}


class TestCanonical:
    def test_it_does_not_depend_on_order(self) -> None:
        assert audit.canonical({"b": 1, "a": {2, 1}}) == audit.canonical({"a": {1, 2}, "b": 1}) == '{"a":[1,2],"b":1}'

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (datetime(2026, 4, 14, 13, tzinfo=UTC), '"2026-04-14T13:00:00+00:00"'),
            (date(2026, 4, 14), '"2026-04-14"'),
            (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
            (Decimal("1.50"), '"1.50"'),
            (timedelta(minutes=2), "120.0"),
            (Role.NURSE, '"nurse"'),
            (Colour.RED, "7"),
            (frozenset({UUID(int=2), UUID(int=1)}), None),
        ],
    )
    def test_it_has_one_form_for_each_kind_of_value(self, value: object, text: str | None) -> None:
        assert audit.canonical(value) == (text or audit.canonical(sorted(value, key=str)))  # type: ignore[call-overload]

    def test_it_refuses_what_has_no_form(self) -> None:
        with pytest.raises(TypeError, match="object has no canonical form"):
            audit.canonical(object())


def test_it_is_written_by_the_system_where_nobody_acts(db: None) -> None:
    person = add_person(username="nadia", password="x", printed_name="Nadia Noon", by=None, now=NINE)
    event = AuditEvent.objects.get(subject_id=person.pk)
    assert (event.actor, event.chain.facility, event.sequence) == (None, None, 1)
