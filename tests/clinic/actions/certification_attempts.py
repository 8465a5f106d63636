"""Every action around a certification, ready to be tried."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from clinic.actions.certification import (
    begin_certification,
    declare_recertification,
    designate_representative,
    record_confirmation,
    record_stop,
    return_submission,
    review_certification,
)
from clinic.actions.finding import close_finding, raise_finding
from clinic.actions.requirement import record_evidence, sign_attestation
from clinic.models import Finding
from clinic.models.certification import representatives_of, steps_of
from clinic.rules.attestations import Attestation
from clinic.rules.certification import CertificationStatus
from clinic.rules.requirements import Requirement
from tests.attempts import ADMIN, Attempt
from tests.certification import REMS, drafted, submitted
from tests.factories import Cast
from tests.files import a_file


def here(cast: Cast) -> Cast:
    return cast


def last(cast: Cast) -> UUID | None:
    step = steps_of(cast.facility, REMS).first()
    return step.pk if step else None


def step(**fields: Any) -> Callable[[Cast], dict[str, Any]]:
    """From where the certification stands."""
    return lambda cast: {"facility": cast.facility, "program_code": REMS, "after": last(cast), **fields}


def about(**fields: Any) -> Callable[[Cast], dict[str, Any]]:
    return lambda cast: {"facility": cast.facility, "program_code": REMS, **fields}


def withdrawn(cast: Cast) -> Cast:
    said = {"status": CertificationStatus.WITHDRAWN, "reason": "Moved."}
    Attempt(record_stop, ADMIN, here, step(**said)).ready(cast)()
    return cast


def with_finding(cast: Cast) -> Cast:
    FINDING.ready(cast)()
    return cast


def returnable(cast: Cast) -> Cast:
    return with_finding(submitted(cast))


FINDING = Attempt(
    raise_finding,
    ADMIN,
    here,
    lambda cast: about(text="No procedure.", owner=cast.nora, due_date=date(2026, 4, 30))(cast),
)
CERTIFICATION_ATTEMPTS = (
    Attempt(begin_certification, ADMIN, withdrawn, step()),
    Attempt(return_submission, ADMIN, returnable, step()),
    Attempt(
        record_confirmation,
        ADMIN,
        submitted,
        lambda cast: {
            "representative": representatives_of(cast.facility, REMS).first(),
            "confirmation_date": date(2026, 4, 14),
            "confirmation_identifier": "REMS-2",
            "document": a_file(),
            "after": last(cast),
        },
    ),
    Attempt(record_stop, ADMIN, here, step(status=CertificationStatus.WITHDRAWN, reason="Moved.")),
    Attempt(declare_recertification, ADMIN, here, step(reason="The REMS asks.")),
    Attempt(designate_representative, ADMIN, here, lambda cast: about(person=cast.paul)(cast)),
    Attempt(review_certification, ADMIN, here, about(interval_months=12, overdue_stops=True)),
    Attempt(
        record_evidence,
        ADMIN,
        here,
        about(requirement=Requirement.ALTERNATE_CONTACT, note="Rhea Quince, (555) 555-0142", document=a_file()),
    ),
    Attempt(
        sign_attestation,
        ADMIN,
        drafted,
        lambda cast: {
            "representative": representatives_of(cast.facility, REMS).first(),
            "code": Attestation.MONITORING,
        },
    ),
    FINDING,
    Attempt(
        close_finding,
        ADMIN,
        with_finding,
        lambda cast: {"finding": Finding.objects.get(facility=cast.facility), "note": "Written and shown to all."},
    ),
)
