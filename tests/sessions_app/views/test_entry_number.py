"""The number of a form: sent again it is said to be saved, with other answers it never is."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.models import Check
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, in_monitoring, make_cast, minutes
from tests.sessions_app.views.forms import hidden_fields

pytestmark = pytest.mark.django_db


def test_other_answers_are_another_entry_and_are_never_said_to_be_saved(client: Client) -> None:
    cast = make_cast()
    client.force_login(cast.nora)
    walk, number = in_monitoring(cast), str(uuid4())
    url = reverse("sessions_app:repeat-bp", args=[walk.dosing_session.pk])
    first = {"entry_id": number, "systolic_mmhg": "131", "diastolic_mmhg": "84"}

    with clock_at(LAST_DEVICE + minutes(10)):
        assert client.post(url, first).status_code == 302
        assert client.post(url, {**first, "occurred_time": "9:45"}).status_code == 302, "the same, come back late"
        other = client.post(url, {**first, "systolic_mmhg": "160"})
        text = other.content.decode()
        again = client.post(url, {**hidden_fields(other), "systolic_mmhg": "160", "diastolic_mmhg": "84"})

    assert other.status_code == 409
    assert 'data-code="ENTRY_REUSED"' in text
    assert f'data-used="{number}"' in text
    assert 'value="160"' in text
    assert again.status_code == 302
    assert list(Check.objects.filter(kind="MONITORING").values_list("systolic_mmhg", flat=True)) == [131, 160]
