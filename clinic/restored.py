"""Whether a restored database is the one that was dumped: every row of every table, and what guards them."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from psycopg2 import sql

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# Of all rows in any order; a row is compared as PostgreSQL writes it.
ROWS = "SELECT count(*), coalesce(sum(('x' || left(md5(each::text), 15))::bit(60)::bigint), 0)::text FROM {} each"
# Written out and read in again a condition has its casts and brackets elsewhere.
AS_WRITTEN = re.compile(r"::(character varying|text)(\[\])?|[()\[\] ]")
GUARDS = {
    "constraint": """SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "trigger": """SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text
        FROM pg_trigger WHERE NOT tgisinternal""",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "right": """SELECT table_name || '.' || column_name, string_agg(privilege_type, ' ' ORDER BY privilege_type)
        FROM information_schema.column_privileges WHERE grantee = current_user GROUP BY 1""",
    "sequence": "SELECT sequencename, coalesce(last_value, 0)::text FROM pg_sequences WHERE schemaname = 'public'",
}


class Table(NamedTuple):
    rows: int
    digest: str


@dataclass(frozen=True)
class Fingerprint:
    tables: dict[str, Table]
    guards: dict[str, str]


def fingerprint(cursor: Any) -> Fingerprint:
    """As the application's role, in one transaction."""
    cursor.execute("SET LOCAL TIME ZONE 'UTC'")
    cursor.execute(TABLES)
    tables = {}
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL(ROWS).format(sql.Identifier(name)))
        tables[name] = Table(*cursor.fetchone())
    guards: dict[str, str] = {}
    for kind, question in GUARDS.items():
        cursor.execute(question)
        guards |= {f"{kind} {name}": AS_WRITTEN.sub("", said) for name, said in cursor.fetchall()}
    return Fingerprint(tables, guards)


def differences(before: Fingerprint, after: Fingerprint) -> list[str]:
    """In sentences; none where nothing differs."""
    found = []
    for name in sorted(before.tables.keys() | after.tables.keys()):
        was, now = before.tables.get(name), after.tables.get(name)
        if was is None or now is None:
            found.append(f"{name}: {'was not there' if was is None else 'is not there'}")
        elif was.rows != now.rows:
            found.append(f"{name}: {was.rows} rows before, {now.rows} after")
        elif was != now:
            found.append(f"{name}: {was.rows} rows, and not all the same")
    for name in sorted(before.guards.keys() | after.guards.keys()):
        said, says = before.guards.get(name), after.guards.get(name)
        if said != says:
            found.append(f"{name}: {said or 'not there'} before, {says or 'not there'} after")
    return found
