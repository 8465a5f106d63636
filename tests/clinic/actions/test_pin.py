"""PINs: set by oneself, tried a few times, never raced past."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password

from clinic.actions.pin import lift_pin_lock, people_with_pin, set_pin, try_pin
from clinic.actions.sign_in import reset_password
from clinic.actions.staff import end_role
from clinic.models import AuditEvent, PinAttempt, RoleAssignment, Tablet, User
from clinic.rules.pin import WINDOW
from clinic.rules.refusals import ActionRefused
from clinic.rules.roles import Role
from tests.expect import denied, failing_audit, refused
from tests.factories import NINE, PIN, Cast, employ, give_pin, make_cast, make_tablet, one_more
from tests.race import race

SECOND = timedelta(seconds=1)
WRONG = "111111"


@pytest.fixture
def tablet(cast: Cast) -> Tablet:
    for person in (cast.nora, cast.nils):
        give_pin(person)
    return make_tablet(cast)


def tried(person: User, pin: str, tablet: Tablet, *, after: timedelta = timedelta(0)) -> str:
    """What came of it: nothing, or the code or problem of the refusal."""
    try:
        try_pin(person=person, pin=pin, tablet=tablet, now=NINE + after)
    except ActionRefused as refused:
        (refusal,) = refused.refusals
        return str(refusal.params.get("problem") or refusal.code)
    return ""


class TestSetting:
    def test_it_is_kept_hashed_and_out_of_the_audit(self, cast: Cast) -> None:
        set_pin(person=cast.nora, pin=PIN, by=cast.nora, now=NINE)

        stored = User.objects.get(pk=cast.nora.pk).pin
        assert PIN not in stored
        event = AuditEvent.objects.get(action="set_pin")
        assert (event.actor, event.subject_id) == (cast.nora, cast.nora.pk)
        assert PIN not in event.payload
        assert stored not in event.payload

    def test_it_is_ones_own(self, cast: Cast) -> None:
        with denied():
            set_pin(person=cast.nora, pin=PIN, by=cast.ada, now=NINE)

    def test_it_refuses_an_obvious_one(self, cast: Cast) -> None:
        with refused("FIELD", field="pin"):
            set_pin(person=cast.nora, pin="123456", by=cast.nora, now=NINE)
        assert User.objects.get(pk=cast.nora.pk).pin == ""

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        with failing_audit():
            set_pin(person=cast.nora, pin=PIN, by=cast.nora, now=NINE)
        assert User.objects.get(pk=cast.nora.pk).pin == ""

    def test_it_is_gone_when_an_administrator_resets_the_password(self, cast: Cast) -> None:
        give_pin(cast.nora)
        reset_password(person=cast.nora, by=cast.ada, now=NINE)
        assert User.objects.get(pk=cast.nora.pk).pin == ""


class TestWho:
    def test_it_is_whoever_has_a_pin_and_a_role_there(self, cast: Cast, tablet: Tablet) -> None:
        employ(cast.ada, make_cast(facility_name="Annex", suffix="2").facility, Role.NURSE)
        wall = one_more(cast, Role.DISPLAY, "Wall Display")
        User.objects.filter(pk=wall.pk).update(pin=make_password(PIN))
        assert list(people_with_pin(tablet, at=NINE)) == [cast.nils, cast.nora]

    def test_it_is_nobody_whose_role_ended_or_who_was_closed_out(self, cast: Cast, tablet: Tablet) -> None:
        end_role(assignment=RoleAssignment.objects.get(user=cast.nora), by=cast.ada, now=NINE)
        User.objects.filter(pk=cast.nils.pk).update(is_active=False)
        assert list(people_with_pin(tablet, at=NINE)) == []
        assert [tried(person, PIN, tablet) for person in (cast.nora, cast.nils)] == ["pin_wrong", "pin_wrong"]
        assert not PinAttempt.objects.exists()

    def test_it_is_nobody_of_another_facility(self, cast: Cast, tablet: Tablet) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        assert tried(cast.nora, PIN, make_tablet(annex, name="Annex 1")) == "pin_wrong"


class TestTrying:
    def test_it_lets_the_right_one_in_and_says_when(self, cast: Cast, tablet: Tablet) -> None:
        assert tried(cast.nora, PIN, tablet) == ""
        assert Tablet.objects.with_last_use().get().last_used_at == NINE

    def test_it_pauses_after_five_wrong_ones_on_whatever_tablets(self, cast: Cast, tablet: Tablet) -> None:
        another = make_tablet(cast, name="Room 3")
        came = [tried(cast.nora, WRONG, where) for where in (tablet, another, tablet, another, tablet)]
        assert came == ["pin_wrong"] * 4 + ["PIN_LOCKED"]
        assert tried(cast.nora, PIN, another) == "PIN_LOCKED", "the right one too"
        assert tried(cast.nora, PIN, tablet, after=WINDOW - SECOND) == "PIN_LOCKED"
        assert tried(cast.nora, PIN, tablet, after=WINDOW) == ""

    def test_it_leaves_everybody_else_unharmed(self, cast: Cast, tablet: Tablet) -> None:
        for _time in range(5):
            tried(cast.nora, WRONG, tablet)
        assert tried(cast.nils, PIN, tablet) == ""

    def test_it_does_not_begin_anew_with_a_right_one(self, cast: Cast, tablet: Tablet) -> None:
        came = [tried(cast.nora, pin, tablet) for pin in (*[WRONG] * 4, PIN, WRONG)]
        assert came == [*["pin_wrong"] * 4, "", "PIN_LOCKED"]

    def test_it_says_how_many_are_left(self, cast: Cast, tablet: Tablet) -> None:
        with pytest.raises(ActionRefused) as caught:
            try_pin(person=cast.nora, pin=WRONG, tablet=tablet, now=NINE)
        assert caught.value.refusals[0].params["left"] == 4

    def test_it_begins_anew_for_somebody_who_proved_themself_otherwise(self, cast: Cast, tablet: Tablet) -> None:
        for person in (cast.nora, cast.nils):
            for _time in range(5):
                tried(person, WRONG, tablet)
        lift_pin_lock(person=cast.nora, now=NINE)
        assert tried(cast.nora, PIN, tablet) == ""
        assert tried(cast.nils, PIN, tablet) == "PIN_LOCKED"

    def test_it_writes_nothing_where_there_is_nothing_to_lift(self, cast: Cast, tablet: Tablet) -> None:
        lift_pin_lock(person=cast.nora, now=NINE)
        assert not PinAttempt.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_is_not_raced_past() -> None:
    cast = make_cast()
    give_pin(cast.nora)
    tablet = make_tablet(cast)

    outcomes = race(*[partial(tried, cast.nora, WRONG, tablet)] * 12)

    assert PinAttempt.objects.filter(outcome="WRONG").count() == 5, "counted, and committed although refused"
    assert sorted(outcomes) == ["PIN_LOCKED"] * 8 + ["pin_wrong"] * 4
    assert tried(cast.nora, PIN, tablet) == "PIN_LOCKED"
