"""What migrates quickly leaves the very database that Django's own way leaves."""

import os
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from psycopg2.extensions import make_dsn

from clinic.embedded_postgres import Addresses
from clinic.postgres_host import binaries
from tests import database

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("django_db_setup")]


def schema(login: dict[str, str], name: str) -> list[str]:
    dsn = make_dsn(host=login["HOST"], user=login["USER"], password=login["PASSWORD"], dbname=name)
    command = [str(binaries() / "pg_dump"), "--schema-only", "--no-privileges", "--exclude-table=vigil_cache", dsn]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line for line in said.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def test_the_schema_is_the_same(database_addresses: Addresses, database_template: str | None) -> None:
    if database_template is None:
        pytest.skip("a server of one's own was not migrated here")
    owner, plain = database.login(database_addresses.owner), f"plain_{os.getpid()}"
    with closing(database.connect({**owner, "NAME": database_template})) as as_owner, as_owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {plain}")
        try:
            url = database_addresses.owner.replace(f"/{database_template}?", f"/{plain}?")
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate", "--verbosity", "0"]
            subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)
            found = schema(owner, plain)
        finally:
            cursor.execute(f"DROP DATABASE {plain}")
    assert len(found) > 10_000
    assert found == schema(owner, database_template)
