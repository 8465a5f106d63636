"""A lot is recalled: none of it is given any more, and whoever had it is known at once."""

from clinic.rules.refusals import Refusal, field_refusal, reason_refusals


def recall_refusals(lot: str, reference: str, *, in_force: bool, known: bool) -> tuple[Refusal, ...]:
    """A recall names a lot this clinic ever received, which no other recall in force names, and where it is said."""
    refusals = [*reason_refusals(lot, name="lot"), *reason_refusals(reference, name="reference")]
    if not refusals and not known:
        refusals.append(field_refusal("lot", "lot_unknown", value=lot))
    if not refusals and in_force:
        refusals.append(field_refusal("lot", "lot_recalled", value=lot))
    return tuple(refusals)
