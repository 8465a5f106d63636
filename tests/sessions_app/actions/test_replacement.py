"""A check or a sign as it really was, and a check moved to the right chair."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from clinic.models import AuditEvent, Correction
from sessions_app.actions import monitoring, replacement
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import SignEntry
from sessions_app.rules.facts import SignEventKind
from sessions_app.rules.gates import gate_refusals
from tests.expect import nothing_written, refused
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
    full_check,
    in_monitoring,
    make_cast,
    minutes,
    ready_to_leave,
)
from tests.sessions_app.actions.test_decision import decide

LATER = LAST_DEVICE + minutes(40)


def correct(walk: Walk, check: Any, value: Any, now: Any, *, at: Any = None, **fields: Any) -> Any:
    return replacement.correct_check(
        check_id=check.pk,
        check=value,
        **{"reason": "Digits swapped.", **walk.envelope(now, by=walk.cast.nils), "entry": entry(at), **fields},
    )


def move(walk: Walk, check: Any, to: Walk, now: Any, **fields: Any) -> Correction:
    return replacement.move_check(
        check_id=check.pk,
        to=to.dosing_session,
        **{"reason": "The wrong chair.", **walk.envelope(now, by=walk.cast.nils), **fields},
    )


def codes(walk: Walk, now: Any) -> set[str]:
    session = walk.refresh()
    start = session.state in ("CHECKED_IN", "CLEARED", "DOSING")
    return {refusal.code for refusal in gate_refusals(session_facts(session, at=now, start=start), now=now)}


class TestCorrectCheck:
    def test_it_strikes_the_old_row_and_writes_the_right_one_in_one_entry(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER, full_check(182, 82))

        right = correct(walk, wrong, full_check(128, 82), LATER + minutes(5))

        struck = Correction.objects.get(row_id=wrong.pk)
        assert (struck.replacement_id, struck.entry_id, struck.reason) == (right.pk, right.entry_id, "Digits swapped.")
        assert (struck.performed_by, struck.occurred_at) == (cast.nils, LATER + minutes(5))
        assert (right.performed_by, right.recorded_by) == (cast.nora, cast.nils)
        assert (right.systolic_mmhg, right.occurred_at) == (128, LATER)
        facts = session_facts(walk.refresh(), at=LATER)
        assert [check.systolic_mmhg for check in facts.checks] == [128, 128]
        assert AuditEvent.objects.filter(entry_id=right.entry_id).count() == 1

    def test_it_takes_what_came_with_the_check_along(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(LATER))
        wrong = walk.check(LATER + minutes(10), full_check(sedation=SignEntry(False, 5, gone=True)))

        correct(walk, wrong, full_check(130, 80, sedation=SignEntry(False, 5, gone=True)), LATER + minutes(11))

        assert len(session_facts(walk.refresh(), at=LATER).sign_events) == 2
        assert "UNRESOLVED" not in codes(walk, LATER + minutes(12))

    def test_it_moves_its_time(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER + minutes(60), at=LATER + minutes(59))
        assert "PEAK_CHECK" in codes(walk, LATER + minutes(60))

        correct(walk, wrong, full_check(), LATER + minutes(60), at=LATER)

        assert "PEAK_CHECK" not in codes(walk, LATER + minutes(60))

    def test_it_leaves_no_decision_on_the_struck_reading_standing(self, cast: Cast) -> None:
        walk = checked_in(cast)
        reading = walk.check(NINE + minutes(20), full_check(150, 80))
        decide(walk, "BASELINE_BP", [reading.pk])
        assert "BASELINE_BP" not in codes(walk, NINE + minutes(21))

        correct(walk, reading, full_check(160, 80), NINE + minutes(25))

        assert "BASELINE_BP" in codes(walk, NINE + minutes(25))

    def test_it_voids_a_decision_made_after_its_earlier_time(self, cast: Cast) -> None:
        walk = checked_in(cast)
        reading = walk.check(NINE + minutes(20), full_check(150, 80))
        other = walk.check(NINE + minutes(21), full_check())
        last = walk.check(NINE + minutes(22), full_check(150, 80))
        decide(walk, "BASELINE_BP", [last.pk], NINE + minutes(23))
        assert "BASELINE_BP" not in codes(walk, NINE + minutes(24))

        correct(walk, other, full_check(130, 80), NINE + minutes(25))

        assert reading
        assert "BASELINE_BP" in codes(walk, NINE + minutes(25))

    def test_it_judges_both_gates_again_after_the_end(self, cast: Cast) -> None:
        walk = discharged(cast)
        final = walk.rows("Check")[-1]

        correct(walk, final, full_check(180, 80), STAY_ENDS + minutes(30))

        assert walk.refresh().state == "DISCHARGED"
        assert [row.params for row in walk.rows("Alarm")] == [{"discharge": ["BP"]}]

    def test_it_asks_no_second_time_about_an_unlikely_value_that_stays(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER, replace(full_check(210, 82), confirmed=frozenset({"systolic_mmhg"})))

        right = correct(walk, wrong, full_check(210, 84), LATER)

        assert right.confirmed_unlikely == ["systolic_mmhg"]
        with refused("UNLIKELY"):
            correct(walk, right, full_check(211, 84), LATER)

    @pytest.mark.parametrize(("minute", "before_dose"), [(-100, False), (-60, False), (5, True)])
    def test_it_refuses_a_time_at_which_it_cannot_have_been(self, cast: Cast, minute: int, before_dose: bool) -> None:
        walk = in_monitoring(cast)
        wrong = walk.check(LATER)
        with refused("FIELD", field="occurred_time"):
            correct(walk, wrong, full_check(), LATER, at=LAST_DEVICE + minutes(minute), before_dose=before_dose)

    def test_it_refuses_without_a_reason_twice_and_what_is_not_here(self, cast: Cast) -> None:
        walk, other = in_monitoring(cast), checked_in(cast)
        wrong, elsewhere = walk.check(LATER), other.check(LATER)
        with refused("FIELD", field="reason"):
            correct(walk, wrong, full_check(), LATER, reason=" ")
        with refused("NOTHING_TO_VOID"):
            correct(walk, elsewhere, full_check(), LATER)
        correct(walk, wrong, full_check(120, 80), LATER)
        with refused("ALREADY_VOIDED"):
            correct(walk, wrong, full_check(121, 80), LATER)


class TestCorrectSign:
    def test_it_moves_its_time_and_keeps_the_old_line(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        began = monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(LATER))

        right = replacement.correct_sign(
            event_id=began.pk,
            kind=SignEventKind.ONSET,
            reason="Saw it earlier.",
            **{**walk.envelope(LATER), "entry": entry(LATER - minutes(20))},
        )

        assert right.occurred_at == LATER - minutes(20)
        assert Correction.objects.get(row_id=began.pk).replacement_id == right.pk
        assert [event.id for event in session_facts(walk.refresh(), at=LATER).sign_events] == [right.pk]

    def test_it_does_not_make_an_onset_disappear_from_the_gate(self, cast: Cast) -> None:
        walk = in_monitoring(cast)
        began = monitoring.record_sign(code="sedation", kind=SignEventKind.ONSET, **walk.envelope(LATER))
        replacement.correct_sign(
            event_id=began.pk,
            kind=SignEventKind.ONSET,
            reason="Earlier.",
            **{**walk.envelope(LATER), "entry": entry(LATER - minutes(20))},
        )
        assert "UNRESOLVED" in codes(walk, LATER)


class TestMoveCheck:
    def test_it_is_struck_here_and_stands_there_as_it_was_taken(self, cast: Cast) -> None:
        here, there = in_monitoring(cast), in_monitoring(cast)
        wrong = here.check(LATER, full_check(151, 91, sedation=SignEntry(True, 4)))

        correction = move(here, wrong, there, LATER + minutes(3))

        moved = there.rows("Check")[-1]
        assert (moved.systolic_mmhg, moved.occurred_at, moved.kind) == (151, LATER, "MONITORING")
        assert (moved.performed_by, moved.recorded_by) == (cast.nora, cast.nils)
        assert (correction.row_id, correction.replacement_id) == (wrong.pk, moved.pk)
        assert [(row.code, row.present, row.score) for row in moved.signobservations.order_by("code")] == [
            ("dissociation", False, None),
            ("respiratory_depression", False, 14),
            ("sedation", True, 4),
        ]
        assert "BP" in codes(there, LATER + minutes(3))
        assert "BP" not in codes(here, LATER + minutes(3))

    def test_it_is_audited_on_both(self, cast: Cast) -> None:
        here, there = in_monitoring(cast), in_monitoring(cast)
        move(here, here.check(LATER), there, LATER)

        events = {
            event.subject_id: event.action
            for event in AuditEvent.objects.filter(action__in=("move_check", "receive_check"))
        }
        assert events == {here.dosing_session.pk: "move_check", there.dosing_session.pk: "receive_check"}

    def test_it_becomes_a_check_after_the_dose_where_the_dose_was_given(self, cast: Cast) -> None:
        here, there = cleared(cast), in_monitoring(cast)
        wrong = here.check(LATER, full_check(160, 80))

        move(here, wrong, there, LATER)

        assert there.rows("Check")[-1].kind == "MONITORING"
        assert "BASELINE_BP" not in codes(here, LATER)

    def test_it_closes_a_gate_that_was_open_there(self, cast: Cast) -> None:
        here, there = in_monitoring(cast), ready_to_leave(cast)
        wrong = here.check(STAY_ENDS, full_check(170, 95))
        assert codes(there, STAY_ENDS) == set()
        move(here, wrong, there, STAY_ENDS)
        assert {"BP", "READINESS"} <= codes(there, STAY_ENDS)

    def test_it_judges_the_gates_again_where_the_patient_has_gone(self, cast: Cast) -> None:
        here, there = in_monitoring(cast), discharged(cast)
        wrong = here.check(STAY_ENDS + minutes(5), full_check(170, 95), at=STAY_ENDS - minutes(1))

        move(here, wrong, there, STAY_ENDS + minutes(6))

        assert [row.code for row in there.rows("Alarm")] == ["GATE_WOULD_HAVE_REFUSED"]
        assert there.refresh().state == "DISCHARGED"

    def test_it_refuses_what_cannot_have_happened_there_and_writes_nothing(self, cast: Cast) -> None:
        here = in_monitoring(cast)
        there = in_monitoring(cast, now=NINE + minutes(45))
        before_check_in = here.rows("Check")[0]
        before_dose = here.check(LATER, at=NINE + minutes(50))
        with refused("FIELD", field="to"):
            move(here, before_check_in, there, NINE + minutes(120))
        with refused("FIELD", field="to"):
            move(here, before_dose, there, NINE + minutes(120))
        move(here, before_dose, there, NINE + minutes(120), before_dose=True)
        assert there.rows("Check")[-1].kind == "BASELINE"

    def test_it_refuses_itself_no_reason_and_what_is_moved_already(self, cast: Cast) -> None:
        here, there = in_monitoring(cast), in_monitoring(cast)
        wrong = here.check(LATER)
        with refused("FIELD", field="to"):
            move(here, wrong, here, LATER)
        with refused("FIELD", field="reason"):
            move(here, wrong, there, LATER, reason="")
        move(here, wrong, there, LATER)
        with refused("ALREADY_VOIDED"):
            move(here, wrong, there, LATER)

    def test_it_never_crosses_into_another_facility(self, cast: Cast) -> None:
        here = in_monitoring(cast)
        elsewhere = in_monitoring(make_cast(facility_name="Elsewhere", suffix="-e"))
        wrong = here.check(LATER)
        with nothing_written(), pytest.raises(PermissionDenied):
            move(here, wrong, elsewhere, LATER)


def test_a_reading_struck_and_replaced_later_counts_at_its_own_time(cast: Cast) -> None:
    walk = ready_to_leave(cast)
    peak = walk.rows("Check")[1]
    correct(walk, peak, full_check(165, 90), STAY_ENDS)
    walk.release(STAY_ENDS + timedelta(seconds=1))
    assert walk.refresh().state == "DISCHARGED"
