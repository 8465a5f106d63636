"""A signature covers exactly what was signed, and nothing else counts."""

import pytest

from clinic.rules.signature import COUNTS, SignatureFacts, Standing, standing


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(SignatureFacts(True, ("a", "a", "a")), Standing.SIGNED, id="all three agree"),
        pytest.param(SignatureFacts(True, ("a", "a", "b")), Standing.ALTERED, id="the row was changed"),
        pytest.param(SignatureFacts(True, ("a", "b", "a")), Standing.ALTERED, id="the signed text was changed"),
        pytest.param(SignatureFacts(True, ("b", "a", "a")), Standing.ALTERED, id="the digest was changed"),
        pytest.param(SignatureFacts(True), Standing.UNSIGNED, id="nobody signed"),
        pytest.param(SignatureFacts(False), Standing.NOT_DUE, id="older than signatures"),
        pytest.param(SignatureFacts(False, ("a", "a", "b")), Standing.ALTERED, id="older, signed and changed"),
    ],
)
def test_it_stands_only_as_signed(facts: SignatureFacts, expected: Standing) -> None:
    assert standing(facts) is expected
    assert (expected in COUNTS) == (expected in (Standing.SIGNED, Standing.NOT_DUE))
