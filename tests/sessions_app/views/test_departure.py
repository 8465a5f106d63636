"""A patient who left early over HTTP: the form of few presses, the calls afterwards, and the month's list."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions_app.actions import follow_up
from sessions_app.models import FollowUpCall, LeftEarly
from sessions_app.rules.states import State
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, NINE, OPENING, Cast, Walk, arrive, in_monitoring, in_state, make_cast, minutes
from tests.scene import cast, clinic
from tests.sessions_app.views.forms import fill_in, pressed

__all__ = ["cast", "clinic"]
pytestmark = pytest.mark.django_db
GONE = LAST_DEVICE + minutes(40)  # 10:15
LEFT = {
    "last_seen_quick": "10:05",
    "found_gone_quick": "10:15",
    "impaired": "UNKNOWN",
    "prescriber_how": "TOLD",
    "prescriber_who": "Paul Penstemon",
    "contact_how": "TRIED",
    "contact_who": "Basil Tamarack",
}


def page(walk: Walk, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


@pytest.fixture
def nora(cast: Cast, client: Client) -> Client:
    client.force_login(cast.nora)
    return client


def leave(client: Client, walk: Walk, now: datetime = GONE, **changed: str) -> tuple[int, str]:
    with clock_at(now):
        response = fill_in(client, page(walk, "leave-early"), **{**LEFT, **changed})
    return response.status_code, response.content.decode()


class TestLeaveEarly:
    def test_it_takes_a_press_for_each_answer(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)

        assert leave(nora, walk)[0] == 302

        left = LeftEarly.objects.get()
        assert (left.last_seen_at, left.found_gone_at, left.impaired) == (GONE - minutes(10), GONE, "UNKNOWN")
        assert left.prescriber_told == "Told Paul Penstemon at 10:15"
        assert left.contact_told == "Tried Basil Tamarack at 10:15"

    def test_it_offers_the_last_check_and_the_last_half_hour(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        walk.check(LAST_DEVICE + minutes(20))
        with clock_at(GONE):
            text = nora.get(page(walk, "leave-early")).content.decode()

        for offered in ("9:55, check", "10:10", "10:05", "10:00", "9:45", "10:15", "Paul Penstemon", "Basil Tamarack"):
            assert f'<b class="word">{offered}</b>' in text
        assert "(555) 555-0134" in text

    def test_it_takes_what_is_typed_before_what_is_pressed(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        leave(
            nora,
            walk,
            last_seen_time="9:58",
            found_gone_time="10:07",
            prescriber_name="Dr Quillon",
            prescriber_time="10:09",
            contact_how="NOBODY",
        )

        left = LeftEarly.objects.get()
        assert (left.last_seen_at, left.found_gone_at) == (GONE - minutes(17), GONE - minutes(8))
        assert left.prescriber_told == "Told Dr Quillon at 10:09"
        assert left.contact_told == "Nobody known"

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"last_seen_quick": ""}, "Choose a time, or type one."),
            ({"found_gone_quick": ""}, "Choose a time, or type one."),
            ({"impaired": ""}, "Choose one."),
            ({"prescriber_how": ""}, "Choose one."),
            ({"prescriber_who": ""}, "Say who."),
            ({"contact_who": ""}, "Say who."),
            ({"contact_time": "10:30"}, "10:30 is still to come; it is 10:15 now."),
            ({"last_seen_quick": "10:99"}, "Choose one of the list."),
            ({"last_seen_quick": "10:15", "found_gone_quick": "10:05"}, "Found gone before last seen."),
        ],
    )
    def test_it_says_what_is_missing_and_keeps_the_rest(
        self, cast: Cast, nora: Client, changed: dict[str, str], words: str
    ) -> None:
        walk = in_monitoring(cast)

        status, text = leave(nora, walk, **changed)

        assert status in (409, 422)
        assert words in text
        assert pressed(text, "prescriber_who") == ([] if "prescriber_who" in changed else ["Paul Penstemon"])
        assert not LeftEarly.objects.exists()

    def test_it_keeps_a_pressed_time_that_is_not_offered_any_more(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        with clock_at(GONE):
            status, _text = leave(nora, walk, now=GONE + minutes(7))
        assert status == 302
        assert LeftEarly.objects.get().found_gone_at == GONE

    def test_it_offers_no_time_of_another_day(self, cast: Cast, nora: Client) -> None:
        walk = in_monitoring(cast)
        with clock_at(GONE + timedelta(days=1)):
            text = nora.get(page(walk, "leave-early")).content.decode()
        assert "last_seen_quick" not in text
        assert "Day of these times" in text


class TestCalls:
    def call(self, client: Client, walk: Walk, now: datetime, **said: Any) -> str:
        with clock_at(now):
            fill_in(client, page(walk, "record-follow-up-call"), **said)
            return client.get(page(walk, "dosing-session")).content.decode()

    def test_it_is_the_next_thing_until_somebody_was_reached(self, cast: Cast, nora: Client) -> None:
        walk = in_state(cast, State.LEFT_EARLY)
        with clock_at(GONE):
            before = nora.get(page(walk, "dosing-session")).content.decode()
        tried = self.call(nora, walk, GONE + minutes(5), outcome="NOT_REACHED")
        tomorrow = GONE + timedelta(days=1)
        done = self.call(
            nora, walk, tomorrow, outcome="REACHED", spoke_to="Basil Tamarack", said="She is asleep.", occurred_time=""
        )

        assert "Call the patient" in before
        assert "Nobody has called yet" in before
        assert "1 call, not reached: 10:20" in tried
        assert "Call the patient" not in done
        assert "Spoke to Basil Tamarack: She is asleep. (N. Nightjar)" in done

    def test_a_time_typed_the_next_day_is_of_that_day(self, cast: Cast, nora: Client) -> None:
        walk = in_state(cast, State.LEFT_EARLY)
        for days in (1, 2):
            now = GONE + timedelta(days=days)
            with clock_at(now):
                asked = nora.get(page(walk, "record-follow-up-call")).content.decode()
            day = (NINE + timedelta(days=days)).date().isoformat()
            assert pressed(asked, "entry_day") == [day]
            self.call(nora, walk, now, outcome="NOT_REACHED", occurred_time="10:05", entry_day=day)

        assert [call.occurred_at for call in FollowUpCall.objects.order_by("order")] == [
            GONE + timedelta(days=1, minutes=-10),
            GONE + timedelta(days=2, minutes=-10),
        ]

    def test_it_stands_on_the_floor_until_it_is_done_and_turns_late_by_time_alone(
        self, cast: Cast, nora: Client
    ) -> None:
        walk, floor = in_state(cast, State.LEFT_EARLY), reverse("sessions_app:floor")
        due = NINE + minutes(45 + 60)

        def look(now: datetime, token: str = "") -> Any:
            with clock_at(now):
                return nora.get(floor, headers={"If-None-Match": token, "X-Requested-With": "refresh"})

        before = look(due - timedelta(seconds=1))
        assert "call within" in before.content.decode()
        after = look(due, before["ETag"])
        assert (after.status_code, "call late" in after.content.decode()) == (200, True)
        later = look(due + timedelta(days=2)).content.decode()
        self.call(nora, walk, due + timedelta(days=2), outcome="REACHED", spoke_to="Herself", said="Well.")
        done = look(due + timedelta(days=2, minutes=1)).content.decode()

        assert "Calls to make" in later
        assert "call late" in later
        assert "Gone since 14 Apr 2026, 9:45" in later
        assert page(walk, "record-follow-up-call") in later
        assert "Calls to make" not in done

    def test_it_stands_on_the_patients_page(self, cast: Cast, nora: Client) -> None:
        walk = in_state(cast, State.LEFT_EARLY)
        url = reverse("sessions_app:patient-page", args=[walk.dosing_session.patient_id])
        with clock_at(GONE + timedelta(days=3)):
            text = nora.get(url).content.decode()

        assert "Calls to make" in text
        assert "(555) 555-0134" in text
        assert page(walk, "record-follow-up-call") in text


class TestTheMonth:
    def month(self, client: Client, month: str = "", status: int = 200, now: datetime = GONE) -> str:
        with clock_at(now):
            response = client.get(reverse("sessions_app:left-early"), {"month": month} if month else {})
        assert response.status_code == status
        return response.content.decode()

    def test_it_lists_by_name_who_left_and_whether_they_were_reached(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        walk = in_state(cast, State.LEFT_EARLY)
        assert "No call yet" in self.month(client)
        said: dict[str, Any] = {"spoke_to": "Basil Tamarack", "said": "She is asleep."}
        follow_up.record_follow_up_call(
            outcome=FollowUpCall.Outcome.REACHED, **said, **walk.envelope(GONE + minutes(5))
        )

        text = self.month(client)

        for words in (
            "Left early and exceptions, April 2026",
            "1 patient",
            "Rosalind Tamarack",
            "14 Apr 2026",
            "9:45",
            "Reached",
        ):
            assert words in text
        assert "Paul Penstemon, by telephone" in text
        assert "Spoke to Basil Tamarack: She is asleep." in text
        assert "left early and exceptions, April 2026 · printed 14 Apr 2026 10:15 EDT by Ines Iris" in text

    def test_it_is_of_one_month_in_the_facilitys_zone(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        late = datetime.fromisoformat("2026-05-01T03:30:00+00:00")  # 23:30 on 30 April
        arrive(cast, cast.paul, now=late - minutes(90))
        walk = in_monitoring(cast, now=late - minutes(60))
        walk.leave_early(late)

        assert "Rosalind Tamarack" in self.month(client, "2026-04")
        assert "Nobody left early in this month" in self.month(client, "2026-05")

    def test_it_forgets_who_came_back_the_same_day(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        in_state(cast, State.LEFT_EARLY).reopen(GONE)
        assert "Nobody left early in this month" in self.month(client)

    def test_it_counts_no_call_of_before_the_patient_left_again(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.nora)
        walk = in_state(cast, State.LEFT_EARLY)
        said: dict[str, Any] = {"spoke_to": "Basil Tamarack", "said": "She is asleep."}
        follow_up.record_follow_up_call(
            outcome=FollowUpCall.Outcome.REACHED, **said, **walk.envelope(GONE + minutes(5))
        )
        walk.reopen(GONE + minutes(10))
        walk.leave_early(GONE + minutes(30))

        text = self.month(client, now=GONE + minutes(40))

        assert "No call yet" in text
        assert "Basil Tamarack: She is asleep." not in text

    def test_it_is_of_one_facility(self, cast: Cast, client: Client) -> None:
        in_state(cast, State.LEFT_EARLY)
        client.force_login(make_cast(facility_name="Annex", suffix="2", now=OPENING).nora)
        assert "Rosalind Tamarack" not in self.month(client)

    @pytest.mark.parametrize("month", ["2026-13", "April", "9999-12", "2026-04-01", "0001-01"])
    def test_it_knows_no_such_month(self, cast: Cast, client: Client, month: str) -> None:
        client.force_login(cast.nora)
        self.month(client, month, status=404)
