"""Each value of a form with the row it came from: what it is, when it tells of, who did it, and its id."""

from dataclasses import replace

import pytest

from sessions_app.rules.again import known_at
from sessions_app.rules.derivation import DERIVATIONS, Derived, FormFacts, Source, SourceKind
from sessions_app.rules.facts import SessionFacts
from sessions_app.rules.suggestion import SUGGESTIONS
from tests.sessions_app.rules.builders import (
    BASELINE,
    ESKETAMINE,
    FINAL,
    FIRST_DEVICE,
    NOT_OBTAINED,
    PEAK,
    at,
    baseline,
    check,
    decision,
    end_minute,
    ident,
    onset,
    ready_to_leave,
    resolution,
    with_check,
)

pytestmark = pytest.mark.paperwork
STAY = ready_to_leave(ESKETAMINE)
END = end_minute(STAY)
ONSET, GONE, BETWEEN = 50, 51, 60
NAMES = {BASELINE: "Bea", FIRST_DEVICE: "Dan", PEAK: "Pia", FINAL: "Finn", ONSET: "Olga", GONE: "Gus", BETWEEN: "Ben"}
RELEASE = Source(SourceKind.RELEASE, at(END), "Nora", str(ident(99)))
FORM = FormFacts(
    session=replace(
        with_check(
            STAY,
            check(ESKETAMINE, PEAK, 45, bp=(131, 81), signs={"dissociation": True}),
            check(ESKETAMINE, BETWEEN, 70, bp=(125, 78), signs={"respiratory_depression": (False, 12)}),
        ),
        sign_events=(onset("nausea", 40, 12), onset("sedation", ONSET, 12), resolution("sedation", GONE, 61)),
    ),
    said={"name": Derived("Rosalind", RELEASE), "empty": Derived("", RELEASE)},
    people={ident(number): name for number, name in NAMES.items()},
    released=RELEASE,
)


def row(value: str, kind: SourceKind, minute: float, number: int) -> Derived:
    return Derived(value, Source(kind, at(minute), NAMES[number], str(ident(number))))


DEVICE, CHECK, SIGN = SourceKind.DEVICE, SourceKind.CHECK, SourceKind.SIGN
EXPECTED: dict[tuple[str, str], Derived | None] = {
    ("said", "name"): Derived("Rosalind", RELEASE),
    ("said", "empty"): None,
    ("said", "nothing"): None,
    ("treatment_date", ""): row("2025-03-04", DEVICE, 0, FIRST_DEVICE),
    ("dose", ""): row("56", DEVICE, 0, FIRST_DEVICE),
    ("dose_mg", ""): row("56", DEVICE, 0, FIRST_DEVICE),
    ("monitoring_minutes", ""): Derived("125", RELEASE),
    ("pressure_before", ""): row("120/75", CHECK, -10, BASELINE),
    ("pressure_at_peak", ""): row("131/81", CHECK, 45, PEAK),
    ("pressure_at_completion", ""): row("120/75", CHECK, END, FINAL),
    ("acceptable_before", ""): row("yes", CHECK, -10, BASELINE),
    ("acceptable_at_completion", ""): Derived("yes", RELEASE),
    ("sign_present", "sedation"): row("yes", SIGN, 12, ONSET),
    ("sign_present", "dissociation"): row("yes", CHECK, 45, PEAK),
    ("sign_present", "respiratory_depression"): row("no", CHECK, END, FINAL),
    ("sign_present", "headache"): None,
    ("sign_onset", "sedation"): row("12", SIGN, 12, ONSET),
    ("sign_onset", "dissociation"): row("45", CHECK, 45, PEAK),
    ("sign_onset", "respiratory_depression"): None,
    ("sign_resolution", "sedation"): row("61", SIGN, 61, GONE),
    ("sign_resolution", "dissociation"): None,
    ("oximetry", ""): row("yes", CHECK, 45, PEAK),
}


@pytest.mark.parametrize(("name", "about"), EXPECTED)
def test_each_value_has_its_row(name: str, about: str) -> None:
    assert DERIVATIONS[name](FORM, about) == EXPECTED[name, about]


def test_what_is_suggested_has_its_row_too() -> None:
    assert SUGGESTIONS["ready_without_minimum"](FORM) == row("70", CHECK, 70, BETWEEN)
    seen = Source(SourceKind.EVENT, at(80), "Nora", "7")
    gone = replace(FORM, released=None, said={"last_seen": Derived("yes", seen)})
    assert SUGGESTIONS["last_seen"](gone) == Derived("80", seen)


def test_a_row_of_nobody_known_has_no_name() -> None:
    found = FORM.source(CHECK, at(1), [ident(78), ident(77)])
    assert found == Source(CHECK, at(1), "", str(ident(77)))


@pytest.mark.parametrize("facts", [replace(STAY, devices=()), replace(STAY, checks=(baseline(ESKETAMINE, bp=None),))])
def test_whether_it_was_acceptable_before_needs_a_device_and_a_pressure(facts: SessionFacts) -> None:
    assert DERIVATIONS["acceptable_before"](replace(FORM, session=facts), "") is None


def test_a_session_is_known_up_to_that_minute() -> None:
    found = known_at(FORM.session, at(12))
    assert [event.id for event in found.sign_events] == [ident(40), ident(ONSET)]
    assert [each.id for each in found.checks] == [ident(BASELINE)]


@pytest.mark.parametrize(
    ("measure", "low", "refused"),
    [("spo2", {"spo2": 80}, {"spo2": NOT_OBTAINED}), ("blood_pressure", {"bp": (170, 99)}, {"bp": NOT_OBTAINED})],
)
def test_what_was_examined_at_the_end_was_acceptable(
    measure: str, low: dict[str, object], refused: dict[str, object]
) -> None:
    facts = with_check(STAY, check(ESKETAMINE, 70, 100, **low), check(ESKETAMINE, FINAL, END, **refused))
    examined = decision("NOT_OBTAINED", FINAL, order=80, minute=END, measure=measure, examined=True)
    later = onset("sedation", 90, END + 1)  # after the release: nothing of it is known there

    def acceptable(session: SessionFacts) -> str:
        found = DERIVATIONS["acceptable_at_completion"](replace(FORM, session=session), "")
        assert found is not None
        return found.value

    assert acceptable(facts) == "no"
    assert acceptable(replace(facts, decisions=(examined,), sign_events=(later,))) == "yes"
