"""Where people are signed in: one row per browser, made and ended by Django's sessions (clinic/sign_ins.py); and who
came and went, or was kept out."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.constraints import ProtectedForeignKey, database_clock, state_known
from clinic.identifiers import new_id
from clinic.models.staff import User
from clinic.models.tablet import Tablet


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


class Passage(models.TextChoices):
    """What happened at the door."""

    IN = "IN", _("Signed in")
    OUT = "OUT", _("Signed out")
    LEFT_ALONE = "LEFT_ALONE", _("Signed out by itself")
    WRONG = "WRONG", _("Wrong password")
    LOCKED = "LOCKED", _("Locked after ten wrong tries")


class AtTheDoor(models.Model):
    """Somebody came in, went, or was kept out. Only ever inserted, and beside the chain of the audit, so that nobody
    waits at its row in the morning; wrong PINs stand in PinAttempt, wrong codes in neither. Nothing that was typed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = ProtectedForeignKey(User, related_name="+")
    passage = models.CharField(max_length=10, choices=Passage.choices)
    factor = models.CharField(max_length=10, blank=True, help_text="beside or in place of the password")
    tablet = ProtectedForeignKey(Tablet, null=True, related_name="+")
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    recorded_at = models.DateTimeField(editable=False, null=True)

    class Meta:
        constraints = [state_known("passage", Passage.values, name="at_the_door_passage_known"), database_clock()]
        indexes = [models.Index(fields=("person", "id"), name="at_the_door_of_person")]


def lately_at_the_door(person: User, *, most: int) -> list[AtTheDoor]:
    """The newest first."""
    return list(AtTheDoor.objects.filter(person=person).select_related("tablet").order_by("-id")[:most])
