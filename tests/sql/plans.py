"""Run by itself against a made-up registry, as the application: every page is asked as whoever may, and each of its
statements explained. Prints what it found."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import django

# What grows with every session.
BIG = {
    *("clinic_auditevent", "clinic_entry", "clinic_patient", "clinic_recordaccess", "clinic_signature"),
    *("clinic_stockmovement", "clinic_device", "sessions_app_answer", "sessions_app_check", "sessions_app_course"),
    *("sessions_app_deviceadministration", "sessions_app_dosingsession", "sessions_app_filing"),
    *("sessions_app_signevent", "sessions_app_signobservation", "sessions_app_transition"),
}
# Of open sessions alone: as many as sit somewhere now, whatever was before.
NOW = {"dosing_session_one_open_per_patient", "dosing_session_one_open_per_chair"}
# A thousand sessions are few, and reading all of them to sort or hash them is quick: what counts is that there is an
# index for each way that a country's would go.
WAYS = ("seqscan", "hashjoin", "mergejoin")
PEOPLE = ("nora", "paul", "ada")


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "clinic.settings", "PREPARE_STATEMENTS": "0"}
    django.setup()

    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from clinic.models import User

    settings.ALLOWED_HOSTS = ["*"]
    clients = []
    for name in PEOPLE:
        clients.append(client := Client(raise_request_exception=False))
        client.force_login(User.objects.get(username=name))
    asked: dict[str, int] = {}
    found: set[tuple[str, str, str]] = set()
    for name, url in addresses():
        for client in clients:
            statements: list[tuple[str, Any]] = []
            with connection.execute_wrapper(kept(statements)):
                status = client.get(url).status_code
            asked[name] = min(status, asked.get(name, status))
            for sql, params in statements if status < 400 else ():
                found |= {(name, *scan) for scan in scans(connection, sql, params)}
    json.dump({"asked": asked, "found": sorted(found)}, sys.stdout)


def addresses() -> Iterator[tuple[str, str]]:
    from django.apps import apps

    from sessions_app.models import DosingSession
    from tests.pages import pages

    session = DosingSession.objects.filter(state="DISCHARGED", facility__name="Alder clinic 1").latest("scheduled_at")
    things: dict[str, Any] = {
        "session_id": session.pk,
        "patient_id": session.patient_id,
        "course_id": session.course_id,
        "program_code": session.program_code,
        "instrument_code": "phq9",
        "requirement_code": "DEA_REGISTRATION",
        "attestation_code": "MONITORING",
        "field_code": "ready_minutes",
        "row_kind": "Check",
    }
    named = {f"{model.__name__.lower()}_id": model for model in apps.get_models()}
    for page in pages():
        for argument in page.asks:
            if argument not in things:
                with suppress(Exception):
                    rows = named[argument.replace("_", "", argument.count("_") - 1)].objects
                    things[argument] = rows.filter(facility=session.facility_id).first().pk
        missing = {argument: UUID(int=0) for argument in page.asks}
        with suppress(Exception):
            yield page.name, page.url({**missing, **things})


def kept(statements: list[tuple[str, Any]]) -> Callable[..., Any]:
    def watch(execute: Callable[..., Any], sql: Any, params: Any, *rest: Any) -> Any:
        if re.match(r"\s*\(?(SELECT|WITH)", str(sql)):
            statements.append((str(sql), params))
        return execute(sql, params, *rest)

    return watch


def scans(connection: Any, sql: str, params: Any) -> Iterator[tuple[str, str]]:
    """Where it reads all of a big table although it need not: asked of a planner that goes another way if there is
    one. An index read from its end, for a few rows, is none of that."""
    with connection.cursor() as cursor:
        for way in WAYS:
            cursor.execute(f"SET enable_{way} = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON, VERBOSE) {sql}", params)
        [(plan,)] = cursor.fetchall()
        for way in WAYS:
            cursor.execute(f"RESET enable_{way}")
    yield from _in((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"], few=False)


def _in(node: dict[str, Any], *, few: bool) -> Iterator[tuple[str, str]]:
    table, kind, index = node.get("Relation Name", ""), node["Node Type"], node.get("Index Name", "")
    whole_index = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and index not in NOW
    if table in BIG and (kind == "Seq Scan" or (whole_index and not few)):
        yield table, f"{kind} {index} {node.get('Filter', '')}".strip()
    # What stands under a limit with nothing that has to have read everything first stops early.
    few = kind == "Limit" or (few and kind not in ("Sort", "Aggregate", "Hash", "WindowAgg", "Unique", "Materialize"))
    for part in node.get("Plans", ()):
        yield from _in(part, few=few)


if __name__ == "__main__":
    main()
