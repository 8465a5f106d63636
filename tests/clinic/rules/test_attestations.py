"""What is attested where, and that changed words are a new edition."""

import hashlib

from clinic.rules.attestations import EDITION, WORDINGS, Attestation, asked_of
from clinic.rules.enrolment import Setting


def test_it_has_words_for_each() -> None:
    assert set(WORDINGS) == set(Attestation)
    assert {code for code, wording in WORDINGS.items() if wording.source == "G"} == {
        Attestation.RECORDS,
        Attestation.AUDITS,
    }


def test_it_asks_an_inpatient_setting_for_no_enrolment_and_no_form() -> None:
    out, inside = set(asked_of(Setting.OUTPATIENT)), set(asked_of(Setting.INPATIENT))
    assert out - inside == {Attestation.ENROLMENT, Attestation.FORM, Attestation.TRANSFER}
    assert inside - out == {Attestation.ADVERSE_EVENTS}


def test_changed_words_are_a_new_edition() -> None:
    said = "\n".join(f"{code} {wording.text}" for code, wording in WORDINGS.items())
    assert (EDITION, hashlib.sha256(said.encode()).hexdigest()[:16]) == ("2026-1", "4dc142527ef3145d")
