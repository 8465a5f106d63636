"""What shows that a facility meets what is asked of it: evidence is entered, and the representative attests."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model

from clinic.access import demand
from clinic.actions.document import document_rows
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.inspection import CheckedFile
from clinic.models import Attestation, AuthorizedRepresentative, Evidence, Facility, User
from clinic.models.certification import representatives_of
from clinic.models.requirement import standing_attestations
from clinic.rules import attestations
from clinic.rules.dea import dea_number_refusals, tidy_dea_number
from clinic.rules.refusals import Refusal, field_refusal
from clinic.rules.requirements import Requirement, evidence_refusals
from clinic.rules.roles import Permission


@repeatable
@transaction.atomic
def record_evidence(
    *,
    facility: Facility,
    program_code: str,
    requirement: Requirement,
    answer: str = "",
    number: str = "",
    expires_date: date | None = None,
    note: str = "",
    document: CheckedFile | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Evidence:
    """Something is entered that shows a requirement is met. It takes the place of what was entered before, which
    stays in the record."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Evidence, action="record_evidence", **said):
        return first

    is_dea = requirement is Requirement.DEA_REGISTRATION
    number = tidy_dea_number(number) if is_dea else number.strip()
    refuse(*(dea_number_refusals(number) if is_dea else ()))
    refuse(*evidence_refusals(requirement, answer=answer, note=note, expires_date=expires_date, paper=bool(document)))

    said |= {"now": now}
    papers = document_rows(file=document, **said) if document else ()
    evidence = row(
        Evidence,
        program_code=program_code,
        requirement=requirement.value,
        answer=answer,
        number=number,
        expires_date=expires_date,
        note=note.strip(),
        document=papers[0] if papers else None,
        **said,
    )
    rows: list[Model] = [evidence, *papers]
    write(action="record_evidence", subject=facility, rows=rows, **said)
    return evidence


@repeatable
@transaction.atomic
def sign_attestation(
    *,
    representative: AuthorizedRepresentative,
    code: attestations.Attestation,
    entry: Submission,
    by: User,
    now: datetime,
) -> Attestation:
    """The Authorized Representative attests one thing, in the words of the present edition; in person, whatever else
    they may do here."""
    facility, program_code = representative.facility, representative.program_code
    demand(by, Permission.VIEW, facility.pk, at=now)
    said: dict[str, Any] = {"facility": facility, "entry": entry, "by": by}
    if first := first_result(Attestation, action="sign_attestation", **said):
        return first

    if by.pk != representative.person_id:
        raise PermissionDenied("not the Authorized Representative")
    present = representatives_of(facility, program_code).first()
    refuse(*(() if present == representative else (Refusal("REPRESENTATIVE_CHANGED", {"name": str(present)}),)))
    refuse(*(() if code in attestations.asked_of(facility.setting) else (field_refusal("code", "not_attested_here"),)))
    refuse(*((Refusal("ATTESTED"),) if code in standing_attestations(representative) else ()))

    said |= {"now": now}
    attestation = row(
        Attestation,
        program_code=program_code,
        authorized_representative=representative,
        code=code.value,
        edition=attestations.EDITION,
        wording=attestations.WORDINGS[code].text,
        **said,
    )
    write(action="sign_attestation", subject=representative, rows=(attestation,), **said)
    return attestation
