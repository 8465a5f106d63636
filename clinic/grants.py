"""What the application role may do to each table, given by the owner after every migration.

Append-only is enforced here and not in Python: the application reads and inserts clinical rows and changes
only the columns named below. It deletes and truncates nothing of ours. docs/decisions/0002.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connection as default_connection
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

from clinic import environment

OUR_APPS = ("clinic", "sessions_app")

# The few columns that move. `SELECT ... FOR UPDATE` needs one of them; `save()` needs `update_fields`.
MUTABLE_COLUMNS: dict[str, tuple[str, ...]] = {
    "clinic.User": ("last_login", "password", "is_active", "pin"),
    "clinic.RoleAssignment": ("ended_at", "ended_by"),
    "clinic.AuditChain": ("last_sequence", "last_link"),
    "clinic.TabletHeard": ("heard_at",),
    "clinic.Patient": (
        "same_person_as",
        "link",
        "details",
        "first_name",
        "middle_initial",
        "last_name",
        "birth_date",
        "sex",
        "phone",
        "paper_language",
    ),
    "sessions_app.DosingSession": (
        "state",
        "transition",
        "discharge",
        "last_order",
        "chair",
        "scheduled_at",
        "block_from",
        "block_until",
        "checked_in_at",
        "checked_in_by",
        "program_version",
        "policy",
        "minimum_stay_minutes",
        "final_check_window_minutes",
    ),
    "sessions_app.Filing": ("state", "step", "edition", "treatment_date", "due_at", "person"),
}

# Data shipped with the code: the owner loads it, the application reads it.
OWNER_ONLY: tuple[str, ...] = ("sessions_app.ProgramVersion", "sessions_app.FormEdition")

# What comes and goes, and is no record.
COME_AND_GO: tuple[str, ...] = (
    *("clinic.SignIn", "sessions_app.SessionLine", "sessions_app.StockDay", "sessions_app.LinesUntil"),
)

# Of Django's own tables, those the application has no business writing.
READ_ONLY_APPS = ("auth", "contenttypes")
READ_ONLY_TABLES = ("django_migrations",)


def application_role() -> str:
    """The user of DATABASE_URL; stays known while this process is connected as the owner."""
    return str(settings.APPLICATION_ROLE)


def connect_as_owner() -> None:
    """From here on this process is the owner: to migrate, to load shipped data and to give grants."""
    owner = environment.database("DATABASE_OWNER_URL")
    if owner["USER"] == application_role():
        raise ImproperlyConfigured(
            f"DATABASE_OWNER_URL and DATABASE_URL both name the role {owner['USER']}; the owner must be another."
        )
    _connect(owner)


def connect_as_application() -> None:
    _connect(environment.database("DATABASE_URL"))


def _connect(login: dict[str, Any]) -> None:
    default_connection.close()
    for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
        default_connection.settings_dict[key] = login[key]
    default_connection.settings_dict["OPTIONS"].update(login["OPTIONS"])


def apply_grants(connection: BaseDatabaseWrapper) -> None:
    """Idempotent: takes everything away, then gives what `rights_by_table` and MUTABLE_COLUMNS say."""
    role = application_role()
    rights, columns = rights_by_table(), mutable_columns_by_table()
    # In one transaction, so that a running server never meets the moment without rights.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        # A schema or a temporary table of its own could stand in front of ours.
        database = str(connection.settings_dict["NAME"])
        grant(
            cursor, "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}", database=database, role=role
        )
        refuse_unfit_role(cursor, role)
        grant(cursor, "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}", role=role)
        for table in connection.introspection.table_names(cursor):
            if table in rights:
                grant(cursor, f"GRANT {rights[table]} ON {{table}} TO {{role}}", role=role, table=table)
            if table in columns:
                names = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
                statement = sql.SQL("GRANT UPDATE ({names}) ON {table} TO {role}")
                cursor.execute(statement.format(names=names, table=sql.Identifier(table), role=sql.Identifier(role)))
        grant(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", role=role)


def grant(cursor: CursorWrapper, statement: str, **names: str) -> None:
    identifiers = {key: sql.Identifier(name) for key, name in names.items()}
    cursor.execute(sql.SQL(statement).format(**identifiers))


def rights_by_table() -> dict[str, str]:
    """Whole-table rights. A table nobody lists here is out of the application's reach."""
    owner_only = {model_named(label)._meta.db_table for label in OWNER_ONLY}
    free = {model_named(label)._meta.db_table for label in COME_AND_GO}
    rights = {str(cache["LOCATION"]): "SELECT, INSERT, UPDATE, DELETE" for cache in settings.CACHES.values()}
    for model in apps.get_models(include_auto_created=True):
        table, app = model._meta.db_table, model._meta.app_label
        if table in owner_only or app in READ_ONLY_APPS:
            rights[table] = "SELECT"
        elif app in OUR_APPS and table not in free:
            rights[table] = "SELECT, INSERT"
        else:
            rights[table] = "SELECT, INSERT, UPDATE, DELETE"
    return rights | dict.fromkeys(READ_ONLY_TABLES, "SELECT")


def mutable_columns_by_table() -> dict[str, tuple[str, ...]]:
    return {
        model_named(label)._meta.db_table: tuple(column_of(model_named(label), field) for field in fields)
        for label, fields in MUTABLE_COLUMNS.items()
    }


def model_named(label: str) -> type[models.Model]:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        raise ImproperlyConfigured(f"clinic/grants.py names the model {label}, which does not exist.") from None


def column_of(model: type[models.Model], field: str) -> str:
    try:
        column = getattr(model._meta.get_field(field), "column", None)
    except FieldDoesNotExist:
        column = None
    if column is None:
        raise ImproperlyConfigured(f"clinic/grants.py names the field {model._meta.label}.{field}, which is no column.")
    return str(column)


# What PostgreSQL itself hands out with these goes past every grant on a table.
UNFIT_MEMBER_OF = (
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
    "pg_signal_backend",
    "pg_read_all_settings",
    "pg_read_all_stats",
    "pg_monitor",
    "pg_maintain",
)


def refuse_unfit_role(cursor: CursorWrapper, role: str) -> None:
    """Grants hold nobody who may walk past them."""
    cursor.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,"
        " pg_has_role(rolname, current_user, 'MEMBER'),"
        " ARRAY(SELECT r.rolname FROM pg_roles r WHERE r.rolname = ANY(%s) AND pg_has_role(m.oid, r.oid, 'MEMBER')),"
        " has_schema_privilege(rolname, 'public', 'CREATE'),"
        " has_database_privilege(rolname, current_database(), 'CREATE, TEMPORARY')"
        " FROM pg_roles m WHERE rolname = %s",
        [list(UNFIT_MEMBER_OF), role],
    )
    row = cursor.fetchone()
    if row is None:
        raise ImproperlyConfigured(f"The application role {role!r}, the user of DATABASE_URL, does not exist.")
    too_powerful, acts_as_owner, member_of, may_create, may_shadow = row
    if too_powerful or acts_as_owner:
        raise ImproperlyConfigured(
            f"The application role {role} is a superuser, may make roles or databases, replicates, or acts for the"
            " owner; no grant would hold it."
        )
    if member_of:
        raise ImproperlyConfigured(
            f"The application role {role} is a member of {', '.join(member_of)}; run as superuser: "
            f"REVOKE {', '.join(member_of)} FROM {role}."
        )
    if may_create:
        raise ImproperlyConfigured(
            f"The application role {role} may create tables; run as superuser: "
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC."
        )
    if may_shadow:
        raise ImproperlyConfigured(
            f"The application role {role} may make schemas or temporary tables; run as the database's owner: "
            f"REVOKE CREATE, TEMPORARY ON DATABASE ... FROM PUBLIC, {role}."
        )
