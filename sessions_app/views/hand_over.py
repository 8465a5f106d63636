"""The shift changes: several chairs to one person, each with a written state."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import clock
from clinic.access import permissions_at
from clinic.models import Facility
from clinic.rules.refusals import ActionRefused, Refusal, field_refusal
from clinic.rules.roles import Permission
from sessions_app.actions import floor
from sessions_app.forms.people import HandOverForm
from sessions_app.models import DosingSession
from sessions_app.models.chairs import Watched, to_hand_over
from sessions_app.models.day import Day
from sessions_app.models.site import licensed_of
from sessions_app.presenters.hand_over import chair_card, chair_refusal, chair_words, receivers
from sessions_app.views.entry import place
from sessions_app.views.scope import of_facility
from sessions_app.views.step import envelope, refusals_of, say_saved


@of_facility(Permission.CHART)
def hand_over(request: HttpRequest, facility: Facility) -> HttpResponse:
    """A chair that is refused is said by its name, with what was typed; the others are handed over, and no longer
    offered: what is sent next is about the rest."""
    now = clock.now()
    day = Day(facility, at=now)
    chairs = to_hand_over(day, request.user, asked=list(_asked(request)))
    form = HandOverForm(
        request.POST if request.method == "POST" else None,
        facility=facility,
        now=now,
        chairs=[(each.session.pk, chair_words(each.session), each.is_of(request.user)) for each in chairs],
        people=receivers(licensed_of(facility, at=clock.now()), day.site, but=request.user),
    )
    refused: list[tuple[DosingSession, Refusal]] = []
    sent: set[UUID] = set()
    if request.method == "POST" and form.is_valid():
        sent = set(form.handed())
        refused = list(_hand_each(request, form, chairs, now))
        if not refused:
            say_saved(request, facility, _("Hand-over"))
            return redirect("sessions_app:my-chairs")
    handed = sent - {session.pk for session, _refusal in refused}
    permissions = permissions_at(request.user, facility.pk, at=clock.now())
    context = {
        "form": form,
        "cards": [
            {**chair_card(each, viewer=request.user, now=now), **form.fields_of(each.session.pk)}
            for each in chairs
            if each.session.pk not in handed
        ],
        "done": [chair_words(each.session) for each in chairs if each.session.pk in handed],
        "refusals": [
            chair_refusal(refusal, session, now=now, permissions=permissions)
            for session, refusal in refused
            if refusal.code != "FIELD"
        ],
        "at_facility": place(facility),
        "cancel_url": reverse("sessions_app:my-chairs"),
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "sessions_app/hand_over.html", context, status=status)


def _asked(request: HttpRequest) -> Iterator[UUID]:
    """The sessions of the form that was sent."""
    for name in request.POST:
        kind, _line, key = name.partition("_")
        if kind == "state" and len(key) == 36:
            try:
                yield UUID(key)
            except ValueError:
                continue


def _hand_each(
    request: HttpRequest, form: HandOverForm, chairs: list[Watched], now: datetime
) -> Iterator[tuple[DosingSession, Refusal]]:
    """Every chair is an entry of its own, under a number that follows from the form's: sent twice, one effect."""
    said, states = envelope(request, form, now), form.handed()
    receiver = form.chosen()  # before a refusal takes it out of the form
    for session in (each.session for each in chairs if each.session.pk in states):
        entry = replace(said["entry"], entry_id=uuid5(said["entry"].entry_id, str(session.pk)))
        try:
            floor.hand_over(
                dosing_session=session,
                receiver=receiver,
                written_state=states[session.pk],
                entry=entry,
                by=said["by"],
                now=now,
            )
        except (ActionRefused, OperationalError) as error:
            for refusal in refusals_of(error):
                yield session, refusal
                if refusal.code == "FIELD":
                    form.refuse(_at_its_chair(refusal, session))


def _at_its_chair(refusal: Refusal, session: DosingSession) -> Refusal:
    problem = str(refusal.params["problem"])
    return field_refusal(f"state_{session.pk}", problem) if problem == "reason_missing" else refusal
