"""A line of a programme's dosing table, as its file states it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Regimen:
    """One line of the label's dosing table. ``interval`` names the number of days between doses."""

    indication: str
    phase: str
    week_from: int
    week_to: int | None
    doses_mg: tuple[int, ...]
    first_doses_mg: tuple[int, ...]
    interval: str
