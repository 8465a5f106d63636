"""Every action on forms, ready to be tried."""

from datetime import date
from typing import Any

from sessions_app.actions import contact, edition, filing, filing_digest
from sessions_app.models import DigestChoice, FormEdition
from sessions_app.rules.filing import Outcome
from sessions_app.rules.states import State
from tests.attempts import ADMIN, CARE, REGISTRY, Attempt
from tests.factories import Cast
from tests.filings import ADDRESS, LATER, NORA, submit
from tests.sessions_app.actions.attempt_scenes import at, of_session


def sent(walk: Any) -> None:
    submit(walk, why="Sent from another system.")


def sent_version(walk: Any) -> Any:
    return walk.dosing_session.filing.filingversions.get().pk


def here(cast: Cast) -> Cast:
    return cast


FILING_ATTEMPTS = (
    Attempt(
        filing.answer_field,
        CARE,
        at(State.DISCHARGED),
        of_session(code="ready_minutes", value="60"),
        now=LATER,
    ),
    Attempt(
        filing.submit_filing,
        CARE,
        at(State.DISCHARGED),
        of_session(route="FAX", incomplete_reason="Sent from another system."),
        now=LATER,
    ),
    Attempt(
        filing.record_reply,
        CARE,
        at(State.DISCHARGED, sent),
        of_session(kind=Outcome.ACKNOWLEDGED, seen=sent_version),
        now=LATER,
    ),
    Attempt(
        filing.take_back_filing,
        CARE,
        at(State.DISCHARGED, sent),
        of_session(row_kind="FilingVersion", row_id=sent_version, reason="Another form."),
        now=LATER,
    ),
)
FORM_ATTEMPTS = (
    Attempt(
        contact.record_person_contact,
        REGISTRY,
        here,
        lambda cast: {"holder": cast.nora, "facility": cast.facility, **NORA},
    ),
    Attempt(contact.record_facility_contact, REGISTRY, here, lambda cast: {"facility": cast.facility, **ADDRESS}),
    Attempt(
        filing_digest.choose_digest, ADMIN, here, lambda cast: {"facility": cast.facility, "to": DigestChoice.To.NOBODY}
    ),
    Attempt(
        edition.switch_edition,
        ADMIN,
        here,
        lambda cast: {
            "facility": cast.facility,
            "edition": FormEdition.objects.get(seen=False),
            "from_date": date(2026, 5, 1),
        },
    ),
)
