"""The sample data: made by the application role, with something to show on every screen."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.test import Client
from django.urls import reverse

from clinic.models import Device, RecordAccess, User
from clinic.rules.pin import pin_refusals
from sessions_app.demo import look_at
from sessions_app.demo.people import FELIX, HUGO, MAUD, OPAL, ROSALIND, THEO
from sessions_app.demo.seed import PIN, SIGN_INS, seed_demo
from sessions_app.models import DeviceOutcome, DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.models.stock import devices_at_hand
from sessions_app.rules.checks import CheckState, next_checkpoint
from tests.clock import clock_at
from tests.sessions_app.demo.scenes import assert_scenes, codes, latest, refusals

NOW = datetime(2026, 4, 14, 18, 20, 31, tzinfo=UTC)  # 14:20 in New York
HISTORY = 4


@pytest.fixture(scope="class")
def seeded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Once for all tests of the class, each of which undoes what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed_demo(now=NOW, history=HISTORY)
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("seeded", "db")
class TestSeedDemo:
    def test_it_shows_every_scene(self) -> None:
        assert_scenes(NOW)

    def test_it_makes_no_superuser_and_no_staff(self) -> None:
        assert not User.objects.filter(is_superuser=True).exists()
        assert not User.objects.filter(is_staff=True).exists()

    @pytest.mark.parametrize("sign_in", SIGN_INS, ids=lambda sign_in: sign_in.username)
    def test_it_lets_everybody_sign_in_and_see_their_clinic(self, client: Client, sign_in: tuple[str, ...]) -> None:
        username, password, _role, facility = sign_in
        typed = {"login": username, "password": password}
        assert client.post(reverse("account_login"), typed).status_code == 302
        with clock_at(NOW):
            text = client.get("/wall/" if username == "wall" else "/").content.decode()
        assert facility.split(", ")[0].split(" (")[0] in text

    def test_it_has_people_for_a_shared_tablet(self) -> None:
        assert pin_refusals(PIN) == ()
        for username in ("nora", "nils", "paul", "fred"):
            assert check_password(PIN, User.objects.get(username=username).pin)

    def test_it_has_somebody_to_walk_through_by_hand(self) -> None:
        session = latest(ROSALIND)
        assert NOW < session.scheduled_at < NOW + timedelta(minutes=50)

    def test_it_has_somebody_before_the_dose(self) -> None:
        assert {"CONTRAINDICATION", "MEDICINES", "DOSE_ORDER", "BASELINE", "SAFE_WAY_HOME"} <= codes(HUGO, NOW)

    def test_it_has_somebody_off_label_with_the_next_check_to_come(self) -> None:
        point = next_checkpoint(session_facts(latest(MAUD), at=NOW), now=NOW)
        assert point is not None
        assert (point.minute, point.state) == (60, CheckState.DUE)

    def test_it_has_half_a_dose(self) -> None:
        outcomes = DeviceOutcome.objects.filter(dosing_session=latest(THEO)).order_by("order")
        assert list(outcomes.values_list("outcome", flat=True)) == ["FULL", "PARTIAL"]

    def test_it_holds_somebody_whom_a_prescriber_may_release(self) -> None:
        (refusal,) = refusals(FELIX, NOW)
        assert refusal.params["ways"] == ("declining",)

    def test_it_leaves_twenty_devices_and_some_for_a_named_patient(self) -> None:
        at_hand = devices_at_hand(latest(OPAL).facility_id)
        assert 20 <= at_hand.filter(patient__isnull=True).count() <= 30
        assert at_hand.filter(patient__isnull=False).count() == 3
        assert Device.objects.count() > 40

    def test_it_gives_the_longest_course_its_past(self) -> None:
        """Thirty in the demo; as few here as the seed was told."""
        past = DosingSession.objects.filter(patient__mrn=OPAL.mrn).exclude(pk=latest(OPAL).pk)
        assert past.count() == HISTORY
        assert {session.state for session in past} <= {"DISCHARGED", "NOT_DOSED", "LEFT_EARLY", "TRANSFERRED"}

    def test_it_knows_who_opened_whose_record(self) -> None:
        opened = RecordAccess.objects.filter(facility__name="Wrenfield Clinic", at__gte=NOW - timedelta(hours=12))
        assert {"nora", "nils", "fred", "ines"} <= {row.person.username for row in opened.select_related("person")}

    def test_it_says_where_each_scene_is(self) -> None:
        said = {who: (where, what) for where, who, what in look_at.scenes()}
        assert said["Felix Fennel"][0] == "Wrenfield, chair 5"
        assert said["Rosalind Tamarack"][0] == "Wrenfield, 14 Apr 15:00"
        assert said["Vera Valerian"][0] == "Wrenfield, transferred"
        assert said["Lars Lupine"][0] == "Wrenfield North, chair 2"
        assert len(said) == len(look_at.SCENES)
