"""A filing is opened with the first device, and follows its session to whatever end."""

from datetime import timedelta

import pytest

from clinic.actions.staff import system_person
from clinic.models import AuditEvent
from clinic.rules.enrolment import Setting
from sessions_app.actions import contact, correction, discharge, filing
from sessions_app.models import Answer, DeviceAdministration, Filing, FilingStep
from sessions_app.models.intake import Topic
from sessions_app.rules.facts import Outcome
from tests.by_hand import without_privilege
from tests.expect import held_by
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    checked_in,
    cleared,
    discharged,
    entry,
    in_monitoring,
    make_cast,
    make_course,
    minutes,
)
from tests.filings import LATER, NORA, complete, form_of, reach, stands, submit
from tests.sessions_app.paper import whole_sheet

pytestmark = pytest.mark.paperwork


def states(walk: Walk) -> list[str]:
    return list(
        FilingStep.objects.filter(filing=form_of(walk)).order_by("recorded_at", "id").values_list("state", flat=True)
    )


class TestTheFirstDevice:
    def test_it_opens_one_filing_in_the_same_event(self, cast: Cast) -> None:
        walk = cleared(cast)
        assert not Filing.objects.exists()

        form = entry()
        walk.give(NINE + minutes(30), form=form)
        walk.give(NINE + minutes(35))

        filing = form_of(walk)
        assert (filing.state, filing.person, filing.edition.version) == ("INCOMPLETE", cast.nora, "2021-11")
        assert str(filing.treatment_date) == "2026-04-14"
        assert filing.due_at.astimezone(cast.facility.zone).isoformat() == "2026-04-21T23:59:59-04:00"
        event = AuditEvent.objects.get(entry_id=form.entry_id)
        assert event.action == "administer_device"
        assert all(str(key) in event.payload for key in (filing.pk, filing.step_id))

    def test_it_opens_none_in_an_inpatient_setting(self, cast: Cast) -> None:
        ward = make_cast(facility_name="Ward", suffix="9", setting=Setting.INPATIENT)
        in_monitoring(ward)
        assert not Filing.objects.exists()

    def test_it_opens_one_for_an_exception(self, cast: Cast) -> None:
        unasked = checked_in(cast)
        unasked.give(NINE + minutes(5), exception_reason="Taken from the tray.")
        assert form_of(unasked).state == "INCOMPLETE"

    def test_it_opens_one_for_a_sheet_of_paper(self, cast: Cast) -> None:
        sheet = whole_sheet(cast).enter(by=cast.nils)
        on_paper = form_of(Walk(cast, sheet.dosing_session))
        assert on_paper.channel == "PAPER"
        assert "ready_minutes" in on_paper.step.missing


class TestHowItEnds:
    def test_it_stays_due_for_those_who_left_or_were_transferred(self, cast: Cast) -> None:
        gone, moved = in_monitoring(cast), in_monitoring(cast)
        gone.leave_early(LAST_DEVICE + minutes(30))
        moved.transfer(LAST_DEVICE + minutes(30))
        for walk in (gone, moved):
            assert form_of(walk).state == "INCOMPLETE"
            assert {"monitoring_minutes", "pressure_at_completion"} <= set(form_of(walk).step.missing)

    def test_it_is_withdrawn_where_no_device_delivered_and_comes_back_when_one_did(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(NINE + minutes(30), outcome=Outcome.FAILED)
        assert form_of(walk).state == "INCOMPLETE"  # the next one still may
        walk.end_not_dosed(NINE + minutes(40))
        assert form_of(walk).state == "WITHDRAWN"

        walk.outcome(given, Outcome.PARTIAL, LATER)

        assert form_of(walk).state == "INCOMPLETE"
        assert states(walk) == ["INCOMPLETE", "WITHDRAWN", "INCOMPLETE"]

    def test_it_is_withdrawn_with_a_session_entered_in_error(self, cast: Cast) -> None:
        walk = cleared(cast)
        given = walk.give(NINE + minutes(30))
        walk.void(given, NINE + minutes(31), by=cast.nils)
        said = walk.envelope(NINE + minutes(32))
        correction.propose_in_error(reason="Another patient.", **said)
        correction.enter_in_error(**walk.envelope(NINE + minutes(33), by=cast.nils))
        assert form_of(walk).state == "WITHDRAWN"

    def test_it_is_ready_when_nothing_is_missing(self, cast: Cast) -> None:
        walk = discharged(cast)
        assert form_of(walk).step.missing[-1] == "ready_minutes"
        complete(walk)
        assert (form_of(walk).state, form_of(walk).step.missing) == ("READY", [])

    def test_it_is_dated_anew_when_the_first_device_was_another_day(self, cast: Cast) -> None:
        late = NINE + timedelta(hours=14)  # 23:00
        walk = in_monitoring(cast, now=late)
        assert str(form_of(walk).treatment_date) == "2026-04-14"
        for row in DeviceAdministration.objects.all():
            walk.void(row, late + minutes(50), by=cast.nils)
        walk.give(late + minutes(70), at=late + minutes(65), exception_reason="Typed for the hour before.")

        walk.leave_early(late + minutes(120))

        filing = form_of(walk)
        assert (str(filing.treatment_date), filing.state) == ("2026-04-15", "INCOMPLETE")
        assert filing.due_at.astimezone(cast.facility.zone).isoformat() == "2026-04-22T23:59:59-04:00"


class TestACorrectionAfterSubmission:
    def test_it_makes_it_due_for_amendment_and_names_what_changed(self, cast: Cast) -> None:
        walk = discharged(cast)
        complete(walk)
        submit(walk)
        check = walk.rows("Check")[0]

        correction_row = walk.void(check, LATER + minutes(5))

        assert correction_row is not None
        filing = form_of(walk)
        assert filing.state == "AMENDMENT_DUE"
        assert {"pressure_before", "acceptable_before"} <= set(filing.step.changed)
        change = {each.code: (each.submitted, each.now) for each in stands(walk).changes}
        assert change["pressure_before"] == ("128/82", "")

        amended = submit(walk, LATER + minutes(10), why="The baseline was another patient's.")
        assert (form_of(walk).state, amended.number) == ("SUBMITTED", 2)

    def test_it_makes_it_due_where_another_person_is_found_to_have_monitored(self, cast: Cast) -> None:
        reach(cast)
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40))
        walk.instruct(LAST_DEVICE + minutes(60))
        walk.check(STAY_ENDS - minutes(5))
        ready = discharge.assess_readiness(**walk.envelope(STAY_ENDS - minutes(4), by=cast.nils))
        walk.release(STAY_ENDS)
        submit(walk, why="Elsewhere.")
        said = {"facility": cast.facility, "by": cast.ada, "now": LATER}
        contact.record_person_contact(holder=cast.nils, **NORA, entry=entry(), **said)
        filing.keep_filing(dosing_session=walk.dosing_session, by=system_person(now=LATER), now=LATER)
        assert form_of(walk).state == "SUBMITTED"  # reached otherwise, and still nils

        walk.void(ready, LATER)

        assert form_of(walk).person == cast.nora
        assert {"monitor_first_name", "monitor_phone"} <= set(form_of(walk).step.changed)

    def test_it_follows_an_answer_that_is_taken_back_in_a_later_session_of_the_course(self, cast: Cast) -> None:
        made = make_course(cast)
        walk = discharged(cast, of_course=made)
        submit(walk, why="Elsewhere.")
        asked = Answer.objects.filter(dosing_session=walk.dosing_session, topic=Topic.MEDICINE).latest("order")
        later = checked_in(cast, of_course=made, now=NINE + timedelta(days=3))

        later.void(asked, NINE + timedelta(days=3, hours=1), by=cast.paul)

        assert form_of(walk).state == "AMENDMENT_DUE"
        assert [code.startswith("takes_") for code in form_of(walk).step.changed] == [True]

    def test_it_does_not_where_the_record_still_says_the_same(self, cast: Cast) -> None:
        walk = discharged(cast)
        complete(walk)
        submit(walk)
        walk.void(walk.rows("WayHomeArrangement")[0], LATER + minutes(5))
        assert form_of(walk).state == "SUBMITTED"


class TestTheDatabase:
    def test_it_holds_a_filing_to_its_newest_step(self, cast: Cast) -> None:
        walk = discharged(cast)
        filing = form_of(walk)
        first = FilingStep.objects.filter(filing=filing).earliest("recorded_at")
        with held_by("filing_at_newest_step"):
            Filing.objects.filter(pk=filing.pk).update(step=first)
        with held_by("filing_stands_at_its_step"):
            Filing.objects.filter(pk=filing.pk).update(state="ACKNOWLEDGED")

    def test_it_keeps_every_row_as_it_was_written(self, cast: Cast) -> None:
        discharged(cast)
        for statement in (
            "UPDATE sessions_app_filingstep SET reason = ''",
            "DELETE FROM sessions_app_filing",
            "UPDATE sessions_app_filing SET dosing_session_id = dosing_session_id",
        ):
            assert without_privilege(statement)
