"""Proving, at the moment of signing, who one is. Being signed in is the first component; each function here asks the
second, for one form and no longer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.actions.entry import Proof
from clinic.actions.pin import try_pin
from clinic.attempts import Answer, attempt
from clinic.models import Tablet, User
from clinic.passkeys import answers
from clinic.rules.refusals import ActionRefused, field_refusal
from clinic.rules.signature import Factor

PASSWORD_ATTEMPTS = 10  # in five minutes [D]


def prove_password(*, by: User, password: str, now: datetime) -> Proof:
    """By the password of whoever is signed in. Raises ActionRefused at the field; call it outside a transaction, so
    that a wrong one is counted."""
    answer = attempt(by, "signature", lambda: by.check_password(password), limit=PASSWORD_ATTEMPTS, now=now)
    return _proof(by, Factor.PASSWORD, answer, now)


def prove_pin(*, by: User, pin: str, tablet: Tablet, now: datetime) -> Proof:
    """By the PIN of whoever is signed in at an enrolled tablet; wrong ones count together with those typed to come
    in."""
    try_pin(person=by, pin=pin, tablet=tablet, field="signature", now=now)
    return Proof(by.pk, Factor.PIN, now, tablet.pk)


def prove_passkey(*, by: User, kept: dict[str, Any] | None, given: str, form: UUID, now: datetime) -> Proof:
    """By a passkey of whoever is signed in, asked for this form (``kept``: clinic/passkeys.py). Counted and refused as
    a password is."""
    answer = attempt(
        by, "signature", lambda: answers(by, kept, given, form=form, now=now), limit=PASSWORD_ATTEMPTS, now=now
    )
    return _proof(by, Factor.PASSKEY, answer, now, wrong="passkey_wrong")


def _proof(by: User, factor: Factor, answer: Answer, now: datetime, *, wrong: str = "signature_wrong") -> Proof:
    if answer is Answer.RIGHT:
        return Proof(by.pk, factor, now)
    problem = "signature_locked" if answer is Answer.LOCKED else wrong
    raise ActionRefused((field_refusal("signature", problem),))
