"""Passwords, second factors, and where people are signed in. Nothing here is clinical: a person looks after their own,
and an administrator helps out the staff of a facility they run."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic import audit
from clinic.access import run_by
from clinic.actions.entry import refuse
from clinic.models import Facility, SignIn, User
from clinic.rules.refusals import ClearedBy, Refusal, state_refusal


@transaction.atomic
def set_password(*, person: User, password: str, keep: str = "", by: User, now: datetime) -> User:
    """Their own, for the first time or anew; every sign-in but ``keep`` (a session key) ends. Refused where the
    password was changed since ``person`` was read: a link works once."""
    if by != person:
        raise PermissionDenied("a password is set by its person")
    locked = User.objects.select_for_update().get(pk=person.pk)

    if locked.password != person.password or not locked.is_active:
        refuse(state_refusal("CHANGED", "set_password"))

    locked.set_password(password)
    locked.save(update_fields=["password"])
    SignIn.objects.filter(user=person).exclude(session_key=keep).delete()
    audit.record(action="set_password", facility=None, by=by, now=now, subject=person, rows=())
    person.password = locked.password
    return locked


@transaction.atomic
def end_own_sign_ins(*, session_keys: tuple[str, ...], by: User, now: datetime) -> int:
    """Somebody is signed out elsewhere by themselves. How many it were."""
    ended, _ = SignIn.objects.filter(user=by, session_key__in=session_keys).delete()
    if ended:
        details = {"ended": ended}
        audit.record(action="end_own_sign_ins", facility=None, by=by, now=now, subject=by, rows=(), details=details)
    return ended


@transaction.atomic
def end_sign_ins(*, person: User, by: User, now: datetime) -> int:
    """One of an administrator's staff is signed out everywhere, at once. How many sign-ins it were."""
    facility = _where_they_run(by, person, now)

    ended, _ = SignIn.objects.filter(user=person).delete()
    if ended:
        details = {"ended": ended}
        audit.record(action="end_sign_ins", facility=facility, by=by, now=now, subject=person, rows=(), details=details)
    return ended


@transaction.atomic
def reset_second_factor(*, person: User, by: User, now: datetime) -> int:
    """A lost telephone: authenticator app, passkeys and recovery codes go, and with them every sign-in. They set up
    anew when they next sign in. How many it were."""
    facility = _where_they_run(by, person, now)
    User.objects.select_for_update().get(pk=person.pk)

    found = Authenticator.objects.filter(user=person)
    details = {"removed": sorted(found.values_list("type", flat=True))}
    removed, _ = found.delete()
    if removed:
        SignIn.objects.filter(user=person).delete()
        audit.record(
            action="reset_second_factor",
            facility=facility,
            by=by,
            now=now,
            subject=person,
            rows=(),
            details=details,
        )
    return removed


@transaction.atomic
def reset_password(*, person: User, by: User, now: datetime) -> User:
    """The password opens nothing any more, nor does the PIN or any link made before, and every sign-in ends. They set
    a new one on the page of ``clinic.invitations.welcome_path``."""
    facility = _where_they_run(by, person, now)
    locked = User.objects.select_for_update().get(pk=person.pk)

    locked.set_unusable_password()
    locked.pin = ""
    locked.save(update_fields=["password", "pin"])
    SignIn.objects.filter(user=person).delete()
    audit.record(action="reset_password", facility=facility, by=by, now=now, subject=person, rows=())
    return locked


def _where_they_run(by: User, person: User, now: datetime) -> Facility:
    """A facility that ``by`` runs and where ``person``, who is somebody else, works or will; PermissionDenied where
    there is none. Whoever makes a password or a second factor new could be that person next: ActionRefused
    (WORKS_ELSEWHERE) where they also work where ``by`` does not run it."""
    run, elsewhere = run_by(by, person, at=now)
    if not run:
        raise PermissionDenied("nobody of their staff")
    refuse(*((Refusal("WORKS_ELSEWHERE", {}, None, (ClearedBy.OTHER,)),) if elsewhere else ()))
    return run[0]
