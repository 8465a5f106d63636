"""Two who count at once, and one who charts meanwhile."""

from datetime import date

import pytest

from sessions_app.models.insight.base import Scope
from sessions_app.models.insight.national import counted
from tests.factories import NINE, in_monitoring, make_cast, minutes
from tests.kept import lines_say_the_record
from tests.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_is_told_what_the_record_says() -> None:
    cast = make_cast()
    walk = in_monitoring(cast)
    scope = Scope((cast.facility.pk,), "esketamine", date(2020, 1, 1), date(2030, 1, 1), at=NINE)

    def count() -> int:
        return counted(scope).sessions

    def chart() -> None:
        walk.check(NINE + minutes(90))

    assert race(count, count, chart) == [1, 1, None]
    lines_say_the_record(cast.facility)
