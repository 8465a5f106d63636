"""Sentences about the record itself: a state that moved on, a clock that is off, a second person."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text, adverse_event, certification, patient
from sessions_app.presenters.sentences.at_field import problem_text
from sessions_app.rules.states import State

STATE_WORDS: Mapping[str, Text] = {
    State.SCHEDULED: gettext_lazy("booked"),
    State.CHECKED_IN: gettext_lazy("checked in"),
    State.CLEARED: gettext_lazy("cleared for dosing"),
    State.DOSING: gettext_lazy("dosing"),
    State.MONITORING: gettext_lazy("being monitored"),
    State.DISCHARGED: gettext_lazy("gone home"),
    State.LEFT_EARLY: gettext_lazy("left early"),
    State.TRANSFERRED: gettext_lazy("transferred"),
    State.NOT_DOSED: gettext_lazy("not dosed"),
    State.CANCELLED: gettext_lazy("cancelled"),
    State.ENTERED_IN_ERROR: gettext_lazy("entered in error"),
}


def state(refusal: Refusal, reader: Reader) -> Sentence:
    if said_of_certification := certification.state(refusal):
        return said_of_certification
    word = STATE_WORDS.get(str(refusal.params.get("state")), "")
    return Sentence(
        _("The session has moved on: it is now “%(state)s”") % {"state": word},
        _("Nothing else changed. Go back and look at it as it stands."),
        "arrow-repeat",
    )


def clock(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("The clocks of the server and the database differ by %(seconds)s seconds") % dict(refusal.params),
        _("No gate is judged until they agree. Charting goes on; tell whoever runs the server."),
        "clock",
    )


def field(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(problem_text(refusal, reader), _("Look at the field again."), "pencil-fill")


def seen_later(refusal: Refusal, reader: Reader) -> Sentence:
    said = {"seen": reader.clock(refusal.params.get("seen_at")), "ended": reader.clock(refusal.params.get("ended_at"))}
    return Sentence(
        _("Somebody looked after this patient at %(seen)s, after an end at %(ended)s") % said,
        _("Look at the time again; an entry that belongs to another patient is moved or voided first."),
        "clock",
    )


def paper_line(refusal: Refusal, reader: Reader) -> Sentence:
    said = {"line": line_name(str(refusal.params["line"])), "at": reader.clock(refusal.params.get("at"))}
    clears = (
        _("Not through a closed gate: what happened is that the patient left early, or was transferred.")
        if refusal.params.get("ends")
        else _("It says why below. What was done all the same is entered with its reason.")
    )
    return Sentence(_("%(line)s at %(at)s: refused as it was then") % said, clears, "file-earmark-text-fill")


def line_name(line: str) -> str:
    """What a line of the sheet is called there."""
    name, _dash, number = line.partition("-")
    words = {
        "check_in": _("Check-in"),
        "answers": _("Questions"),
        "intake": _("Food, drink, spray"),
        "verified": _("Enrolment"),
        "counselled": _("Counselling"),
        "way_home": _("Way home"),
        "order": _("Order"),
        "clear": _("Clearance"),
        "device": _("Device"),
        "finish": _("End of dosing"),
        "check": _("Check"),
        "symptom": _("Symptom"),
        "decision": _("Prescriber’s decision"),
        "deviation": _("Missed 40-min check"),
        "instructions": _("Instructions"),
        "ready": _("Readiness"),
        "end": _("End"),
    }
    return f"{words.get(name, name)} {number.partition('_')[0]}".strip()


def not_your_chair(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("%(who)s watches this chair now") % dict(refusal.params),
        _("Take the watch first, or leave it with them."),
        "people-fill",
    )


def emergency_open(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("An emergency is under way here since %(at)s") % {"at": reader.clock(refusal.params["since"])},
        _("Somebody was faster. Add to it who was called."),
        "exclamation-triangle-fill",
        "record-emergency-call",
        _("Add a call"),
    )


def said(what: Text, clears: Text, icon: str = "slash-circle") -> Callable[[Refusal, Reader], Sentence]:
    """For codes whose sentence needs no values."""
    return lambda refusal, reader: Sentence(what, clears, icon)


def alarm_taken(refusal: Refusal, reader: Reader) -> Sentence:
    who = {"name": refusal.params["name"], "at": reader.clock(refusal.params["at"])}
    return Sentence(_("%(name)s has it, %(at)s") % who, _("Nothing else changed."), "person-check")


SENTENCES: dict[str, Callable[[Refusal, Reader], Sentence]] = {
    **adverse_event.SENTENCES,
    **certification.SENTENCES,
    "STATE": state,
    "CLOCK": clock,
    "FIELD": field,
    "UNLIKELY": said(gettext_lazy("A value is rarely seen"), gettext_lazy("Clears when confirmed as typed.")),
    "INCOMPLETE": said(gettext_lazy("Something is still empty"), gettext_lazy("Clears when saved without it.")),
    "BUSY": said(
        gettext_lazy("Somebody else is writing on this session"),
        gettext_lazy("Nothing was saved. Send it again in a moment; what you typed is kept."),
        "arrow-repeat",
    ),
    "ENTRY_REUSED": said(
        gettext_lazy("This form was saved before, with other answers"),
        gettext_lazy(
            "Look at what is saved. If this is something else, save it again: it is then an entry of its own."
        ),
        "arrow-repeat",
    ),
    "ALREADY_OPEN": said(
        gettext_lazy("This patient has an open session"),
        gettext_lazy("One at a time: go on with the open one, or end it."),
        "person-check",
    ),
    **patient.SENTENCES,
    "NO_POLICY": said(
        gettext_lazy("This clinic has no policy for the programme"), gettext_lazy("An administrator saves one first.")
    ),
    "NOT_LICENSED": said(
        gettext_lazy("Only a nurse or prescriber records an exception"),
        gettext_lazy("Ask one of them to enter it."),
        "person-badge",
    ),
    "SIGNATURE": said(
        gettext_lazy("This needs your signature"),
        gettext_lazy("Sign it below with your password."),
        "pen-fill",
    ),
    "SECOND_PERSON": said(
        gettext_lazy("This needs a second licensed person"),
        gettext_lazy("Somebody other than who entered it, signed in as themselves."),
        "people-fill",
    ),
    "NOTHING_TO_DECIDE": said(
        gettext_lazy("There is nothing to decide here any more"),
        gettext_lazy("The gate has changed since this page was opened."),
        "arrow-repeat",
    ),
    "DECISION_STALE": said(
        gettext_lazy("A newer reading was saved meanwhile"),
        gettext_lazy("A decision holds for the very reading it was made on. Look at the new one."),
        "arrow-repeat",
    ),
    "BP_NO_WAY": said(
        gettext_lazy("This reading cannot be accepted yet"),
        gettext_lazy("It is above this patient's own, not falling, and the effect is not over. Repeat it."),
        "pause-fill",
    ),
    "NOTHING_TO_EXCUSE": said(
        gettext_lazy("There is nothing missing of this kind"), gettext_lazy("The check can still be made.")
    ),
    "ANOTHER_DAY": said(
        gettext_lazy("The session ended on another day"),
        gettext_lazy("It is re-opened only on the same day. A correction stays possible."),
        "calendar-event",
    ),
    "ALARM_GONE": said(
        gettext_lazy("This alarm is over"),
        gettext_lazy("What it was about is no more. Nothing is left to do."),
        "check-lg",
    ),
    "ALARM_TAKEN": alarm_taken,
    "NOTHING_TO_VOID": said(gettext_lazy("This entry is not here"), gettext_lazy("Go back and look again.")),
    "ALREADY_VOIDED": said(gettext_lazy("Somebody voided this entry before"), gettext_lazy("It stays struck through.")),
    "SEEN_LATER": seen_later,
    "SAME_DAY": said(
        gettext_lazy("This patient has a session of that day"),
        gettext_lazy("Open it and enter the rest there; one that never was is entered in error first."),
        "calendar-event",
    ),
    "PAPER_LINE": paper_line,
    "PAPER_ORDER": said(
        gettext_lazy("An order from paper, and the dose is not finished on the paper"),
        gettext_lazy("Enter the dose up to its end; or the prescriber enters the order, signed in as themselves."),
        "people-fill",
    ),
    "PAPER_NOT_COMPARED": said(
        gettext_lazy("From paper, not yet compared"),
        gettext_lazy("A second licensed person compares it with the paper; then it can be re-opened."),
        "people-fill",
    ),
    "NOTHING_TO_COMPARE": said(
        gettext_lazy("Everything from paper was compared"), gettext_lazy("Go back and look at it as it stands.")
    ),
    "NOT_YOUR_CHAIR": not_your_chair,
    "EMERGENCY_OPEN": emergency_open,
    "NO_EMERGENCY": said(
        gettext_lazy("There is no emergency here"),
        gettext_lazy("Somebody has called it over, or it was never raised."),
        "arrow-repeat",
    ),
    "DEVICES_NOT_VOIDED": said(
        gettext_lazy("A device is still charted"), gettext_lazy("Void every device first, each with its reason.")
    ),
}
