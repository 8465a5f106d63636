"""Where people are signed in: one row per browser, made and ended by Django's sessions (clinic/sign_ins.py)."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.base_session import AbstractBaseSession

from clinic.constraints import ProtectedForeignKey
from clinic.models.staff import User


class SignIn(AbstractBaseSession):
    """A browser's session, and whose it is (nobody's before anyone signs in). Ended by deleting the row: the next
    request, and the next refresh of an open page, finds it gone. No record, so it may be deleted."""

    user = ProtectedForeignKey(User, null=True, related_name="sign_ins")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from clinic.sign_ins import SessionStore

        return SessionStore


def sign_ins_of(person: User, *, at: datetime) -> list[SignIn]:
    """Where this person is signed in."""
    return list(SignIn.objects.filter(user=person, expire_date__gt=at))


def second_factors_of(person: User) -> dict[str, list[Authenticator]]:
    """This person's second factors, by kind, the oldest first."""
    found: dict[str, list[Authenticator]] = {}
    for each in Authenticator.objects.filter(user=person).order_by("pk"):
        found.setdefault(each.type, []).append(each)
    return found
