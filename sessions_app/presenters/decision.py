"""What a prescriber reads while deciding: the sentence of the refusal that is asked about."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions_app.models import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.states import AT_START_GATE, OPEN

WAYS = {
    "own": gettext_lazy("not above this patient's own reading before the dose"),
    "declining": gettext_lazy("falling since the reading before, and below the peak"),
    "effect_over": gettext_lazy("the effect is over; needs your examination"),
}


def decision_asides(dosing_session: DosingSession, code: str, *, now: datetime) -> dict[str, Any]:
    """``aside_title`` and ``aside_rows`` of the step's page."""
    if dosing_session.state not in OPEN:
        return {}
    facts = session_facts(dosing_session, at=now, start=dosing_session.state in AT_START_GATE)
    reader = Reader(dosing_session.facility.zone, now, facts.program)
    rows = []
    for refusal in gate_refusals(facts, now=now):
        if refusal.code == code:
            sentence = sentence_of(refusal, reader)
            rows.append({"label": sentence.what, "value": sentence.clears})
            ways: Any = refusal.params.get("ways") or ()
            rows += [{"label": _("Possible because"), "value": WAYS[way]} for way in ways]
    return {"aside_title": _("To decide on"), "aside_rows": rows} if rows else {}
