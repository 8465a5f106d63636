"""A person's PIN: set by themself, and tried at an enrolled tablet, at most five times wrong in five minutes."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from clinic import audit
from clinic.actions.entry import refuse
from clinic.models import PinAttempt, PinOutcome, RoleAssignment, Tablet, User
from clinic.rules.pin import MOST_FAILURES, WINDOW, pin_lock_refusals, pin_refusals
from clinic.rules.refusals import field_refusal
from clinic.rules.roles import Role


@transaction.atomic
def set_pin(*, person: User, pin: str, by: User, now: datetime) -> None:
    """Nobody else sets it, and it is kept as a hash, like the password."""
    if by.pk != person.pk:
        raise PermissionDenied("somebody else's PIN")
    refuse(*pin_refusals(pin))

    person.pin = make_password(pin)
    person.save(update_fields=["pin"])
    audit.record(action="set_pin", facility=None, by=by, now=now, subject=person, rows=())


def people_with_pin(tablet: Tablet, *, at: datetime) -> QuerySet[User]:
    """Who may come in at this tablet: everybody with a PIN who holds a role at its facility at that moment."""
    held = RoleAssignment.objects.in_force(at).filter(facility=tablet.facility_id).exclude(role=Role.DISPLAY)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pin="").order_by("printed_name")


def try_pin(*, person: User, pin: str, tablet: Tablet, field: str = "pin", now: datetime) -> None:
    """Raises ActionRefused unless this is the PIN of this person, who works where the tablet is. Counted over all
    tablets, however many come at once (they wait for each other at the person's row), and also where it is refused,
    which is why no transaction may be open around it."""
    # A person's row is only kept from changing: what they chart meanwhile does not wait.
    with transaction.atomic(durable=True):
        locked = people_with_pin(tablet, at=now).select_for_update(no_key=True).filter(pk=person.pk).first()
        failures = _failures(locked, now=now) if locked else []
        refuse(*pin_lock_refusals(failures, now=now))
        right = locked is not None and check_password(pin, locked.pin)
        if locked:
            outcome = PinOutcome.RIGHT if right else PinOutcome.WRONG
            PinAttempt.objects.create(person=locked, tablet=tablet, outcome=outcome, tried_at=now)
    if not right:
        failures.append(now)
        wrong = field_refusal(field, "pin_wrong", left=MOST_FAILURES - len(failures))
        refuse(*pin_lock_refusals(failures, now=now) or (wrong,))


def _failures(person: User, *, now: datetime) -> list[datetime]:
    """The wrong PINs that count, the oldest first."""
    recent: Iterable[PinAttempt] = PinAttempt.objects.filter(person=person, tried_at__gt=now - WINDOW).order_by("id")
    failures: list[datetime] = []
    for attempt in recent:
        if attempt.outcome == PinOutcome.LIFTED:
            failures = []
        elif attempt.outcome == PinOutcome.WRONG:
            failures.append(attempt.tried_at)
    return failures


@transaction.atomic
def lift_pin_lock(*, person: User, now: datetime) -> None:
    """The person has signed in otherwise: what was typed wrong before does not count any more."""
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if _failures(locked, now=now):
        PinAttempt.objects.create(person=locked, outcome=PinOutcome.LIFTED, tried_at=now)
