"""Attestations: the very words, who signed them and when, and the one page where one is signed."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.presenters.signature import signature_note
from clinic.rules import attestations
from sessions_app.models.certification import CertificationOverview
from sessions_app.models.requirements import Requirements
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program


def attestation_rows(
    overview: CertificationOverview, program: Program, reader: Reader, *, viewer: Any
) -> list[dict[str, Any]]:
    """Each one that is asked here, with its signature. Who signed another wording, or before the present
    representative, signed something else: it is in the record, and not here."""
    requirements, representative = overview.requirements, overview.site.representative
    mine = representative is not None and representative.person_id == viewer.pk
    rows = []
    for code in attestations.asked_of(overview.facility.setting):
        standing = requirements.attestations.get(code)
        rows.append(
            {
                "text": attestations.WORDINGS[code].text,
                "source": source_words(code),
                "signature": signature_note(requirements.attestation_signatures, standing, reader.zone, with_day=True)
                if standing
                else None,
                "url": reverse("sessions_app:attest", args=[program.code, code.value]) if mine and not standing else "",
            }
        )
    return rows


def source_words(code: attestations.Attestation) -> str:
    """What is not confirmed says so."""
    return _("general knowledge, not confirmed") if attestations.WORDINGS[code].source == "G" else ""


def attestation_page(
    requirements: Requirements, code: attestations.Attestation, program: Program, reader: Reader, *, viewer: Any
) -> dict[str, Any]:
    """Context of ``clinic/attestation.html``, besides its form."""
    representative = requirements.site.representative
    name = representative.name if representative else _("none designated")
    rows = (
        (_("Programme"), _("%(program)s REMS") % {"program": program.label}),
        (_("Authorized Representative"), name),
        (_("Wording"), _("ours, edition %(edition)s") % {"edition": attestations.EDITION}),
        (_("Source"), source_words(code)),
    )
    standing = requirements.attestations.get(code)
    return {
        "title": _("Attest"),
        "wording": attestations.WORDINGS[code].text,
        "standing": standing is not None,
        "back_url": reverse("sessions_app:certification", args=[program.code]),
        "attestation_rows": [{"label": label, "value": value} for label, value in rows if value],
        "note": _("Compare it with the REMS's own enrolment form: these are not its words."),
    }
