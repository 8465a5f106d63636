"""The days on which the United States' government rests, by the holidays package."""

from datetime import date
from functools import cache

from holidays import country_holidays


@cache
def _of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("US", years=year))


def is_federal_holiday(day: date) -> bool:
    """The day itself, or the working day on which it is kept (5 USC 6103)."""
    return day in _of(day.year)
