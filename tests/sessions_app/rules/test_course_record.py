"""Trials, treatments and authorisations: what is said of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.authorisation import (
    MOST_SESSIONS,
    AuthorisationFacts,
    AuthorisationState,
    authorisation_refusals,
    authorisation_state,
)
from sessions_app.rules.treatment import Flag, TreatmentKind, day_refusals, flag_of, goes_on, kinds_offered
from sessions_app.rules.trial import (
    MOST_WEEKS,
    Adequate,
    TrialClass,
    TrialFacts,
    TrialResponse,
    adequate_trials,
    trial_refusals,
)

FAILED = TrialFacts("Sertraline", TrialClass.SSRI, Adequate.YES, TrialResponse.NONE, this_episode=True)
DAY = date(2026, 4, 14)


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (replace(FAILED, drug="Venlafaxine", drug_class=TrialClass.SNRI), 2),
        (replace(FAILED, drug="Venlafaxine", response=TrialResponse.PARTIAL), 2),
        (replace(FAILED, drug=" sertraline  "), 1),
        (replace(FAILED, drug="Venlafaxine", response=TrialResponse.RESPONSE), 1),
        (replace(FAILED, drug="Venlafaxine", response=TrialResponse.UNKNOWN), 1),
        (replace(FAILED, drug="Venlafaxine", adequate=Adequate.NO), 1),
        (replace(FAILED, drug="Venlafaxine", adequate=Adequate.UNKNOWN), 1),
        (replace(FAILED, drug="Venlafaxine", this_episode=False), 1),
        (replace(FAILED, drug="CBT", drug_class=TrialClass.PSYCHOTHERAPY), 1),
        (replace(FAILED, drug="Lithium", drug_class=TrialClass.AUGMENTATION), 1),
    ],
)
def test_counts_different_antidepressants_that_failed_adequately_in_this_episode(
    second: TrialFacts, count: int
) -> None:
    assert adequate_trials([FAILED, second]) == count


def test_a_drug_of_two_words_is_one_drug_however_it_is_spaced() -> None:
    names = ("Sertraline HCl", " sertraline  hcl", "Sertraline", "SertralineHCl")
    assert adequate_trials(replace(FAILED, drug=name) for name in names) == 3


@pytest.mark.parametrize(
    ("drug", "weeks", "found"),
    [
        ("Sertraline", None, []),
        ("Sertraline", 1, []),
        ("Sertraline", MOST_WEEKS, []),
        (" ", 8, [field_refusal("drug", "reason_missing")]),
        *(
            ("Sertraline", many, [field_refusal("weeks", "impossible", value=many, low=1, high=MOST_WEEKS)])
            for many in (0, -1, MOST_WEEKS + 1)
        ),
    ],
)
def test_a_trial_has_a_name_and_a_number_of_weeks_that_can_be(
    drug: str, weeks: int | None, found: list[Refusal]
) -> None:
    assert list(trial_refusals(drug, weeks)) == found


def test_flags_what_the_label_names() -> None:
    def flagged(flag: Flag) -> set[str]:
        return {kind.value for kind in TreatmentKind if flag_of(kind) is flag}

    assert flagged(Flag.SEDATION) == {"BENZODIAZEPINE", "SEDATIVE_HYPNOTIC", "OPIOID"}
    assert flagged(Flag.BLOOD_PRESSURE) == {"PSYCHOSTIMULANT", "MAOI"}


def test_a_treatment_goes_on_to_its_last_day() -> None:
    assert goes_on(None, None, DAY)
    assert goes_on(DAY, DAY, DAY)
    assert not goes_on(DAY, DAY, DAY + timedelta(days=1))
    assert not goes_on(DAY + timedelta(days=1), None, DAY)


NOT_YET, ENDS_BEFORE = field_refusal("from_date", "future_day"), field_refusal("to_date", "before_begin")


@pytest.mark.parametrize(
    ("begins", "ends", "found"),
    [
        (None, None, []),
        (None, -400, []),
        (0, None, []),
        (1, None, [NOT_YET]),
        (-7, -7, []),
        (-7, -8, [ENDS_BEFORE]),
        (0, 90, []),
        (2, 1, [NOT_YET, ENDS_BEFORE]),
    ],
)
def test_a_treatment_has_begun_by_today_and_ends_no_earlier(
    begins: int | None, ends: int | None, found: list[Refusal]
) -> None:
    first, last = (None if days is None else DAY + timedelta(days=days) for days in (begins, ends))
    assert list(day_refusals(first, last, today=DAY)) == found


def test_an_antidepressant_that_is_required_is_recorded_by_its_prescriber_alone() -> None:
    assert kinds_offered(antidepressant_required=False) == list(TreatmentKind)
    others = [kind for kind in TreatmentKind if kind is not TreatmentKind.ANTIDEPRESSANT]
    assert kinds_offered(antidepressant_required=True) == others


@pytest.mark.parametrize(
    ("today", "used", "state"),
    [
        (-1, 0, AuthorisationState.COMING),
        (0, 0, AuthorisationState.IN_FORCE),
        (16, 7, AuthorisationState.IN_FORCE),
        (17, 0, AuthorisationState.RUNNING_OUT),
        (0, 8, AuthorisationState.RUNNING_OUT),
        (0, 10, AuthorisationState.USED_UP),
        (30, 0, AuthorisationState.RUNNING_OUT),
        (31, 0, AuthorisationState.OVER),
    ],
)
def test_an_authorisation_stands_by_its_days_and_sessions(today: int, used: int, state: AuthorisationState) -> None:
    granted = AuthorisationFacts(DAY, DAY + timedelta(days=30), 10)
    assert authorisation_state(granted, used=used, today=DAY + timedelta(days=today)) is state


@pytest.mark.parametrize(
    ("payer", "days", "sessions", "found"),
    [
        ("Aetherline", 30, 10, []),
        ("Aetherline", 0, None, []),
        ("Aetherline", 30, 1, []),
        ("Aetherline", 30, MOST_SESSIONS, []),
        (" ", 30, 10, [field_refusal("payer", "reason_missing")]),
        ("Aetherline", -1, 10, [field_refusal("to_date", "before_begin")]),
        *(
            ("Aetherline", 30, many, [field_refusal("sessions", "impossible", value=many, low=1, high=MOST_SESSIONS)])
            for many in (0, -1, MOST_SESSIONS + 1)
        ),
    ],
)
def test_an_authorisation_is_somebodys_from_a_day_to_a_day(
    payer: str, days: int, sessions: int | None, found: list[Refusal]
) -> None:
    assert list(authorisation_refusals(payer, DAY, DAY + timedelta(days=days), sessions)) == found


def test_an_authorisation_counts_the_days_it_covers() -> None:
    granted = AuthorisationFacts(DAY, DAY + timedelta(days=30), None)
    assert granted.used([DAY - timedelta(days=1), DAY, DAY + timedelta(days=30), DAY + timedelta(days=31)]) == 2
