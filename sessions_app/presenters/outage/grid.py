"""The grid of checks on paper: a column for every measure of the programme, a row for every check."""

from django.utils.translation import gettext as _

from clinic.presenters.time import clock_time
from sessions_app.presenters.phase import checkpoint_name
from sessions_app.presenters.sentences import Reader
from sessions_app.rules.check_plan import PlannedCheck, planned_checks
from sessions_app.rules.checks import Checkpoint, CheckState, Purpose, check_schedule
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.program import Program

_WAITING = (CheckState.UPCOMING, CheckState.DUE, CheckState.OVERDUE)


def sign_columns(program: Program) -> list[dict[str, str]]:
    """What is written for each sign: yes or no, and the score that counts as normal."""
    columns = []
    for sign in program.signs:
        hint = ""
        if sign.scale:
            words = {"scale": sign.scale, "score": program.value(sign.normal)}
            more = sign.better == "higher"
            hint = (
                _("%(scale)s, normal %(score)s or more") if more else _("%(scale)s, normal %(score)s or less")
            ) % words
        columns.append({"label": sign.short_label, "hint": hint})
    return columns


def planned_rows(program: Program) -> list[dict[str, str]]:
    """The programme's checks under this clinic's policy; clock times are written in once the device is given."""
    return [{"due": _planned(check, program), "at": ""} for check in planned_checks(program)]


def _planned(check: PlannedCheck, program: Program) -> str:
    if check.purpose is not Purpose.FINAL:
        words = {"minute": check.minute, "opens": check.opens, "closes": check.closes}
        return _("%(minute)s min (%(opens)s to %(closes)s)") % words
    if program.anchor == "first_device":
        return _("final, from %(opens)s min after the first") % {"opens": check.opens}
    return _("final, from %(opens)s min") % {"opens": check.opens}


def due_rows(facts: SessionFacts, reader: Reader) -> list[dict[str, str]]:
    """What is still to come, with its clock times; before the dose as the programme plans it."""
    schedule = check_schedule(facts, now=reader.now)
    if not schedule:
        return planned_rows(facts.program)
    return [_due(point, reader) for point in schedule if point.state in _WAITING]


def _due(point: Checkpoint, reader: Reader) -> dict[str, str]:
    opens = clock_time(point.opens_at, reader.zone)
    window = (
        f"{opens} – {clock_time(point.closes_at, reader.zone)}" if point.closes_at else _("from %(at)s") % {"at": opens}
    )
    return {"due": f"{checkpoint_name(point)}, {window}", "at": clock_time(point.due_at, reader.zone)}
