"""Signing a form: the secret of whoever is signed in, typed into that very form."""

import pytest
from django.test import Client
from django.urls import reverse

from clinic.actions.signature import PASSWORD_ATTEMPTS
from clinic.models import Signature
from sessions_app.models import DoseOrder, ReadinessAssessment
from tests.clock import clock_at
from tests.factories import NINE, PASSWORD, STAY_ENDS, Cast, Walk, checked_in, minutes, ready_to_leave
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
ORDER = {"devices": "2", "reason": "As last week, well tolerated."}


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return checked_in(cast)


def url_of(walk: Walk, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


def order(client: Client, walk: Walk, **typed: str) -> tuple[int, str]:
    with clock_at(NINE + minutes(5)):
        response = fill_in(client, url_of(walk, "order-dose"), **{**ORDER, **typed})
    return response.status_code, response.content.decode()


@pytest.fixture
def paul(cast: Cast, client: Client) -> Client:
    client.force_login(cast.paul)
    return client


class TestThePage:
    def test_it_says_who_signs_what_and_asks_the_secret(self, cast: Cast, paul: Client, walk: Walk) -> None:
        with clock_at(NINE):
            text = paul.get(url_of(walk, "order-dose")).content.decode()
        assert "I order this dose." in text
        assert "Signed by Paul Penstemon, MD, now" in text
        assert 'type="password" name="signature"' in text

    def test_it_signs(self, cast: Cast, paul: Client, walk: Walk) -> None:
        assert order(paul, walk)[0] == 302
        signature = Signature.objects.get(row_id=DoseOrder.objects.get().pk)
        assert (signature.performed_by, signature.meaning) == (cast.paul, "ORDERED")

    @pytest.mark.parametrize(("secret", "status"), [("wrong", 409), ("", 422), (PASSWORD + " ", 409)])
    def test_it_keeps_what_was_typed_and_never_the_secret(
        self, paul: Client, walk: Walk, secret: str, status: int
    ) -> None:
        found, text = order(paul, walk, signature=secret)
        assert found == status
        assert not DoseOrder.objects.exists()
        assert "As last week, well tolerated." in text
        assert secret == "" or secret not in text
        assert "Sign with your password." in text or "This is not your password. Nothing was signed." in text

    def test_it_is_locked_after_too_many_wrong_ones(self, paul: Client, walk: Walk) -> None:
        for _ in range(PASSWORD_ATTEMPTS):
            order(paul, walk, signature="wrong")
        status, text = order(paul, walk)
        assert (status, DoseOrder.objects.count()) == (409, 0)
        assert "Wrong too often. Wait five minutes; nothing was signed." in text

    def test_a_colleagues_password_is_not_ones_own(self, cast: Cast, paul: Client, walk: Walk) -> None:
        cast.nora.set_password("another horse entirely")
        cast.nora.save(update_fields=["password"])
        assert order(paul, walk, signature="another horse entirely")[0] == 409

    def test_the_same_form_twice_is_one_signature(self, cast: Cast, client: Client) -> None:
        walk = ready_to_leave(cast)
        client.force_login(cast.nora)
        with clock_at(STAY_ENDS):
            page = client.get(url_of(walk, "assess-readiness"))
            sent = {"entry_id": page.context["form"]["entry_id"].value(), "ready": "on", "signature": PASSWORD}
            before = ReadinessAssessment.objects.count()
            assert [client.post(url_of(walk, "assess-readiness"), sent).status_code for _ in range(2)] == [302, 302]
        assert ReadinessAssessment.objects.count() == before + 1


class TestADeviation:
    """Signed only where it rests on an examination, and by whoever may examine."""

    def test_a_nurse_is_not_asked(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        walk = ready_to_leave(cast)
        with clock_at(STAY_ENDS):
            assert 'name="signature"' not in client.get(url_of(walk, "record-deviation")).content.decode()

    def test_an_examination_is_not_recorded_unsigned(self, cast: Cast, paul: Client) -> None:
        walk = ready_to_leave(cast)
        for check in walk.rows("Check"):
            if check.kind == "BASELINE":
                walk.void(check, STAY_ENDS)
        typed = {"code": "BASELINE_CHECK", "reason": "The sheet was lost.", "examined": "on"}
        with clock_at(STAY_ENDS):
            refused = fill_in(paul, url_of(walk, "record-deviation"), **typed, signature="")
            assert refused.status_code == 409
            assert "This needs your signature" in refused.content.decode()
            assert fill_in(paul, url_of(walk, "record-deviation"), **typed).status_code == 302
        (deviation,) = walk.rows("Deviation")
        assert Signature.objects.get(row_id=deviation.pk).meaning == "EXAMINED"
