"""What the Authorized Representative attested, on paper: each in its words, with who signed it, when, and what that
means; and a line where nobody has."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.presenters.time import calendar_day
from clinic.rules import attestations
from sessions_app.models.certification import CertificationOverview
from sessions_app.presenters.attestation import attestation_rows
from sessions_app.presenters.certification import confirmed_day, status_word
from sessions_app.presenters.pdf.paper import (
    BLANK,
    Head,
    Story,
    bold,
    gap,
    note,
    pairs,
    part,
    plain,
    second,
    table,
    title,
    to_bytes,
)
from sessions_app.presenters.pdf.patient_story import made_line
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.program import Program


def attestation_pdf(overview: CertificationOverview, program: Program, reader: Reader, *, viewer: Any) -> bytes:
    facility = overview.facility
    name = _("Attestation, %(program)s REMS") % {"program": program.label}
    head = Head(title=name, whose=facility.name, made=made_line(reader, viewer))

    def story() -> Story:
        return [
            title(name, 0),
            note(_("Compare it with the REMS's own enrolment form: these are not its words.")),
            gap(),
            *pairs(_standing(overview)),
            *part(_("Attested"), _statements(overview, program, reader, viewer)),
            gap(),
            note(_("A line stands where nobody has signed. Vigil certifies nobody.")),
        ]

    return to_bytes(story, head)


def _standing(overview: CertificationOverview) -> list[tuple[str, object]]:
    facility, site = overview.facility, overview.site
    representative = site.representative
    since = calendar_day(representative.occurred_at.astimezone(facility.zone).date()) if representative else ""
    return [
        (_("Facility"), facility.name),
        (_("Address"), facility.address or BLANK),
        (_("Authorized Representative"), representative.name if representative else BLANK),
        (_("Designated"), since or BLANK),
        (_("Where it stands"), status_word(overview.status)),
        (_("The REMS confirmed on"), confirmed_day(site.confirmation)),
        (_("Confirmation identifier"), site.confirmation.confirmation_identifier if site.confirmation else ""),
        (_("Wording"), _("ours, edition %(edition)s") % {"edition": attestations.EDITION}),
    ]


def _statements(overview: CertificationOverview, program: Program, reader: Reader, viewer: Any) -> Story:
    lines = []
    for number, row in enumerate(attestation_rows(overview, program, reader, viewer=viewer), 1):
        signature = row["signature"]
        said = [plain(row["text"])] + ([second(row["source"])] if row["source"] else [])
        lines.append([plain(number), "<br/>".join(said), bold(signature["text"]) if signature else plain(BLANK)])
    return table([_("No."), _("Attested"), _("Signature")], lines, [5, 55, 40])
