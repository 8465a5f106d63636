"""The checklist of a certification: requirement by requirement, what shows it, until when it holds."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import Evidence
from clinic.presenters.time import calendar_day
from clinic.rules.requirements import READ_FROM_RECORDS, Line, Requirement, Sites, State, StockRoute
from sessions_app.models.requirements import Requirements
from sessions_app.presenters.document import paper
from sessions_app.presenters.sentences import Text
from sessions_app.presenters.sentences.certification import ASKS, REQUIREMENT_WORDS
from sessions_app.rules.program import Program

ANSWER_WORDS: dict[str, Text] = {
    StockRoute.PHARMACY: gettext_lazy("certified pharmacy, for a named patient"),
    StockRoute.DISTRIBUTOR: gettext_lazy("distributor, in bulk"),
    StockRoute.BOTH: gettext_lazy("certified pharmacy, and distributor in bulk"),
    Sites.NONE: gettext_lazy("none"),
    Sites.NAMED: gettext_lazy("named"),
}


def requirement_rows(requirements: Requirements, program: Program, *, manages: bool) -> list[dict[str, Any]]:
    """Each line of the checklist for ``clinic/_requirements.html``."""
    return [_row(line, requirements, program, manages) for line in requirements.checklist]


def _row(line: Line, requirements: Requirements, program: Program, manages: bool) -> dict[str, Any]:
    code, evidence = line.requirement, requirements.evidence.get(line.requirement)
    enter = reverse("sessions_app:record-evidence", args=[program.code, code.value])
    missing = line.state in (State.MISSING, State.EXPIRED)
    return {
        "name": str(REQUIREMENT_WORDS[code]),
        "whose": _("ours") if line.ours else _("REMS"),
        "ours": line.ours,
        "shows": [words for words in (_shown(line, requirements), _evidence_words(evidence)) if words],
        "asks": str(ASKS[code]) if missing else "",
        "paper": paper(evidence.document, requirements.facility) if evidence and evidence.document else None,
        "by": _by(evidence, requirements),
        "until": calendar_day(line.until) if line.until else "",
        "badge": badge(line),
        "missing": missing,
        "enter_url": enter if manages and code not in READ_FROM_RECORDS else "",
    }


def badge(line: Line) -> dict[str, str]:
    """Its state as a sign with its word; what runs out, with its days."""
    if line.state is State.MISSING:
        return {"word": _("Missing"), "kind": "overdue"}
    if line.state is State.EXPIRED:
        return {"word": _("Over"), "kind": "overdue"}
    if line.state is State.EXPIRING:
        days = line.days or 0
        return {"word": ngettext("%(n)s day", "%(n)s days", days) % {"n": days}, "kind": "held", "icon": "clock-fill"}
    return {"word": _("Met"), "kind": "ready"}


def _by(evidence: Evidence | None, requirements: Requirements) -> str:
    if evidence is None:
        return ""
    day = calendar_day(evidence.occurred_at.astimezone(requirements.facility.zone).date())
    return f"{evidence.performed_by.printed_name}, {day}"


def _evidence_words(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    said = (str(ANSWER_WORDS.get(evidence.answer, "")), evidence.number, evidence.note)
    return capfirst(", ".join(words for words in said if words))


def _shown(line: Line, requirements: Requirements) -> str:
    """What is read from the records."""
    words = _FROM_RECORDS.get(line.requirement)
    return words(line, requirements) if words else ""


def _representative(line: Line, requirements: Requirements) -> str:
    representative = requirements.site.representative
    return representative.name if representative else ""


def _attestations(line: Line, requirements: Requirements) -> str:
    return _("%(count)s of %(whole)s signed") % {"count": line.count, "whole": line.of}


def _people(line: Line, requirements: Requirements) -> str:
    said = _("%(count)s of %(whole)s in date") % {"count": line.count, "whole": line.of} if line.of else ""
    return _with_names(said, _("over: %(names)s"), line)


def _oximeters(line: Line, requirements: Requirements) -> str:
    zone = requirements.facility.zone
    tags = []
    for check in requirements.site.oximeters:
        at = {"tag": check.asset_tag, "day": calendar_day(check.occurred_at.astimezone(zone).date())}
        tags.append((_("%(tag)s, %(day)s") if check.working else _("%(tag)s does not work, %(day)s")) % at)
    return "; ".join(tags)


def _training(line: Line, requirements: Requirements) -> str:
    said = _("%(count)s of %(whole)s entered and in date") % {"count": line.count, "whole": line.of}
    words = _("over: %(names)s") if line.state is State.EXPIRED else _("none entered: %(names)s")
    return _with_names(said if line.of else "", words, line)


def _with_names(said: str, words: str, line: Line) -> str:
    return "; ".join(each for each in (said, words % {"names": ", ".join(line.names)} if line.names else "") if each)


_FROM_RECORDS: dict[Requirement, Callable[[Line, Requirements], str]] = {
    Requirement.REPRESENTATIVE: _representative,
    Requirement.ATTESTATIONS: _attestations,
    Requirement.PRESCRIBERS: _people,
    Requirement.MONITORING_STAFF: _people,
    Requirement.OXIMETERS: _oximeters,
    Requirement.TRAINING: _training,
}
