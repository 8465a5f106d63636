"""Sentences about the diary: why a booking does not find its place."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.presenters.time import calendar_day
from clinic.rules.refusals import Refusal
from sessions_app.presenters.sentences import Reader, Sentence, Text

OTHER_PLACE = gettext_lazy("Choose another time or chair.")
OTHER_DAY = gettext_lazy("Choose another day.")
OTHER_TIME = gettext_lazy("Choose another time.")


def weekday_words() -> tuple[Text, ...]:
    """Monday first."""
    return (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )


def closed(refusal: Refusal, reader: Reader) -> Sentence:
    first, last = _day(refusal, "first"), _day(refusal, "last")
    days = calendar_day(first) if first == last else f"{calendar_day(first)} – {calendar_day(last)}"
    said = {"days": days, "reason": refusal.params["reason"]}
    return Sentence(_("The clinic is closed: %(reason)s (%(days)s)") % said, OTHER_DAY, "calendar-event")


def outside(refusal: Refusal, reader: Reader) -> Sentence:
    day = _day(refusal, "day")
    opens, closes = refusal.params.get("opens"), refusal.params.get("closes")
    weekday = weekday_words()[day.weekday()]
    if not isinstance(opens, time) or not isinstance(closes, time):
        return Sentence(_("The clinic is closed on %(day)s") % {"day": weekday}, OTHER_DAY, "calendar-event")
    said = {
        "day": weekday,
        "opens": f"{opens:%H:%M}",
        "closes": f"{closes:%H:%M}",
        "begins": reader.clock(refusal.params["begins"]),
        "ends": reader.clock(refusal.params["ends"]),
    }
    return Sentence(
        _("From %(begins)s to %(ends)s, which is outside the opening hours of %(day)s, %(opens)s – %(closes)s") % said,
        OTHER_TIME,
        "clock",
    )


def chair_booked(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("Chair %(chair)s is taken from %(begins)s to %(ends)s") % _said(refusal, reader), OTHER_PLACE, "clock"
    )


def patient_booked(refusal: Refusal, reader: Reader) -> Sentence:
    said = _said(refusal, reader)
    if refusal.params.get("where"):
        what = _("The patient is booked at %(where)s from %(begins)s to %(ends)s") % said
    else:
        what = _("The patient is booked already, from %(begins)s to %(ends)s") % said
    return Sentence(what, OTHER_TIME, "person-check")


def chair_gone(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(_("There is no chair %(chair)s") % _said(refusal, reader), OTHER_PLACE, "slash-circle")


def past(refusal: Refusal, reader: Reader) -> Sentence:
    at = refusal.params["at"]
    said = {
        "at": reader.clock(at),
        "day": calendar_day(at.astimezone(reader.zone).date()) if isinstance(at, datetime) else "",
    }
    return Sentence(_("%(day)s, %(at)s is over") % said, OTHER_TIME, "clock")


def not_yet_due(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("It is not time yet"),
        _("From then on it can be said that the patient did not come. Before, cancel or move it."),
        "clock",
    )


def nothing_free(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(_("None of these places is free any more"), OTHER_PLACE, "calendar-event")


def nothing_chosen(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(_("No date is chosen"), _("Tick at least one."), "calendar-event")


def too_many(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("That is more than %(most)s dates") % {"most": refusal.params["most"]},
        _("Book them in two goes."),
        "calendar-event",
    )


def closure_withdrawn(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(_("This closure was taken back already"), _("The clinic is open on those days."), "calendar-event")


def waiting_over(refusal: Refusal, reader: Reader) -> Sentence:
    return Sentence(
        _("This patient waits no more"), _("Somebody found a place, or took them off the list."), "person-check"
    )


def _day(refusal: Refusal, name: str) -> date:
    day: Any = refusal.params[name]
    return day


def _said(refusal: Refusal, reader: Reader) -> dict[str, Any]:
    return {name: reader.clock(value) or value for name, value in refusal.params.items()}


SENTENCES: Mapping[str, Callable[[Refusal, Reader], Sentence]] = {
    "CLINIC_CLOSED": closed,
    "OUTSIDE_HOURS": outside,
    "CHAIR_BOOKED": chair_booked,
    "PATIENT_BOOKED": patient_booked,
    "CHAIR_GONE": chair_gone,
    "BOOKING_PAST": past,
    "NOT_YET_DUE": not_yet_due,
    "NOTHING_FREE": nothing_free,
    "NOTHING_CHOSEN": nothing_chosen,
    "TOO_MANY_DATES": too_many,
    "CLOSURE_WITHDRAWN": closure_withdrawn,
    "WAITING_OVER": waiting_over,
}

PROBLEMS: Mapping[str, Text] = {
    "no_weekday": gettext_lazy("Choose at least one day of the week."),
    "series_too_long": gettext_lazy("At most %(weeks)s weeks and %(dates)s dates at a time."),
    "both_hours": gettext_lazy("Say both times, or neither: the clinic is then closed that day."),
    "closes_before": gettext_lazy("It closes after it opens."),
    "ends_before": gettext_lazy("This is before the beginning."),
    "day_over": gettext_lazy("This day is over."),
    "same_place": gettext_lazy("It stands there already."),
}
