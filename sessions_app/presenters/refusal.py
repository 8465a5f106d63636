"""Refusals as the page shows them: the list displayed is the list enforced."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time, whole_minutes
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app.presenters.merge import merged
from sessions_app.presenters.sentences import (
    Reader,
    Sentence,
    Text,
    cabinet,
    count,
    diary,
    discharge,
    discrepancy,
    dosing,
    filing,
    measure_name,
    pack,
    record,
    response,
    staff,
    start,
    tablet,
)
from sessions_app.presenters.sentences.at_field import PROBLEMS, problem_text
from sessions_app.presenters.steps import may_take
from sessions_app.rules.gates import bound_ids_of, measure_of

__all__ = ["PROBLEMS", "SENTENCES", "grouped", "problem_text", "sentence_of", "shown"]

SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    **start.SENTENCES,
    **dosing.SENTENCES,
    **discharge.SENTENCES,
    **record.SENTENCES,
    **tablet.SENTENCES,
    **staff.SENTENCES,
    **pack.SENTENCES,
    **count.SENTENCES,
    **discrepancy.SENTENCES,
    **cabinet.SENTENCES,
    **filing.SENTENCES,
    **response.SENTENCES,
    **diary.SENTENCES,
}


def sentence_of(refusal: Refusal, reader: Reader) -> Sentence:
    """The sentence of a refusal. A sign's code comes from its programme, and all signs share one sentence."""
    if "sign" in refusal.params and refusal.code not in SENTENCES:
        return discharge.sign(refusal, reader)
    return SENTENCES[refusal.code](refusal, reader)


def shown(refusal: Refusal, reader: Reader, *, session_id: UUID | None, permissions: frozenset[str]) -> dict[str, Any]:
    """One refusal for ``_components/refusals.html``; its button only where this reader may press it."""
    sentence = sentence_of(refusal, reader)
    item: dict[str, Any] = {
        "code": refusal.code,
        "icon": sentence.icon,
        "what": sentence.what,
        "clears": sentence.clears,
        "at_note": sentence.note or _who(refusal),
    }
    step, label = _step_for(refusal, sentence, permissions)
    if session_id and step:
        item |= {"action_url": step_url(step, session_id, refusal), "action_label": label}
    if refusal.clears_at is not None:
        item |= {
            "at_text": clock_time(refusal.clears_at, reader.zone),
            "at_iso": refusal.clears_at.isoformat(),
            "at_minutes": whole_minutes(refusal.clears_at - reader.now) if refusal.clears_at > reader.now else "",
            "at_note": "",
        }
        if step not in ("decide", "confirm-device-time") or "action_url" not in item:
            item.pop("action_url", None)
    return item


def _step_for(refusal: Refusal, sentence: Sentence, permissions: frozenset[str]) -> tuple[str, Text]:
    """The step this reader may take. Where a prescriber would decide, a nurse may still measure again."""
    if sentence.step and may_take(sentence.step, permissions):
        return sentence.step, sentence.label
    measure = sentence.step == "decide" and ClearedBy.MEASUREMENT in refusal.cleared_by
    if not measure or not may_take("record-check", permissions):
        return "", ""
    return ("repeat-bp", _("Repeat BP")) if refusal.code in ("BP", "BASELINE_BP") else ("record-check", _("Measure"))


def line_words(line: list[Refusal], reader: Reader) -> dict[str, Any]:
    """``what`` and ``clears`` of one line; several refusals of one form name what is missing."""
    if len(line) == 1:
        sentence = sentence_of(line[0], reader)
        return {"what": sentence.what, "clears": sentence.clears}
    titles = {
        "BASELINE": _("Check before the dose"),
        "OXIMETER": _("Check before the dose"),
        "FASTING": _("Food, drink, nasal spray not asked yet"),
        "LIQUID": _("Food, drink, nasal spray not asked yet"),
        "CONTRAINDICATION": _("Questions of the day not asked yet"),
        "MEDICINES": _("Questions of the day not asked yet"),
    }
    sentences = [str(sentence_of(refusal, reader).what) for refusal in line]
    if line[0].code in ("BASELINE", "OXIMETER"):
        measures = [measure_name(refusal, reader) for refusal in line if refusal.code == "BASELINE"]
        return {"what": titles["BASELINE"], "clears": _("Missing: %(measures)s.") % {"measures": ", ".join(measures)}}
    return {"what": titles[line[0].code], "clears": "; ".join(sentences)}


def _who(refusal: Refusal) -> str:
    words = {
        ClearedBy.PRESCRIBER: _("prescriber"),
        ClearedBy.DEVIATION: _("nurse or prescriber"),
        ClearedBy.MEASUREMENT: _("nurse"),
        ClearedBy.OTHER: _("someone else"),
    }
    return next((words[way] for way in refusal.cleared_by if way in words), "")


def step_url(step: str, session_id: UUID, refusal: Refusal) -> str:
    """Where this refusal is cleared, with what it is about."""
    if step == "facility":
        return reverse("sessions_app:facility")
    if step == "patient":
        return reverse("sessions_app:patient", args=[session_id])
    if step == "record-outcome":
        return reverse("sessions_app:record-outcome", args=[session_id, refusal.params["administration_id"]])
    if step == "answer-safety-alert":
        return reverse("sessions_app:answer-safety-alert", args=[min(bound_ids_of(refusal))])
    url = reverse(f"sessions_app:{step}", args=[session_id])
    query: Mapping[str, str] = {}
    if step == "decide":
        bound = sorted(str(row_id) for row_id in bound_ids_of(refusal))
        query = {"code": refusal.code, "measure": measure_of(refusal), "bound": ",".join(bound)}
    elif step == "record-deviation":
        query = {"code": refusal.code}
    elif step == "record-sign":
        query = {"code": str(refusal.params.get("sign", "")), "kind": "RESOLUTION"}
    return f"{url}?{urlencode(query)}" if query else url


def grouped(
    refusals: Iterable[Refusal], reader: Reader, *, session_id: UUID, permissions: frozenset[str]
) -> list[dict[str, Any]]:
    """Groups of ``_components/gate.html``: what can be cleared now, what clears by itself, what comes after."""
    waiting, later, now = [], [], []
    refusals = tuple(refusals)
    codes = {refusal.code for refusal in refusals}
    for line in merged(refusals):
        refusal = line[0]
        item = shown(refusal, reader, session_id=session_id, permissions=permissions)
        if len(line) > 1:
            item |= line_words(line, reader)
        opens_at = refusal.params.get("opens_at")
        if refusal.clears_at is not None:
            waiting.append(item)
        elif still_shut(refusal, reader, codes):
            item.pop("action_url", None)
            if opens_at is not None:
                item |= {"at_text": reader.clock(opens_at), "at_note": _("opens")}
            later.append(item)
        else:
            now.append(item)
    titles = (_("You can clear these now"), _("Clears by itself"), _("Later, in this order"))
    return [
        {"title": title, "refusals": items} for title, items in zip(titles, (now, waiting, later), strict=True) if items
    ]


def still_shut(refusal: Refusal, reader: Reader, codes: set[str]) -> bool:
    """Nobody can clear it yet: its check has not opened, or another comes first."""
    opens_at: Any = refusal.params.get("opens_at")
    if refusal.code == "READINESS":
        return bool(codes & {"FINAL_CHECK", "FINAL_STALE"})
    return refusal.code in ("FINAL_CHECK", "PEAK_CHECK") and opens_at is not None and reader.now < opens_at
