"""The comparison of the drill: whatever differs is named."""

from dataclasses import replace

import pytest
from django.db import connection, transaction

from clinic.models import Organisation
from clinic.restored import Fingerprint, Table, differences, fingerprint

pytestmark = pytest.mark.django_db


def now() -> Fingerprint:
    with transaction.atomic(), connection.cursor() as cursor:
        return fingerprint(cursor)


def test_it_finds_nothing_where_nothing_differs() -> None:
    assert differences(now(), now()) == []


def test_it_names_the_table_whose_rows_differ_whatever_their_number() -> None:
    Organisation.objects.create(name="Larch Group")
    before = now()
    Organisation.objects.create(name="Alder Group")
    assert differences(before, now()) == ["clinic_organisation: 1 rows before, 2 after"]
    one, _two = Organisation.objects.order_by("name")
    assert one.name == "Alder Group"
    other = replace(before, tables={**before.tables, "clinic_organisation": Table(1, "another")})
    assert differences(before, other) == ["clinic_organisation: 1 rows, and not all the same"]
    fewer = replace(before, tables={name: table for name, table in before.tables.items() if name != "clinic_entry"})
    assert differences(before, fewer) == ["clinic_entry: is not there"]


def test_it_looks_at_every_table_and_at_what_guards_them() -> None:
    found = now()
    assert {"clinic_auditevent", "sessions_app_check", "django_migrations"} <= found.tables.keys()
    guards = [
        "constraint clinic_entry.entry_once_per_facility",
        "trigger clinic_auditevent.auditevent_recorded_by_database",
        "right clinic_auditevent.link",
    ]
    for guard in guards:
        without = replace(found, guards={name: said for name, said in found.guards.items() if name != guard})
        (said,) = differences(found, without)
        assert said.startswith(f"{guard}: ")
        assert said.endswith(" before, not there after")
    assert found.guards["right clinic_auditevent.link"] == "INSERTSELECT"
