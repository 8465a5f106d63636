"""What a form takes from the record, minute by minute, and what it leaves to a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sessions_app.rules.again import start_gate_again
from sessions_app.rules.derivation import DERIVATIONS, Derived, FormFacts, Source, SourceKind
from sessions_app.rules.facts import Outcome, SessionFacts
from sessions_app.rules.suggestion import last_seen, ready_without_minimum
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FINAL,
    PEAK,
    at,
    baseline,
    check,
    decision,
    device,
    end_minute,
    ident,
    onset,
    ready_to_leave,
    resolution,
    start,
    with_check,
)

pytestmark = pytest.mark.paperwork
STAY = ready_to_leave(ESKETAMINE)
END = end_minute(STAY)


def form(facts: SessionFacts = STAY, *, released: float | None = END, **changes: Any) -> FormFacts:
    source = Source(SourceKind.RELEASE, at(released), "Nora", str(ident(99))) if released is not None else None
    return FormFacts(session=facts, released=source, **changes)


def value(name: str, facts: SessionFacts = STAY, about: str = "", **changes: Any) -> str | None:
    found = DERIVATIONS[name](form(facts, **changes), about)
    return found.value if found else None


def row_of(name: str, facts: SessionFacts = STAY, about: str = "") -> str:
    found = DERIVATIONS[name](form(facts), about)
    assert found is not None
    return found.source.row


@pytest.mark.parametrize(
    ("outcomes", "dose", "mg"),
    [
        ([Outcome.FULL, Outcome.FULL], "56", "56"),
        ([Outcome.FULL, None, Outcome.FULL], "84", "84"),
        ([Outcome.FULL, Outcome.PARTIAL], "other", "42"),
        ([Outcome.PARTIAL], "other", "14"),
        ([Outcome.FULL, Outcome.FAILED], "other", "28"),
        ([Outcome.FAILED], None, None),
        ([], None, None),
    ],
)
def test_the_dose_is_what_the_devices_delivered(outcomes: list[Outcome | None], dose: str | None, mg: str) -> None:
    devices = tuple(device(10 + n, 5 * n, outcome) for n, outcome in enumerate(outcomes))
    facts = replace(STAY, devices=devices)
    assert (value("dose", facts), value("dose_mg", facts)) == (dose, mg)


class TestTheFirstDevice:
    def test_it_counts_from_the_first_that_delivered(self) -> None:
        facts = replace(STAY, devices=(device(2, 0, Outcome.FAILED), device(3, 6)))
        assert value("monitoring_minutes", facts, released=126) == "120"
        assert row_of("treatment_date", facts) == str(ident(3))

    @pytest.mark.parametrize(
        ("minute", "day"),
        [(14 * 60 - 1, "2025-03-04"), (14 * 60, "2025-03-05"), (-10 * 60 - 1, "2025-03-03"), (-10 * 60, "2025-03-04")],
    )
    def test_it_dates_the_treatment_by_the_facilitys_calendar(self, minute: int, day: str) -> None:
        assert value("treatment_date", replace(STAY, devices=(device(2, minute),))) == day

    def test_it_counts_in_real_time_when_clocks_go_forward(self) -> None:
        # 1:50 to 4:00 on the wall of New York's 9 March 2025 is 70 minutes.
        at_night = at(0) + timedelta(days=4, hours=15, minutes=50)
        begin = (at_night - at(0)) / timedelta(minutes=1)
        facts = replace(STAY, devices=(device(2, begin),))
        assert value("monitoring_minutes", facts, released=begin + 70) == "70"


def test_minutes_go_to_the_release_and_to_nothing_else() -> None:
    assert value("monitoring_minutes") == str(int(END))
    assert value("monitoring_minutes", released=None) is None


class TestPressure:
    def test_it_is_the_last_before_the_first_device_whenever_it_was_entered(self) -> None:
        late = baseline(ESKETAMINE, 40, 0, bp=(136, 88), order=90)
        after = check(ESKETAMINE, 41, 1, bp=(150, 92))
        assert value("pressure_before", with_check(STAY, late, after)) == "136/88"
        assert value("pressure_before", replace(STAY, checks=())) is None

    @pytest.mark.parametrize(
        ("minutes", "expected"),
        [
            ((34,), None),
            ((35,), "35"),
            ((55,), "55"),
            ((56,), None),
            ((40, 47), "47"),
            ((42, 48), "42"),
            ((38, 55), "38"),
        ],
    )
    def test_at_40_minutes_it_is_the_nearest_of_the_gates_own_window(
        self, minutes: tuple[int, ...], expected: str | None
    ) -> None:
        taken = tuple(check(ESKETAMINE, 60 + n, n, bp=(100 + n, 70)) for n in minutes)
        found = value("pressure_at_peak", replace(STAY, checks=(baseline(ESKETAMINE), *taken)))
        assert found == (f"{100 + int(expected)}/70" if expected else None)

    def test_before_completion_it_is_the_last_not_after_the_release(self) -> None:
        later = check(ESKETAMINE, 70, END + 1, bp=(111, 71))
        assert value("pressure_at_completion", with_check(STAY, later)) == "120/75"
        assert value("pressure_at_completion", with_check(STAY, later), released=END + 1) == "111/71"
        assert value("pressure_at_completion", released=None) is None


class TestAcceptable:
    @pytest.mark.parametrize(
        ("bp", "spo2", "expected"),
        [((140, 90), 92, "yes"), ((141, 90), 98, "no"), ((140, 91), 98, "no"), ((120, 75), 91, "no")],
    )
    def test_before_it_is_what_the_start_gate_says(self, bp: tuple[int, int], spo2: int, expected: str) -> None:
        facts = with_check(STAY, baseline(ESKETAMINE, BASELINE, bp=bp, spo2=spo2))
        assert value("acceptable_before", facts) == expected

    @pytest.mark.parametrize(("order", "expected"), [(24, "yes"), (26, "no")])
    def test_before_a_prescriber_who_had_decided_by_then_accepted_it(self, order: int, expected: str) -> None:
        """As the gate is judged again: whatever time was typed of what was entered after the device."""
        high = with_check(STAY, baseline(ESKETAMINE, BASELINE, bp=(150, 80)))
        high = replace(high, devices=(device(10, 0, order=25),))
        decided = replace(high, decisions=(decision("BASELINE_BP", BASELINE, order=order, minute=-5),))
        assert value("acceptable_before", decided) == expected
        refused = [refusal.code for refusal in start_gate_again(replace(decided, start=start(ESKETAMINE)))]
        assert ("BASELINE_BP" in refused) == (expected == "no")

    def test_before_it_is_not_known_without_both(self) -> None:
        assert value("acceptable_before", replace(STAY, checks=(baseline(ESKETAMINE, spo2=None),))) is None

    def test_at_the_end_it_is_what_the_discharge_gate_says_of_the_release(self) -> None:
        high = with_check(STAY, check(ESKETAMINE, FINAL, END, bp=(150, 80)))
        assert (value("acceptable_at_completion"), value("acceptable_at_completion", high)) == ("yes", "no")
        later = with_check(STAY, check(ESKETAMINE, 70, END + 1, bp=(150, 80)))
        assert value("acceptable_at_completion", later) == "yes"
        assert value("acceptable_at_completion", released=None) is None

    def test_at_the_end_a_prescriber_accepted_it(self) -> None:
        own = with_check(
            STAY, baseline(ESKETAMINE, BASELINE, bp=(152, 82)), check(ESKETAMINE, FINAL, END, bp=(150, 80))
        )
        decided = decision("BP", FINAL, order=20, minute=END)
        assert value("acceptable_at_completion", replace(own, decisions=(decided,))) == "yes"


class TestSigns:
    @pytest.mark.parametrize(
        ("events", "present", "began", "gone"),
        [
            ((), "no", None, None),
            ((onset("sedation", 50, 12),), "yes", "12", None),
            ((onset("sedation", 50, 12), resolution("sedation", 51, 61)), "yes", "12", "61"),
            ((onset("sedation", 50, 0), resolution("sedation", 51, 61)), "yes", "0", "61"),
            ((onset("sedation", 50, -1), resolution("sedation", 51, 61)), "no", None, None),
            (
                (onset("sedation", 50, 12), resolution("sedation", 51, 40), onset("sedation", 52, 50)),
                "yes",
                "12",
                None,
            ),
            (
                (
                    onset("sedation", 50, 12),
                    resolution("sedation", 51, 40),
                    onset("sedation", 52, 50),
                    resolution("sedation", 53, 70),
                ),
                "yes",
                "12",
                "70",
            ),
        ],
    )
    def test_it_begins_and_is_gone(self, events: Any, present: str, began: str | None, gone: str | None) -> None:
        facts = replace(STAY, sign_events=events)
        assert value("sign_present", facts, "sedation") == present
        assert value("sign_onset", facts, "sedation") == began
        assert value("sign_resolution", facts, "sedation") == gone
        assert value("sign_present", facts, "dissociation") == "no"

    def test_the_check_that_found_it_says_since_when(self) -> None:
        facts = with_check(STAY, check(ESKETAMINE, PEAK, 45, signs={"dissociation": True}))
        assert value("sign_onset", facts, "dissociation") == "45"
        assert row_of("sign_onset", facts, "dissociation") == str(ident(PEAK))

    def test_nobody_asked_is_no_answer(self) -> None:
        unasked = replace(STAY, checks=(baseline(ESKETAMINE), check(ESKETAMINE, PEAK, 45, signs=())))
        refused = replace(STAY, checks=(baseline(ESKETAMINE), check(ESKETAMINE, PEAK, 45, signs={"sedation": None})))
        assert value("sign_present", unasked, "sedation") is None
        assert value("sign_present", refused, "sedation") is None


def test_oximetry_is_never_said_to_be_missing() -> None:
    assert value("oximetry") == "yes"
    only_before = (baseline(ESKETAMINE), check(ESKETAMINE, PEAK, 45, spo2=None))
    assert value("oximetry", replace(STAY, checks=only_before)) is None


class TestReadyWithoutTheMinimum:
    def ready(self, *checks: Any, **changes: Any) -> str | None:
        facts = replace(STAY, checks=(baseline(ESKETAMINE), *checks), **changes)
        found = ready_without_minimum(form(facts))
        return found.value if found else None

    def test_it_is_the_first_check_at_which_all_was_gone_and_pressure_would_have_passed(self) -> None:
        drowsy = check(ESKETAMINE, 60, 20, signs={"sedation": True})
        high = check(ESKETAMINE, 61, 40, bp=(141, 80))
        fine = check(ESKETAMINE, 62, 60, bp=(140, 90))
        assert self.ready(drowsy, high, fine, check(ESKETAMINE, 63, 80)) == "60"
        assert self.ready(drowsy, high) is None
        assert self.ready() is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"signs": ()},
            {"signs": {"respiratory_depression": None}},
            {"signs": {"dissociation": (False, 5)}},
            {"bp": None},
            {"bp": "not obtained"},
        ],
    )
    def test_it_takes_a_check_that_asked_for_everything(self, changes: dict[str, Any]) -> None:
        assert self.ready(check(ESKETAMINE, 60, 40, **changes), check(ESKETAMINE, 61, 60)) == "60"

    def test_a_prescriber_who_had_accepted_the_pressure_by_then_counts(self) -> None:
        rows = (check(ESKETAMINE, 60, 30, bp=(160, 90)), check(ESKETAMINE, 61, 60, bp=(150, 88)))
        early = decision("BP", 61, order=80, minute=60)
        late = decision("BP", 61, order=80, minute=61)
        assert self.ready(*rows, decisions=(early,)) == "60"
        assert self.ready(*rows, decisions=(late,)) is None

    def test_a_check_before_the_dose_says_nothing(self) -> None:
        assert self.ready(check(ESKETAMINE, 60, 0), check(ESKETAMINE, 61, 30)) == "0"
        assert ready_without_minimum(form(replace(STAY, devices=()))) is None


def test_when_somebody_was_last_seen_is_shown_for_those_who_were_not_released() -> None:
    seen = {"last_seen": Derived("yes", Source(SourceKind.RELEASE, at(80)))}
    found = last_seen(form(said=seen, released=None))
    assert found is not None
    assert found.value == "80"
    assert last_seen(form(said=seen)) is None
    assert last_seen(form(released=None)) is None
