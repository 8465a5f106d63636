"""Ways around the tables: other roles, code of one's own, what stands in front of ours, files, secrets. Each is refused
by the database, known by its SQLSTATE."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from clinic import grants
from clinic.models import Patient
from tests.by_hand import execute, fetch, forge
from tests.database import connect
from tests.factories import Cast, make_patient
from tests.scene import cast, clinic
from tests.sql.test_tables import NO_PRIVILEGE, sqlstate

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db

OWNER = "(SELECT tableowner FROM pg_tables WHERE tablename = 'clinic_patient')"
CODE = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"

NEEDS_SUPERUSER = {
    "triggers off for this session": "SET session_replication_role = replica",
    "a library": "LOAD 'plpgsql'",
    "the server's settings": "ALTER SYSTEM SET fsync = off",
    "its own role": "ALTER ROLE CURRENT_USER SUPERUSER",
    "its own rights": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "the secrets of roles": "SELECT rolpassword FROM pg_authid",
    "the secrets of roles, another way": "SELECT passwd FROM pg_shadow",
    "a program": "COPY clinic_patient TO PROGRAM 'cat'",
    "a program's word": "COPY clinic_entry FROM PROGRAM 'true'",
    "a file of the server": "COPY clinic_entry FROM '/etc/passwd'",
    "a file to write": "COPY clinic_patient TO '/tmp/patients'",
    "a file to read": "SELECT pg_read_file('postgresql.conf')",
    "a folder to read": "SELECT pg_ls_dir('.')",
    "the server's log": "SELECT pg_ls_logdir()",
    "a large object out of a file": "SELECT lo_import('/etc/passwd')",
    "a large object into a file": "SELECT lo_export(1, '/tmp/out')",
    "the settings again": "SELECT pg_reload_conf()",
    "another database": "CREATE DATABASE elsewhere",
    "another role": "CREATE ROLE somebody SUPERUSER",
    "a role that is another's": "GRANT pg_read_server_files TO CURRENT_USER",
    "the catalogue": "UPDATE pg_constraint SET convalidated = false",
    "a trigger in the catalogue": "UPDATE pg_trigger SET tgenabled = 'D'",
    "an untrusted language": "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc', 'getpid'",
}
CODE_OF_ITS_OWN = {
    "a function": f"CREATE FUNCTION public.f() {CODE}",
    "a function of ours": f"CREATE OR REPLACE FUNCTION vigil_stamp_recorded_at() {CODE}",
    "a function that is no more": "DROP FUNCTION vigil_refuse_future_release() CASCADE",
    "where a function looks": "ALTER FUNCTION vigil_release_as_charted() SET search_path = pg_temp",
    "an operator": "CREATE OPERATOR public.> (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_lt)",
    "a schema": "CREATE SCHEMA shadow",
    "a schema of its own name": "CREATE SCHEMA AUTHORIZATION CURRENT_USER",
    "a temporary table": "CREATE TEMP TABLE sessions_app_transition (previous_id uuid)",
    "a temporary view": "CREATE TEMP VIEW clinic_correction AS SELECT 1",
    "a temporary function": f"CREATE FUNCTION pg_temp.clock_timestamp() {CODE}",
    "a table": "CREATE TABLE public.mine (id int)",
    "a view": "CREATE VIEW public.all_of_it AS SELECT * FROM clinic_patient",
    "a view for others": "CREATE MATERIALIZED VIEW public.all_of_it AS SELECT * FROM clinic_patient",
    "an event trigger": "CREATE EVENT TRIGGER quiet ON ddl_command_start EXECUTE FUNCTION vigil_stamp_recorded_at()",
    "an extension": "CREATE EXTENSION dblink",
    "a type": "CREATE TYPE public.text AS ENUM ('x')",
    "a domain": "CREATE DOMAIN public.uuid AS text",
    "a server elsewhere": "CREATE FOREIGN DATA WRAPPER away",
    "a publication": "CREATE PUBLICATION everything FOR ALL TABLES",
    "a subscription": "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
    "rights for what comes": "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT ALL ON TABLES TO PUBLIC",
    "being the owner": "SET ROLE {owner}",
    "signing in as the owner": "SET SESSION AUTHORIZATION {owner}",
    "the owner's things": "REASSIGN OWNED BY {owner} TO CURRENT_USER",
    "the owner's password": "ALTER ROLE {owner} PASSWORD 'x'",
    "the public schema": "ALTER SCHEMA public OWNER TO CURRENT_USER",
    "the database": "ALTER DATABASE {database} SET search_path = pg_temp",
}
# Where PostgreSQL says no otherwise: no such extension is installed with it, or another word for the same.
OTHERWISE = {"an extension": {"42501", "0A000", "58P01", "22023"}}


@pytest.fixture(scope="module")
def attacker(django_db_setup: None) -> Iterator[Any]:
    """The application's role without Django, and without a transaction, where some is refused anyway."""
    with closing(connect(connection.settings_dict)) as login, login.cursor() as cursor:
        cursor.execute(f"SELECT {OWNER}, current_database()")
        yield cursor, cursor.fetchone()


@pytest.mark.parametrize("what", [*NEEDS_SUPERUSER, *CODE_OF_ITS_OWN])
def test_it_is_refused(attacker: Any, what: str) -> None:
    cursor, (owner, database) = attacker
    attack = (NEEDS_SUPERUSER | CODE_OF_ITS_OWN)[what].replace("{owner}", f'"{owner}"')
    with pytest.raises(psycopg2.Error) as refused:
        cursor.execute(attack.replace("{database}", f'"{database}"'))
    assert refused.value.pgcode in OTHERWISE.get(what, {NO_PRIVILEGE}), refused.value


def test_every_function_of_ours_looks_where_nobody_else_writes() -> None:
    ours = fetch("SELECT proname, proconfig, prosecdef FROM pg_proc WHERE proname LIKE 'vigil%%'")
    assert len(ours) >= 10
    for name, configuration, as_its_owner in ours:
        assert configuration == ["search_path=pg_catalog, public, pg_temp"], name
        assert not as_its_owner, name


def test_a_path_of_its_own_moves_no_trigger(cast: Cast) -> None:
    patient = make_patient(cast)
    for path in ("pg_catalog, public", "public, pg_catalog", "pg_temp, public"):
        execute(f"SET LOCAL search_path = {path}")
        forged = forge(patient, mrn=path, recorded_at="2001-01-01 00:00Z")
        assert Patient.objects.get(pk=forged).recorded_at.year > 2001


def test_its_own_password_is_all_it_may_change_and_no_row_with_it() -> None:
    """PostgreSQL lets every role choose its password and the settings of its own sessions. Neither opens anything: the
    worst is that the server cannot sign in."""
    assert sqlstate("ALTER ROLE CURRENT_USER SET lock_timeout = 0") == ""
    assert sqlstate("ALTER ROLE CURRENT_USER SET session_replication_role = replica") == NO_PRIVILEGE
    assert sqlstate("ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'") == NO_PRIVILEGE


class TestARoleThatIsUnfit:
    """What the server's role must not be, `prepare_database` refuses, and says what to revoke."""

    @pytest.mark.parametrize(
        ("answer", "says"),
        [
            ((True, False, [], False, False), "no grant would hold it"),
            ((False, True, [], False, False), "no grant would hold it"),
            ((False, False, ["pg_read_server_files"], False, False), "REVOKE pg_read_server_files FROM vigil"),
            ((False, False, [], True, False), "may create tables"),
            ((False, False, [], False, True), "may make schemas or temporary tables"),
        ],
    )
    def test_it_is_refused(self, answer: tuple[object, ...], says: str) -> None:
        class Answering:
            def execute(self, *statement: object) -> None: ...
            def fetchone(self) -> tuple[object, ...]:
                return answer

        with pytest.raises(ImproperlyConfigured, match=says):
            grants.refuse_unfit_role(Answering(), "vigil")  # type: ignore[arg-type]
