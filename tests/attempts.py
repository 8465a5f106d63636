"""An action that is about to be tried: what leads to it, what it is given, and who may do it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.models import User
from clinic.rules.roles import Role
from sessions_app.rules.states import State
from tests.factories import NINE, Cast, entry, one_more

CARE = ("nora", "nils", "paul")
DESK = (*CARE, "fred")
REGISTRY = (*DESK, "ada")
STOCK = (*CARE, "ada")
ADMIN = ("ada",)
PRESCRIBE = ("paul",)
EVERYBODY = ("nora", "nils", "paul", "ada", "fred", "ines")


@dataclass(frozen=True)
class Attempt:
    """``scene`` walks to the moment before and returns what ``fields`` reads; ``allowed`` are the states in which a
    session lets itself be asked (none where the action is not about one session)."""

    action: Callable[..., Any]
    who_may: tuple[str, ...]
    scene: Callable[[Cast], Any]
    fields: Callable[[Any], dict[str, Any]]
    by: str = ""
    now: datetime = NINE
    allowed: tuple[State, ...] = ()

    @property
    def name(self) -> str:
        return self.action.__name__

    def ready(self, cast: Cast) -> "Ready":
        fields = self.fields(self.scene(cast))
        return Ready(self, cast, fields)


@dataclass(frozen=True)
class Ready:
    attempt: Attempt
    cast: Cast
    fields: dict[str, Any]

    @property
    def by(self) -> User:
        return self.person(self.attempt.by or self.attempt.who_may[0])

    def person(self, name: str) -> User:
        found: User = getattr(self.cast, name)
        return found

    def somebody_else(self) -> User:
        """Who may do it too, and is not the one who does."""
        names = [name for name in self.attempt.who_may if self.person(name) != self.by]
        if names:
            return self.person(names[0])
        return one_more(self.cast, Role.PRESCRIBER if self.attempt.who_may == PRESCRIBE else Role.ADMINISTRATOR)

    def __call__(self, **changed: Any) -> Any:
        return self.attempt.action(
            **{**self.fields, "entry": entry(), "by": self.by, "now": self.attempt.now, **changed}
        )
