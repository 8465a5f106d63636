"""A certification walked to a state by legal steps."""

from datetime import datetime

from clinic.actions.certification import begin_certification, record_stop
from clinic.actions.requirement import record_evidence, sign_attestation
from clinic.models import Certification
from clinic.models.certification import representatives_of, steps_of
from clinic.rules.attestations import asked_of
from clinic.rules.certification import CertificationStatus
from clinic.rules.requirements import Requirement, Sites, StockRoute
from sessions_app.actions.certification import submit_certification
from tests.factories import NINE, Cast, entry

REMS = "esketamine"
MET_BY_EVIDENCE = {
    Requirement.TRAINING: {"note": "Signed list in the binder."},
    Requirement.STOCK_ROUTE: {"answer": StockRoute.PHARMACY},
    Requirement.ALTERNATE_CONTACT: {"note": "Rhea Quince, (555) 555-0142"},
    Requirement.ADDITIONAL_SITES: {"answer": Sites.NONE},
}


def withdrawn(cast: Cast, *, now: datetime = NINE) -> Certification:
    said = {"facility": cast.facility, "program_code": REMS, "by": cast.ada, "now": now}
    stop = {"status": CertificationStatus.WITHDRAWN, "reason": "Moved.", "after": steps_of(cast.facility, REMS)[0].pk}
    return record_stop(entry=entry(), **stop, **said)


def drafted(cast: Cast, *, now: datetime = NINE) -> Cast:
    """The clinic withdrew, and begins again."""
    after = withdrawn(cast, now=now).pk
    begin_certification(facility=cast.facility, program_code=REMS, after=after, entry=entry(), by=cast.ada, now=now)
    return cast


def prepared(cast: Cast, *, now: datetime = NINE) -> Cast:
    """A draft that has all that the REMS asks."""
    drafted(cast, now=now)
    representative = representatives_of(cast.facility, REMS)[0]
    for code in asked_of(cast.facility.setting):
        sign_attestation(representative=representative, code=code, entry=entry(), by=representative.person, now=now)
    for requirement, shown in MET_BY_EVIDENCE.items():
        said = {"facility": cast.facility, "program_code": REMS, "requirement": requirement}
        record_evidence(entry=entry(), by=cast.ada, now=now, **said, **shown)
    return cast


def submitted(cast: Cast, *, now: datetime = NINE) -> Cast:
    prepared(cast, now=now)
    said = {"facility": cast.facility, "program_code": REMS, "after": steps_of(cast.facility, REMS)[0].pk}
    submit_certification(entry=entry(), by=cast.ada, now=now, **said)
    return cast
