"""When whoever is monitored usually leaves, in words for planning: no promise, and no permission."""

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.expected_departure import ExpectedDeparture


def usual_words(expected: ExpectedDeparture | None, reader: Reader) -> str:
    """``11:55 – 12:10``; nothing once that is over."""
    if expected is None or expected.latest < reader.now:
        return ""
    if expected.earliest == expected.latest:
        return clock_time(expected.latest, reader.zone)
    said = {"from": clock_time(expected.earliest, reader.zone), "to": clock_time(expected.latest, reader.zone)}
    return _("%(from)s – %(to)s") % said


def usual_fact(expected: ExpectedDeparture | None, reader: Reader) -> list[dict[str, str | None]]:
    """Among what is known of a session; for planning alone."""
    words = usual_words(expected, reader)
    return [{"label": _("For planning: usually leaves"), "value": words, "badge": None}] if words else []
