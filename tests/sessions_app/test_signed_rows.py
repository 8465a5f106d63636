"""What is signed opens a gate only as it was signed: unsigned, altered or forged it is as if it were not there."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client

from clinic.actions.patient_record import record_consent
from clinic.identifiers import new_id
from clinic.models import Certification, Signature, SignedRow
from sessions_app import models
from sessions_app.actions import course, decision, discharge
from sessions_app.models.facts import session_facts
from sessions_app.rules.gates import gate_refusals
from tests.by_hand import forge
from tests.clock import clock_at
from tests.expect import refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    OPENING,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    entry,
    full_check,
    in_monitoring,
    make_course,
    minutes,
    ready_to_leave,
)
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db

SIGNED = [model for model in apps.get_models() if issubclass(model, SignedRow)]


def codes(walk: Walk, now: Any, *, start: bool = False) -> set[str]:
    facts = session_facts(walk.refresh(), at=now, start=start)
    return {refusal.code for refusal in gate_refusals(facts, now=now)}


def void(row: Any, walk: Walk, now: Any) -> None:
    walk.void(row, now, by=walk.cast.paul)


def forged(row: Any, **columns: Any) -> UUID:
    """The same row once more, with nobody's signature, as the newest of its session."""
    order = {"order": row.order + 50} if hasattr(row, "order") else {}
    return forge(row, **order, **columns)


class TestTheStartGate:
    def prepared(self, cast: Cast, **fields: Any) -> Walk:
        walk = checked_in(cast, **fields)
        walk.answer(NINE + minutes(10))
        walk.check(NINE + minutes(20))
        walk.order(NINE + minutes(20))
        return walk

    def test_it_is_open_on_a_signed_order(self, cast: Cast) -> None:
        assert codes(self.prepared(cast), NINE + minutes(25), start=True) == set()

    def test_a_newer_unsigned_order_closes_it_and_the_older_one_does_not_stand_in(self, cast: Cast) -> None:
        walk = self.prepared(cast)
        forged(walk.rows("DoseOrder")[0], mg=84, devices=3)
        assert codes(walk, NINE + minutes(25), start=True) == {"DOSE_ORDER"}

    def test_a_decision_nobody_signed_is_none(self, cast: Cast) -> None:
        walk = self.prepared(cast)
        high = walk.check(NINE + minutes(22), full_check(150, 80))
        said = {"code": "BASELINE_BP", "measure": "", "bound_ids": [high.pk], "reason": "Known and stable."}
        decided = decision.decide(
            dosing_session=walk.dosing_session, **said, entry=entry(), by=cast.paul, now=NINE + minutes(23)
        )
        assert codes(walk, NINE + minutes(25), start=True) == set()
        forged(decided)
        void(decided, walk, NINE + minutes(24))
        assert codes(walk, NINE + minutes(25), start=True) == {"BASELINE_BP"}

    def test_an_off_label_rationale_nobody_signed_is_none(self, cast: Cast) -> None:
        off_label = make_course(cast, indication="GAD")
        said = {"rationale": "Two trials failed.", "consented_at": OPENING, "by": cast.paul, "now": OPENING}
        written = course.justify_off_label(course=off_label, **said, entry=entry())
        other = make_course(cast, indication="GAD")
        forge(written, course_id=other.pk)
        assert "OFF_LABEL" in codes(self.prepared(cast, of_course=other), NINE + minutes(25), start=True)
        assert "OFF_LABEL" not in codes(self.prepared(cast, of_course=off_label), NINE + minutes(25), start=True)

    def test_a_consent_taken_back_closes_it_until_it_is_given_again(self, cast: Cast) -> None:
        off_label = make_course(cast, indication="GAD")
        said = {"rationale": "Two trials failed.", "consented_at": OPENING, "by": cast.paul, "now": OPENING}
        course.justify_off_label(course=off_label, **said, entry=entry())
        walk = self.prepared(cast, of_course=off_label)

        def refuses(at: int, *, given: bool, kind: str = "OFF_LABEL", days_before: int = 0) -> bool:
            now = NINE + minutes(at)
            about = {"patient": off_label.patient, "facility": cast.facility, "by": cast.fred, "now": now}
            day = NINE.date() - timedelta(days=days_before)
            record_consent(**about, kind=kind, given=given, on_date=day, entry=entry())
            return "OFF_LABEL" in codes(walk, now, start=True)

        assert not refuses(21, given=False, days_before=1)  # the rationale tells of a later consent
        assert not refuses(21, given=False, kind="TREATMENT")
        assert refuses(22, given=False)
        assert refuses(23, given=True, days_before=1)
        assert not refuses(24, given=True)
        assert refuses(25, given=False)
        again = {**said, "consented_at": OPENING, "now": NINE + minutes(26)}
        course.justify_off_label(course=off_label, **again, entry=entry())
        assert "OFF_LABEL" not in codes(walk, NINE + minutes(26), start=True)

    def test_a_confirmation_nobody_signed_is_none_and_does_not_fall_back_to_an_older(self, cast: Cast) -> None:
        walk = self.prepared(cast)
        last = Certification.objects.get()
        forge(last, occurred_at=NINE, status="RECERTIFICATION_DUE", from_status="CERTIFIED", previous_id=last.pk)
        assert codes(walk, NINE + minutes(25), start=True) == {"FACILITY"}


class TestTheDischargeGate:
    def test_readiness_nobody_signed_is_none(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        assert "READINESS" not in codes(walk, STAY_ENDS)
        assessed = walk.rows("ReadinessAssessment")[0]
        forged(assessed)
        void(assessed, walk, STAY_ENDS)
        assert "READINESS" in codes(walk, STAY_ENDS)

    def test_a_signature_that_was_moved_covers_nothing(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40))
        walk.assess(LAST_DEVICE + minutes(41))
        assessed = walk.rows("ReadinessAssessment")[0]
        later = forged(assessed, occurred_at=STAY_ENDS)
        forge(Signature.objects.get(row_id=assessed.pk), id=new_id(), row_id=later)
        facts = session_facts(walk.refresh(), at=STAY_ENDS)
        assert facts.assessed_at == (assessed.occurred_at,)


class TestTakingBack:
    """What a prescriber alone takes out of force is signed for: unsigned, the row still stands."""

    def test_a_longer_stay_is_not_taken_back_by_an_unsigned_correction(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        said = {"stay": minutes(180), "reason": "Liver.", "entry": entry(), "by": cast.paul, "now": LAST_DEVICE}
        longer = discharge.extend_stay(dosing_session=walk.dosing_session, **said)
        correction = walk.void(longer, LAST_DEVICE + minutes(1), by=cast.paul)
        assert Signature.objects.get(row_id=correction.pk).meaning == "DECIDED"
        assert session_facts(walk.refresh(), at=STAY_ENDS).stay_ordered is None
        again = walk.rows("StayExtension")[0]
        unsigned = forged(again)
        forge(correction, row_id=unsigned)
        assert session_facts(walk.refresh(), at=STAY_ENDS).stay_ordered == minutes(180)

    def test_it_is_refused_without_a_signature(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("SIGNATURE"):
            walk.void(walk.rows("DoseOrder")[0], LAST_DEVICE, by=cast.paul, entry=entry(proof=None))

    def test_a_nurses_own_correction_needs_none(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.void(walk.rows("Check")[0], LAST_DEVICE, entry=entry(proof=None))


class TestThePage:
    def test_it_says_loudly_what_is_not_as_signed(self, cast: Cast, client: Client) -> None:
        walk = cleared(cast)
        client.force_login(cast.nora)
        url = f"/dosing-sessions/{walk.dosing_session.pk}/"
        with clock_at(NINE + minutes(26)):
            text = client.get(url).content.decode()
            assert "signed: Paul Penstemon, MD, ordered" in text
            assert "NOT AS SIGNED" not in text
            order = walk.rows("DoseOrder")[0]
            changed = forged(order, mg=84)
            forge(Signature.objects.get(row_id=order.pk), id=new_id(), row_id=changed)
            text = client.get(url).content.decode()
        assert "NOT AS SIGNED" in text


@pytest.mark.parametrize("model", SIGNED, ids=lambda model: model.__name__)
def test_every_signed_kind_says_what_it_means_and_is_due(model: type[SignedRow]) -> None:
    assert model.MEANING
    assert model._meta.get_field("signature_due").default is True


def test_the_kinds_that_are_signed_are_these(cast: Cast) -> None:
    """gate.md: READINESS is signed; the issue: orders, PRESCRIBER clearances, off-label, certification."""
    assert {
        models.DoseOrder,
        models.PrescriberDecision,
        models.OffLabelJustification,
        models.Antidepressant,
        models.ReadinessAssessment,
        models.Deviation,
        Certification,
    } <= set(SIGNED)
