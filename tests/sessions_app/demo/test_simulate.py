"""Made-up courses: as often as in the world (domain.md section 9), spaced and dosed as the table asks. No database."""

from itertools import pairwise
from random import Random

import pytest

from sessions_app.demo.simulate import Ending, VisitPlan, plan_course, plan_visit

MANY = 20_000
VISITS = [plan_visit(random, day=7, devices=2) for random in (Random(1),) for _ in range(MANY)]


def share(of: list[bool]) -> float:
    return 100 * sum(of) / len(of)


@pytest.mark.parametrize(
    ("what", "found", "percent", "within"),
    [
        ("sedation", [visit.sedation_until > 0 for visit in VISITS], 34.7, 1.2),
        ("dissociation", [visit.dissociation_until > 0 for visit in VISITS], 41.0, 1.2),
        ("increased BP", [visit.raised for visit in VISITS], 0.9, 0.25),
        ("sedation gone within two hours", [v.sedation_until <= 120 for v in VISITS if v.sedation_until], 99, 0.5),
        ("dissociation likewise", [v.dissociation_until <= 120 for v in VISITS if v.dissociation_until], 99, 0.5),
        ("not dosed", [visit.ending is Ending.NOT_DOSED for visit in VISITS], 0.8, 0.2),
        ("left early", [visit.ending is Ending.LEFT_EARLY for visit in VISITS], 0.4, 0.15),
        ("transferred", [visit.ending is Ending.TRANSFERRED for visit in VISITS], 0.1, 0.1),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_happens_as_often_as(what: str, found: list[bool], percent: float, within: float) -> None:
    assert share(found) == pytest.approx(percent, abs=within), what


def courses() -> list[list[VisitPlan]]:
    return [plan_course(Random(seed), 30) for seed in range(300)]


def test_a_course_is_spaced_as_its_dosing_table_asks() -> None:
    for course in courses():
        days = [visit.day for visit in course]
        assert len(days) == 30
        for before, after in pairwise(days):
            assert after - before >= (2 if after < 28 else 5)
        assert [day for day in days if day < 28] == [0, 3, 7, 10, 14, 17, 21, 24]
        assert sum(28 <= day < 56 for day in days) == 4


def test_a_course_begins_with_56_mg_and_goes_on_with_56_or_84() -> None:
    doses = [[visit.devices for visit in course] for course in courses()]
    assert {course[0] for course in doses} == {2}
    assert {devices for course in doses for devices in course} == {2, 3}


def test_the_same_seed_plans_the_same_course() -> None:
    assert plan_course(Random("W-004318"), 30) == plan_course(Random("W-004318"), 30)
    assert plan_course(Random("W-004318"), 30) != plan_course(Random("W-004319"), 30)


def test_a_sign_that_was_there_is_said_to_be_gone_once_and_before_leaving() -> None:
    signs = 0
    for visit in VISITS[:2000]:
        if visit.ending is not Ending.HOME:
            continue
        checks = list(visit.checks((20, 40, 60, 90)))
        assert [minute for minute, _ in checks] == sorted({minute for minute, _ in checks})
        last_minute, last = checks[-1]
        assert visit.ends_at - 15 <= last_minute < visit.ends_at
        assert last_minute >= 110
        assert not last.sedation
        assert not last.dissociation
        assert sum(check.sedation_gone for _, check in checks) == any(check.sedation for _, check in checks)
        assert (last.systolic, last.diastolic) <= (140, 90)
        signs += any(check.sedation for _, check in checks)
    assert signs > 500
