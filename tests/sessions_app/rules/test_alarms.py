"""Which alarms hold, to the second, and that none holds against the gates."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from clinic.rules.refusals import ClearedBy, Refusal, field_refusal
from sessions_app.rules.alarms import (
    ALARM_MINUTES,
    URGENCY,
    AlarmCode,
    AlarmMinutes,
    Cause,
    Condition,
    Level,
    Surroundings,
    acknowledgement_refusals,
    alarm_conditions,
    alarm_minutes_refusals,
    alarm_turns,
    escalates_at,
    level_of,
)
from sessions_app.rules.checks import CheckState, check_schedule
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import Deviation, SessionFacts
from sessions_app.rules.states import UNDER_WATCH, State
from tests.sessions_app.rules.builders import (
    ESKETAMINE,
    LAST_DEVICE,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    decision,
    device,
    each_program,
    end_minute,
    ids,
    peak_minute,
    ready_for_second_device,
    ready_to_leave,
    with_check,
)

MINUTES = AlarmMinutes(*(timedelta(minutes=minutes) for minutes in (5, 5, 60)))
NOTHING = Surroundings()
P = ESKETAMINE
# Two devices, at minute 0 and 5: the check at 40 minutes is due at 45, counts from 35 to 55; the stay ends at 125.
DUE, CLOSES, END = 45, 55, 125


def watched(**changes: Any) -> SessionFacts:
    """Monitored since minute 5, with the check before the dose and none since."""
    return replace(ready_to_leave(P, checks=(baseline(P),), assessed_at=()), **changes)


def holding(facts: SessionFacts, now: datetime, around: Surroundings = NOTHING) -> tuple[Condition, ...]:
    return alarm_conditions(facts, around, MINUTES, now=now)


def codes(facts: SessionFacts, now: datetime, around: Surroundings = NOTHING) -> list[str]:
    return [condition.code.value for condition in holding(facts, now, around)]


PEAK_TABLE = [
    (DUE - 5, -1, [], None),
    (DUE - 5, 0, ["CHECK_DUE_SOON"], DUE - 5),
    (DUE - 5, 1, ["CHECK_DUE_SOON"], DUE - 5),
    (DUE, -1, ["CHECK_DUE_SOON"], DUE - 5),
    (DUE, 0, ["CHECK_DUE"], DUE),
    (DUE, 1, ["CHECK_DUE"], DUE),
    (DUE + 1, -1, ["CHECK_DUE"], DUE),
    (DUE + 1, 0, ["CHECK_OVERDUE"], DUE + 1),
    (DUE + 1, 1, ["CHECK_OVERDUE"], DUE + 1),
    (CLOSES + 1, -1, ["CHECK_OVERDUE"], DUE + 1),
    (CLOSES + 1, 0, ["CHECK_MISSED"], CLOSES + 1),
    (CLOSES + 1, 1, ["CHECK_MISSED"], CLOSES + 1),
    (END - 5, -1, ["CHECK_MISSED"], CLOSES + 1),
    (END - 5, 0, ["CHECK_MISSED", "CHECK_DUE_SOON"], CLOSES + 1),
    (END + 1, -1, ["CHECK_MISSED", "CHECK_DUE"], CLOSES + 1),
    (END + 1, 0, ["CHECK_OVERDUE"], END + 1),
]


class TestAScheduledCheck:
    @pytest.mark.parametrize(("minute", "seconds", "expected", "since"), PEAK_TABLE)
    def test_it_is_at_one_level_at_a_time(
        self, minute: int, seconds: int, expected: list[str], since: int | None
    ) -> None:
        found = holding(watched(), at(minute, seconds=seconds))

        assert [condition.code for condition in found] == expected
        if since is not None:
            assert found[0].since == at(since)

    @pytest.mark.parametrize("seconds", [-1, 0, 1])
    def test_it_is_silent_the_moment_a_reading_is_there(self, seconds: int) -> None:
        late = at(DUE + 3, seconds=seconds)
        assert codes(watched(), late) == ["CHECK_OVERDUE"]
        assert codes(with_check(watched(), check(P, PEAK, DUE + 2)), late) == []

    def test_it_stays_where_the_pressure_could_not_be_taken(self) -> None:
        facts = with_check(watched(), check(P, PEAK, DUE, bp=NOT_OBTAINED))
        assert codes(facts, at(DUE + 2)) == ["CHECK_OVERDUE"]
        assert codes(facts, at(CLOSES + 2)) == []  # missed, but somebody has looked

    def test_it_is_not_missed_once_a_licensed_person_has_said_why(self) -> None:
        said = Deviation("PEAK_CHECK", ids(LAST_DEVICE), examined=False)
        assert codes(watched(deviations=(said,)), at(CLOSES + 5)) == []
        elsewhere = Deviation("PEAK_CHECK", ids(LAST_DEVICE + 50), examined=False)
        assert codes(watched(deviations=(elsewhere,)), at(CLOSES + 5)) == ["CHECK_MISSED"]

    def test_it_is_about_that_very_check_of_that_very_device(self) -> None:
        first = replace(ready_for_second_device(P), checks=(baseline(P),))
        (before,) = holding(first, at(42))
        assert before.code == "CHECK_OVERDUE"
        given = replace(first, devices=(*first.devices, device(LAST_DEVICE, 43)))
        assert holding(given, at(43)) == ()
        (after,) = holding(given, at(43 + 41))
        assert (before.code, before.key) != (after.code, after.key)
        assert after.code == before.code

    def test_it_is_one_missed_check_however_many_were_missed(self) -> None:
        facts = watched(program=P.under({}, extra_checks=(20, 60)))
        (found,) = holding(facts, at(5 + 72))
        assert (found.code, found.params["minute"]) == ("CHECK_MISSED", 60)

    def test_it_gives_way_to_the_next_check_that_is_late(self) -> None:
        facts = watched(program=P.under({}, extra_checks=(60,)))
        assert codes(facts, at(5 + 61)) == ["CHECK_OVERDUE"]
        assert holding(facts, at(5 + 61))[0].params["minute"] == 60

    def test_it_comes_back_when_a_final_check_has_become_stale(self) -> None:
        facts = replace(ready_to_leave(P), instructions_given=False)
        taken = END  # the builder's final check
        assert codes(facts, at(taken + 15)) == []
        (found,) = holding(facts, at(taken + 15, seconds=1))
        assert (found.code, found.since) == ("CHECK_OVERDUE", at(taken + 15))


class TestTheGates:
    @each_program
    def test_it_asks_nothing_of_whoever_may_leave(self, program: Any) -> None:
        facts = ready_to_leave(program)
        now = at(end_minute(facts))
        assert discharge_refusals(facts, now=now) == ()
        assert holding(facts, now) == ()

    @each_program
    @pytest.mark.parametrize("charted", [False, True])
    def test_it_says_overdue_when_and_only_when_the_schedule_does(self, program: Any, charted: bool) -> None:
        facts = replace(ready_to_leave(program), assessed_at=())
        if not charted:
            facts = replace(facts, checks=(baseline(program),))
        for minute in range(int(end_minute(facts)) + 30):
            for seconds in (-1, 0, 1):
                now = at(minute, seconds=seconds)
                late = [point for point in check_schedule(facts, now=now) if point.state is CheckState.OVERDUE]
                said = [found for found in holding(facts, now) if found.code == "CHECK_OVERDUE"]
                assert len(said) == len(late)

    @pytest.mark.parametrize("state", [state for state in State if state not in UNDER_WATCH])
    def test_it_says_nothing_of_a_session_nobody_watches(self, state: State) -> None:
        gone = Surroundings(Cause("a", at(1)), Cause("b", at(1)), Cause("c", at(1)), Cause("d", at(1)), None)
        assert codes(watched(state=state), at(DUE + 5), gone) == []


class TestReadings:
    @pytest.mark.parametrize(
        ("systolic", "diastolic", "expected"),
        [(140, 90, []), (141, 90, ["BP"]), (140, 91, ["BP"]), (180, 110, ["BP"])],
    )
    def test_it_is_out_of_policy_above_the_line_by_either_number(
        self, systolic: int, diastolic: int, expected: list[str]
    ) -> None:
        facts = with_check(watched(), check(P, PEAK, DUE, bp=(systolic, diastolic)))
        assert codes(facts, at(DUE + 3)) == expected

    def test_it_says_whether_it_rises_and_is_a_new_cause_with_every_reading(self) -> None:
        once = with_check(watched(), check(P, PEAK, DUE, bp=(158, 96)))
        twice = with_check(once, check(P, 9, DUE + 10, bp=(150, 92)))
        (first,), (second,) = holding(once, at(DUE + 11)), holding(twice, at(DUE + 11))
        assert (first.params["rising"], second.params["rising"]) == (True, False)
        assert (first.since, second.since) == (at(DUE), at(DUE + 10))
        assert first.key != second.key

    def test_it_is_another_cause_when_a_second_reading_of_that_minute_is_charted(self) -> None:
        once = with_check(watched(), check(P, PEAK, DUE, bp=(158, 96)))
        both = with_check(once, check(P, 1 << 90, DUE, bp=(150, 92)))
        assert holding(once, at(DUE))[0].key != holding(both, at(DUE))[0].key

    def test_it_is_over_when_the_gate_accepts_the_decision_on_that_reading(self) -> None:
        facts = with_check(watched(), check(P, PEAK, DUE, bp=(158, 96)), check(P, 9, DUE + 10, bp=(150, 92)))
        decided = replace(facts, decisions=(decision("BP", 9, order=20, minute=DUE + 11),))
        assert (codes(facts, at(DUE + 12)), codes(decided, at(DUE + 12))) == (["BP"], [])

    @pytest.mark.parametrize(("percent", "expected"), [(91, ["SPO2"]), (92, []), (93, [])])
    def test_it_is_low_below_the_floor(self, percent: int, expected: list[str]) -> None:
        assert codes(with_check(watched(), check(P, PEAK, DUE, spo2=percent)), at(DUE)) == expected

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [(True, ["RESPIRATORY"]), ((False, 9), ["RESPIRATORY"]), ((False, 10), []), (None, []), (False, [])],
    )
    def test_it_is_breathing_and_no_other_sign(self, answer: Any, expected: list[str]) -> None:
        signs = {"respiratory_depression": answer, "sedation": True, "dissociation": True}
        assert codes(with_check(watched(), check(P, PEAK, DUE, signs=signs)), at(DUE)) == expected

    def test_it_leaves_what_was_before_the_dose_to_the_start_gate(self) -> None:
        facts = watched(checks=(baseline(P, bp=(170, 100), spo2=90),))
        assert codes(facts, at(10)) == []

    def test_it_puts_what_is_most_urgent_first(self) -> None:
        facts = with_check(watched(), check(P, PEAK, DUE, bp=(170, 100), spo2=88))
        assert codes(facts, at(END + 2), Surroundings(prescriber_gone=Cause("x", at(50)))) == [
            "SPO2",
            "CHECK_OVERDUE",
            "BP",
            "PRESCRIBER_ABSENT",
        ]
        assert list(URGENCY) == list(AlarmCode)


class TestAroundTheChairs:
    @pytest.mark.parametrize("state", UNDER_WATCH)
    def test_it_holds_while_somebody_is_watched_and_each_departure_is_a_cause(self, state: State) -> None:
        once, again = (Surroundings(prescriber_gone=Cause(row, at(10))) for row in ("1", "2"))
        (first,), (second,) = holding(watched(state=state), at(12), once), holding(watched(state=state), at(12), again)
        assert (first.code, first.since) == ("PRESCRIBER_ABSENT", at(10))
        assert first.key != second.key

    def test_it_knows_oximeter_facility_and_enrolment(self) -> None:
        cause = Cause("1", at(10))
        around = Surroundings(oximeter_gone=cause, facility_stopped=cause, enrolment_withdrawn=cause)
        assert codes(watched(), at(12), around) == ["OXIMETER", "FACILITY", "ENROLMENT"]


class TestFollowUp:
    @pytest.mark.parametrize(("seconds", "expected"), [(-1, []), (0, ["FOLLOW_UP"]), (1, ["FOLLOW_UP"])])
    def test_it_is_due_when_the_clinic_says(self, seconds: int, expected: list[str]) -> None:
        left = Surroundings(left=Cause("1", at(30)))
        assert codes(watched(state=State.LEFT_EARLY), at(90, seconds=seconds), left) == expected

    def test_it_says_since_when_and_for_whom(self) -> None:
        left = Surroundings(left=Cause("1", at(30)))
        found = holding(watched(state=State.LEFT_EARLY), at(95), left)
        assert found == (Condition(AlarmCode.FOLLOW_UP, "FOLLOW_UP:1", at(90)),)

    def test_it_is_over_when_somebody_was_reached(self) -> None:
        assert codes(watched(state=State.LEFT_EARLY), at(900)) == []


class TestEscalation:
    def test_it_is_told_to_the_prescriber_after_the_clinics_minutes(self) -> None:
        assert escalates_at("CHECK_OVERDUE", raised_at=at(46), minutes=MINUTES) == at(51)

    @pytest.mark.parametrize("code", ["CHECK_DUE", "CHECK_DUE_SOON"])
    def test_it_is_not_told_of_a_check_that_is_not_late(self, code: str) -> None:
        assert escalates_at(code, raised_at=at(46), minutes=MINUTES) is None

    def test_it_is_loud_unless_it_is_not_late(self) -> None:
        quiet = {"CHECK_DUE": Level.DUE, "CHECK_DUE_SOON": Level.SOON}
        assert {code.value: level_of(code) for code in AlarmCode} == {
            code.value: quiet.get(code.value, Level.LOUD) for code in AlarmCode
        }
        assert peak_minute(P) == DUE

    def test_it_is_had_by_one_and_only_while_it_holds(self) -> None:
        taken = Refusal("ALARM_TAKEN", {"name": "Nora Nurse", "at": at(46)}, None, (ClearedBy.OTHER,))
        assert acknowledgement_refusals(holds=True) == ()
        assert acknowledgement_refusals(holds=True, taken_by="Nora Nurse", taken_at=at(46)) == (taken,)
        assert acknowledgement_refusals(holds=False, taken_by="Nora Nurse") == (Refusal("ALARM_GONE"),)


@pytest.mark.parametrize("name", ALARM_MINUTES)
def test_a_clinic_chooses_its_minutes_within_bounds(name: str) -> None:
    low, high = ALARM_MINUTES[name]
    for value, possible in ((low - 1, False), (low, True), (high, True), (high + 1, False)):
        refused = () if possible else (field_refusal(name, "impossible", value=value, low=low, high=high),)
        assert alarm_minutes_refusals({name: value}) == refused


def test_time_alone_brings_what_is_due_soon_and_a_call_to_make() -> None:
    def turns(facts: SessionFacts, around: Surroundings = NOTHING) -> list[datetime]:
        return list(alarm_turns(facts, around, MINUTES, now=at(30)))

    left = Surroundings(left=Cause("1", at(30)))
    assert turns(watched()) == turns(watched(), left) == [at(DUE - 5), at(END - 5)]
    assert turns(watched(state=State.LEFT_EARLY), left) == [at(90)]
    assert turns(watched(state=State.DISCHARGED)) == []
