"""What has run out takes away dosing, assessing, signing and administering from the day after its last, no more."""

from datetime import UTC, date, datetime, timedelta

import pytest

from clinic.rules.credentials import (
    NEEDED,
    SOON,
    TAKEN_AWAY,
    VERY_SOON,
    CredentialKind,
    counting_at,
    ending,
    expired,
    licensed_in,
    number_refusals,
    permissions_in,
)
from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, Permission, Role

LAST = date(2026, 4, 14)
DAY = timedelta(days=1)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", CredentialKind)
@pytest.mark.parametrize(("today", "over"), [(LAST - DAY, False), (LAST, False), (LAST + DAY, True)])
def test_it_holds_to_the_end_of_its_last_day(role: Role, kind: CredentialKind, today: date, over: bool) -> None:
    lost = over and kind in NEEDED.get(role, ())
    assert expired(role, {kind: LAST}, today=today) == ({kind} if lost else set())
    assert permissions_in(role, {kind: LAST}, today=today) == ROLE_PERMISSIONS[role] - (TAKEN_AWAY if lost else set())
    assert licensed_in(role, {kind: LAST}, today=today) == (role in LICENSED and not lost)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("expiries", [{}, dict.fromkeys(CredentialKind)], ids=["never entered", "without end"])
def test_it_takes_nothing_away_where_no_day_is_known(role: Role, expiries: dict[CredentialKind, date | None]) -> None:
    assert permissions_in(role, expiries, today=date.max) == ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("role", sorted(LICENSED))
def test_it_leaves_charting_facts_and_emergencies(role: Role) -> None:
    left = permissions_in(role, dict.fromkeys(CredentialKind, LAST), today=LAST + DAY)
    assert {Permission.VIEW, Permission.CHART, Permission.DOCUMENT, Permission.CORRECT} <= left


def test_a_nurse_needs_no_dea_registration() -> None:
    licence, dea, training = CredentialKind
    assert {Role.NURSE: {licence, training}, Role.PRESCRIBER: {licence, dea, training}} == NEEDED


def test_a_lapse_takes_dosing_leaving_and_deciding() -> None:
    assert {Permission.ADMINISTER, Permission.DISCHARGE, Permission.PRESCRIBE} == TAKEN_AWAY
    assert (SOON, VERY_SOON) == (30, 7)


@pytest.mark.parametrize(("last", "left"), [(-1, -1), (0, 0), (7, 7), (30, 30), (31, None)])
def test_it_tells_of_what_ends_within_a_month(last: int, left: int | None) -> None:
    expiries = dict.fromkeys(CredentialKind, LAST + last * DAY)
    found = {} if left is None else dict.fromkeys(NEEDED[Role.NURSE], left)
    assert ending(Role.NURSE, expiries, today=LAST) == found
    assert ending(Role.FRONT_DESK, expiries, today=LAST) == {}


@pytest.mark.parametrize("number", ["AB1234563", "F91234563", "AB1234563-7X", "BM0000000", "AB1111119"])
def test_it_knows_a_dea_number_by_its_check_digit(number: str) -> None:
    assert number_refusals(CredentialKind.DEA, number) == ()


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        *((f"AB123456{digit}", "dea_check_digit") for digit in "012456789"),
        ("AB2134563", "dea_check_digit"),  # two digits changed places
        ("ab1234563", "dea_shape"),
        ("1B1234563", "dea_shape"),
        ("AB123456", "dea_shape"),
        ("AB12345633", "dea_shape"),
        ("AB1234563-", "dea_shape"),
    ],
)
def test_it_refuses_any_other(number: str, problem: str) -> None:
    (found,) = number_refusals(CredentialKind.DEA, number)
    assert (found.params["field"], found.params["problem"]) == ("number", problem)


def test_it_leaves_other_numbers_as_they_are() -> None:
    assert number_refusals(CredentialKind.LICENCE, "55-0142") == ()


NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("entries", "at", "today", "index"),
    [
        ((), NOON, LAST, None),
        ([(NOON, LAST)], NOON, LAST, 0),
        ([(NOON, LAST)], NOON, LAST + DAY, 0),
        # Replaced in time, and entered too late: the old one counts until the new one was there.
        ([(NOON, LAST), (NOON + DAY, LAST + 9 * DAY)], NOON, LAST, 1),
        ([(NOON, LAST), (NOON + DAY, LAST + 9 * DAY)], NOON + DAY - SECOND, LAST + DAY, 0),
        ([(NOON, LAST), (NOON + DAY, LAST + 9 * DAY)], NOON + DAY, LAST + DAY, 1),
        ([(NOON, LAST), (NOON + DAY, None)], NOON, LAST + DAY, 0),
        ([(NOON, None), (NOON + DAY, LAST)], NOON, LAST + DAY, 1),
        ([(NOON, LAST), (NOON + DAY, LAST), (NOON + 2 * DAY, None)], NOON, LAST + DAY, 1),
        ([(NOON, LAST), (NOON + DAY, None), (NOON + 2 * DAY, None)], NOON + DAY, LAST + DAY, 2),
    ],
)
def test_a_lapse_ends_when_the_next_is_entered(
    entries: list[tuple[datetime, date | None]], at: datetime, today: date, index: int | None
) -> None:
    assert counting_at(entries, at=at, today=today) == index
