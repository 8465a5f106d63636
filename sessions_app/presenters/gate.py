"""The gate as a list: what is missing and what clears it, and folded below it what is met."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.presenters.time import clock_time
from clinic.rules.refusals import Refusal
from clinic.rules.roles import Permission
from sessions_app.presenters.merge import merged
from sessions_app.presenters.refusal import grouped, line_words, sentence_of, shown, step_url
from sessions_app.presenters.sentences import Reader
from sessions_app.presenters.steps import WITHOUT_CHART, may_take
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.states import State

_START_MET = {
    "FACILITY": gettext_lazy("clinic certified"),
    "ENROLMENT": gettext_lazy("enrolment verified"),
    "CONTRAINDICATION": gettext_lazy("no contraindication"),
    "MEDICINES": gettext_lazy("medicines asked"),
    "DOSE_ORDER": gettext_lazy("dose ordered"),
    "PRESCRIBER_ABSENT": gettext_lazy("prescriber on site"),
    "OXIMETER": gettext_lazy("oximeter working"),
    "BASELINE": gettext_lazy("check before the dose"),
    "BASELINE_BP": gettext_lazy("blood pressure"),
    "FASTING": gettext_lazy("food"),
    "LIQUID": gettext_lazy("drink"),
    "NASAL": gettext_lazy("nasal spray"),
    "SAFE_WAY_HOME": gettext_lazy("way home"),
    "COUNSELLING": gettext_lazy("counselled"),
}
_DISCHARGE_MET = {
    "MINIMUM_STAY": gettext_lazy("minimum stay over"),
    "BASELINE_CHECK": gettext_lazy("check before the dose"),
    "PEAK_CHECK": gettext_lazy("40-min check"),
    "FINAL_CHECK": gettext_lazy("final check"),
    "SPO2": gettext_lazy("SpO₂"),
    "BP": gettext_lazy("blood pressure"),
    "SERIOUS_EVENT": gettext_lazy("no serious event"),
    "SAFETY_ALERT": gettext_lazy("no safety alert"),
    "READINESS": gettext_lazy("readiness assessed"),
    "SAFE_WAY_HOME": gettext_lazy("way home"),
    "INSTRUCTIONS": gettext_lazy("instructions given"),
}


def met_words(facts: SessionFacts, refusals: tuple[Refusal, ...]) -> list[str]:
    """What this gate asks and has."""
    refused = {refusal.code for refusal in refusals}
    if facts.state is not State.MONITORING:
        # A pressure that is not there is not met either.
        refused |= {"BASELINE_BP"} if "BASELINE" in refused else set()
        return [str(word) for code, word in _START_MET.items() if code not in refused]
    signs = [
        _("%(sign)s gone") % {"sign": sign.label.lower()}
        for sign in facts.program.signs
        if sign.refusal_code not in refused
    ]
    return [*signs, *(str(word) for code, word in _DISCHARGE_MET.items() if code not in refused)]


def gate_panel(
    facts: SessionFacts,
    refusals: tuple[Refusal, ...],
    reader: Reader,
    *,
    session_id: UUID,
    permissions: frozenset[Permission],
) -> dict[str, Any]:
    """Context of ``_components/gate.html``."""
    before_dose, count = facts.state is not State.MONITORING, len(merged(refusals))
    title = (
        ngettext("The dose waits for one thing", "The dose waits for %(count)s things", count)
        if before_dose
        else ngettext("One thing still blocks leaving", "%(count)s things still block leaving", count)
    )
    open_text = _("The dose may go ahead.") if before_dose else _("Nothing blocks leaving.")
    earliest = max((refusal.clears_at for refusal in refusals if refusal.clears_at), default=None)
    return {
        "title": title % {"count": count} if count else open_text,
        "earliest": clock_time(earliest, reader.zone) if earliest else "",
        "groups": grouped(refusals, reader, session_id=session_id, permissions=permissions),
        "met": met_words(facts, refusals),
    }


def own_lines(
    refusals: tuple[Refusal, ...], reader: Reader, permissions: frozenset[Permission]
) -> list[tuple[list[Refusal], str]]:
    """The lines that whoever does not read the chart may clear, each with its step: they need no knowledge of it."""
    lines = [(line, sentence_of(line[0], reader).step) for line in merged(refusals) if line[0].clears_at is None]
    return [(line, step) for line, step in lines if step in WITHOUT_CHART and may_take(step, permissions)]


def waits_panel(
    facts: SessionFacts,
    refusals: tuple[Refusal, ...],
    reader: Reader,
    *,
    session_id: UUID,
    permissions: frozenset[Permission],
) -> dict[str, Any]:
    """Context of ``_components/waits.html``, beside a step's form; each line leads to where this reader clears it. Who
    does not read the chart sees what is theirs to do, and nothing else."""
    if Permission.READ_CHART not in permissions:
        own = [
            {"text": line_words(line, reader)["what"], "small": "", "url": step_url(step, session_id, line[0])}
            for line, step in own_lines(refusals, reader, permissions)
        ]
        return {"title": _("Yours to do"), "open": own, "met": []}

    def url(refusal: Refusal) -> str:
        return str(shown(refusal, reader, session_id=session_id, permissions=permissions).get("action_url", ""))

    return {
        "title": _("The dose waits for") if facts.state is not State.MONITORING else _("Leaving waits for"),
        "open": [
            {"text": line_words(line, reader)["what"], "small": "", "url": url(line[0])} for line in merged(refusals)
        ],
        "met": met_words(facts, refusals),
    }
