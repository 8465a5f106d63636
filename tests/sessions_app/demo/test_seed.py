"""The sample data: made by the application role, legal at any hour, with something to show on every screen."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.models import AuditEvent, Device, User
from clinic.rules.refusals import Refusal
from sessions_app.demo.patients import FELIX, GRETA, HUGO, MAUD, OPAL, OTIS, ROSALIND, SILAS, Somebody
from sessions_app.demo.seed import SIGN_INS, seed_demo
from sessions_app.models import DosingSession
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.site import Site
from sessions_app.models.stock import devices_at_hand
from sessions_app.rules.checks import CheckState, next_checkpoint
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.states import OPEN, State
from tests.clock import clock_at

NOW = datetime(2026, 4, 14, 18, 20, 31, tzinfo=UTC)  # 14:20 in New York
HOURS = {
    "a second after midnight": datetime(2026, 4, 14, 4, 0, 1, tzinfo=UTC),
    "late in the evening": datetime(2026, 4, 15, 3, 52, 59, tzinfo=UTC),
    "the hour that comes twice": datetime(2026, 11, 1, 6, 20, tzinfo=UTC),
}


def of(somebody: Somebody) -> DosingSession:
    """The session of today."""
    sessions = sessions_with_context().filter(patient__mrn=somebody.mrn, state__in=(State.SCHEDULED, *OPEN))
    return sessions.get()


def refusals(somebody: Somebody, now: datetime = NOW) -> tuple[Refusal, ...]:
    return gate_refusals(session_facts(of(somebody), at=now, start=True), now=now)


def codes(somebody: Somebody) -> set[str]:
    return {refusal.code for refusal in refusals(somebody)}


@pytest.mark.django_db
@pytest.mark.parametrize("hour", HOURS)
def test_it_is_legal_at(hour: str) -> None:
    now = HOURS[hour]
    seed_demo(now=now)
    assert Counter(DosingSession.objects.values_list("state", flat=True)) == {
        State.SCHEDULED: 2,
        State.CHECKED_IN: 2,
        State.DOSING: 1,
        State.MONITORING: 4,
        State.DISCHARGED: 9,
        State.NOT_DOSED: 1,
        State.LEFT_EARLY: 1,
        State.CANCELLED: 1,
    }
    assert refusals(OPAL, now) == ()
    assert Site(of(OPAL).facility, "esketamine", at=now).prescribers_on_site
    assert not AuditEvent.objects.filter(happened_at__gt=now).exists()


@pytest.fixture(scope="class")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Once for all tests of the class, each of which undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed_demo(now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("seeded", "db")
class TestSeedDemo:
    def test_it_makes_no_superuser_and_no_staff(self) -> None:
        assert not User.objects.filter(is_superuser=True).exists()
        assert not User.objects.filter(is_staff=True).exists()

    @pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda sign_in: sign_in.username)
    def test_it_lets_everybody_sign_in_and_see_today(self, client: Client, sign_in: tuple[str, ...]) -> None:
        username, password, _role, facility = sign_in
        typed = {"login": username, "password": password}
        assert client.post(reverse("account_login"), typed).status_code == 302
        with clock_at(NOW):
            text = client.get("/").content.decode()
        assert facility.split(" and ")[0].split(" (")[0] in text

    def test_it_has_somebody_to_walk_through_by_hand(self) -> None:
        session = of(ROSALIND)
        assert session.state == State.SCHEDULED
        assert NOW < session.scheduled_at < NOW + timedelta(minutes=50)

    def test_it_has_somebody_before_the_dose(self) -> None:
        assert of(HUGO).state == State.CHECKED_IN
        assert {"CONTRAINDICATION", "MEDICINES", "DOSE_ORDER", "BASELINE", "SAFE_WAY_HOME"} <= codes(HUGO)

    def test_it_has_somebody_between_two_devices(self) -> None:
        assert of(GRETA).state == State.DOSING
        assert codes(GRETA) == {"DEVICE_INTERVAL"}

    def test_it_has_somebody_off_label_with_the_next_check_to_come(self) -> None:
        point = next_checkpoint(session_facts(of(MAUD), at=NOW), now=NOW)
        assert point is not None
        assert (point.minute, point.state) == (60, CheckState.DUE)
        assert {"SEDATION", "DISSOCIATION", "MINIMUM_STAY"} <= codes(MAUD)

    def test_it_has_a_check_overdue(self) -> None:
        point = next_checkpoint(session_facts(of(SILAS), at=NOW), now=NOW)
        assert point is not None
        assert (point.minute, point.state) == (40, CheckState.OVERDUE)

    def test_it_has_somebody_held_by_pressure_whom_a_prescriber_may_release(self) -> None:
        (refusal,) = refusals(FELIX)
        assert refusal.code == "BP"
        assert refusal.params["ways"] == ("declining",)

    def test_it_has_somebody_ready_to_leave(self) -> None:
        assert refusals(OPAL) == ()

    def test_it_has_somebody_whom_nobody_here_may_dose(self) -> None:
        assert {"FACILITY", "AUTHORIZED_REP"} <= codes(OTIS)

    def test_it_leaves_twenty_devices_and_some_for_a_named_patient(self) -> None:
        at_hand = devices_at_hand(of(OPAL).facility_id)
        assert 15 <= at_hand.filter(patient__isnull=True).count() <= 25
        assert at_hand.filter(patient__isnull=False).count() == 3
        assert Device.objects.count() > 40

    def test_it_writes_the_audit_in_order(self) -> None:
        for facility in {of(OPAL).facility_id, of(OTIS).facility_id}:
            events = AuditEvent.objects.filter(chain__facility=facility).order_by("sequence")
            times = list(events.values_list("happened_at", flat=True))
            assert times == sorted(times)
