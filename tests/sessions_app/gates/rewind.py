"""A database set back to one moment: the same people at the same chair again, without walking
there. By the owner, who alone may; while a round is on, every trigger and constraint stands."""

from typing import Any

from django.apps import apps
from django.db.models import Model

from clinic import grants

# Of what moves besides being added, what a round moves.
MOVING = ("clinic_auditchain", "sessions_app_dosingsession", "sessions_app_filing")


def _tables() -> list[str]:
    kept = {*grants.OWNER_ONLY, *grants.COME_AND_GO, *grants.MUTABLE_COLUMNS}
    mine: list[type[Model]] = [model for model in apps.get_models() if model._meta.app_label in grants.OUR_APPS]
    return [model._meta.db_table for model in mine if model._meta.label not in kept]


class Rewind:
    """Back to where it was made, as often as asked; nobody else is at the database then."""

    def __init__(self, owner: Any) -> None:
        self._cursor = owner.cursor()
        self._cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (since,) = self._cursor.fetchone()
        # In one statement: what it leaves is consistent, in whichever order it goes.
        deleted = [f"{table}_ AS (DELETE FROM {table} WHERE xmin::text::bigint > {since})" for table in _tables()]
        self._cursor.execute(f"PREPARE take_back AS WITH {', '.join(deleted)} SELECT")
        set_back = []
        for table in MOVING:
            self._cursor.execute(f"CREATE TEMPORARY TABLE was_{table} AS SELECT * FROM {table}")
            columns = ", ".join(f'"{name}" = was."{name}"' for name in grants.mutable_columns_by_table()[table])
            set_back.append(f"UPDATE {table} AS now SET {columns} FROM was_{table} AS was WHERE now.id = was.id")
        unguarded, guarded = (
            [f"ALTER TABLE {table} {turned} TRIGGER USER" for table in MOVING] for turned in ("DISABLE", "ENABLE")
        )
        steps = [
            "BEGIN",
            *unguarded,
            *set_back,
            "EXECUTE take_back",
            "SET CONSTRAINTS ALL IMMEDIATE",
            *guarded,
            "COMMIT",
        ]
        self._statements = "; ".join(steps)

    def __call__(self) -> None:
        self._cursor.execute(self._statements)
