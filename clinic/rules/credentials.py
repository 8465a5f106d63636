"""What a licence, a registration or a training that has run out takes away, and what it never does."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from clinic.rules.dea import dea_number_refusals
from clinic.rules.refusals import Refusal
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

# Days before the last one from which its holder is told, and is told loudly [D].
SOON, VERY_SOON = 30, 7
_SUFFIX = re.compile(r"-[A-Z0-9]{1,10}$")


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


def ending(role: Role, expiries: Expiries, *, today: date) -> dict[CredentialKind, int]:
    """Those that this role needs and that are over or will be soon, with the days left: 0 on the last day, less than
    that where it is over."""
    last_days = {kind: expiries.get(kind) for kind in NEEDED.get(role, frozenset())}
    left = {kind: (day - today).days for kind, day in last_days.items() if day is not None}
    return {kind: days for kind, days in left.items() if days <= SOON}


def counting_at(entries: Sequence[tuple[datetime, date | None]], *, at: datetime, today: date) -> int | None:
    """Which of ``entries`` (when each was entered, the oldest first, and its last day) says how things stood at that
    moment, as far as it is known now: the last from which there was a lapse, else the newest there is. A lapse begins
    on the day after the last one and ends when the next is entered: a renewal heals nothing that lies behind it."""
    until = [entered for entered, _day in entries[1:]]
    for index in reversed(range(len(entries))):
        last_day, replaced = entries[index][1], until[index] if index < len(until) else None
        if last_day is not None and today > last_day and (replaced is None or at < replaced):
            return index
    return len(entries) - 1 if entries else None


def number_refusals(kind: CredentialKind, number: str) -> tuple[Refusal, ...]:
    """A DEA number carries a check digit, in front of the suffix that a hospital gives its own people (DEA Diversion
    Control; domain.md section 4). No other kind has one."""
    return dea_number_refusals(_SUFFIX.sub("", number)) if kind is CredentialKind.DEA else ()
