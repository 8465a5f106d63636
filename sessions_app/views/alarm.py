"""Somebody has an alarm: one press, and back to where it was pressed."""

from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic import clock
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import alarm
from sessions_app.forms.alarm import AlarmForm
from sessions_app.models import DosingSession
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.steps import STEPS
from sessions_app.views.scope import of_session
from sessions_app.views.step import envelope, reader_of, refusals_of, say_saved, session_url


@of_session(STEPS["acknowledge-alarm"])
def acknowledge_alarm(request: HttpRequest, dosing_session: DosingSession) -> HttpResponse:
    """Nothing was typed that could be lost, so a refusal is said on the page that led here."""
    now = clock.now()
    form = AlarmForm(request.POST or None, facility=dosing_session.facility, now=now)
    if not form.is_valid():
        return redirect(session_url(dosing_session))
    try:
        alarm.acknowledge_alarm(
            dosing_session=dosing_session, cause=form.cleaned_data["cause"], **envelope(request, form, now)
        )
    except (ActionRefused, OperationalError) as error:
        for refusal in refusals_of(error):
            sentence = sentence_of(refusal, reader_of(dosing_session, now))
            messages.warning(request, f"{sentence.what}. {sentence.clears}")
    else:
        say_saved(request, dosing_session.facility, _("That you have it"))
    return redirect("sessions_app:floor" if form.cleaned_data["back"] == "floor" else session_url(dosing_session))
