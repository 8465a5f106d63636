"""A step's form that waited on a tablet: the same step, answered to a script (clinic/outbox.py)."""

from dataclasses import replace
from datetime import datetime

from django.contrib.messages import get_messages
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from clinic import outbox
from clinic.actions.entry import Submission
from clinic.models import Channel, Facility
from clinic.models.entry import written_before
from clinic.outbox import Waited
from clinic.presenters.time import clock_time_to_the_second
from clinic.rules.refusals import Refusal
from sessions_app.forms.entry import EntryForm
from sessions_app.models import DosingSession
from sessions_app.presenters.refusal import sentence_of
from sessions_app.presenters.sentences import Reader


def as_it_waited(entry: Submission, waited: Waited) -> Submission:
    """Without a time of its own it happened when it was typed, not when it came."""
    return replace(
        entry,
        channel=Channel.OFFLINE,
        occurred_at=entry.occurred_at or waited.typed_at,
        entered_at=waited.typed_at,
        tablet_id=waited.tablet.pk,
        sent_by=waited.sent_by,
    )


def answer_before_reading(
    request: HttpRequest, form: EntryForm, dosing_session: DosingSession, waited: Waited, now: datetime
) -> JsonResponse | None:
    """What arrived before, unheard, is saved, however it would be judged now; other answers under its number are not.
    Where the tablet's clock was set while it waited, only a time that was typed is one."""
    before = written_before(form.data.get("entry_id", ""), about=dosing_session.pk, by=waited.author)
    if before and before.says(form.digest()):
        return answer_saved(request, dosing_session.facility, now)
    if before:
        used = Refusal("ENTRY_REUSED", {"action": before.action})
        return answer_refused(form, (used,), Reader(dosing_session.facility.zone, now))
    if waited.untimed and not form.data.get("occurred_time"):
        return outbox.refused(
            _(
                "The clock of this tablet was set while this waited, so nobody knows when it was typed. Open it and "
                "enter the time."
            )
        )
    return None


def answer_saved(request: HttpRequest, facility: Facility, now: datetime) -> JsonResponse:
    at = clock_time_to_the_second(now, facility.zone)
    return outbox.saved(at, [str(message) for message in get_messages(request)])


def answer_refused(form: EntryForm, refusals: tuple[Refusal, ...], reader: Reader) -> JsonResponse:
    """Every reason in a sentence, for a person to settle on the form's own page."""
    says = []
    for refusal in refusals:
        if refusal.code == "FIELD":
            form.refuse(refusal)
        else:
            sentence = sentence_of(refusal, reader)
            says.append(f"{sentence.what} {sentence.clears}".strip())
    for name, problems in form.errors.items():
        label = form.fields[name].label if name in form.fields else None
        at_field = f"{label}: " if label else ""
        says += [f"{at_field}{problem}" for problem in problems]
    # Somebody held the record just then: that is for no person to settle, it is sent again.
    busy = any(refusal.code == "BUSY" for refusal in refusals)
    return outbox.refused(*says, status=423 if busy else 409 if refusals else 422)
