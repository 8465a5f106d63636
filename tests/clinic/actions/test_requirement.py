"""Attestations and evidence, as the checklist sees them."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from clinic.actions.certification import designate_representative
from clinic.actions.requirement import record_evidence, sign_attestation
from clinic.models import Attestation, Evidence, Signature, User
from clinic.models.certification import representatives_of
from clinic.models.requirement import evidence_of, standing_attestations
from clinic.rules import attestations
from clinic.rules.attestations import WORDINGS, Wording
from clinic.rules.requirements import Requirement, StockRoute
from tests.by_hand import forge
from tests.certification import REMS
from tests.expect import nothing_written, refused
from tests.factories import NINE, Cast, entry, minutes
from tests.files import a_file

CODE = attestations.Attestation.MONITORING


def attest(cast: Cast, code: attestations.Attestation = CODE, **said: Any) -> Attestation:
    representative = representatives_of(cast.facility, REMS)[0]
    given = {"representative": representative, "entry": entry(), "by": cast.ada, "now": NINE, **said}
    return sign_attestation(code=code, **given)


def standing(cast: Cast) -> set[str]:
    return set(standing_attestations(representatives_of(cast.facility, REMS)[0]))


def designate(cast: Cast, person: User) -> None:
    said = {"facility": cast.facility, "program_code": REMS, "person": person}
    designate_representative(entry=entry(), by=cast.ada, now=NINE, **said)


class TestAttesting:
    def test_it_is_bound_to_the_words_and_to_the_person(self, cast: Cast) -> None:
        made = attest(cast)
        signature = Signature.objects.get(row_id=made.pk)
        assert (made.wording, made.edition) == (WORDINGS[CODE].text, attestations.EDITION)
        assert (signature.meaning, signature.performed_by) == ("ATTESTED", cast.ada)
        assert WORDINGS[CODE].text in signature.content
        assert standing(cast) == {"MONITORING"}

    def test_it_is_of_the_representative_in_person(self, cast: Cast) -> None:
        designate(cast, cast.paul)
        with nothing_written(), pytest.raises(PermissionDenied):
            attest(cast)
        assert attest(cast, by=cast.paul).performed_by == cast.paul

    def test_a_new_representative_attests_anew(self, cast: Cast) -> None:
        attest(cast)
        former = representatives_of(cast.facility, REMS)[0]
        designate(cast, cast.paul)
        assert standing(cast) == set()
        with refused("REPRESENTATIVE_CHANGED"):
            attest(cast, attestations.Attestation.RECORDS, representative=former)

    def test_it_is_signed_once_and_again_where_the_signature_does_not_hold(self, cast: Cast) -> None:
        made = attest(cast)
        with refused("ATTESTED"):
            attest(cast)
        forge(made, code="RECORDS", occurred_at=NINE + minutes(1))
        assert standing(cast) == {"MONITORING"}
        attest(cast, attestations.Attestation.RECORDS)
        assert standing(cast) == {"MONITORING", "RECORDS"}

    @pytest.mark.parametrize("change", ["words", "edition"])
    def test_changed_words_are_attested_anew(self, cast: Cast, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
        attest(cast)
        if change == "words":
            monkeypatch.setitem(WORDINGS, CODE, Wording("Other words."))
        else:
            monkeypatch.setattr(attestations, "EDITION", "2027-1")
        assert standing(cast) == set()
        attest(cast)
        assert standing(cast) == {"MONITORING"}

    def test_it_is_asked_of_settings_of_its_kind(self, cast: Cast) -> None:
        with refused("FIELD", field="code"):
            attest(cast, attestations.Attestation.ADVERSE_EVENTS)

    def test_it_is_not_made_without_proof(self, cast: Cast) -> None:
        with refused("SIGNATURE"):
            attest(cast, entry=entry(proof=None))


class TestEvidence:
    def record(self, cast: Cast, requirement: Requirement, **said: Any) -> Evidence:
        given = {"facility": cast.facility, "program_code": REMS, "requirement": requirement, "entry": entry()}
        return record_evidence(**{**given, "by": cast.ada, "now": NINE, **said})

    def test_the_newest_counts_and_the_older_stays(self, cast: Cast) -> None:
        self.record(cast, Requirement.STOCK_ROUTE, answer=StockRoute.PHARMACY)
        self.record(cast, Requirement.STOCK_ROUTE, answer=StockRoute.BOTH, now=NINE + minutes(1))
        (newest,) = evidence_of(cast.facility, REMS)
        assert (newest.answer, Evidence.objects.count()) == ("BOTH", 2)

    def test_it_keeps_a_paper_of_its_own_facility(self, cast: Cast) -> None:
        kept = self.record(cast, Requirement.EMERGENCY, document=a_file())
        assert kept.document is not None
        assert (kept.document.facility, kept.document.entry_id) == (cast.facility, kept.entry_id)

    @pytest.mark.parametrize(
        ("requirement", "said", "field"),
        [
            (Requirement.DEA_REGISTRATION, {"number": "AB1234560", "expires_date": date(2027, 1, 1)}, "number"),
            (Requirement.DEA_REGISTRATION, {"number": "AB1234563"}, "expires_date"),
            (Requirement.EMERGENCY, {"note": " "}, "note"),
        ],
    )
    def test_it_says_what_is_asked(self, cast: Cast, requirement: Requirement, said: Any, field: str) -> None:
        with refused("FIELD", field=field):
            self.record(cast, requirement, **said)
