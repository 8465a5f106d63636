"""A passkey that signs one form: its owner is asked anew (finger, face, PIN), for this very form, once.

The challenge stands in the session of whoever asks, apart from those of signing in, with the number of the form; within
two minutes it is answered by a passkey of theirs or never."""

import json
import struct
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.cache import cache
from fido2.webauthn import UserVerificationRequirement

from clinic.models import User

# In the session: the challenge that waits for its answer.
SIGNING = "signing_challenge"
# How the libraries say that something is no answer of a passkey: in every way that Python has.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, struct.error, RecursionError)
ANSWERED_WITHIN = timedelta(minutes=2)  # [D]


def signing_challenge(person: User, *, form: UUID, now: datetime) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What the browser is asked, and what is kept in the session meanwhile; None for somebody without a passkey."""
    keys = auth.get_credentials(person)
    if not keys:
        return None
    asked, state = auth.get_server().authenticate_begin(keys, UserVerificationRequirement.REQUIRED)
    return dict(asked), {"state": state, "form": str(form), "at": now.isoformat()}


def answers(person: User, kept: dict[str, Any] | None, given: str, *, form: UUID, now: datetime) -> bool:
    """Whether a passkey of this person, and its owner, answered just this challenge for just this form."""
    if kept is None or kept["form"] != str(form) or now - datetime.fromisoformat(kept["at"]) >= ANSWERED_WITHIN:
        return False
    # Forms sent at the same moment read the same session: the challenge is crossed off where there is only one.
    once = f"vigil.signing.{kept['state']['challenge']}"
    if not cache.add(once, True, timeout=2 * ANSWERED_WITHIN.total_seconds()):
        return False
    try:
        key = auth.get_server().authenticate_complete(kept["state"], auth.get_credentials(person), json.loads(given))
    except UNREADABLE:
        return False
    used: Authenticator | None = auth.get_authenticator_by_credential_id(person, key.credential_id)
    if used is not None:
        used.record_usage()
    return used is not None
