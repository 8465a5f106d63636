"""The checks of a programme as planned before anybody is dosed: what a sheet of paper has lines for."""

from dataclasses import dataclass

from sessions_app.rules.checks import Purpose
from sessions_app.rules.program import Program


@dataclass(frozen=True)
class PlannedCheck:
    """Minutes after the last device; the final one's after the device that the stay is counted from. ``closes``
    None never closes."""

    purpose: Purpose
    minute: int
    opens: int
    closes: int | None


def planned_checks(program: Program) -> tuple[PlannedCheck, ...]:
    """By minute: the clinic's own checks, the one at about 40 minutes, the one before leaving."""
    value, stay = program.value, program.value("minimum_stay_minutes")
    margin = value("extra_check_window_minutes")
    peak = PlannedCheck(
        Purpose.PEAK,
        value("peak_check_due_minutes"),
        value("peak_check_opens_minutes"),
        value("peak_check_closes_minutes"),
    )
    final = PlannedCheck(Purpose.FINAL, stay, stay - value("final_check_window_minutes"), None)
    extra = [
        PlannedCheck(Purpose.EXTRA, minute, minute - margin, minute + margin)
        for minute in program.extra_checks
        if minute + margin < stay
    ]
    return tuple(sorted((*extra, peak, final), key=lambda check: check.minute))
