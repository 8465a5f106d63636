"""How often somebody may be wrong about their own secret: counted per person, for every process, in the cache."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from django.core.cache import cache
from django.db import transaction

from clinic.models import User

WINDOW = timedelta(minutes=5)  # [D]


class Answer(Enum):
    RIGHT = auto()
    WRONG = auto()
    LOCKED = auto()


def attempt(person: User, what: str, is_right: Callable[[], bool], *, limit: int, now: datetime) -> Answer:
    """Try a secret of this person. After ``limit`` wrong ones within five minutes nothing is tried until the oldest
    of them is five minutes old, the right one neither. One at a time, under the person's row lock, so that many at
    once count like many one after the other; call it outside the transaction that the answer decides about."""
    key = f"vigil.attempts.{what}.{person.pk}"
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)
        failed = [at for at in cache.get(key, []) if now - WINDOW < at <= now]
        if len(failed) >= limit:
            return Answer.LOCKED
        if is_right():
            cache.delete(key)
            return Answer.RIGHT
        cache.set(key, [*failed, now], timeout=WINDOW.total_seconds())
        return Answer.WRONG
