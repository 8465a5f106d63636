"""A second person who sees what somebody else does with devices, and proves it by a secret of their own."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from clinic.actions.signature import prove_password, prove_pin
from clinic.models import Facility
from clinic.models.cabinet import witnessed_at
from clinic.rules.cabinet import Move
from clinic.rules.pin import is_pin
from clinic.rules.refusals import ActionRefused
from clinic.tablet import tablet_of
from sessions_app.forms.cabinet import WitnessedForm
from sessions_app.models.site import licensed_of


def asked(request: HttpRequest, facility: Facility, kind: Move, *, at: Any) -> dict[str, Any]:
    """What a form is told of whom it asks; nobody where the clinic asks for none."""
    if kind not in witnessed_at(facility):
        return {"witnesses": None}
    people = licensed_of(facility, at=at).exclude(username=request.user.get_username())
    return {"witnesses": people, "pin": tablet_of(request) is not None}


def seen(request: HttpRequest, form: WitnessedForm, said: dict[str, Any]) -> dict[str, Any]:
    """``said``, with who saw it and what proves that. Raises ActionRefused at the field of the secret."""
    witness = form.witness
    if witness is None:
        return said
    secret, tablet = form.cleaned_data["witness_secret"], tablet_of(request)
    try:
        if tablet and witness.pin and is_pin(secret):
            proof = prove_pin(by=witness, pin=secret, tablet=tablet, now=said["now"])
        else:
            proof = prove_password(by=witness, password=secret, now=said["now"])
    except ActionRefused as error:
        moved = (replace(each, params={**each.params, "field": "witness_secret"}) for each in error.refusals)
        raise ActionRefused(tuple(moved)) from error
    return {**said, "witness": witness, "entry": replace(said["entry"], witness_proof=proof)}
