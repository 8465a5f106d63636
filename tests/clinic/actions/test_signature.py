"""Signing takes the secret of the very person, each time, and is bound to exactly what was signed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clinic.actions.entry import Proof
from clinic.actions.pin import try_pin
from clinic.actions.signature import PASSWORD_ATTEMPTS, prove_password, prove_pin
from clinic.identifiers import new_id
from clinic.models import Channel, Signature
from clinic.models.signature import Signatures
from clinic.rules.refusals import ActionRefused
from clinic.rules.signature import Factor, Meaning, Standing
from sessions_app.actions import dosing
from sessions_app.models import DoseOrder
from tests.by_hand import forge
from tests.expect import refused
from tests.factories import NINE, PASSWORD, PIN, Cast, checked_in, entry, give_pin, make_tablet, minutes
from tests.scene import cast, clinic

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def problem(cast: Cast, password: str, *, now: Any = NINE) -> object:
    try:
        prove_password(by=cast.paul, password=password, now=now)
    except ActionRefused as error:
        return error.refusals[0].params["problem"]
    return None


class TestProving:
    def test_it_takes_the_password_of_whoever_is_signed_in(self, cast: Cast) -> None:
        assert prove_password(by=cast.paul, password=PASSWORD, now=NINE) == Proof(cast.paul.pk, Factor.PASSWORD, NINE)
        assert problem(cast, PASSWORD + " ") == "signature_wrong"
        assert problem(cast, "") == "signature_wrong"

    def test_it_stops_after_too_many_wrong_ones_and_others_are_unharmed(self, cast: Cast) -> None:
        for _ in range(PASSWORD_ATTEMPTS):
            assert problem(cast, "wrong") == "signature_wrong"
        assert problem(cast, PASSWORD) == "signature_locked"
        assert prove_password(by=cast.nora, password=PASSWORD, now=NINE)

    @pytest.mark.parametrize(("later", "expected"), [(299, "signature_locked"), (300, None)])
    def test_it_opens_again_five_minutes_later(self, cast: Cast, later: int, expected: str | None) -> None:
        for _ in range(PASSWORD_ATTEMPTS):
            problem(cast, "wrong")
        assert problem(cast, PASSWORD, now=NINE + timedelta(seconds=later)) == expected

    def test_a_right_one_forgets_the_wrong_ones(self, cast: Cast) -> None:
        for password in ("wrong", PASSWORD) * PASSWORD_ATTEMPTS:
            assert problem(cast, password) == ("signature_wrong" if password == "wrong" else None)


class TestThePin:
    def test_it_takes_it_on_a_tablet_and_says_on_which(self, cast: Cast) -> None:
        give_pin(cast.paul)
        tablet = make_tablet(cast)
        proof = prove_pin(by=cast.paul, pin=PIN, tablet=tablet, now=NINE)
        assert proof == Proof(cast.paul.pk, Factor.PIN, NINE, tablet.pk)
        row = order(cast, entry=entry(proof=proof))
        signature = Signature.objects.get(row_id=row.pk)
        assert (signature.factor, signature.tablet_id) == ("PIN", tablet.pk)

    def test_it_counts_wrong_ones_with_those_typed_to_come_in(self, cast: Cast) -> None:
        give_pin(cast.paul)
        said: dict[str, Any] = {"tablet": make_tablet(cast), "now": NINE}
        for _time in range(2):
            with pytest.raises(ActionRefused):
                try_pin(person=cast.paul, pin="111111", **said)
        for left in (2, 1):
            with pytest.raises(ActionRefused) as caught:
                prove_pin(by=cast.paul, pin="111111", **said)
            (refusal,) = caught.value.refusals
            assert (refusal.params["field"], refusal.params["left"]) == ("signature", left)
        for pin in ("111111", PIN):
            with pytest.raises(ActionRefused) as caught:
                prove_pin(by=cast.paul, pin=pin, **said)
            assert caught.value.refusals[0].code == "PIN_LOCKED"
        assert prove_password(by=cast.paul, password=PASSWORD, now=NINE), "the password is another matter"


def order(cast: Cast, **said: Any) -> DoseOrder:
    walk = said.pop("walk", None) or checked_in(cast)
    given = {"mg": 56, "devices": 2, "reason": "", "entry": entry(), "by": cast.paul, "now": NINE + minutes(5), **said}
    return dosing.order_dose(dosing_session=walk.dosing_session, **given)


class TestWhatIsSigned:
    def test_it_says_who_in_print_what_and_when(self, cast: Cast) -> None:
        proof = Proof(cast.paul.pk, Factor.PASSWORD, NINE + minutes(5))
        row = order(cast, entry=entry(proof=proof))
        signature = Signature.objects.get(row_id=row.pk)
        assert (str(signature), signature.meaning, signature.factor) == ("Paul Penstemon, MD", "ORDERED", "PASSWORD")
        assert (signature.occurred_at, signature.performed_by) == (NINE + minutes(5), cast.paul)
        assert signature.entry_id == row.entry_id

    def test_it_is_refused_without_a_proof_and_with_somebody_elses(self, cast: Cast) -> None:
        walk = checked_in(cast)
        others = Proof(cast.nora.pk, Factor.PASSWORD, NINE)
        for proof in (None, others):
            with refused("SIGNATURE"):
                order(cast, walk=walk, entry=entry(proof=proof))

    def test_nobody_signs_for_another_but_from_paper(self, cast: Cast) -> None:
        walk = checked_in(cast)
        with refused("SIGNATURE"):
            order(cast, walk=walk, entry=entry(performed_by=cast.nora))
        copied = order(cast, walk=walk, entry=entry(channel=Channel.PAPER, performed_by=cast.paul), by=cast.nora)
        signature = Signature.objects.get(row_id=copied.pk)
        assert (signature.meaning, signature.performed_by, copied.performed_by) == (
            Meaning.COPIED,
            cast.nora,
            cast.paul,
        )

    def test_it_is_one_signature_however_often_the_form_is_sent(self, cast: Cast) -> None:
        walk, form = checked_in(cast), entry()
        first = order(cast, walk=walk, entry=form)
        assert order(cast, walk=walk, entry=replace(form, proof=None)) == first
        assert Signature.objects.filter(row_id=first.pk).count() == 1


class TestWhatItIsWorth:
    def test_it_covers_the_row_as_it_stands(self, cast: Cast) -> None:
        row = order(cast)
        assert signed(DoseOrder.objects.get(pk=row.pk)) is Standing.SIGNED

    @pytest.mark.parametrize("change", [{"mg": 84}, {"reason": "because"}, {"occurred_at": NINE}])
    def test_it_covers_nothing_else(self, cast: Cast, change: dict[str, Any]) -> None:
        row = DoseOrder.objects.get(pk=order(cast).pk)
        for name, value in change.items():
            setattr(row, name, value)
        assert signed(row) is Standing.ALTERED

    def test_a_row_without_one_is_unsigned(self, cast: Cast) -> None:
        row = order(cast)
        forged = forge(row, entry_id=row.entry_id, order=row.order + 50)
        assert signed(DoseOrder.objects.get(pk=forged)) is Standing.UNSIGNED

    def test_a_signature_moved_to_another_row_covers_it_not(self, cast: Cast) -> None:
        row = order(cast)
        forged = forge(row, order=row.order + 50, mg=84)
        forge(Signature.objects.get(row_id=row.pk), id=new_id(), row_id=forged)
        assert signed(DoseOrder.objects.get(pk=forged)) is Standing.ALTERED

    def test_a_signature_whose_text_is_nonsense_covers_nothing(self, cast: Cast) -> None:
        row = order(cast)
        forged = forge(row, order=row.order + 50)
        forge(Signature.objects.get(row_id=row.pk), id=new_id(), row_id=forged, content="[]")
        assert signed(DoseOrder.objects.get(pk=forged)) is Standing.ALTERED


def signed(row: DoseOrder) -> Standing:
    return Signatures.of_subjects([row.dosing_session_id]).standing(row)
