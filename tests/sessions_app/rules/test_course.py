"""The dose in its course: phase follows weeks since the first dose, and off the table a reason is asked for."""

from datetime import date, timedelta

import pytest

from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.course import (
    dose_refusals,
    dose_warnings,
    elsewhere_refusals,
    is_off_label,
    regimen_on,
    week_of_course,
)
from sessions_app.rules.facts import DoseOrder
from tests.sessions_app.rules.builders import ESKETAMINE, SEDALINE, TODAY, course


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(("days", "week"), [(0, 1), (6, 1), (7, 2), (27, 4), (28, 5), (55, 8), (56, 9)])
def test_counts_weeks_from_the_first_dose(days: int, week: int) -> None:
    assert week_of_course(days_ago(days), TODAY) == week
    assert week_of_course(None, TODAY) == 1


@pytest.mark.parametrize(
    ("indication", "days", "phase"),
    [
        ("TRD", 27, "induction"),
        ("TRD", 28, "maintenance"),
        ("TRD", 3000, "maintenance"),
        ("MDSI", 27, "induction"),
        ("MDSI", 28, None),
        ("GAD", 0, None),
        ("TRD", -1, None),
    ],
)
def test_finds_the_line_of_the_table_by_indication_and_week(indication: str, days: int, phase: str | None) -> None:
    line = regimen_on(ESKETAMINE, course(ESKETAMINE, indication=indication, first_dose_date=days_ago(days)), TODAY)

    assert (line and line.phase) == phase


@pytest.mark.parametrize(
    ("indication", "days", "mg", "warnings"),
    [
        ("TRD", None, 56, ()),
        ("TRD", None, 84, ("off_table",)),
        ("TRD", None, 28, ("off_table",)),
        ("TRD", 0, 84, ("off_table",)),
        ("TRD", 1, 84, ()),
        ("TRD", 1, 112, ("off_table",)),
        ("TRD", 40, 84, ()),
        ("MDSI", None, 84, ()),
        ("MDSI", None, 56, ("off_table",)),
        ("MDSI", 3, 56, ()),
        ("MDSI", 28, 84, ("off_table",)),
        ("GAD", None, 56, ("off_label",)),
    ],
)
def test_warns_of_a_dose_off_the_table(indication: str, days: int | None, mg: int, warnings: tuple[str, ...]) -> None:
    first = None if days is None else days_ago(days)
    treated = course(ESKETAMINE, indication=indication, off_label=indication == "GAD", first_dose_date=first)

    assert tuple(dose_warnings(treated, mg, program=ESKETAMINE, today=TODAY)) == warnings


@pytest.mark.parametrize(
    ("first", "last", "too_soon"),
    [(20, 1, True), (20, 2, False), (40, 4, True), (40, 5, False), (20, 0, True), (20, -1, True)],
)
def test_warns_of_a_dose_too_soon_after_the_last(first: int, last: int, too_soon: bool) -> None:
    treated = course(ESKETAMINE, first_dose_date=days_ago(first), last_dose_date=days_ago(last))

    assert ("too_soon" in tuple(dose_warnings(treated, 56, program=ESKETAMINE, today=TODAY))) is too_soon


@pytest.mark.parametrize(("last", "too_soon"), [(1, True), (2, False)])
def test_takes_the_shorter_interval_where_the_table_has_none(last: int, too_soon: bool) -> None:
    treated = course(ESKETAMINE, indication="GAD", first_dose_date=days_ago(60), last_dose_date=days_ago(last))

    warnings = tuple(dose_warnings(treated, 56, program=ESKETAMINE, today=TODAY))
    assert warnings == (("off_label", "too_soon") if too_soon else ("off_label",))


def test_wants_an_order_with_a_reason_where_there_is_a_warning() -> None:
    def refused(order: DoseOrder | None, **changes: object) -> list[object]:
        treated = course(ESKETAMINE, **changes)
        refusals = dose_refusals(treated, order, program=ESKETAMINE, today=TODAY)
        return [refusal.params["problems"] for refusal in refusals]

    assert refused(DoseOrder(56, 2, "")) == []
    assert refused(None) == [("missing",)]
    assert refused(DoseOrder(84, 3, "")) == [("off_table",)]
    assert refused(DoseOrder(84, 3, "   ")) == [("off_table",)]
    assert refused(DoseOrder(84, 3, "tolerated it elsewhere")) == []
    soon = {"first_dose_date": days_ago(1), "last_dose_date": days_ago(1)}
    assert refused(DoseOrder(112, 4, ""), **soon) == [("off_table", "too_soon")]
    assert refused(DoseOrder(112, 4, "relapse"), **soon) == []


@pytest.mark.parametrize(("mg", "devices"), [(56, 1), (56, 3), (84, 2), (28, 2), (50, 2), (0, 1), (56, 0)])
def test_takes_no_reason_for_a_dose_of_another_number_of_devices(mg: int, devices: int) -> None:
    order = DoseOrder(mg, devices, "wanted so")

    refusals = list(dose_refusals(course(ESKETAMINE), order, program=ESKETAMINE, today=TODAY))

    assert [refusal.params["problems"] for refusal in refusals] == [("devices",)]


@pytest.mark.parametrize(
    ("program", "indication", "off_label"),
    [
        (ESKETAMINE, "TRD", False),
        (ESKETAMINE, "GAD", True),
        (ESKETAMINE, "AGITATION", True),
        (SEDALINE, "AGITATION", False),
        (SEDALINE, "TICS", True),
    ],
)
def test_is_off_label_by_the_programme_whatever_the_course_says(program: object, indication: str, off_label: bool):
    assert is_off_label(course(program, indication=indication), program) is off_label
    assert is_off_label(course(program, indication=indication, off_label=True), program)


def test_asks_a_labelled_indication_without_a_line_for_a_reason_only() -> None:
    insomnia = course(SEDALINE, indication="INSOMNIA")

    assert tuple(dose_warnings(insomnia, 60, program=SEDALINE, today=TODAY)) == ("off_table",)


FIRST, LAST = "first_dose_elsewhere_date", "last_dose_elsewhere_date"


@pytest.mark.parametrize(
    ("first", "last", "told", "found"),
    [
        (None, None, False, []),
        (None, None, True, [field_refusal(FIRST, "time_missing")]),
        (None, 9, False, [field_refusal(FIRST, "time_missing")]),
        (9, None, True, []),
        (9, 9, True, []),
        (9, 0, True, []),
        (0, 0, True, []),
        (9, 10, True, [field_refusal(LAST, "before_begin")]),
        (-1, None, True, [field_refusal(FIRST, "future_day")]),
        (9, -1, True, [field_refusal(LAST, "future_day")]),
    ],
)
def test_treatment_elsewhere_has_its_days(
    first: int | None, last: int | None, told: bool, found: list[Refusal]
) -> None:
    days = [None if ago is None else days_ago(ago) for ago in (first, last)]
    assert list(elsewhere_refusals(*days, told=told, today=TODAY)) == found
