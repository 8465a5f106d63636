"""Which recall may be recorded."""

import pytest

from clinic.rules.recall import recall_refusals

pytestmark = pytest.mark.paperwork


@pytest.mark.parametrize(
    ("lot", "reference", "in_force", "known", "problems"),
    [
        ("L-1", "Letter of 3 May", False, True, []),
        (" ", "Letter of 3 May", False, True, ["lot:reason_missing"]),
        ("L-1", " ", False, True, ["reference:reason_missing"]),
        ("L-1", "Letter of 3 May", False, False, ["lot:lot_unknown"]),
        ("L-1", "Letter of 3 May", True, True, ["lot:lot_recalled"]),
    ],
)
def test_it_names_a_lot_of_this_clinic_once_and_where_it_is_said(
    lot: str, reference: str, in_force: bool, known: bool, problems: list[str]
) -> None:
    refusals = recall_refusals(lot, reference, in_force=in_force, known=known)
    assert [f"{each.params['field']}:{each.params['problem']}" for each in refusals] == problems
