"""Whether the lines that are kept say what the record says."""

from typing import Any

from clinic.models import Facility
from sessions_app.models import LinesUntil, SessionLine, StockDay
from sessions_app.models.insight.keeping import keep_lines


def lines_say_the_record(facility: Facility) -> list[tuple[Any, ...]]:
    """Brought to where it stands they are as if all of them were made anew; which they are after this."""
    keep_lines([facility.pk])
    kept, days = lines_of(facility), days_of(facility)
    LinesUntil.objects.filter(facility=facility).update(statement="another")
    keep_lines([facility.pk])
    assert kept == lines_of(facility)
    assert days == days_of(facility)
    return kept


def lines_of(facility: Facility) -> list[tuple[Any, ...]]:
    return list(SessionLine.objects.filter(facility=facility).order_by("pk").values_list())


def days_of(facility: Facility) -> list[tuple[Any, ...]]:
    rows = StockDay.objects.filter(facility=facility).order_by("day", "from_place", "to_place")
    return list(rows.values_list("day", "from_place", "to_place", "count"))
