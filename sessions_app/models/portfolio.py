"""Many facilities at once: for each what a page of one facility reads, at a number of queries that does not grow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from clinic.models import AuthorizedRepresentative, Certification, CertificationReview, Facility
from clinic.models.expiring import Expiring, expiring
from clinic.models.requirement import open_findings_of
from clinic.models.signature import Signatures
from clinic.rules.certification import CertificationFacts, CertificationStatus
from sessions_app.models.program import newest_versions
from sessions_app.models.site import Site
from sessions_app.rules.program import Program


@dataclass(frozen=True)
class Standing:
    """One facility under one programme. ``things``: what is over or expires soon there, the nearest first;
    ``findings``: by which day each that is open is to be settled."""

    facility: Facility
    program: Program
    facts: CertificationFacts
    representative: str
    things: tuple[Expiring, ...]
    findings: tuple[date, ...]


def standings(facilities: Sequence[Facility], *, at: datetime) -> list[Standing]:
    """Every facility under every programme that it was ever put forward for; one of them where there was none."""
    programs = {code: version.program for code, version in newest_versions().items()}
    sites = sites_of(facilities, programs, at=at)
    things: dict[UUID, list[Expiring]] = {}
    for each in expiring(facilities, at=at):
        things.setdefault(each.facility_id, []).append(each)
    findings = open_findings_of(facilities, at=at)
    found = []
    for facility in facilities:
        begun = [code for code in programs if _begun(sites[facility.pk, code])]
        for code in begun or list(programs)[:1]:
            site = sites[facility.pk, code]
            name = site.representative.name if site.representative else ""
            near, open_ = tuple(things.get(facility.pk, ())), tuple(findings.get((facility.pk, code), ()))
            found.append(Standing(facility, programs[code], site.certification_facts, name, near, open_))
    return found


def _begun(site: Site) -> bool:
    return site.certification is not None or site.representative is not None


def sites_of(
    facilities: Sequence[Facility], program_codes: Iterable[str], *, at: datetime
) -> dict[tuple[UUID, str], Site]:
    """What ``Site`` reads of a certification, read for all of them; what it makes of it is its own."""
    scope = {"facility__in": facilities, "occurred_at__lte": at}
    steps = Certification.objects.select_related("authorized_representative", "performed_by").filter(**scope)
    read: dict[str, dict[tuple[UUID, str], Any]] = {
        "certification": _newest(steps),
        "confirmation": _newest(steps.filter(status=CertificationStatus.CERTIFIED)),
        "representative": _newest(AuthorizedRepresentative.objects.filter(**scope)),
        "review": _newest(CertificationReview.objects.filter(**scope)),
    }
    signatures = Signatures.of_subjects(facility.pk for facility in facilities)
    found = {}
    for facility in facilities:
        for code in program_codes:
            site = Site(facility, code, at=at)
            rows = {name: rows.get((facility.pk, code)) for name, rows in read.items()}
            site.__dict__.update(rows, signatures=signatures)
            found[facility.pk, code] = site
    return found


def _newest(rows: QuerySet[Any]) -> dict[tuple[UUID, str], Any]:
    key = ("facility", "program_code")
    newest = rows.order_by(*key, "-occurred_at", "-id").distinct(*key)
    return {(row.facility_id, row.program_code): row for row in newest}
