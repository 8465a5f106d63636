"""My chairs, the hand-over, another chair and the prescriber asked, over HTTP."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sessions_app.actions import floor
from sessions_app.models import ChairList, Watch
from tests.clock import clock_at
from tests.factories import LAST_DEVICE, Cast, Walk, checked_in, entry, in_monitoring, make_cast, make_otto, minutes
from tests.sessions_app.views.forms import fill_in, hidden_fields

pytestmark = pytest.mark.django_db
LATER = LAST_DEVICE + minutes(25)
HAND_OVER = "/hand-over/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def nora(cast: Cast, client: Client) -> Iterator[Client]:
    client.force_login(cast.nora)
    with clock_at(LATER):
        yield client


@pytest.fixture
def walks(cast: Cast) -> list[Walk]:
    """Two chairs of Nora's, one of Nils's, one of nobody."""
    found = [in_monitoring(cast), in_monitoring(cast), in_monitoring(cast), checked_in(cast)]
    for walk, by in zip(found, (cast.nora, cast.nora, cast.nils), strict=False):
        floor.take_watch(**walk.envelope(LAST_DEVICE, by=by))
    return found


def page(walk: Walk, step: str) -> str:
    return reverse(f"sessions_app:{step}", args=[walk.dosing_session.pk])


def text(response: HttpResponse) -> str:
    return response.content.decode()


def said(walk: Walk, state: str) -> dict[str, str]:
    return {f"give_{walk.dosing_session.pk}": "on", f"state_{walk.dosing_session.pk}": state}


def watcher(walk: Walk) -> UUID:
    found: UUID = Watch.objects.filter(dosing_session=walk.dosing_session).order_by("order").last().watcher_id  # type: ignore[union-attr]
    return found


class TestMyChairs:
    def test_it_tells_mine_from_nobodys_and_others(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        context = nora.get("/my-chairs/").context
        assert [card["chair"] for card in context["mine"]] == ["1", "2"]
        assert [card["chair"] for card in context["others"]] == ["3"]
        assert [card["chair"] for card in context["nobodys"]] == ["4"]

    def test_it_takes_a_chair_by_one_press_and_comes_back(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        response = nora.post(page(walks[3], "take-watch"), {"entry_id": str(entry().entry_id), "from_list": "1"})
        assert (response.status_code, response["Location"]) == (302, "/my-chairs/")
        assert watcher(walks[3]) == cast.nora.pk

    def test_it_takes_it_from_the_session_page(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        shown = nora.get(page(walks[2], "dosing-session"))
        assert "Nils Quince watches, since 9:35" in text(shown)
        response = nora.post(page(walks[2], "take-watch"), hidden_fields(shown))
        assert response["Location"] == page(walks[2], "dosing-session")
        assert "I watch this chair" not in text(nora.get(page(walks[2], "dosing-session")))


class TestHandOver:
    def test_it_gives_every_ticked_chair_with_its_state(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        one, two, _nils, nobodys = walks
        typed = {**said(one, "Awake."), **said(two, "Drowsy."), **said(nobodys, "Waits."), "receiver": cast.paul.pk}

        response = fill_in(nora, HAND_OVER, **typed)

        assert response.status_code == 302
        assert [watcher(walk) for walk in walks] == [cast.paul.pk, cast.paul.pk, cast.nils.pk, cast.paul.pk]
        assert "Handed over by Nora Nightjar to Paul Penstemon at 10:00" in text(nora.get(page(two, "dosing-session")))
        assert "Drowsy." in text(nora.get(page(two, "dosing-session")))

    def test_it_has_one_effect_when_sent_twice(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        form = {**hidden_fields(nora.get(HAND_OVER)), **said(walks[0], "Awake."), "receiver": cast.nils.pk}
        assert [nora.post(HAND_OVER, form).status_code for _click in range(2)] == [302, 302]
        assert len(walks[0].rows("Watch")) == 2

    def test_it_says_at_which_chair_the_words_are_missing_and_writes_nothing(
        self, cast: Cast, nora: Client, walks: list[Walk]
    ) -> None:
        response = fill_in(
            nora, HAND_OVER, **said(walks[0], "Awake, a bit pale."), **said(walks[1], " "), receiver=cast.nils.pk
        )
        assert response.status_code == 422
        assert "Say in a few words how the patient is." in text(response)
        assert "Awake, a bit pale." in text(response)
        assert watcher(walks[0]) == cast.nora.pk

    def test_it_hands_over_the_others_when_one_chair_was_taken_meanwhile(
        self, cast: Cast, nora: Client, walks: list[Walk]
    ) -> None:
        form = hidden_fields(nora.get(HAND_OVER))
        floor.take_watch(**walks[1].envelope(LATER, by=cast.nils))
        typed = {**form, **said(walks[0], "Awake."), **said(walks[1], "Drowsy since ten."), "receiver": cast.paul.pk}

        response = nora.post(HAND_OVER, typed)

        assert response.status_code == 409
        assert "Chair 2, Rosalind Tamarack: Nils Quince watches this chair now" in text(response)
        assert "Drowsy since ten." in text(response)
        assert [watcher(walk) for walk in walks[:2]] == [cast.paul.pk, cast.nils.pk]

    def test_it_offers_no_longer_what_was_handed_over_beside_a_refused_chair(
        self, cast: Cast, nora: Client, walks: list[Walk]
    ) -> None:
        form = hidden_fields(nora.get(HAND_OVER))
        floor.take_watch(**walks[1].envelope(LATER, by=cast.nils))
        typed = {**form, **said(walks[0], "Awake."), **said(walks[1], "Drowsy."), "receiver": cast.paul.pk}

        shown = nora.post(HAND_OVER, typed)

        assert "Handed over: Chair 1, Rosalind Tamarack." in text(shown)
        assert f"state_{walks[0].dosing_session.pk}" not in text(shown)
        assert f"state_{walks[1].dosing_session.pk}" in text(shown)

    @pytest.mark.parametrize("change", ["words", "receiver"])
    def test_it_never_says_saved_of_what_was_changed_and_sent_again(
        self, cast: Cast, nora: Client, walks: list[Walk], change: str
    ) -> None:
        form = {**hidden_fields(nora.get(HAND_OVER)), **said(walks[0], "Awake."), "receiver": cast.paul.pk}
        nora.post(HAND_OVER, form)
        changed = said(walks[0], "Very drowsy.") if change == "words" else {"receiver": cast.nils.pk}

        response = nora.post(HAND_OVER, {**form, **changed})

        assert response.status_code == 409
        assert "Chair 1, Rosalind Tamarack: This form was saved before, with other answers" in text(response)
        assert changed.get(f"state_{walks[0].dosing_session.pk}", "Awake.") in text(response)
        assert watcher(walks[0]) == cast.paul.pk

    def test_it_keeps_what_was_typed_for_a_session_that_ended(
        self, cast: Cast, nora: Client, walks: list[Walk]
    ) -> None:
        form = hidden_fields(nora.get(HAND_OVER))
        walks[0].transfer(LATER)
        response = nora.post(HAND_OVER, {**form, **said(walks[0], "Pale."), "receiver": cast.nils.pk})
        assert response.status_code == 409
        assert "The session has moved on" in text(response)
        assert "Pale." in text(response)

    def test_it_offers_who_is_on_site_first_and_never_oneself(self, cast: Cast, nora: Client, walks: Any) -> None:
        choices = nora.get(HAND_OVER).context["form"].fields["receiver"].choices
        assert [words for _key, words in choices] == ["Paul Penstemon, MD", "Nils Quince, RN, not on site"]

    @pytest.mark.parametrize("name", ["fred", "ines", "ada"])
    def test_it_is_for_those_who_watch(self, cast: Cast, client: Client, name: str) -> None:
        client.force_login(getattr(cast, name))
        assert [client.get(url).status_code for url in (HAND_OVER, "/my-chairs/")] == [403, 403]

    def test_it_knows_no_chair_of_another_facility(self, cast: Cast, client: Client, walks: list[Walk]) -> None:
        client.force_login(make_otto())
        with clock_at(LATER):
            response = fill_in(client, HAND_OVER, **said(walks[3], "Mine."), receiver=cast.nora.pk)
        assert "Rosalind" not in text(response)
        assert walks[3].rows("Watch") == []


class TestMoveChair:
    def test_it_offers_the_free_chairs_of_the_room_first(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        chairs = ChairList(
            facility=cast.facility,
            entry_id=walks[0].rows("Watch")[0].entry_id,
            performed_by=cast.ada,
            recorded_by=cast.ada,
            occurred_at=LATER,
            chairs=["1", "2", "3", "5", "6"],
        )
        chairs.save(force_insert=True)

        response = nora.get(page(walks[0], "move-chair"))

        offered = [words for _chair, words in response.context["form"].fields["chair"].choices]
        assert offered == ["1", "5", "6", "2 · Rosalind Tamarack", "3 · Rosalind Tamarack"]
        taken = fill_in(nora, page(walks[0], "move-chair"), chair="3")
        assert taken.status_code == 409
        assert "Chair 3 is taken" in text(taken)
        assert fill_in(nora, page(walks[0], "move-chair"), chair="6").status_code == 302
        assert walks[0].refresh().chair == "6"


class TestContactPrescriber:
    def test_it_keeps_what_was_said_until_it_is_read_back(self, cast: Cast, nora: Client, walks: list[Walk]) -> None:
        typed = {"prescriber": cast.paul.pk, "how": "TELEPHONE", "said": "Repeat at ten past."}
        first = fill_in(nora, page(walks[0], "contact-prescriber"), **typed)
        assert first.status_code == 409
        assert "Read it back" in text(first)
        assert "Repeat at ten past." in text(first)
        assert "It opens no gate" in text(first)
        assert fill_in(nora, page(walks[0], "contact-prescriber"), **typed, read_back="on").status_code == 302
        assert "by telephone, read back: Repeat at ten past." in text(nora.get(page(walks[0], "dosing-session")))
