"""What waited on a tablet while no server answered, as its script sends it."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from clinic.actions.staff import end_role
from clinic.models import AuditEvent, Entry, RoleAssignment, Tablet, User
from clinic.rules.roles import Role
from sessions_app.models import Check, Deviation
from sessions_app.rules.states import State
from tests.cast import make_tablet
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, STAY_ENDS, Cast, Walk, cleared, in_monitoring, minutes, ready_to_leave
from tests.sessions_app.views.at_tablet import COOKIE, SECRET, at_tablet, cast, come_in, revoke, tablet
from tests.sessions_app.views.test_charting import NUMBERS, SIGNS

__all__ = ["at_tablet", "cast", "tablet"]
pytestmark = pytest.mark.django_db
AT_40, AT_70 = LAST_DEVICE + minutes(40), LAST_DEVICE + minutes(70)
AUTHOR = re.compile(r'data-author="([^"]+)"')
KEY = re.compile(r'data-keep-key="([^"]+)"')


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return in_monitoring(cast)


def page_of(client: Client, at: datetime = NINE) -> str:
    with clock_at(at):
        return client.get("/patients/").content.decode()


def token_of(client: Client, person: User) -> str:
    """What the pages of this person on this tablet carry."""
    come_in(client, person)
    (token,) = AUTHOR.findall(page_of(client))
    return token


def send(
    client: Client,
    walk: Walk,
    token: str,
    *,
    step: str = "record-check",
    typed: datetime = AT_40,
    arrives: datetime = AT_70,
    entry_id: Any = None,
    untimed: bool = False,
    **fields: Any,
) -> tuple[int, dict[str, Any]]:
    url = reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])
    headers = {"X-Outbox-Author": token, "X-Outbox-Typed": typed.isoformat(), "X-Requested-With": "outbox"}
    headers |= {"X-Outbox-Untimed": "yes"} if untimed else {}
    with clock_at(arrives):
        answer = client.post(url, {"entry_id": entry_id or uuid4(), **fields}, headers=headers)
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def by_nora(at_tablet: Client, cast: Cast) -> str:
    """Nora typed; Paul is signed in when the network is back."""
    token = token_of(at_tablet, cast.nora)
    come_in(at_tablet, cast.paul)
    return token


class TestSaved:
    def test_it_is_its_authors_at_its_own_time_whoever_sends_it(
        self, at_tablet: Client, cast: Cast, tablet: Tablet, walk: Walk, by_nora: str
    ) -> None:
        status, answer = send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)
        assert (status, answer["outcome"], answer["at"]) == (200, "saved", "10:45:00")
        check = Check.objects.get(kind="MONITORING")
        assert (check.performed_by, check.recorded_by) == (cast.nora, cast.nora)
        assert (check.channel, check.occurred_at, check.systolic_mmhg) == ("OFFLINE", AT_40, 128)
        assert Entry.objects.get(entry_id=check.entry_id).tablet == tablet
        details = json.loads(AuditEvent.objects.get(entry_id=check.entry_id, action="record_check").payload)["details"]
        assert (details["sent_by"], details["tablet"]) == (str(cast.paul.pk), str(tablet.pk))

    def test_it_says_on_the_chart_that_it_waited(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)
        with clock_at(AT_70):
            page = at_tablet.get(reverse("sessions_app:dosing-session", args=[walk.dosing_session.pk]))
        assert ">offline<" in page.content.decode()

    def test_it_is_once_however_often_it_is_sent(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        number = uuid4()
        sent = [send(at_tablet, walk, by_nora, entry_id=number, **NUMBERS, **SIGNS) for _time in range(3)]
        assert {(status, answer["outcome"]) for status, answer in sent} == {(200, "saved")}
        assert Check.objects.filter(kind="MONITORING").count() == 1

    def test_a_clock_time_is_of_the_day_it_was_typed_on(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        """An outbox that arrives the next morning."""
        status, _answer = send(
            at_tablet, walk, by_nora, arrives=AT_40 + timedelta(hours=20), occurred_time="10:14", **NUMBERS, **SIGNS
        )
        assert status == 200
        assert Check.objects.get(kind="MONITORING").occurred_at == AT_40 - minutes(1)

    def test_nobody_is_asked_back_about_a_rare_value_or_a_gap(
        self, at_tablet: Client, walk: Walk, by_nora: str
    ) -> None:
        assert send(at_tablet, walk, by_nora, **(NUMBERS | {"systolic_mmhg": "212"}))[0] == 200
        check = Check.objects.get(kind="MONITORING")
        assert (check.systolic_mmhg, check.confirmed_unlikely) == (212, [])

    def test_its_sender_is_told_of_a_colleagues_reading(
        self, at_tablet: Client, cast: Cast, walk: Walk, by_nora: str
    ) -> None:
        walk.check(AT_40 - minutes(1), by=cast.nils)
        _status, answer = send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)
        assert len(answer["says"]) == 1
        assert "10:14" in answer["says"][0]

    def test_it_is_taken_after_the_end_and_judged_again(self, at_tablet: Client, cast: Cast, by_nora: str) -> None:
        walk = ready_to_leave(cast)
        walk.release(STAY_ENDS)
        late = NUMBERS | {"systolic_mmhg": "171", "diastolic_mmhg": "101"}
        status, _answer = send(
            at_tablet, walk, by_nora, typed=STAY_ENDS - minutes(1), arrives=STAY_ENDS + minutes(30), **late, **SIGNS
        )
        walk.dosing_session.refresh_from_db()
        assert (status, walk.dosing_session.state) == (200, State.DISCHARGED)
        assert Deviation.objects.filter(dosing_session=walk.dosing_session).exists()

    def test_what_was_measured_before_the_first_device_is_a_baseline(
        self, at_tablet: Client, cast: Cast, by_nora: str
    ) -> None:
        walk = cleared(cast)
        walk.give(NINE + minutes(30))
        assert send(at_tablet, walk, by_nora, typed=NINE + minutes(29), **NUMBERS, **SIGNS)[0] == 200
        assert Check.objects.latest("recorded_at").kind == "BASELINE"


class TestHeldForAPerson:
    def test_what_cannot_be_says_why(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        wrong = NUMBERS | {"diastolic_mmhg": "140"}
        status, answer = send(at_tablet, walk, by_nora, **wrong, **SIGNS)
        assert (status, answer["outcome"], len(answer["says"])) == (409, "refused", 1)
        assert "140" in answer["says"][0]
        assert not Check.objects.filter(kind="MONITORING").exists()

    def test_a_tablets_clock_that_ran_ahead_is_seen(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        status, answer = send(at_tablet, walk, by_nora, typed=AT_70 + minutes(3), **NUMBERS, **SIGNS)
        assert (status, answer["outcome"]) == (409, "refused")
        assert send(at_tablet, walk, by_nora, typed=AT_70 + minutes(2), **NUMBERS, **SIGNS)[0] == 200

    def test_a_record_that_is_busy_is_for_no_person_to_settle(
        self, at_tablet: Client, walk: Walk, by_nora: str
    ) -> None:
        busy = OperationalError("canceling statement due to lock timeout")
        with mock.patch("sessions_app.actions.monitoring.record_check", side_effect=busy):
            status, answer = send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)
        assert (status, answer["outcome"]) == (423, "refused")

    def test_a_time_nobody_knows_is_asked_for_unless_it_arrived_before(
        self, at_tablet: Client, walk: Walk, by_nora: str
    ) -> None:
        number = uuid4()
        for known in (False, True):
            status, answer = send(at_tablet, walk, by_nora, entry_id=number, untimed=True, **NUMBERS, **SIGNS)
            assert (status, answer["outcome"]) == ((200, "saved") if known else (409, "refused"))
            send(at_tablet, walk, by_nora, entry_id=number, **NUMBERS, **SIGNS)
        typed = {"occurred_time": "10:14"}
        assert send(at_tablet, walk, by_nora, untimed=True, **typed, **NUMBERS, **SIGNS)[0] == 200
        assert Check.objects.filter(kind="MONITORING").count() == 2

    def test_what_arrived_before_is_saved_however_it_is_read_now(
        self, at_tablet: Client, walk: Walk, by_nora: str
    ) -> None:
        number = uuid4()
        said = NUMBERS | SIGNS | {"occurred_time": "10:14"}
        send(at_tablet, walk, by_nora, entry_id=number, **said)
        for time in ("10:14", "11:59", "no time"):
            assert send(at_tablet, walk, by_nora, entry_id=number, **(said | {"occurred_time": time}))[0] == 200
        status, answer = send(at_tablet, walk, by_nora, entry_id=number, **(said | {"systolic_mmhg": "no number"}))
        assert (status, answer["outcome"]) == (409, "refused")
        assert "saved before, with other answers" in answer["says"][0]

    @pytest.mark.parametrize("step", ["discharge", "clear", "administer-device", "order-dose", "assess-readiness"])
    def test_nothing_but_a_fact_waits(
        self, at_tablet: Client, cast: Cast, by_nora: str, step: str, django_assert_max_num_queries: Any
    ) -> None:
        walk = ready_to_leave(cast)
        with django_assert_max_num_queries(7):
            status, answer = send(at_tablet, walk, by_nora, step=step)
        assert (status, answer["outcome"]) == (409, "refused")
        assert "needs the server" in answer["says"][0]

    def test_a_page_is_never_read_as_somebody_else(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        url = reverse("sessions_app:record-check", args=[walk.dosing_session.pk])
        answer = at_tablet.get(url, headers={"X-Outbox-Author": by_nora})
        assert json.loads(answer.content)["outcome"] == "refused"


class TestWhoTypedIt:
    def test_it_counts_what_they_might_when_they_typed(
        self, at_tablet: Client, cast: Cast, walk: Walk, by_nora: str
    ) -> None:
        role = RoleAssignment.objects.get(user=cast.nora, role=Role.NURSE)
        end_role(assignment=role, by=cast.ada, now=AT_40 + minutes(5))
        cast.nora.is_active = False
        cast.nora.save(update_fields=["is_active"])
        assert send(at_tablet, walk, by_nora, typed=AT_40 + minutes(4), **NUMBERS, **SIGNS)[0] == 200
        status, answer = send(at_tablet, walk, by_nora, typed=AT_40 + minutes(6), **NUMBERS, **SIGNS)
        assert (status, answer["outcome"]) == (403, "not-allowed")
        assert str(cast.nora) in answer["says"][0]

    def test_a_medicine_was_given_by_whoever_was_licensed_then(
        self, at_tablet: Client, cast: Cast, walk: Walk, by_nora: str
    ) -> None:
        role = RoleAssignment.objects.get(user=cast.nora, role=Role.NURSE)
        end_role(assignment=role, by=cast.ada, now=AT_40 + minutes(5))
        given = {"drug": "Ondansetron", "dose": "4 mg", "route": "ORAL", "given_by": str(cast.nora.pk)}
        status, answer = send(at_tablet, walk, by_nora, step="give-medicine", **given)
        assert status == 200, answer

    def test_a_desk_charts_nothing_whoever_sends_it(self, at_tablet: Client, cast: Cast, walk: Walk) -> None:
        token = token_of(at_tablet, cast.fred)
        come_in(at_tablet, cast.nora)
        assert send(at_tablet, walk, token, **NUMBERS, **SIGNS)[0] == 403

    @pytest.mark.parametrize("typed", [NINE - minutes(3), NINE + timedelta(hours=24, minutes=1)])
    def test_a_token_is_of_one_sign_in(self, at_tablet: Client, walk: Walk, by_nora: str, typed: datetime) -> None:
        status, answer = send(at_tablet, walk, by_nora, typed=typed, arrives=NINE + timedelta(days=3), **NUMBERS)
        assert (status, answer["outcome"]) == (403, "not-allowed")

    def test_a_token_of_another_tablet_or_a_made_one_says_nothing(
        self, at_tablet: Client, cast: Cast, walk: Walk, by_nora: str
    ) -> None:
        make_tablet(cast, name="Room 3", secret="another")
        other = Client()
        other.cookies[COOKIE] = "another"
        come_in(other, cast.nora)
        for token in (by_nora[:-1], "", "x:y:z"):
            assert send(other, walk, token, **NUMBERS)[1]["outcome"] == "not-allowed"
        assert send(other, walk, by_nora, **NUMBERS)[1]["outcome"] == "not-allowed"
        assert not Check.objects.filter(kind="MONITORING").exists()


class TestNobodySends:
    def test_it_waits_where_nobody_is_signed_in(self, at_tablet: Client, walk: Walk, by_nora: str) -> None:
        with clock_at(AT_70):
            at_tablet.post("/tablet/lock/")
        status, answer = send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)
        assert (status, answer["outcome"]) == (401, "sign-in")

    def test_a_revoked_tablet_sends_nothing(
        self, at_tablet: Client, cast: Cast, tablet: Tablet, walk: Walk, by_nora: str
    ) -> None:
        revoke(tablet, cast)
        assert send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)[1] == {"outcome": "sign-in"}
        at_tablet.force_login(cast.nora)
        assert send(at_tablet, walk, by_nora, **NUMBERS, **SIGNS)[1] == {"outcome": "sign-in"}
        assert KEY.findall(page_of(at_tablet)) != []
        assert not Check.objects.filter(kind="MONITORING").exists()

    def test_a_page_of_an_older_sign_in_waits_too(self, cast: Cast, tablet: Tablet, walk: Walk) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies[COOKIE] = SECRET
        strict.force_login(cast.nora)
        assert send(strict, walk, "whatever", **NUMBERS)[1] == {"outcome": "sign-in"}


class TestTheKey:
    def test_it_is_the_tablets_whoever_is_signed_in_and_nobodys_signed_out(
        self, at_tablet: Client, cast: Cast, tablet: Tablet
    ) -> None:
        assert not KEY.findall(at_tablet.get("/tablet/").content.decode())
        keys = []
        for person in (cast.nora, cast.paul):
            come_in(at_tablet, person)
            keys += KEY.findall(page_of(at_tablet))
        assert len(keys) == 2
        assert len(set(keys)) == 1
        revoke(tablet, cast)
        at_tablet.force_login(cast.nora)
        assert KEY.findall(page_of(at_tablet)) != keys[:1]

    def test_elsewhere_it_is_the_persons_and_nobody_types_for_an_outbox(self, client: Client, cast: Cast) -> None:
        keys = set()
        for person in (cast.nora, cast.paul):
            client.force_login(person)
            text = page_of(client)
            keys |= set(KEY.findall(text))
            assert not AUTHOR.findall(text)
        assert len(keys) == 2
