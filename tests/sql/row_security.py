"""What row-level security would cost under the scoped querysets, measured (docs/decisions/0031-row-level-security.md):

    cp -a .vigil/demo /tmp/measured && python -m tests.sql.row_security /tmp/measured

over a copy of a demo's database that nobody uses. The same pages, in turn without and with it, beside a great many
sessions and patients of the same clinics; then COPY, and a pooler that gives each transaction another connection."""

import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django
import psycopg2

from clinic.embedded_postgres import EmbeddedPostgres

SESSIONS, PATIENTS, ROUNDS = 200_000, 50_000, int(os.environ.get("ROUNDS", "40"))
MINE = "(SELECT string_to_array(nullif(current_setting('vigil.facilities', true), ''), ','))::uuid[]"
OURS = "(SELECT string_to_array(nullif(current_setting('vigil.organisations', true), ''), ','))::uuid[]"


def main(home: Path) -> None:
    with EmbeddedPostgres(home, durable=False) as server:
        addresses = server.addresses()
        os.environ |= {
            "DATABASE_URL": addresses.application,
            "DATABASE_OWNER_URL": addresses.owner,
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "SECRET_KEY": "only-to-measure-" * 4,
            "ALLOWED_HOSTS": "testserver",
        }
        subprocess.run([sys.executable, "manage.py", "prepare_database", "--verbosity", "0"], check=True)
        root = server.connect_as_superuser(urlsplit(addresses.owner).path[1:])
        root.autocommit = True
        volume(root)
        policies(root)
        django.setup()
        logging.disable(logging.WARNING)
        measure(root)
        copy(addresses.application)
        pooler(addresses.application)


def volume(root: Any) -> None:
    """Copies of one patient, course and session of the demo, spread over its clinics and three years."""
    with root.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sessions_app_dosingsession")
        if cursor.fetchone()[0] > SESSIONS:
            return
        cursor.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys: it is volume
        like(cursor, "clinic_patient", PATIENTS, {
            "id": "md5('p' || n)::uuid", "mrn": "'V-' || n", "last_name": "initcap(substr(md5('l' || n), 1, 8))",
            "first_name": "initcap(substr(md5('f' || n), 1, 6))", "details_id": "NULL", "link_id": "NULL",
            "same_person_as_id": "NULL",
            "facility_id": "f.id", "organisation_id": "f.organisation_id",
        })  # fmt: skip
        like(cursor, "sessions_app_course", PATIENTS, {
            "id": "md5('c' || n)::uuid", "patient_id": "md5('p' || n)::uuid", "facility_id": "f.id",
        })  # fmt: skip
        like(cursor, "sessions_app_dosingsession", SESSIONS, {
            "id": "md5('s' || n)::uuid", "patient_id": f"md5('p' || (n % {PATIENTS} + 1))::uuid",
            "course_id": f"md5('c' || (n % {PATIENTS} + 1))::uuid", "facility_id": "f.id", "state": "'DISCHARGED'",
            "scheduled_at": "now() - interval '2 days' - n % 1000 * interval '1 day'", "chair": "''",
        })  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def like(cursor: Any, table: str, many: int, said: dict[str, str]) -> None:
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(said.get(name, f't."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM generate_series(1, {many}) n"
        " JOIN (SELECT id, organisation_id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many"
        f" FROM clinic_facility) f ON f.place = n % f.many, (SELECT * FROM {table} ORDER BY id LIMIT 1) t"
    )


def policies(root: Any) -> None:
    """Rows of the organisation's clinics: gates read a person's doses, answers and counselling at all of them."""
    with root.cursor() as cursor:
        cursor.execute(
            "SELECT relname, bool_or(attname = 'organisation_id') FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND attname IN ('facility_id', 'organisation_id')"
            " AND relname NOT IN ('clinic_facility', 'clinic_roleassignment', 'clinic_auditchain') GROUP BY 1"
        )
        for table, by_organisation in cursor.fetchall():
            which = f"organisation_id = ANY ({OURS})" if by_organisation else f"facility_id = ANY ({MINE})"
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS of_ours ON {table}")
            cursor.execute(f"CREATE POLICY of_ours ON {table} USING ({which}) WITH CHECK ({which})")


def measure(root: Any) -> None:
    from django.conf import settings
    from django.db import connection, transaction
    from django.test import Client

    from clinic.encrypted import encrypt
    from clinic.models import Facility, RoleAssignment
    from sessions_app.models import DosingSession
    from sessions_app.views.patient_search import PURPOSE

    settings.MFA_REQUIRED, settings.IDLE_MINUTES, settings.SECURE_SSL_REDIRECT = False, 0, False
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    role = connection.settings_dict["USER"]

    def secured(on: bool) -> None:
        with root.cursor() as cursor:
            cursor.execute(f"ALTER ROLE {role} {'NOBYPASSRLS' if on else 'BYPASSRLS'}")

    secured(False)
    walked = DosingSession.objects.filter(state="DISCHARGED", chair__gt="").latest("scheduled_at")
    nurse = RoleAssignment.objects.filter(facility=walked.facility, role="nurse", ended_at=None)[0].user
    ours = [str(walked.facility.organisation_id)]
    mine = list(map(str, Facility.objects.filter(organisation=ours[0]).values_list("pk", flat=True)))
    client = Client()
    client.force_login(nurse, backend=settings.AUTHENTICATION_BACKENDS[0])
    surname = walked.patient.last_name
    pages = {
        "floor": "/",
        "session": f"/dosing-sessions/{walked.pk}/",
        "patients": "/patients/",
        "patients, searched": f"/patients/?found={encrypt(surname, purpose=PURPOSE)}",
        "patient": f"/patients/{walked.patient_id}/",
    }

    def plainly(url: str) -> Any:
        return client.get(url)

    def within(url: str) -> Any:
        """As a middleware would: one transaction, and in it who may be seen."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('vigil.facilities', %s, true), set_config('vigil.organisations', %s, true)",
                    [",".join(mine), ",".join(ours)],
                )
            return client.get(url)

    print(f"{'page':<20}{'plain: processor, wall ms':>28}{'secured':>22}{'processor':>12}{'wall':>8}")
    for name, url in pages.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        taken: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
        bodies = {}
        for count in range(2 * ROUNDS + 2):
            on = bool((count + count // 2) % 2)
            secured(on)
            cpu, wall, answer = timed(connection, (within if on else plainly), url)
            assert answer.status_code == 200, (name, on, answer.status_code)
            bodies[on] = len(answer.content)
            if count > 1:
                taken[on].append((cpu, wall))
        (cpu0, wall0), (cpu1, wall1) = (
            [statistics.median(x) for x in zip(*taken[on], strict=True)] for on in (False, True)
        )
        print(
            f"{name:<20}{cpu0:>18.1f}{wall0:>10.1f}{cpu1:>12.1f}{wall1:>10.1f}{cpu1 / cpu0:>12.2f}{wall1 / wall0:>8.2f}"
            f"   {bodies[False]} {bodies[True]} bytes"
        )
    explain(root, connection, secured, surname, mine, ours)
    secured(True)


def timed(connection: Any, get: Callable[[str], Any], url: str) -> tuple[float, float, Any]:
    """Processor of this process and of the server's for it, and wall, in milliseconds."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    began, cpu, there = time.perf_counter(), time.process_time(), of_process(pid)
    answer = get(url)
    ended = time.process_time() - cpu + of_process(pid) - there
    return ended * 1000, (time.perf_counter() - began) * 1000, answer


def of_process(pid: int) -> float:
    """Seconds on a processor, to the nanosecond (Linux)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def explain(root: Any, connection: Any, secured: Any, surname: str, mine: list[str], ours: list[str]) -> None:
    from clinic.models import Patient
    from clinic.models.patient import SEARCHED_TEXT

    asked = Patient.objects.annotate(searched_text=SEARCHED_TEXT).filter(searched_text__contains=surname.lower())
    for on in (False, True):
        secured(on)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('vigil.facilities', %s, false)", [",".join(mine)])
            cursor.execute("SELECT set_config('vigil.organisations', %s, false)", [",".join(ours)])
        print("secured" if on else "plain", asked.explain(analyze=True, timing=False), sep="\n")


def copy(application: str) -> None:
    login = psycopg2.connect(application)
    login.autocommit = True
    with login.cursor() as cursor, tempfile.TemporaryFile() as file:
        cursor.copy_expert("COPY clinic_patient TO STDOUT", file)
        print("COPY TO without the setting:", file.tell(), "bytes")
        try:
            cursor.copy_expert("COPY clinic_entry FROM STDIN", file)
        except psycopg2.Error as error:
            print("COPY FROM:", error.pgcode, str(error).splitlines()[0])
    login.close()


def pooler(application: str) -> None:
    """One connection to the server, given to each transaction in turn: does one person's setting reach another's?"""
    url, folder = urlsplit(application), Path(tempfile.mkdtemp())
    host = dict(part.split("=", 1) for part in url.query.split("&") if "=" in part).get("host", url.hostname or "")
    (folder / "users.txt").write_text(f'"{url.username}" "{url.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\nvigil = host={unquote(host)} dbname={url.path[1:]} user={url.username} password={url.password}\n"
        f"[pgbouncer]\nlisten_port=6543\nlisten_addr=\nunix_socket_dir={folder}\nauth_type=trust\n"
        f"auth_file={folder}/users.txt\npool_mode=transaction\ndefault_pool_size=1\n"
    )
    command = ["pgbouncer", str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:
        command = ["unshare", "-U", *command]  # it does not run as root
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        one, two = (psycopg2.connect(host=str(folder), port=6543, dbname="vigil", user=url.username) for _ in range(2))

        def seen(login: Any, statement: str = "") -> Any:
            with login, login.cursor() as cursor:
                if statement:
                    cursor.execute(statement)
                cursor.execute("SELECT pg_backend_pid(), count(*) FROM clinic_patient")
                return cursor.fetchone()

        with one, one.cursor() as cursor:
            cursor.execute("SELECT id FROM clinic_organisation ORDER BY id LIMIT 1")
            (organisation,) = cursor.fetchone()
        print(
            "pooled, for one transaction:",
            seen(one, f"SELECT set_config('vigil.organisations', '{organisation}', true)"),
        )
        print("pooled, the other's next transaction:", seen(two))
        print("pooled, the first one's next:", seen(one))
        seen(one, f"SELECT set_config('vigil.organisations', '{organisation}', false)")
        print("pooled, the other's, after a setting for the session:", seen(two))
    finally:
        running.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
