"""Signatures in words: what a signature says, beside what was signed, on screen and in print."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models.signature import Signature, Signatures
from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.signature import COUNTS, Meaning, Standing

MEANINGS: dict[Meaning, Promise] = {
    Meaning.ORDERED: gettext_lazy("ordered"),
    Meaning.DECIDED: gettext_lazy("decided"),
    Meaning.EXAMINED: gettext_lazy("examined the patient"),
    Meaning.JUSTIFIED: gettext_lazy("justified off-label"),
    Meaning.ASSESSED: gettext_lazy("found ready to leave"),
    Meaning.ATTESTED: gettext_lazy("attested"),
    Meaning.RECORDED: gettext_lazy("recorded"),
    Meaning.WITNESSED: gettext_lazy("witnessed"),
    Meaning.COPIED: gettext_lazy("copied from paper"),
}

SAYING: dict[Meaning, Promise] = {
    Meaning.ORDERED: gettext_lazy("I order this dose."),
    Meaning.DECIDED: gettext_lazy("This is my decision."),
    Meaning.EXAMINED: gettext_lazy("I examined the patient. (Only then is it signed.)"),
    Meaning.JUSTIFIED: gettext_lazy("This is my rationale, and the patient consented."),
    Meaning.ASSESSED: gettext_lazy("I find this patient ready to leave."),
    Meaning.ATTESTED: gettext_lazy("I attest this."),
    Meaning.RECORDED: gettext_lazy("I record this as it is."),
    Meaning.WITNESSED: gettext_lazy("I saw this done."),
    Meaning.COPIED: gettext_lazy("I copied this from the paper as it stands there."),
}


def signed_by(signature: Signature, zone: ZoneInfo, *, with_day: bool = False) -> str:
    """Printed name, credential, meaning and time, as 21 CFR 11 asks; ``with_day`` where the page is not of one day."""
    day = f"{calendar_day(signature.occurred_at.astimezone(zone).date())}, " if with_day else ""
    said = {
        "who": str(signature),
        "what": MEANINGS[Meaning(signature.meaning)],
        "at": day + clock_time(signature.occurred_at, zone),
    }
    return _("signed: %(who)s, %(what)s, %(at)s") % said


def signature_note(
    signatures: Signatures, row: Any, zone: ZoneInfo, *, with_day: bool = False
) -> dict[str, Any] | None:
    """What stands beside a signed row; ``broken`` where the signature does not hold. None for a row nobody signs."""
    standing, signature = signatures.standing(row), signatures.of(row)
    if standing is Standing.NOT_DUE and signature is None:
        return None
    if standing in COUNTS and signature:
        return {"text": signed_by(signature, zone, with_day=with_day), "broken": False}
    words = {
        Standing.ALTERED: _("NOT AS SIGNED: what stands here is not what was signed. It does not count."),
        Standing.UNSIGNED: _("NOT SIGNED: it does not count."),
    }
    return {"text": words[standing], "broken": True}


def signing_block(meaning: Meaning, who: str, *, optional: bool = False, passkey: bool = False) -> dict[str, Any]:
    """What the form says above the secret that signs it; ``passkey``: it may be one."""
    return {"who": who, "saying": SAYING[meaning], "optional": optional, "passkey": passkey}
