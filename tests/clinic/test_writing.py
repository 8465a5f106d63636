"""Rows written by a statement that is written once are those that Django would have written."""

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from clinic.identifiers import new_id
from clinic.models import Organisation
from clinic.writing import insert, update
from sessions_app.models import Check, DosingSession
from tests.factories import in_monitoring, make_cast

pytestmark = pytest.mark.django_db


def test_several_rows_of_one_model_are_inserted_at_once() -> None:
    made = [Organisation(name="Otherfield"), Organisation(name="O'Neill; DROP TABLE x --")]
    with CaptureQueriesContext(connection) as asked:
        insert(made)
    assert len(asked) == 1
    assert list(Organisation.objects.filter(pk__in=[each.pk for each in made]).order_by("name")) == made[::-1]
    assert [each._state.adding for each in made] == [False, False]


def test_a_row_with_lists_numbers_and_times_is_as_django_writes_it() -> None:
    session = DosingSession.objects.get(pk=in_monitoring(make_cast()).dosing_session.pk)
    row = Check.objects.filter(dosing_session=session).latest("occurred_at")

    def written(write: Any) -> str:
        row.pk, row.confirmed_unlikely = new_id(), ["systolic_mmhg=201", "it's"]
        with CaptureQueriesContext(connection) as asked:
            write([row])
        return str(asked[-1]["sql"]).replace(str(row.pk), "").replace("::varchar(40)[]", "")

    assert written(insert) == written(Check.objects.bulk_create)


class TestUpdate:
    def test_only_the_fields_that_are_named_are_changed(self) -> None:
        session = DosingSession.objects.get(pk=in_monitoring(make_cast()).dosing_session.pk)
        session.last_order, session.chair = session.last_order + 1, "99"
        update(session, ["last_order"])
        now = DosingSession.objects.get(pk=session.pk)
        assert (now.last_order, now.chair == "99") == (session.last_order, False)

    def test_a_row_that_is_not_there_does_not_pass_in_silence(self) -> None:
        nowhere: Model = DosingSession(pk=new_id(), last_order=1)
        with pytest.raises(DatabaseError, match="is not there"):
            update(nowhere, ["last_order"])
