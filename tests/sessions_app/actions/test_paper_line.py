"""Paper is no way round a gate: nobody leaves early by it, and nobody is dosed by it who may not be."""

from datetime import timedelta
from typing import Any

import pytest

from clinic.access import forget_roles
from clinic.actions.credential import record_credential
from clinic.actions.staff import end_role, grant_role
from clinic.models import RoleAssignment, User
from clinic.rules.credentials import CredentialKind
from clinic.rules.roles import Role
from sessions_app.actions import discharge
from sessions_app.actions.paper_line import decision_line
from sessions_app.models import Presence
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.discharge import discharge_refusals
from tests.expect import denied, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    arrive,
    checked_in,
    employ,
    entry,
    full_check,
    in_monitoring,
    make_course,
    minutes,
    one_more,
    ready_to_leave,
)
from tests.sessions_app.paper import POWER_BACK, Sheet, whole_sheet


class TestTheRelease:
    @pytest.mark.parametrize(
        ("final", "code"),
        [
            (full_check(150, 80), "BP"),
            (full_check(spo2=85), "SPO2"),
            (full_check(sedation=SignEntry(True, 3)), "SEDATION"),
            (full_check(dissociation=SignEntry(True)), "DISSOCIATION"),
        ],
    )
    def test_it_is_not_through_a_closed_gate(self, cast: Cast, final: Any, code: str) -> None:
        walk = in_monitoring(cast)
        sheet = Sheet(cast).watched(final).released()
        with refused("PAPER_LINE", code, *({"UNRESOLVED"} if code in ("SEDATION", "DISSOCIATION") else set())):
            sheet.enter_on(walk.dosing_session)
        assert walk.refresh().state == "MONITORING"

    def test_it_is_not_a_minute_before_the_stay_ends(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        early = Sheet(cast).watched().released(STAY_ENDS - minutes(1))
        with refused("PAPER_LINE", "MINIMUM_STAY"):
            early.enter_on(walk.dosing_session)
        Sheet(cast).watched().released(STAY_ENDS).enter_on(walk.dosing_session)

    def test_it_is_not_dated_before_a_bad_reading(self, cast: Cast) -> None:
        """Live: the gate was open at noon, then the pressure rose. Paper does not go back to noon."""
        walk = ready_to_leave(cast)
        walk.check(STAY_ENDS + minutes(5), full_check(170, 95))
        with refused("SEEN_LATER"):
            Sheet(cast).released(STAY_ENDS).enter_on(walk.dosing_session)

    def test_it_is_not_dated_before_a_good_one_either(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        walk.check(STAY_ENDS + minutes(5))
        with refused("SEEN_LATER"):
            Sheet(cast).left_early(STAY_ENDS).enter_on(walk.dosing_session)

    def test_it_does_not_count_what_was_only_done_afterwards(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(40))
        walk.check(STAY_ENDS - minutes(5))
        walk.assess(STAY_ENDS - minutes(4))
        walk.instruct(POWER_BACK - minutes(1))
        with refused("PAPER_LINE", "INSTRUCTIONS"):
            Sheet(cast).released(STAY_ENDS).enter_on(walk.dosing_session)

    def test_it_counts_a_stay_that_was_lengthened_since(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        discharge.extend_stay(
            stay=timedelta(minutes=180), reason="Hepatic.", **walk.envelope(STAY_ENDS + minutes(1), by=cast.paul)
        )
        with refused("PAPER_LINE", "MINIMUM_STAY", "FINAL_CHECK"):
            Sheet(cast).released(STAY_ENDS).enter_on(walk.dosing_session)

    def test_it_has_no_line_after_it(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        with refused("FIELD"):
            Sheet(cast).watched().released().check(STAY_ENDS + minutes(1)).enter_on(walk.dosing_session)

    @pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=1), timedelta(minutes=1)])
    def test_it_lies_in_the_past(self, cast: Cast, ahead: timedelta) -> None:
        walk = ready_to_leave(cast)
        with refused("FIELD"):
            Sheet(cast).released(STAY_ENDS + ahead).enter_on(walk.dosing_session, now=STAY_ENDS)


class TestTheClockOfTheStay:
    def test_it_counts_a_device_from_its_entry_while_the_patient_may_be_here(self, cast: Cast) -> None:
        """Given at 11:40 in truth and typed as 9:35: the live gate does not believe the paper."""
        walk = checked_in(cast)
        now = STAY_ENDS - minutes(5)
        Sheet(cast).dosed().check(LAST_DEVICE + minutes(40)).enter_on(walk.dosing_session, now=now)
        walk.check(STAY_ENDS)
        walk.instruct(STAY_ENDS)
        walk.assess(STAY_ENDS)
        with refused("MINIMUM_STAY", "FINAL_CHECK"):
            walk.release(STAY_ENDS)
        assert session_facts(walk.refresh(), at=now).stay_ends_at == now + minutes(120)

    def test_it_does_not_believe_a_second_sheet_either(self, cast: Cast) -> None:
        walk = checked_in(cast)
        Sheet(cast).dosed().enter_on(walk.dosing_session)
        with refused("PAPER_LINE", "MINIMUM_STAY", "FINAL_CHECK"):
            Sheet(cast).watched().released().enter_on(walk.dosing_session, now=POWER_BACK + minutes(1))

    def test_it_believes_a_second_person(self, cast: Cast) -> None:
        from sessions_app.actions import dosing

        walk = checked_in(cast)
        Sheet(cast).dosed().enter_on(walk.dosing_session)
        for given in walk.rows("DeviceAdministration"):
            dosing.confirm_device_time(administration=given, **walk.envelope(POWER_BACK, by=cast.nils))
        Sheet(cast).watched().released().enter_on(walk.dosing_session, now=POWER_BACK + minutes(1))
        assert walk.refresh().state == "DISCHARGED"


class TestTheDose:
    def test_it_leaves_no_order_that_a_nurse_typed_to_dose_on(self, cast: Cast) -> None:
        walk = checked_in(cast)
        sheet = Sheet(cast).asked().check(NINE + minutes(20)).order()
        with refused("PAPER_ORDER"):
            sheet.enter_on(walk.dosing_session)
        sheet.clear().device(NINE + minutes(30))
        with refused("PAPER_ORDER"):
            sheet.enter_on(walk.dosing_session)

    def test_it_leaves_the_prescribers_own(self, cast: Cast) -> None:
        walk = checked_in(cast)
        Sheet(cast).order().enter_on(walk.dosing_session, by=cast.paul)
        assert len(walk.rows("DoseOrder")) == 1

    def test_it_takes_no_order_of_somebody_who_may_not(self, cast: Cast) -> None:
        walk, sheet = checked_in(cast), Sheet(cast).dosed()
        for index, line in enumerate(sheet.lines):
            if line.where.startswith("order"):
                sheet.lines[index] = type(line)(**{**vars(line), "performed_by": cast.nils})
        with denied():
            sheet.enter_on(walk.dosing_session)

    def test_it_asks_who_was_on_site_then(self, cast: Cast) -> None:
        """Present when it is typed; gone when it happened."""
        arrive(cast, cast.paul, now=NINE + minutes(5), kind=Presence.Kind.LEFT)
        arrive(cast, cast.paul, now=NINE + minutes(100))
        walk = checked_in(cast)
        sheet = Sheet(cast).dosed()
        with refused("PAPER_LINE", "PRESCRIBER_ABSENT"):
            sheet.enter_on(walk.dosing_session)

    def test_it_judges_the_rest_between_devices_at_the_times_on_the_paper(self, cast: Cast) -> None:
        walk = checked_in(cast)
        sheet = Sheet(cast).asked().check(NINE + minutes(20)).order().clear()
        sheet.device(NINE + minutes(30)).device(NINE + minutes(34)).finish()
        with refused("PAPER_LINE", "DEVICE_INTERVAL"):
            sheet.enter_on(walk.dosing_session)


class TestADecision:
    def high(self, cast: Cast) -> Sheet:
        return Sheet(cast).asked().check(NINE + minutes(20), full_check(150, 80)).order()

    def with_decision(self, cast: Cast, by: User) -> Sheet:
        sheet = self.high(cast)
        line = decision_line(
            "BASELINE_BP", "Known for years.", at=NINE + minutes(22), where="decision-1", performed_by=by
        )
        sheet.add(line)
        return sheet.clear().device(NINE + minutes(30)).device(LAST_DEVICE).finish()

    def test_it_is_entered_by_the_prescriber_who_made_it(self, cast: Cast) -> None:
        walk = checked_in(cast)
        self.with_decision(cast, cast.paul).enter_on(walk.dosing_session, by=cast.paul)
        assert walk.rows("PrescriberDecision")[0].performed_by == cast.paul
        assert walk.refresh().state == "MONITORING"

    @pytest.mark.parametrize("named", ["nora", "paul"])
    def test_it_is_never_copied_by_a_nurse(self, cast: Cast, named: str) -> None:
        walk = checked_in(cast)
        arrive(cast, cast.nils, now=NINE)
        sheet = self.with_decision(cast, getattr(cast, named))
        with pytest.raises(Exception, match=r"prescribe|PRESCRIBER_ABSENT"):
            sheet.enter_on(walk.dosing_session, by=cast.nora)
        assert walk.rows("PrescriberDecision") == []

    def test_it_needs_the_prescriber_on_site_then(self, cast: Cast) -> None:
        arrive(cast, cast.paul, now=NINE + minutes(5), kind=Presence.Kind.LEFT)
        walk = checked_in(cast)
        sheet = self.with_decision(cast, cast.paul)
        with refused("PAPER_LINE", "PRESCRIBER_ABSENT"):
            sheet.enter_on(walk.dosing_session, by=cast.paul)

    def test_it_is_not_another_prescribers(self, cast: Cast) -> None:
        walk = checked_in(cast)
        employ(cast.nils, cast.facility, Role.PRESCRIBER)
        arrive(cast, cast.nils, now=NINE)
        sheet = self.with_decision(cast, cast.paul)
        with denied():
            sheet.enter_on(walk.dosing_session, by=cast.nils)


class TestWhoTypes:
    @pytest.mark.parametrize("name", ["fred", "ada", "ines"])
    def test_it_is_a_nurse_or_prescriber(self, cast: Cast, name: str) -> None:
        course, sheet = make_course(cast), whole_sheet(cast)
        with denied():
            sheet.enter(course, by=getattr(cast, name))


class TestWhoMayNoMore:
    """The author is asked about the sheet's time, whoever types it about now."""

    def test_it_takes_the_hand_of_somebody_whose_role_has_ended_since(self, cast: Cast) -> None:
        end_role(assignment=RoleAssignment.objects.get(user=cast.nora), by=cast.ada, now=POWER_BACK)
        whole_sheet(cast).enter(make_course(cast), by=cast.nils)

    def test_it_takes_the_hand_of_somebody_who_is_gone(self, cast: Cast) -> None:
        sheet, of_course = whole_sheet(cast), make_course(cast)
        cast.nora.is_active = False
        cast.nora.save(update_fields=["is_active"])
        sheet.enter(of_course, by=cast.nils)

    def test_it_takes_nobodys_who_had_no_such_role_then(self, cast: Cast) -> None:
        newcomer = one_more(cast, Role.FRONT_DESK)
        grant_role(person=newcomer, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=POWER_BACK)
        sheet, of_course = Sheet(cast, newcomer).dosed().watched().released(), make_course(cast)
        with denied():
            sheet.enter(of_course, by=cast.nils)

    def test_it_is_typed_by_somebody_who_began_today(self, cast: Cast) -> None:
        newcomer = one_more(cast, Role.FRONT_DESK)
        grant_role(person=newcomer, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=POWER_BACK)
        whole_sheet(cast).enter(make_course(cast), by=newcomer)

    def test_it_is_typed_by_nobody_whose_licence_ran_out(self, cast: Cast) -> None:
        lapse(cast, cast.nils)
        sheet, of_course = whole_sheet(cast), make_course(cast)
        with denied():
            sheet.enter(of_course, by=cast.nils)

    def test_a_decision_is_entered_by_nobody_whose_licence_ran_out_since(self, cast: Cast) -> None:
        walk = checked_in(cast)
        lapse(cast, cast.paul)
        sheet = TestADecision().with_decision(cast, cast.paul)
        with denied():
            sheet.enter_on(walk.dosing_session, by=cast.paul)


def lapse(cast: Cast, person: User) -> None:
    """The licence ended yesterday, it turned out a minute before the sheet was typed."""
    record_credential(
        holder=person,
        facility=cast.facility,
        kind=CredentialKind.LICENCE,
        number="L-1",
        issued_by="NY",
        expires_date=NINE.date() - timedelta(days=1),
        entry=entry(),
        by=cast.ada,
        now=POWER_BACK - minutes(1),
    )
    forget_roles(person)


@pytest.mark.parametrize("minute", [-60, -20, -10, -1, 0, 5, 6, 40])
def test_paper_never_beats_the_gate(cast: Cast, minute: int) -> None:
    """At whatever past time a live session is ended from paper: only where the gate was open then."""
    walk = in_monitoring(cast)
    walk.check(LAST_DEVICE + minutes(40), full_check(150, 92))
    walk.check(STAY_ENDS - minutes(10))
    walk.instruct(STAY_ENDS - minutes(9))
    walk.assess(STAY_ENDS - minutes(9))
    at = STAY_ENDS + minutes(minute)
    facts = session_facts(walk.refresh(), at=at)
    open_then = not discharge_refusals(facts, now=at) and minute >= -9
    sheet = Sheet(cast).released(at)
    if open_then:
        sheet.enter_on(walk.dosing_session)
        assert walk.refresh().state == "DISCHARGED"
    else:
        with pytest.raises(Exception, match=r"PAPER_LINE|SEEN_LATER"):
            sheet.enter_on(walk.dosing_session)
        assert walk.refresh().state == "MONITORING"
