"""What waited on a tablet and cannot be taken: about a patient of another facility where its author works too; what no
server can read."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from clinic.rules.roles import Role
from sessions_app.models import Check
from tests.factories import NINE, Cast, employ, in_monitoring, make_cast
from tests.sessions_app.views.at_tablet import at_tablet, cast, tablet
from tests.sessions_app.views.test_charting import NUMBERS, SIGNS
from tests.sessions_app.views.test_outbox import send, token_of

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db


def test_a_pin_charts_at_the_tablets_own_facility_alone(at_tablet: Client, cast: Cast) -> None:
    other = make_cast(facility_name="Larch Clinic", suffix="-l")
    employ(cast.nora, other.facility, Role.NURSE)
    token = token_of(at_tablet, cast.nora)

    assert send(at_tablet, in_monitoring(other), token, **NUMBERS, **SIGNS)[0] == 403
    assert send(at_tablet, in_monitoring(cast), token, **NUMBERS, **SIGNS)[0] == 200
    assert Check.objects.get(kind="MONITORING").facility == cast.facility


def test_what_cannot_be_read_is_held_for_a_person_and_not_sent_for_ever(at_tablet: Client, cast: Cast) -> None:
    url = reverse("sessions_app:record-check", args=[in_monitoring(cast).dosing_session.pk])
    headers = {"X-Outbox-Author": token_of(at_tablet, cast.nora), "X-Outbox-Typed": NINE.isoformat()}

    answer = at_tablet.post(url, b"no form", content_type="multipart/form-data", headers=headers)

    assert answer.status_code == 422
    assert "cannot read" in json.loads(answer.content)["says"][0]
