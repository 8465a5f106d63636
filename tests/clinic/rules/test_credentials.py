"""What has run out takes away dosing, assessing, signing and administering from the day after its last, no more."""

from datetime import date, timedelta

import pytest

from clinic.rules.credentials import NEEDED, TAKEN_AWAY, CredentialKind, expired, licensed_in, permissions_in
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


@pytest.mark.parametrize("role", LICENSED)
def test_it_leaves_charting_facts_and_emergencies(role: Role) -> None:
    left = permissions_in(role, dict.fromkeys(CredentialKind, LAST), today=LAST + DAY)
    assert {Permission.VIEW, Permission.CHART, Permission.DOCUMENT, Permission.CORRECT} <= left


def test_a_nurse_needs_no_dea_registration() -> None:
    assert CredentialKind.DEA not in NEEDED[Role.NURSE]
    assert NEEDED[Role.PRESCRIBER] == set(CredentialKind)
