"""What a licence, a registration or a training that has run out takes away, and what it never does."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, Permission, Role


class CredentialKind(StrEnum):
    """What a person shows to work in a role."""

    LICENCE = "LICENCE"
    DEA = "DEA"
    REMS_TRAINING = "REMS_TRAINING"


# Which of them a role needs to be in date (domain.md sections 4 and 6; that a lapsed one stops the work is ours [D]).
# One that was never entered is unknown, not expired: pages say so, and nothing is taken away.
NEEDED: dict[Role, frozenset[CredentialKind]] = {
    Role.NURSE: frozenset({CredentialKind.LICENCE, CredentialKind.REMS_TRAINING}),
    Role.PRESCRIBER: frozenset(CredentialKind),
}

# Dosing, assessing, signing and administering. Charting, facts and emergencies stay: nobody already dosed is trapped.
TAKEN_AWAY = frozenset({Permission.ADMINISTER, Permission.DISCHARGE, Permission.PRESCRIBE})

Expiries = Mapping[CredentialKind, date | None]


def expired(role: Role, expiries: Expiries, *, today: date) -> frozenset[CredentialKind]:
    """Those that this role needs and whose last day is over."""
    last_days = {kind: expiries.get(kind) for kind in NEEDED.get(role, frozenset())}
    return frozenset(kind for kind, day in last_days.items() if day is not None and today > day)


def permissions_in(role: Role, expiries: Expiries, *, today: date) -> frozenset[Permission]:
    """What somebody in this role may do today."""
    given = ROLE_PERMISSIONS[role]
    return given - TAKEN_AWAY if expired(role, expiries, today=today) else given


def licensed_in(role: Role, expiries: Expiries, *, today: date) -> bool:
    """A nurse or a prescriber whose credentials are in date."""
    return role in LICENSED and not expired(role, expiries, today=today)
