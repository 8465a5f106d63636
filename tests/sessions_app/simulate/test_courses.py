"""Made-up courses: their shares are those published, exactly where that can be said."""

from collections import Counter
from random import Random

import pytest

from sessions_app.rules.published import FIGURES, MEAN_SESSIONS, MEDIAN_AGE, MIDDLE_AGES, Measure
from sessions_app.simulate.courses import (
    AGES,
    LONGEST,
    MONITORED,
    TAIL,
    Ending,
    PatientPlan,
    plan_course,
    plan_patient,
    raised_share,
)

TYPICAL = PatientPlan(True, 42, 40, (0.5, 0.5), 0, (120, 76))


def test_the_mean_is_as_published() -> None:
    more_than_thirteen = sum((1 - step / LONGEST) ** TAIL for step in range(1, LONGEST))
    nine, thirteen = FIGURES[Measure.NINE_SESSIONS].share, FIGURES[Measure.THIRTEEN_SESSIONS].share
    mean = (1 - nine) * 4.5 + (nine - thirteen) * 10.5 + thirteen * (13 + more_than_thirteen)
    assert mean == pytest.approx(MEAN_SESSIONS, abs=0.01)


def test_ages_are_as_published() -> None:
    by_age = Counter({age: weight / (high - low + 1) for low, high, weight in AGES for age in range(low, high + 1)})
    low, high = MIDDLE_AGES
    assert sum(by_age[age] for age in range(low, high + 1)) == pytest.approx(643)
    assert sum(by_age[age] for age in range(MEDIAN_AGE)) < 500 <= sum(by_age[age] for age in range(MEDIAN_AGE + 1))


def test_increased_blood_pressure_is_as_published_of_each_sex_and_age() -> None:
    women = FIGURES[Measure.FEMALE].share
    for age, measure in (
        (24, Measure.INCREASED_BP_YOUNG),
        (25, Measure.INCREASED_BP_MIDDLE),
        (55, Measure.INCREASED_BP_MIDDLE),
        (56, Measure.INCREASED_BP_OLD),
    ):
        both = women * raised_share(female=True, age=age) + (1 - women) * raised_share(female=False, age=age)
        assert both == pytest.approx(FIGURES[measure].share, rel=0.03)


def test_the_same_generator_makes_the_same_course() -> None:
    first, second = (list(plan_course(Random(7), TYPICAL, within=1767)) for _ in range(2))
    assert first == second
    assert first != list(plan_course(Random(8), TYPICAL, within=1767))


def test_a_course_is_possible() -> None:
    random = Random(4711)
    for _ in range(40):
        plan = plan_patient(random)
        visits = list(plan_course(random, plan, within=1767))
        dosed = [visit for visit in visits if visit.ending is not Ending.NOT_DOSED]
        assert [visit.number for visit in dosed] == list(range(1, plan.sessions + 1))
        assert dosed[0].devices == 2
        assert visits[-1].day < 1767
        for visit in dosed:
            minutes = [check.minute for check in visit.checks]
            assert minutes == sorted(set(minutes))
            if visit.ending is Ending.HOME:
                assert len(minutes) == 2 + len(MONITORED)
                assert visit.ends_at >= 121
                assert visit.ends_at - 10 <= visit.last_check.minute < visit.ends_at
                assert not visit.last_check.sedated
                assert not visit.last_check.dissociated
                assert visit.last_check.pressure[0] <= 140
                assert visit.last_check.pressure[1] <= 90
