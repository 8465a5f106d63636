"""An entry that is not a step of a session: about a patient, a course, a facility. Behaves as a step does: done once,
and on a refusal the same page, 409, with the reasons and everything that was typed."""

from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clinic import clock
from clinic.access import facilities_of, permissions_at
from clinic.models import Facility, Patient
from clinic.rules.refusals import ActionRefused, Refusal
from sessions_app.forms.entry import EntryForm
from sessions_app.models.patient_search import known_among, people_with
from sessions_app.presenters.patient_record import may_be_known
from sessions_app.presenters.person import patient_header, time_fact
from sessions_app.presenters.refusal import shown
from sessions_app.presenters.sentences import Reader
from sessions_app.views.step import Step, ask_to_sign, envelope, refusals_of, say_saved, sent, signing


def run_entry(
    request: HttpRequest,
    facility: Facility,
    form_class: type[EntryForm],
    step: Step,
    *,
    back_url: str,
    patient: Patient | None = None,
    **kwargs: Any,
) -> HttpResponse:
    """GET shows the form; POST does the action once and goes back, or to ``step.next_url``, or hands out a file."""
    now = clock.now()
    form = form_class(*sent(request), facility=facility, now=now, **kwargs)
    ask_to_sign(request, form, step)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            result = step.act(form, **envelope(request, form, now))
        except (ActionRefused, OperationalError) as error:
            refusals = refusals_of(error)
        else:
            if step.answer:
                return step.answer(result)
            say_saved(request, facility, step.saved)
            return redirect(step.next_url(result) if step.next_url else back_url)
    context = {
        "person": person_at(patient, facility, now),
        "facts": [*step.context.get("facts", ()), time_fact(now, facility.zone)],
        "nav": "patients" if patient else "facility",
        "at_facility": place(facility),
        "cancel_url": back_url,
        "refusals": _listed(request, facility, form, refusals, now),
        **signing(request, step),
        **_words(step, form),
        **_asked(request, refusals, now),
    }
    return render(request, step.template, context, status=409 if refusals else 422 if form.errors else 200)


def _asked(request: HttpRequest, refusals: tuple[Refusal, ...], now: datetime) -> dict[str, Any]:
    """Whether a patient who is registered is not somebody known: asked once, with a way to each."""
    asked = next((refusal for refusal in refusals if refusal.code == "MAY_BE_KNOWN"), None)
    if asked is None:
        return {}
    people = people_with(asked.params["patient_ids"])  # type: ignore[arg-type]
    here = [place.pk for place in facilities_of(request.user, at=now)]
    return may_be_known(people, visible=known_among(people, here))


def person_at(patient: Patient | None, facility: Facility, now: datetime) -> dict[str, Any] | None:
    return {**patient_header(patient, on=now, facility_zone=facility.zone), "phase": ""} if patient else None


def place(facility: Facility) -> dict[str, str]:
    """At which facility the reader works, in the page's frame; it leads to the others."""
    return {"name": facility.name, "url": reverse("sessions_app:facility")}


def _words(step: Step, form: EntryForm) -> dict[str, Any]:
    return {
        "title": step.title,
        "intro": step.intro,
        "submit_label": step.submit_label,
        "refused_title": step.refused_title,
        "form": form,
        **{name: value for name, value in step.context.items() if name != "facts"},
    }


def _listed(
    request: HttpRequest, facility: Facility, form: EntryForm, refusals: tuple[Refusal, ...], now: datetime
) -> list[dict[str, Any]]:
    """What belongs to a field is said there; the rest is listed."""
    reader, permissions = Reader(facility.zone, now), permissions_at(request.user, facility.pk, at=now)
    listed = []
    for refusal in refusals:
        if refusal.code == "FIELD":
            form.refuse(refusal)
        elif refusal.code != "MAY_BE_KNOWN":
            if refusal.code == "ENTRY_REUSED":
                form.number_anew()
            listed.append(shown(refusal, reader, session_id=None, permissions=permissions))
    return listed
