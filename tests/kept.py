"""Whether the lines that are kept say what the record says."""

from typing import Any

from clinic.models import Facility
from sessions_app.models import LinesUntil, SessionLine
from sessions_app.models.insight.keeping import keep_lines


def lines_say_the_record(facility: Facility) -> list[tuple[Any, ...]]:
    """Brought to where it stands they are as if all of them were made anew; which they are after this."""
    keep_lines([facility.pk])
    kept = lines_of(facility)
    LinesUntil.objects.filter(facility=facility).update(statement="another")
    keep_lines([facility.pk])
    assert kept == lines_of(facility)
    return kept


def lines_of(facility: Facility) -> list[tuple[Any, ...]]:
    return list(SessionLine.objects.filter(facility=facility).order_by("pk").values_list())
