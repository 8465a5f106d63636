"""The review page of a certification: where it stands, what is asked and how it stands, what may be done next."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import AuthorizedRepresentative, Certification, Finding
from clinic.models.certification import submitted_under_another
from clinic.presenters.signature import signature_note
from clinic.presenters.time import calendar_day, clock_time_with_zone
from clinic.rules.certification import CertificationStatus, certification_refusals, review_due, steps_from
from clinic.rules.refusals import Refusal
from clinic.rules.requirements import MEETS, State, submission_refusals
from clinic.rules.roles import Permission
from sessions_app.models.certification import CertificationOverview
from sessions_app.models.site import Site
from sessions_app.presenters.attestation import attestation_rows
from sessions_app.presenters.document import paper
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.requirement import requirement_rows
from sessions_app.presenters.sentences import Reader, Text
from sessions_app.presenters.sentences.certification import REQUIREMENT_WORDS, STATUS_WORDS
from sessions_app.rules.program import Program

_S = CertificationStatus
# Each step's page and words; two states are reached by one page.
_BUTTONS: dict[CertificationStatus, tuple[str, Text]] = {
    _S.DRAFT: ("begin-certification", gettext_lazy("Begin a draft")),
    _S.SUBMITTED: ("submit-certification", gettext_lazy("Submit")),
    _S.RETURNED: ("return-certification", gettext_lazy("Return with findings")),
    _S.CERTIFIED: ("record-confirmation", gettext_lazy("Record the REMS's confirmation")),
    _S.RECERTIFICATION_DUE: ("declare-recertification", gettext_lazy("Re-certification is due")),
    _S.SUSPENDED: ("stop-facility", gettext_lazy("Suspended or withdrawn")),
    _S.WITHDRAWN: ("stop-facility", gettext_lazy("Suspended or withdrawn")),
}
# What is done as a rule, and so is the big button.
_MAIN = frozenset({_S.DRAFT, _S.SUBMITTED, _S.CERTIFIED})


def certification_page(
    overview: CertificationOverview,
    program: Program,
    reader: Reader,
    permissions: frozenset[Permission],
    *,
    viewer: Any,
) -> dict[str, Any]:
    """Context of ``clinic/certification.html``."""
    site, requirements = overview.site, overview.requirements
    manages = Permission.MANAGE_FACILITY in permissions
    lines = requirements.checklist
    refusals = certification_refusals(site.certification_facts)
    missing = sum(1 for line in lines if line.state not in MEETS)
    expiring = sum(1 for line in lines if line.state is State.EXPIRING)
    return {
        "title": _("%(program)s REMS") % {"program": program.label},
        "facility_name": overview.facility.name,
        "since": _since(site, reader),
        "path": _path(overview),
        "banners": _banners(site, reader),
        "rows": _rows(site, reader),
        "confirmation_paper": _paper(site.confirmation, overview),
        "refusals": [shown(refusal, reader, session_id=None, permissions=frozenset()) for refusal in refusals],
        "counted": _counted(len(lines), missing, expiring),
        "requirements": requirement_rows(requirements, program, manages=manages),
        "attestation_pdf_url": reverse("sessions_app:attestation-pdf", args=[program.code]),
        "attestations": attestation_rows(overview, program, reader, viewer=viewer),
        "steps": [_step(step, overview, reader) for step in overview.steps],
        "findings": [_finding(finding, program, reader, manages) for finding in overview.findings],
        "open_count": len(_open(overview)),
        "raise_url": _url("raise-finding", program) if manages else "",
        "review": _review(site, program, reader, manages),
        "designate_url": _url("designate-representative", program) if manages else "",
        **(_next(overview, program, reader) if manages else {}),
        "printed": _("Printed %(day)s, %(at)s, by %(who)s") % {**_moment(reader.now, reader), "who": viewer},
    }


def _url(step: str, program: Program, *args: Any) -> str:
    return reverse(f"sessions_app:{step}", args=[program.code, *args])


def _moment(at: datetime, reader: Reader) -> dict[str, str]:
    return {"day": _day(at, reader), "at": clock_time_with_zone(at, reader.zone)}


def _day(at: datetime, reader: Reader) -> str:
    return calendar_day(at.astimezone(reader.zone).date())


def status_word(status: str | None) -> str:
    return str(STATUS_WORDS.get(str(status), _("Not certified")))


def _since(site: Site, reader: Reader) -> str:
    last = site.certification
    return _("since %(day)s, %(at)s") % _moment(last.occurred_at, reader) if last else ""


def _path(overview: CertificationOverview) -> list[dict[str, Any]]:
    """Draft, submitted, certified: what was gone through, and where it stands in its own word."""
    status = overview.status
    places: list[tuple[CertificationStatus, ...]] = [
        (_S.DRAFT,),
        (_S.SUBMITTED, _S.RETURNED),
        (_S.CERTIFIED, _S.RECERTIFICATION_DUE, _S.SUSPENDED, _S.WITHDRAWN),
    ]
    been = {step.status for step in overview.steps}
    at = next((index for index, place in enumerate(places) if status in place), -1)
    return [
        {
            "word": status_word(status) if index == at else str(STATUS_WORDS[place[0]]),
            "here": index == at,
            "done": index < at and bool(been.intersection(place)),
        }
        for index, place in enumerate(places)
    ]


def _banners(site: Site, reader: Reader) -> list[dict[str, Any]]:
    """What the gate takes as not there, and what only warns."""
    found = []
    said: dict[Any, str] = {site.certification: _("The last step"), site.review: _("The clinic's own review")}
    said.setdefault(site.confirmation, _("The confirmation"))
    for row, words in said.items():
        note = signature_note(site.signatures, row, reader.zone) if row else None
        if note and note["broken"]:
            text = {"kind": "danger", "icon": "shield-exclamation", "title": f"{words}.", "text": note["text"]}
            found.append(text)
    facts = site.certification_facts
    if review_due(facts) and not certification_refusals(facts):
        calm = _("New doses may be given; an administrator looks it over.")
        found.append({"kind": "warning", "title": _("Review due."), "text": calm})
    return found


def _rows(site: Site, reader: Reader) -> list[dict[str, Any]]:
    representative, confirmed = site.representative, site.confirmation
    under = confirmed.authorized_representative if confirmed else None
    pairs = (
        (_("Authorized Representative"), representative.name if representative else _("none designated")),
        (_("Designated"), _day(representative.occurred_at, reader) if representative else ""),
        (_("The REMS confirmed on"), confirmed_day(confirmed)),
        (_("Confirmation identifier"), confirmed.confirmation_identifier if confirmed else ""),
        (_("Confirmed under"), under.name if under and under != representative else ""),
    )
    return [{"label": label, "value": value} for label, value in pairs if value]


def confirmed_day(confirmed: Certification | None) -> str:
    return calendar_day(confirmed.confirmation_date) if confirmed and confirmed.confirmation_date else ""


def _paper(row: Certification | None, overview: CertificationOverview) -> dict[str, Any] | None:
    return paper(row.document, overview.facility) if row and row.document else None


def _counted(whole: int, missing: int, expiring: int) -> dict[str, str]:
    return {
        "met": _("%(count)s of %(whole)s met") % {"count": whole - missing, "whole": whole},
        "expiring": _("%(count)s expiring") % {"count": expiring} if expiring else "",
        "missing": _("%(count)s missing") % {"count": missing} if missing else "",
    }


def _step(step: Certification, overview: CertificationOverview, reader: Reader) -> dict[str, Any]:
    """One line of the history."""
    representative = step.authorized_representative
    details = [
        step.reason,
        f"{step.confirmation_identifier}, {confirmed_day(step)}" if step.confirmation_identifier else "",
        _("under %(name)s") % {"name": representative.name} if representative else "",
    ]
    return {
        "when": f"{_day(step.occurred_at, reader)}, {reader.clock(step.occurred_at)}",
        "word": status_word(step.status),
        "details": [words for words in details if words],
        "paper": _paper(step, overview),
        "signature": signature_note(overview.site.signatures, step, reader.zone, with_day=True),
        "who": str(step.performed_by),
    }


def _open(overview: CertificationOverview) -> list[Finding]:
    return [finding for finding in overview.findings if not hasattr(finding, "closure")]


def _finding(finding: Finding, program: Program, reader: Reader, manages: bool) -> dict[str, Any]:
    closure = getattr(finding, "closure", None)
    said = {"text": finding.text, "requirement": str(REQUIREMENT_WORDS.get(finding.requirement, ""))}
    if closure:
        settled = {"day": _day(closure.occurred_at, reader), "who": closure.performed_by.printed_name}
        return {**said, "closed": True, "detail": _("Closed %(day)s by %(who)s") % settled, "note": closure.note}
    days = (finding.due_date - reader.now.astimezone(reader.zone).date()).days
    due = {"who": finding.owner.printed_name, "day": calendar_day(finding.due_date)}
    return {
        **said,
        "overdue": days < 0,
        "detail": _("%(who)s, by %(day)s") % due,
        "days": in_days(days),
        "close_url": _url("close-finding", program, finding.pk) if manages else "",
    }


def in_days(days: int) -> str:
    if days < 0:
        return ngettext("%(count)s day late", "%(count)s days late", -days) % {"count": -days}
    if days == 0:
        return _("today")
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}


def _review(site: Site, program: Program, reader: Reader, manages: bool) -> dict[str, Any]:
    """The facility's own review: when it was, when it comes again, what then."""
    review, lines = site.review, []
    if review is None:
        lines.append(_("No interval is set: the REMS names none that is known here."))
    else:
        done = {"day": _day(review.occurred_at, reader), "who": review.performed_by.printed_name}
        lines.append(_("Reviewed %(day)s by %(who)s.") % done)
        if review.due_date:
            stops = _("New doses then stop.") if review.overdue_stops else _("It then warns, and stops nothing.")
            lines.append(_("Again by %(day)s.") % {"day": calendar_day(review.due_date)} + f" {stops}")
        if review.note:
            lines.append(review.note)
    return {
        "lines": lines,
        "signature": signature_note(site.signatures, review, reader.zone, with_day=True) if review else None,
        "url": _url("review-certification", program) if manages and site.certification else "",
    }


def _next(overview: CertificationOverview, program: Program, reader: Reader) -> dict[str, Any]:
    """The buttons of the steps that the table allows from here, each with what keeps it back."""
    buttons: dict[str, dict[str, Any]] = {}
    for to in steps_from(overview.status):
        name, words = _BUTTONS[to]
        if to is _S.DRAFT and overview.status is not None:
            words = _("Take it up again")
        why = _kept_back(overview, to)
        buttons.setdefault(
            name,
            {
                "url": "" if why else _url(name, program),
                "label": str(words),
                "main": to in _MAIN and not why and not any(button["main"] for button in buttons.values()),
                "why": why,
                "name": name,
            },
        )
    refusals: tuple[Refusal, ...] = ()
    if overview.status is _S.DRAFT:
        refusals = submission_refusals(overview.requirements.facts, today=overview.requirements.today)
    waits = [shown(refusal, reader, session_id=None, permissions=frozenset()) for refusal in refusals]
    return {"next_steps": list(buttons.values()), "next_waits": waits}


def _kept_back(overview: CertificationOverview, to: CertificationStatus) -> str:
    if to is _S.CERTIFIED and overview.site.representative is None:
        return _("Opens when a representative is designated.")
    if to is _S.CERTIFIED and submitted_under_another(overview.site.certification, overview.site.representative):
        return _("Opens when it is submitted anew under the present representative.")
    if to is _S.RETURNED and not _open(overview):
        return _("Opens when a finding is raised.")
    if to is _S.SUBMITTED:
        facts, today = overview.requirements.facts, overview.requirements.today
        return _("Opens when what the REMS asks is met.") if submission_refusals(facts, today=today) else ""
    return ""


def confirmed_under(representative: AuthorizedRepresentative | None, reader: Reader) -> dict[str, Any]:
    """Beside the form that records a confirmation: whom it confirms."""
    if representative is None:
        return {}
    rows = [
        {"label": _("Authorized Representative"), "value": representative.name},
        {"label": _("Designated"), "value": _day(representative.occurred_at, reader)},
    ]
    return {"aside_title": _("Confirmed under"), "aside_rows": rows}


def dosed_under(site: Site) -> str:
    """The certification as it stood at that moment: ``Certified, REMS-0417 of 13 Apr 2026, Ivo Saltmarsh``."""
    facts, confirmed, representative = site.certification_facts, site.confirmation, site.representative
    said = [status_word(facts.status)]
    if confirmed:
        said.append(f"{confirmed.confirmation_identifier}, {confirmed_day(confirmed)}")
    if representative:
        said.append(representative.name)
    if not facts.representative_current:
        said.append(_("not confirmed under them"))
    return " · ".join(said)
