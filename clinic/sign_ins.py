"""The session engine (SESSION_ENGINE): Django's own in the database, whose rows know their person. However somebody
signed in, all their sign-ins are found, and ended, by one query."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from clinic.models import SignIn

        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row
