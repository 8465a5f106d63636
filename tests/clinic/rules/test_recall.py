"""Which recall may be recorded."""

import pytest

from clinic.rules.recall import recall_refusals
from clinic.rules.refusals import Refusal, field_refusal

pytestmark = pytest.mark.paperwork


@pytest.mark.parametrize(
    ("lot", "reference", "in_force", "known", "refused"),
    [
        ("L-1", "Letter of 3 May", False, True, ()),
        (" ", "Letter of 3 May", False, True, (field_refusal("lot", "reason_missing"),)),
        ("L-1", " ", False, True, (field_refusal("reference", "reason_missing"),)),
        ("L-1", "Letter of 3 May", False, False, (field_refusal("lot", "lot_unknown", value="L-1"),)),
        ("L-1", "Letter of 3 May", True, True, (field_refusal("lot", "lot_recalled", value="L-1"),)),
    ],
)
def test_it_names_a_lot_of_this_clinic_once_and_where_it_is_said(
    lot: str, reference: str, in_force: bool, known: bool, refused: tuple[Refusal, ...]
) -> None:
    assert recall_refusals(lot, reference, in_force=in_force, known=known) == refused
