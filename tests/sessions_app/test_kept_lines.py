"""The lines that are kept, after whatever changes what they say; tests/test_every_action.py and the machine of
tests/sessions_app/gates ask the same after every action. Nobody is told what was so before."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sessions_app.models import LinesUntil, SessionLine
from sessions_app.models.insight.base import Scope
from sessions_app.models.insight.keeping import keep_lines
from sessions_app.models.insight.national import Counted, counted
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.insight import Own
from sessions_app.rules.published import Measure
from tests.factories import NINE, STAY_ENDS, Cast, discharged, full_check, in_monitoring, make_cast, minutes
from tests.kept import lines_of, lines_say_the_record
from tests.scene import cast, clinic
from tests.sessions_app.rich import rich_session

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db


def told(cast: Cast) -> Counted:
    return counted(Scope((cast.facility.pk,), "esketamine", date(2020, 1, 1), date(2030, 1, 1), at=NINE))


def test_nobody_is_told_what_was_so_before(cast: Cast) -> None:
    assert told(cast).sessions == 0
    walk = discharged(cast)
    found = told(cast)
    assert (found.sessions, found.figures[Own.STAYED].count, found.figures[Measure.SEDATION].count) == (1, 1, 0)
    walk.reopen(STAY_ENDS + minutes(20))
    assert told(cast).figures[Own.STAYED].total == 0
    asleep = replace(full_check(), signs={**full_check().signs, "sedation": SignEntry(present=True)})
    walk.check(STAY_ENDS + minutes(22), asleep)
    assert told(cast).figures[Measure.SEDATION].count == 1
    walk.void(walk.rows("Check")[-1], STAY_ENDS + minutes(24))
    assert told(cast).figures[Measure.SEDATION].count == 0
    lines_say_the_record(cast.facility)
    for row in walk.rows("DeviceAdministration"):
        walk.void(row, STAY_ENDS + minutes(26))
    assert told(cast).sessions == 0
    walk.enter_in_error(STAY_ENDS + minutes(28))
    assert lines_say_the_record(cast.facility) == []


def test_a_session_of_everything_is_kept_as_it_is_made(cast: Cast) -> None:
    rich_session(cast)
    assert len(lines_say_the_record(cast.facility)) == 1


def test_what_did_not_change_is_not_made_again_and_nothing_is_written(cast: Cast) -> None:
    first, second = in_monitoring(cast), in_monitoring(cast)
    keep_lines([cast.facility.pk])
    SessionLine.objects.update(devices=7)
    with CaptureQueriesContext(connection) as captured:
        keep_lines([cast.facility.pk])
    assert [each["sql"].split()[0] for each in captured] == ["SELECT", "SELECT"]
    second.check(NINE + minutes(90))
    keep_lines([cast.facility.pk])
    kept = dict(SessionLine.objects.values_list("pk", "devices"))
    assert kept == {first.dosing_session.pk: 7, second.dosing_session.pk: 2}


def test_another_facility_is_left_alone(cast: Cast) -> None:
    in_monitoring(cast)
    other = make_cast(facility_name="Elsewhere", suffix="2")
    in_monitoring(other)
    keep_lines([cast.facility.pk])
    assert (len(lines_of(cast.facility)), len(lines_of(other.facility))) == (1, 0)
    assert set(LinesUntil.objects.values_list("facility", flat=True)) == {cast.facility.pk}
