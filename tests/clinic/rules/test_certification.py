"""A setting doses only while the REMS's confirmation of it, and of its representative, is in force."""

from itertools import product

import pytest

from clinic.rules.certification import CertificationFacts, CertificationStatus, certification_refusals
from clinic.rules.refusals import ClearedBy


@pytest.mark.parametrize(("status", "current"), list(product([None, *CertificationStatus], [True, False])))
def test_refuses_unless_certified_under_the_present_representative(
    status: CertificationStatus | None, current: bool
) -> None:
    refusals = certification_refusals(CertificationFacts(status, representative_current=current))

    expected = () if status is CertificationStatus.CERTIFIED else ("FACILITY",)
    assert tuple(refusal.code for refusal in refusals) == (*expected, *(() if current else ("AUTHORIZED_REP",)))
    assert all(refusal.cleared_by == (ClearedBy.NOBODY,) for refusal in refusals)
    assert all(refusal.params == {"status": status} for refusal in refusals if refusal.code == "FACILITY")
