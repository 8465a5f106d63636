"""The sample data at hours that break clocks, and rolled forward: the same scenes, by legal steps, nothing lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model

from clinic.models import AuditEvent
from clinic.models.entry import ClinicalRow
from sessions_app.demo.people import HUGO, MAUD, ROSALIND, WILMA
from sessions_app.demo.roll import is_fresh, roll_forward
from sessions_app.demo.seed import seed_demo
from sessions_app.models import DosingSession
from sessions_app.models.diary_days import DiaryDays
from sessions_app.models.filing import Filing
from sessions_app.rules.diary import Block, closed_refusals
from sessions_app.rules.states import OPEN
from tests.sessions_app.demo.scenes import assert_audit_in_order, assert_scenes, latest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOURS = {
    "ten minutes after midnight": datetime(2026, 4, 14, 4, 10, 1, tzinfo=UTC),
    "three in the morning, just after the hour that is missing": datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    "in the hour that comes twice": datetime(2026, 11, 1, 6, 20, tzinfo=UTC),
}


@pytest.mark.parametrize("hour", HOURS)
def test_it_is_a_clinic_now(hour: str) -> None:
    seed_demo(now=HOURS[hour], history=0)
    assert_scenes(HOURS[hour])
    assert_audit_in_order()


NOON = datetime(2026, 4, 14, 16, 0, tzinfo=UTC)
SUNDAY = timedelta(days=12)  # the clinic is closed then, and so is it two days after
LATE = datetime(2026, 4, 15, 3, 50, 59, tzinfo=UTC)  # ten minutes before midnight


def rows() -> dict[type[Model], dict[Any, tuple[Any, ...]]]:
    """Everything charted and audited, as it stands; a session and its form say how far they are, and move."""
    moves = (DosingSession, Filing)
    tables = [model for model in apps.get_models() if issubclass(model, ClinicalRow) and model not in moves]
    return {table: {row[0]: row for row in table._default_manager.values_list()} for table in (*tables, AuditEvent)}


@pytest.mark.parametrize(
    "times",
    [(SUNDAY,), (timedelta(days=1), SUNDAY)],
    ids=["once", "twice"],
)
def test_it_is_rolled_forward_and_nothing_is_lost(times: tuple[timedelta, ...]) -> None:
    seed_demo(now=NOON, history=0)
    # The last check-in was 22 minutes before: for 50 minutes the clinic is left alone.
    assert [is_fresh(NOON + timedelta(minutes=after)) for after in (0, 28, 29, 24 * 60)] == [True, True, False, False]
    for later in times:
        before, open_before = rows(), {session.pk for session in DosingSession.objects.open()}

        assert not is_fresh(NOON + later)
        roll_forward(now=NOON + later)

        assert_scenes(NOON + later)
        assert_diary(NOON + later)
        assert_audit_in_order()
        after = rows()
        for table, kept in before.items():
            assert kept.items() <= after[table].items(), table
        assert not DosingSession.objects.filter(pk__in=open_before, state__in=OPEN).exists()
    ended = DosingSession.objects.filter(patient__mrn=MAUD.mrn).order_by("scheduled_at")
    assert [session.state for session in ended] == ["DISCHARGED", "MONITORING"]  # rested a week before she came again


def assert_diary(now: datetime) -> None:
    """Somebody comes in a moment, whatever the hour; who comes another day comes while the clinic is open, and a week
    or two of the diary are full."""
    assert now < latest(ROSALIND).scheduled_at < now + timedelta(minutes=50)
    wilma = latest(WILMA)
    assert wilma.block_from is not None
    assert wilma.block_until is not None
    day = wilma.scheduled_at.astimezone(wilma.facility.zone).date()
    facts = DiaryDays(wilma.facility, day, day, at=now).facts
    assert facts.hours is not None
    assert not list(closed_refusals(Block(wilma.block_from, wilma.block_until), facts))
    week = {"scheduled_at__gt": now, "scheduled_at__lt": now + timedelta(days=14)}
    assert DosingSession.objects.filter(facility=wilma.facility, state="SCHEDULED", **week).count() > 20


def test_it_is_rolled_after_two_hours_by_others_for_those_who_are_still_watched() -> None:
    seed_demo(now=LATE, history=0)
    assert_scenes(LATE)
    now = LATE + timedelta(hours=2)
    roll_forward(now=now)
    assert_scenes(now)
    assert_diary(now)
    assert latest(MAUD).patient.mrn != MAUD.mrn
    assert latest(HUGO).patient.mrn == HUGO.mrn  # was never dosed
    assert DosingSession.objects.filter(patient__mrn=ROSALIND.mrn, state="CANCELLED").count() == 1
    assert AuditEvent.objects.filter(happened_at__gt=now).count() == 0


def test_the_same_clock_makes_the_same_data() -> None:
    seen = []
    for _ in range(2):
        with transaction.atomic():
            seed_demo(now=NOON, history=1)
            seen.append(clinical())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert len(seen[0]) > 400


def clinical() -> list[tuple[Any, ...]]:
    """What a reader sees: every value but keys, and what is made of keys."""
    found = []
    for table in apps.get_models():
        if issubclass(table, ClinicalRow):
            fields = [f.attname for f in table._meta.concrete_fields if f.get_internal_type() not in KEYS]
            fields.remove("recorded_at")  # the database's own clock, which the demo alone moves
            fields = [name for name in fields if name not in OF_KEYS.get(table.__name__, ())]
            found += [(table.__name__, *map(str, row)) for row in table._default_manager.values_list(*fields)]
    return sorted(found)


# Digests of keys, and texts in which they stand.
OF_KEYS = {"CountLine": ("mark",), "Signature": ("content", "digest")}
KEYS = ("UUIDField", "ForeignKey", "ProtectedForeignKey", "OneToOneField", "ArrayField")
