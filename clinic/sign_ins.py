"""The session engine (SESSION_ENGINE): Django's own in the database, whose rows know their person. However somebody
signed in, all their sign-ins are found, and ended, by one query."""

from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models import QuerySet
from django.utils import timezone

from clinic.prepared import Prepared


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from clinic.models import SignIn

        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

    def _get_session_from_db(self) -> Any:
        """Asked by every request."""
        found = _in_force().instances(session_key=self.session_key, at=timezone.now())
        return next(found, None) or super()._get_session_from_db()  # type: ignore[misc]


@cache
def _in_force() -> Prepared:
    def build(session_key: str, at: datetime) -> QuerySet[Any]:
        return SessionStore.get_model_class().objects.filter(session_key=session_key, expire_date__gt=at)

    return Prepared(build, session_key=str, at=datetime)
