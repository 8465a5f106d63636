"""Passwords, second factors and sign-ins: a person's own, and what an administrator may do for their staff."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.test import Client

from clinic.actions.sign_in import (
    end_own_sign_ins,
    end_sign_ins,
    reset_password,
    reset_second_factor,
    set_password,
)
from clinic.models import AuditEvent, SignIn, User
from clinic.rules.roles import Role
from tests.expect import audited, denied, failing_audit, nothing_written, refused
from tests.factories import NINE, PASSWORD, Cast, employ, make_cast, make_person

NEW = "four plain words here"
HELP = (end_sign_ins, reset_second_factor, reset_password)
every_help = pytest.mark.parametrize("action", HELP, ids=lambda action: action.__name__)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def give_factors(person: User) -> None:
    for kind in Authenticator.Type:
        Authenticator.objects.create(user=person, type=kind, data={"name": "Key", "seed": "x", "used_mask": 0})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


class TestSetPassword:
    def test_it_opens_with_the_new_one_and_ends_every_other_sign_in(self, cast: Cast) -> None:
        here, there = signed_in(cast.nora), signed_in(cast.nora)
        set_password(person=cast.nora, password=NEW, keep=here.session.session_key or "", by=cast.nora, now=NINE)
        fresh = User.objects.get(pk=cast.nora.pk)
        assert (fresh.check_password(NEW), fresh.check_password(PASSWORD)) == (True, False)
        assert [each.session_key for each in SignIn.objects.filter(user=cast.nora)] == [here.session.session_key]
        assert not is_in(there)

    def test_it_keeps_the_password_out_of_the_audit(self, cast: Cast) -> None:
        set_password(person=cast.nora, password=NEW, by=cast.nora, now=NINE)
        event = AuditEvent.objects.get(action="set_password")
        assert (event.actor, event.subject_id) == (cast.nora, cast.nora.pk)
        assert "words" not in event.payload
        assert "md5" not in event.payload

    def test_it_is_set_by_nobody_else(self, cast: Cast) -> None:
        with denied():
            set_password(person=cast.nora, password=NEW, by=cast.ada, now=NINE)

    def test_it_is_refused_where_it_was_changed_meanwhile(self, cast: Cast) -> None:
        first, second = (User.objects.get(pk=cast.nora.pk) for _ in range(2))
        set_password(person=first, password=NEW, by=first, now=NINE)
        with refused("STATE"):
            set_password(person=second, password="an other one altogether", by=second, now=NINE)
        assert User.objects.get(pk=cast.nora.pk).check_password(NEW)

    def test_it_is_refused_to_whoever_was_closed_out_meanwhile(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.nora.pk).update(is_active=False)
        with refused("STATE"):
            set_password(person=cast.nora, password=NEW, by=cast.nora, now=NINE)

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        with failing_audit():
            set_password(person=cast.nora, password=NEW, by=cast.nora, now=NINE)
        assert User.objects.get(pk=cast.nora.pk).check_password(PASSWORD)


class TestEndOwnSignIns:
    def test_it_ends_ones_own_and_nobody_elses(self, cast: Cast) -> None:
        mine, other, nils = signed_in(cast.nora), signed_in(cast.nora), signed_in(cast.nils)
        keys = tuple(client.session.session_key or "" for client in (other, nils))
        assert end_own_sign_ins(session_keys=keys, by=cast.nora, now=NINE) == 1
        assert [is_in(client) for client in (mine, other, nils)] == [True, False, True]
        assert audited("end_own_sign_ins") == 1

    def test_it_has_one_effect_when_done_twice(self, cast: Cast) -> None:
        keys = (signed_in(cast.nora).session.session_key or "",)
        end_own_sign_ins(session_keys=keys, by=cast.nora, now=NINE)
        with nothing_written():
            assert end_own_sign_ins(session_keys=keys, by=cast.nora, now=NINE) == 0

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        client = signed_in(cast.nora)
        with failing_audit():
            end_own_sign_ins(session_keys=(client.session.session_key or "",), by=cast.nora, now=NINE)
        assert is_in(client)


class TestHelp:
    """What an administrator does for one of their staff."""

    @every_help
    def test_it_signs_the_person_out_everywhere_and_nobody_else(self, cast: Cast, action: Callable[..., Any]) -> None:
        give_factors(cast.nora)
        here, there, nils = signed_in(cast.nora), signed_in(cast.nora), signed_in(cast.nils)
        action(person=cast.nora, by=cast.ada, now=NINE)
        assert [is_in(client) for client in (here, there, nils)] == [False, False, True]
        event = AuditEvent.objects.get(action=action.__name__)
        assert (event.chain.facility, event.actor, event.subject_id) == (cast.facility, cast.ada, cast.nora.pk)

    @every_help
    def test_it_is_for_an_administrator_of_theirs_alone(
        self, cast: Cast, otto: User, action: Callable[..., Any]
    ) -> None:
        give_factors(cast.nora)
        signed_in(cast.nora)
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        for by in (cast.nora, cast.nils, cast.paul, cast.fred, cast.ines, otto, elsewhere.ada):
            with denied():
                action(person=cast.nora, by=by, now=NINE)

    @every_help
    def test_it_is_never_for_oneself(self, cast: Cast, action: Callable[..., Any]) -> None:
        give_factors(cast.ada)
        signed_in(cast.ada)
        with denied():
            action(person=cast.ada, by=cast.ada, now=NINE)

    @every_help
    def test_it_is_not_for_somebody_with_no_role_here(self, cast: Cast, action: Callable[..., Any]) -> None:
        nadia = make_person("nadia", "Nadia Noon")
        give_factors(nadia)
        with pytest.raises(PermissionDenied):
            action(person=nadia, by=cast.ada, now=NINE)
        employ(nadia, cast.facility, Role.FRONT_DESK)
        action(person=nadia, by=cast.ada, now=NINE)

    @every_help
    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast, action: Callable[..., Any]) -> None:
        give_factors(cast.nora)
        client = signed_in(cast.nora)
        with failing_audit():
            action(person=cast.nora, by=cast.ada, now=NINE)
        assert is_in(client)
        assert Authenticator.objects.filter(user=cast.nora).count() == 3

    @pytest.mark.parametrize("action", [end_sign_ins, reset_second_factor], ids=lambda action: action.__name__)
    def test_it_writes_nothing_where_there_is_nothing_to_end(self, cast: Cast, action: Callable[..., Any]) -> None:
        with nothing_written():
            assert action(person=cast.nora, by=cast.ada, now=NINE) == 0

    def test_it_takes_every_second_factor_of_that_person(self, cast: Cast) -> None:
        give_factors(cast.nora)
        give_factors(cast.nils)
        assert reset_second_factor(person=cast.nora, by=cast.ada, now=NINE) == 3
        assert list(Authenticator.objects.values_list("user", flat=True).distinct()) == [cast.nils.pk]
        assert (
            '"removed":["recovery_codes","totp","webauthn"]'
            in AuditEvent.objects.get(action="reset_second_factor").payload
        )

    def test_it_leaves_the_former_password_without_use(self, cast: Cast) -> None:
        reset_password(person=cast.nora, by=cast.ada, now=NINE)
        fresh = User.objects.get(pk=cast.nora.pk)
        assert not fresh.has_usable_password()
        assert not fresh.check_password(PASSWORD)


@every_help
def test_it_is_by_nobody_who_runs_only_one_of_their_places(cast: Cast, action: Callable[..., Any]) -> None:
    """Whoever makes a password and a second factor new could be that person next, everywhere they work."""
    annex = make_cast(facility_name="Annex", organisation=cast.facility.organisation, suffix="-annex")
    employ(annex.paul, cast.facility, Role.FRONT_DESK)
    for administrator in (cast.ada, annex.ada):
        with refused("WORKS_ELSEWHERE"):
            action(person=annex.paul, by=administrator, now=NINE)
    employ(annex.ada, cast.facility, Role.ADMINISTRATOR)
    action(person=annex.paul, by=annex.ada, now=NINE)
