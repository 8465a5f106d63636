"""What waited on one facility's tablet, about a patient of another one where its author works too."""

import pytest
from django.test import Client

from clinic.rules.roles import Role
from sessions_app.models import Check
from tests.factories import Cast, employ, in_monitoring, make_cast
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
