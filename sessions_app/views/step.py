"""One step of a session: show its form, do its action, and on a refusal show the same page, 409, with the reasons
and everything that was typed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.accounts import HAS_PASSKEY
from clinic.actions.entry import Proof, Submission
from clinic.actions.signature import prove_passkey, prove_password, prove_pin
from clinic.logs import current_request_id
from clinic.models import Facility
from clinic.outbox import waited_of
from clinic.passkeys import SIGNING
from clinic.presenters.signature import signing_block
from clinic.presenters.time import clock_time_to_the_second
from clinic.rules.pin import is_pin
from clinic.rules.refusals import ActionRefused, Refusal
from clinic.rules.roles import Permission
from clinic.rules.signature import Meaning
from clinic.tablet import tablet_of
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import SignatureField
from sessions_app.models import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.program import programs_by_code
from sessions_app.models.record import Record
from sessions_app.presenters.besides import besides_aside
from sessions_app.presenters.check import left_empty
from sessions_app.presenters.gate import waits_panel
from sessions_app.presenters.person import person_of, session_facts_line
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.program import Program
from sessions_app.rules.states import AT_START_GATE, ENDED, OPEN
from sessions_app.views.outbox import answer_before_reading, answer_refused, answer_saved, as_it_waited

# The button that has a scanned code read, and does nothing else (sessions_app/views/scan.py).
READ = "read_code"
# What a passkey answered, in a form that is signed by it (clinic/static/clinic/passkey.js).
BY_PASSKEY = "signature_passkey"


@dataclass(frozen=True)
class Step:
    """What a step's page says, and what its form does. ``act`` gets the valid form and the envelope: ``entry``,
    ``by`` and ``now``. A ``gate`` step is refused while the clocks differ."""

    title: str
    submit_label: str
    act: Callable[..., Any]
    saved: str = ""
    intro: str = ""
    gate: bool = False
    template: str = "sessions_app/step.html"
    context: dict[str, Any] = field(default_factory=dict)
    refused_title: str = ""
    next_url: Callable[[Any], str] | None = None
    # What whoever sends the form says by signing it; ``sign_if_needed``: the secret may be left out, and what needs a
    # signature is then refused by the action.
    signs: Meaning | None = None
    sign_if_needed: bool = False
    # What is handed out instead of a page, from what the action returned.
    answer: Callable[[Any], HttpResponse] | None = None
    # What a page shows that depends on its form as filled in.
    around_form: Callable[[Any], dict[str, Any]] | None = None


def run_step(
    request: HttpRequest, dosing_session: DosingSession, form_class: type[EntryForm], step: Step, **kwargs: Any
) -> HttpResponse:
    """GET shows the form; POST does the action once and goes back to the session."""
    now, waited = clock.now(), waited_of(request)
    form = form_class(
        *sent(request),
        facility=dosing_session.facility,
        # A clock time is of the day it was typed on.
        now=waited.typed_at if waited else now,
        since=dosing_session.checked_in_at,
        ended=dosing_session.state in ENDED,
        **kwargs,
    )
    if waited and (answer := answer_before_reading(request, form, dosing_session, waited, now)):
        return answer
    ask_to_sign(request, form, step)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            if step.gate:
                refuse_wrong_clock(now)
            result = step.act(form, **envelope(request, form, now))
        except (ActionRefused, OperationalError) as error:
            refusals = refusals_of(error)
        else:
            if waited:
                return answer_saved(request, dosing_session.facility, now)
            say_saved(request, dosing_session.facility, step.saved)
            return redirect(step.next_url(result) if step.next_url else session_url(dosing_session))
    if waited:
        return answer_refused(form, refusals, reader_of(dosing_session, now))
    return _page(request, dosing_session, form, step, refusals, now)


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is filled with: fields and files, or nothing yet, as while a code is only read."""
    acts = request.method == "POST" and READ not in request.POST
    return (request.POST, request.FILES) if acts else (None, None)


def ask_to_sign(request: HttpRequest, form: EntryForm, step: Step) -> None:
    """A form that is signed asks its secret last, and never shows it again. A passkey stands in for it."""
    if step.signs:
        must = not step.sign_if_needed and not form.data.get(BY_PASSKEY)
        form.fields["signature"] = SignatureField(required=must, pin=_has_pin_here(request))


def signing(request: HttpRequest, step: Step) -> dict[str, Any]:
    """What the page says above that secret."""
    if step.signs is None:
        return {}
    by_passkey = bool(request.session.get(HAS_PASSKEY))
    block = signing_block(step.signs, str(request.user), optional=step.sign_if_needed, passkey=by_passkey)
    return {"signing": block}


def envelope(request: HttpRequest, form: EntryForm, now: datetime) -> dict[str, Any]:
    """``entry``, ``by`` and ``now`` of an action, from the form that was sent. Raises ActionRefused where its
    signature is not that of whoever is signed in."""
    entry = Submission(
        entry_id=form.cleaned_data["entry_id"],
        occurred_at=form.moments.get("occurred_time"),
        request_id=current_request_id(),
        proof=_prove(request, form, now),
        tablet_id=tablet.pk if (tablet := tablet_of(request)) else None,
        answers=form.digest(),
    )
    if waited := waited_of(request):
        entry = as_it_waited(entry, waited)
    return {"entry": entry, "by": request.user, "now": now}


def _has_pin_here(request: HttpRequest) -> bool:
    person: Any = request.user
    return tablet_of(request) is not None and bool(person.pin)


def _prove(request: HttpRequest, form: EntryForm, now: datetime) -> Proof | None:
    """A passkey's answer, or the secret: six digits on a shared tablet are a PIN, anything else is the password. None
    where the form is not signed."""
    person: Any = request.user
    if "signature" not in form.fields:
        return None
    if given := form.data.get(BY_PASSKEY):
        kept = request.session.pop(SIGNING, None)
        return prove_passkey(by=person, kept=kept, given=given, form=form.cleaned_data["entry_id"], now=now)
    secret = form.cleaned_data["signature"]
    if not secret:
        return None
    tablet = tablet_of(request)
    if tablet and person.pin and is_pin(secret):
        return prove_pin(by=person, pin=secret, tablet=tablet, now=now)
    return prove_password(by=person, password=secret, now=now)


def refuse_wrong_clock(now: datetime) -> None:
    if refusals := clock.clock_refusals(now):
        raise ActionRefused(refusals)


def refusals_of(error: ActionRefused | OperationalError) -> tuple[Refusal, ...]:
    """A lock that was waited for in vain is a refusal like any other; other database trouble is not."""
    if isinstance(error, ActionRefused):
        return error.refusals
    if "lock timeout" in str(error) or "deadlock" in str(error):
        return (Refusal("BUSY"),)
    raise error


def say_saved(request: HttpRequest, facility: Facility, what: str) -> None:
    """Said once it is: the time is read after the action's transaction was committed."""
    if what:
        at = clock_time_to_the_second(clock.now(), facility.zone)
        messages.success(request, _("%(what)s saved, %(at)s.") % {"what": what, "at": at})


def session_url(dosing_session: DosingSession) -> str:
    return reverse("sessions_app:dosing-session", args=[dosing_session.pk])


def _page(
    request: HttpRequest,
    dosing_session: DosingSession,
    form: EntryForm,
    step: Step,
    refusals: tuple[Refusal, ...],
    now: datetime,
) -> HttpResponse:
    reader = reader_of(dosing_session, now)
    permissions = permissions_at(request.user, dosing_session.facility_id, at=now)
    listed = []
    context: dict[str, Any] = {
        "person": person_of(dosing_session, now=now),
        "facts": session_facts_line(dosing_session, now=now, chart=Permission.READ_CHART in permissions),
        "form": form,
        "title": step.title,
        "intro": step.intro,
        "submit_label": step.submit_label,
        "may_wait": getattr(request.resolver_match.func, "may_wait", False) if request.resolver_match else False,
        "asks_gate": step.gate,
        "cancel_url": session_url(dosing_session),
        **({} if "waits" in step.context else {"waits": _waits(dosing_session, now, permissions)}),
        "refused_title": step.refused_title,
        **signing(request, step),
        **step.context,
    }
    for refusal in refusals:
        if refusal.code == "FIELD":
            form.refuse(refusal)
        elif refusal.code == "UNLIKELY":
            context |= _confirmation(refusal, form)
        elif refusal.code == "INCOMPLETE":
            context["left"] = left_empty(refusal, program_of(dosing_session))
        else:
            if refusal.code == "ENTRY_REUSED":
                form.number_anew()
            listed.append(shown(refusal, reader, session_id=dosing_session.pk, permissions=permissions))
    context["refusals"] = listed
    if step.around_form:
        context |= step.around_form(form)
    return render(request, step.template, context, status=409 if refusals else 422 if form.errors else 200)


def _waits(dosing_session: DosingSession, now: datetime, permissions: frozenset[Permission]) -> dict[str, Any] | None:
    """The gate beside the form, so that nobody leaves the page to see what is still missing."""
    if dosing_session.state not in OPEN:
        return None
    facts = session_facts(dosing_session, at=now, start=dosing_session.state in AT_START_GATE)
    refusals, reader = gate_refusals(facts, now=now), reader_of(dosing_session, now)
    return waits_panel(facts, refusals, reader, session_id=dosing_session.pk, permissions=permissions)


def _confirmation(refusal: Refusal, form: EntryForm) -> dict[str, Any]:
    """Asked once, and bound to the very values: typed differently, they are asked about again."""
    values: dict[str, Any] = dict(refusal.params["values"])  # type: ignore[call-overload]
    return {
        "confirm": [
            {
                "text": _("%(name)s %(value)s is rarely seen. Measured again?")
                % {"name": form.fields[name].label, "value": value},
                "field_id": form[name].id_for_label,
            }
            for name, value in values.items()
        ],
        "confirm_value": ",".join(f"{name}={value}" for name, value in sorted(values.items())),
    }


def reader_of(dosing_session: DosingSession, now: datetime) -> Reader:
    pinned = dosing_session.policy.program if dosing_session.policy else None
    program = pinned or programs_by_code().get(dosing_session.program_code)
    return Reader(dosing_session.facility.zone, now, program)


def besides(dosing_session: DosingSession) -> dict[str, Any]:
    """What the course's record says is taken besides, beside a form that asks or weighs it anew."""
    today = clock.now().astimezone(dosing_session.facility.zone).date()
    return besides_aside(Record(dosing_session), today=today)


def program_of(dosing_session: DosingSession) -> Program:
    """The programme as pinned at check-in. A booking has none yet, and no such page: 404."""
    if dosing_session.policy is None:
        raise Http404
    return dosing_session.policy.program
