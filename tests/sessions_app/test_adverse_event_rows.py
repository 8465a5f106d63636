"""Rows of suspected adverse events: what a clinic's list and the monitoring form read, and what the database holds."""

from datetime import datetime
from typing import Any

import pytest

from sessions_app.actions import departure
from sessions_app.actions.filing import submit_filing
from sessions_app.models import Filing, FilingVersion
from sessions_app.models.adverse_event import cases_at
from tests.by_hand import forge
from tests.expect import held_by
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, discharged, in_monitoring, minutes
from tests.scene import cast, clinic
from tests.sessions_app.actions.test_adverse_event import (
    GRAVE,
    HALF_PAST,
    describe,
    fainted,
    follow_up,
    form_says,
    only_case,
    report,
    tell,
)

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


class TestTheMonitoringForm:
    def test_it_says_what_was_told_and_is_due_again_when_more_is(self, cast: Cast) -> None:
        walk = discharged(cast)
        later = STAY_ENDS + minutes(30)

        assert form_says(walk, later) == {"serious_event": "no", "serious_event_details": ""}
        event = tell(walk, now=later)
        assert form_says(walk, later)["serious_event"] == "no"
        submit_filing(route=FilingVersion.Route.FAX, incomplete_reason="All of it.", **walk.envelope(later))
        follow_up(walk, event, GRAVE, later)
        told = "Headache. A headache since noon. Taken to Wrenfield General."
        assert form_says(walk, later) == {"serious_event": "yes", "serious_event_details": told}
        assert Filing.objects.get(dosing_session=walk.dosing_session).state == "AMENDMENT_DUE"


class TestTheListOfAClinic:
    def test_it_keeps_what_waits_however_old_and_the_rest_of_the_year(
        self, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        old = in_monitoring(cast)
        waiting = fainted(old)
        departure.transfer_patient(
            destination="HOSPITAL", place="", handed_over="all", **old.envelope(LAST_DEVICE + minutes(40))
        )
        done = discharged(cast)
        told = tell(done, now=STAY_ENDS + minutes(30))
        report(done, told, STAY_ENDS + minutes(31))
        of_its_year = (datetime(2026, 1, 1, tzinfo=NINE.tzinfo), datetime(2027, 1, 1, tzinfo=NINE.tzinfo))
        later = (datetime(2027, 1, 1, tzinfo=NINE.tzinfo), datetime(2028, 1, 1, tzinfo=NINE.tzinfo))

        with django_assert_num_queries(3):
            found = cases_at(cast.facility, *of_its_year)
        assert {case.key for case in found} == {waiting.pk, told.pk}
        assert {case.key for case in cases_at(cast.facility, *later)} == {waiting.pk}

        account = follow_up(done, told, GRAVE, STAY_ENDS + minutes(40))
        assert {case.key for case in cases_at(cast.facility, *later)} == {waiting.pk, told.pk}
        reported = report(done, told, STAY_ENDS + minutes(41))
        done.void(reported, STAY_ENDS + minutes(42))
        assert {case.key for case in cases_at(cast.facility, *later)} == {waiting.pk, told.pk}

        for row in (account, *done.rows("SeriousEvent")):
            done.void(row, STAY_ENDS + minutes(43), by=cast.paul)
        old.void(waiting, STAY_ENDS + minutes(43), by=cast.paul)
        assert cases_at(cast.facility, *later) == []


class TestTheDatabase:
    """Whatever the code says."""

    def test_it_holds_rows_to_their_session_and_words(self, walk: Walk) -> None:
        event, other = describe(walk, fainted(walk)), in_monitoring(walk.cast)
        (account,) = only_case(walk).accounts
        free = {"serious_event_id": None}
        with held_by("adverseeventaccount_event_of_session"):
            forge(account, dosing_session_id=other.dosing_session.pk, **free)
        with held_by("serious_event_described_once"):
            forge(account)
        with held_by("adverse_event_account_criteria_known"):
            forge(account, criteria=["HEADACHE"], **free)
        with held_by("adverse_event_account_said"):
            forge(account, narrative="", **free)
        with held_by("adverse_event_account_serious_event_of_session"):
            forge(account, serious_event_id=fainted(other).pk)
        row = report(walk, event, HALF_PAST)
        for changed in ({"recipient": "NOBODY", "note": ""}, {"recipient": "OTHER", "recipient_name": ""}):
            with held_by("adverse_event_report_says_to_whom_or_why_not"):
                forge(row, **changed)
        with held_by("adverse_event_report_recipient_known"):
            forge(row, recipient="NEIGHBOUR")
