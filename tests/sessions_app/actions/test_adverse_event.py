"""Told of, described, followed up, reported: and the gate stays what it was."""

from datetime import date, datetime
from typing import Any

import pytest

from clinic.rules.refusals import ActionRefused
from sessions_app.actions import adverse_event, emergency, monitoring
from sessions_app.actions.adverse_event import Account
from sessions_app.models import AdverseEvent, AdverseEventReport, Emergency, Filing, SeriousEvent
from sessions_app.models.adverse_event import Case, case_of, cases_of, serious_cases
from sessions_app.models.facts import session_facts
from sessions_app.models.filing_record import FilingRecord
from sessions_app.models.record import Record
from sessions_app.rules.adverse_event import CaseState
from tests.expect import nothing_written, refused
from tests.factories import (
    LAST_DEVICE,
    NINE,
    STAY_ENDS,
    Cast,
    Walk,
    cleared,
    discharged,
    in_monitoring,
    minutes,
    ready_to_leave,
)
from tests.scene import cast, clinic
from tests.sessions_app.actions.test_decision import decide

__all__ = ["cast", "clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.paperwork]
HALF_PAST = LAST_DEVICE + minutes(30)
FIRST = LAST_DEVICE + minutes(25)
MILD = Account((), "A headache since noon.", "PATIENT", "RECOVERING")
GRAVE = Account(("HOSPITALISATION",), "Taken to Wrenfield General.", "RELATIVE", "NOT_RECOVERED", "Basil Tamarack")
Recipient = AdverseEventReport.Recipient


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


def tell(walk: Walk, account: Account = MILD, now: datetime = HALF_PAST, **said: Any) -> AdverseEvent:
    fields = {"what": "Headache", "began_at": now - minutes(20), "account": account, **said}
    return adverse_event.record_adverse_event(**fields, **walk.envelope(now))


def describe(walk: Walk, event: SeriousEvent, account: Account = GRAVE, now: datetime = HALF_PAST) -> AdverseEvent:
    return adverse_event.describe_serious_event(serious_event=event, account=account, **walk.envelope(now))


def follow_up(walk: Walk, event: AdverseEvent, account: Account, now: datetime) -> Any:
    return adverse_event.follow_up_adverse_event(event=event, account=account, **walk.envelope(now))


def report(walk: Walk, event: AdverseEvent, now: datetime, **said: Any) -> AdverseEventReport:
    day = now.astimezone(walk.cast.facility.zone).date()
    fields = {"recipient": Recipient.MANUFACTURER, "reported_date": day, "reference": "A-117", **said}
    return adverse_event.report_adverse_event(event=event, **fields, **walk.envelope(now))


def fainted(walk: Walk, now: datetime = FIRST) -> SeriousEvent:
    return monitoring.report_serious_event(what="Fainted.", **walk.envelope(now))


def only_case(walk: Walk) -> Case:
    (case,) = cases_of(Record(walk.refresh()))
    return case


def form_says(walk: Walk, at: datetime) -> dict[str, str]:
    """What the monitoring form says about it."""
    filing = Filing.objects.get(dosing_session=walk.dosing_session)
    filled = FilingRecord(filing, Record(walk.refresh()), at=at).filled
    return {each.field.code: each.value for each in filled if each.field.code.startswith("serious")}


class TestWhatWasCalledSeriousAtTheChair:
    def test_it_is_a_case_before_anybody_describes_it(self, walk: Walk) -> None:
        event = fainted(walk)
        case = only_case(walk)
        assert (case.state, case.is_serious, case.key) == (CaseState.OPEN, True, event.pk)
        assert (case.begin.what, case.known_at) == ("Fainted.", event.occurred_at)

    def test_described_it_stays_one_case_and_opens_no_gate(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        serious = fainted(walk, STAY_ENDS - minutes(2))
        event = describe(walk, serious, now=STAY_ENDS)
        case = only_case(walk)
        assert (case.state, case.event, case.serious_events) == (CaseState.TO_REPORT, event, (serious,))
        assert (event.what, event.occurred_at) == ("Fainted.", serious.occurred_at)
        assert case.known_at == serious.occurred_at
        report(walk, event, STAY_ENDS)
        with refused("SERIOUS_EVENT"):
            walk.release(STAY_ENDS)
        decide(walk, "SERIOUS_EVENT", [serious.pk], STAY_ENDS)
        assert walk.release(STAY_ENDS)
        assert [row.reason for row in only_case(walk).decisions] == ["Weighed."]

    def test_it_is_described_once_and_what_is_known_besides_is_a_follow_up(self, walk: Walk) -> None:
        serious = fainted(walk)
        event = describe(walk, serious)
        with refused("ALREADY_DESCRIBED"):
            describe(walk, serious)
        account = follow_up(walk, event, MILD, HALF_PAST + minutes(5))
        assert account.serious_event is None
        assert [row.narrative for row in only_case(walk).accounts] == [GRAVE.narrative, MILD.narrative]

    def test_an_emergency_is_the_same_case(self, walk: Walk) -> None:
        raised = emergency.raise_emergency(kind=Emergency.Kind.FALL, **walk.envelope(HALF_PAST))
        describe(walk, raised.serious_event)
        assert only_case(walk).begin.what == "fall"

    def test_taken_back_by_the_prescriber_it_is_none(self, walk: Walk) -> None:
        event = fainted(walk)
        walk.void(event, HALF_PAST, by=walk.cast.paul)
        assert cases_of(Record(walk.refresh())) == []
        with refused("NO_ADVERSE_EVENT"):
            describe(walk, event)


class TestWhatSomebodyTells:
    def test_not_serious_it_holds_nobody(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        event = tell(walk, now=STAY_ENDS)
        case = only_case(walk)
        assert (case.state, case.is_serious, case.serious_events) == (CaseState.TO_REPORT, False, ())
        assert event.occurred_at == STAY_ENDS - minutes(20)
        assert case.known_at == STAY_ENDS
        assert walk.release(STAY_ENDS)

    def test_serious_it_is_a_serious_event_from_now_on(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        tell(walk, GRAVE, STAY_ENDS)
        case = only_case(walk)
        assert [row.what for row in case.serious_events] == ["Headache"]
        assert case.known_at == STAY_ENDS  # when it was told, and not when it began
        assert serious_cases(Record(walk.refresh())) == [case]
        with refused("SERIOUS_EVENT"):
            walk.release(STAY_ENDS)

    def test_it_turns_serious_with_a_follow_up_and_is_reported_again(self, cast: Cast) -> None:
        walk = ready_to_leave(cast)
        event = tell(walk, now=STAY_ENDS)
        report(walk, event, STAY_ENDS, recipient=Recipient.NOBODY, note="Known before.")
        assert only_case(walk).state is CaseState.NOT_REPORTED
        account = follow_up(walk, event, GRAVE, STAY_ENDS + minutes(1))
        case = only_case(walk)
        assert (case.state, case.is_serious) == (CaseState.TO_REPORT, True)
        assert case.serious_events == (account.serious_event,)
        assert follow_up(walk, event, GRAVE, STAY_ENDS + minutes(2)).serious_event is None  # it is one already
        with refused("SERIOUS_EVENT"):
            walk.release(STAY_ENDS + minutes(2))

    def test_told_the_next_day_it_began_when_it_began_and_alarms_nobody(self, cast: Cast) -> None:
        walk = discharged(cast)
        tomorrow = STAY_ENDS + minutes(24 * 60)
        tell(walk, GRAVE, tomorrow, began_at=STAY_ENDS + minutes(600))
        assert walk.rows("Alarm") == []
        assert walk.refresh().state == "DISCHARGED"

    def test_that_it_began_while_the_patient_was_here_is_judged_as_ever(self, cast: Cast) -> None:
        walk = discharged(cast)
        tell(walk, GRAVE, STAY_ENDS + minutes(60), began_at=STAY_ENDS - minutes(10))
        (raised,) = walk.rows("Alarm")
        assert "SERIOUS_EVENT" in str(raised.params)

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"what": " "}, "what"),
            ({"began_at": NINE - minutes(1)}, "began_time"),
            ({"began_at": HALF_PAST + minutes(3)}, "began_time"),
            ({"account": Account((), " ", "PATIENT", "RECOVERED")}, "narrative"),
            ({"account": Account((), "Dizzy.", "RELATIVE", "RECOVERED")}, "reporter"),
            ({"account": Account((), "Dizzy.", "PATIENT", "DIED")}, "outcome"),
        ],
    )
    def test_it_refuses_what_cannot_be(self, walk: Walk, said: dict[str, Any], field: str) -> None:
        with refused("FIELD", field=field):
            tell(walk, **said)

    def test_its_only_account_taken_back_it_is_none_and_nothing_is_added_to_it(self, walk: Walk) -> None:
        event = tell(walk)
        (account,) = only_case(walk).accounts
        walk.void(account, HALF_PAST)
        assert cases_of(Record(walk.refresh())) == []
        with refused("NO_ADVERSE_EVENT"):
            follow_up(walk, event, MILD, HALF_PAST)
        with refused("NO_ADVERSE_EVENT"):
            report(walk, event, HALF_PAST)

    def test_serious_its_account_taken_back_it_is_to_be_described_again(self, walk: Walk) -> None:
        event = describe(walk, fainted(walk))
        (account,) = only_case(walk).accounts
        walk.void(account, HALF_PAST)
        assert only_case(walk).state is CaseState.OPEN
        follow_up(walk, event, GRAVE, HALF_PAST)
        assert only_case(walk).state is CaseState.TO_REPORT


class TestReportAdverseEvent:
    def test_it_is_reported_to_several_each_with_its_reference(self, walk: Walk) -> None:
        event = describe(walk, fainted(walk))
        report(walk, event, HALF_PAST)
        report(walk, event, HALF_PAST, recipient=Recipient.OTHER, recipient_name="State board", reference="")
        case = only_case(walk)
        assert case.state is CaseState.REPORTED
        assert [row.reference for row in case.reports] == ["A-117", ""]

    def test_that_nobody_is_told_is_not_decided_of_a_serious_event(self, walk: Walk) -> None:
        event = describe(walk, fainted(walk))
        with refused("FIELD", field="recipient"):
            report(walk, event, HALF_PAST, recipient=Recipient.NOBODY, note="Unrelated.")

    def test_the_day_is_of_the_facilitys_zone(self, walk: Walk) -> None:
        event = describe(walk, fainted(walk))
        with refused("FIELD", field="reported_date"):
            report(walk, event, HALF_PAST, reported_date=date(2099, 1, 1))

    def test_a_report_taken_back_leaves_it_to_be_reported(self, walk: Walk) -> None:
        event = describe(walk, fainted(walk))
        walk.void(report(walk, event, HALF_PAST), HALF_PAST)
        assert only_case(walk).state is CaseState.TO_REPORT


def test_the_same_form_again_has_one_effect(walk: Walk) -> None:
    said = walk.envelope(HALF_PAST)
    fields = {"what": "Headache", "began_at": HALF_PAST, "account": GRAVE}
    first = adverse_event.record_adverse_event(**fields, **said)
    with nothing_written():
        assert adverse_event.record_adverse_event(**fields, **said) == first


def test_nobody_called_it_a_case_of_another_session(walk: Walk) -> None:
    event = tell(walk)
    assert case_of(Record(in_monitoring(walk.cast).dosing_session), event.pk) is None


def test_a_device_is_held_by_one_told_serious_between_two(cast: Cast) -> None:
    walk = cleared(cast)
    walk.give(NINE + minutes(30))
    tell(walk, GRAVE, NINE + minutes(34), began_at=NINE + minutes(33))
    facts = session_facts(walk.refresh(), at=NINE + minutes(36), start=True)
    assert [concern.occurred_at for concern in facts.serious_events] == [NINE + minutes(33)]
    with pytest.raises(ActionRefused, match="NEW_SIGN"):
        walk.give(NINE + minutes(36))
