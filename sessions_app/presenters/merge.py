"""Refusals that one form clears are one line on the page; nothing is left out, the line names them all."""

from collections.abc import Iterable

from clinic.rules.refusals import Refusal

_INTAKE = ("FASTING", "LIQUID", "NASAL")


def _form_of(refusal: Refusal) -> str:
    """The form that clears it together with others; empty for one that stands alone."""
    problem, missing = refusal.params.get("problem"), refusal.params.get("missing")
    if (refusal.code == "BASELINE" and problem == "missing") or (refusal.code == "OXIMETER" and missing == "spo2"):
        return "record-check"
    if refusal.code in _INTAKE and problem == "not_asked":
        return "report-intake"
    if refusal.code == "MEDICINES" or (refusal.code == "CONTRAINDICATION" and problem != "present"):
        return "answer-questions"
    return ""


def merged(refusals: Iterable[Refusal]) -> list[list[Refusal]]:
    """Lines of refusals in the gate's order; those of one form stand where the first of them stood."""
    lines: list[list[Refusal]] = []
    by_form: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        form = _form_of(refusal)
        if form and form in by_form:
            by_form[form].append(refusal)
            continue
        line = [refusal]
        lines.append(line)
        if form:
            by_form[form] = line
    return lines
