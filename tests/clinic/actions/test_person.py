"""The people of a facility: invited, given roles with a term, closed out and brought back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.access import may, roles_of
from clinic.actions.person import add_administrator, bring_back_person, close_out_person, give_role, invite_person
from clinic.actions.staff import add_display, end_role, grant_role
from clinic.invitations import invited, welcome_path
from clinic.models import AuditEvent, RoleAssignment, SignIn, User
from clinic.rules.roles import Permission, Role
from tests.cast import EMPLOYED
from tests.expect import audited, denied, failing_audit, nothing_written, refused
from tests.factories import NINE, PASSWORD, Cast, employ, entry, make_cast, make_person, one_more

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def fresh(person: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=person.pk)


def invite(cast: Cast, **fields: Any) -> RoleAssignment:
    said = {"username": "nadia", "printed_name": "Nadia Noon", "role": Role.NURSE, "entry": entry(), **fields}
    return invite_person(facility=cast.facility, by=said.pop("by", cast.ada), now=NINE, **said)


def give(cast: Cast, person: User, role: Role = Role.NURSE, **fields: Any) -> RoleAssignment:
    said = {"entry": entry(), "by": cast.ada, "now": NINE, **fields}
    return give_role(person=person, facility=cast.facility, role=role, **said)


def the_role(cast: Cast, person: User) -> RoleAssignment:
    return RoleAssignment.objects.get(facility=cast.facility, user=person, ended_at__isnull=True)


class TestInvitePerson:
    def test_it_has_a_role_and_no_password_until_they_set_one(self, cast: Cast) -> None:
        nadia = fresh(invite(cast, credential="RN", email="nadia@example.org").user)
        assert (str(nadia), nadia.email, nadia.has_usable_password()) == ("Nadia Noon, RN", "nadia@example.org", False)
        assert not nadia.check_password(PASSWORD)
        assert may(nadia, Permission.CHART, cast.facility.pk, at=NINE)
        token = welcome_path(nadia, NINE).rstrip("/").rpartition("/")[2]
        assert invited(token, at=NINE) == nadia

    def test_it_begins_and_ends_to_the_second(self, cast: Cast) -> None:
        nadia = fresh(invite(cast, starts_at=NINE + DAY, ends_at=NINE + 2 * DAY).user)
        held = [bool(roles_of(nadia, at=NINE + at)) for at in (DAY - SECOND, DAY, 2 * DAY - SECOND, 2 * DAY)]
        assert held == [False, True, True, False]

    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("username", {"username": "nora"}),
            ("username", {"username": "vigil"}),
            ("role", {"role": Role.DISPLAY}),
            ("starts_date", {"starts_at": NINE - SECOND}),
            ("ends_date", {"ends_at": NINE}),
            ("ends_date", {"starts_at": NINE + DAY, "ends_at": NINE + DAY}),
        ],
    )
    def test_it_refuses_what_cannot_be(self, cast: Cast, field: str, said: dict[str, Any]) -> None:
        with refused("FIELD", field=field):
            invite(cast, **said)

    def test_it_writes_who_it_was_and_no_secret(self, cast: Cast) -> None:
        event = AuditEvent.objects.get(subject_id=invite(cast).user_id)
        assert (event.action, event.actor, '"username":"nadia"' in event.payload) == ("invite_person", cast.ada, True)
        assert "password" not in event.payload


class TestGiveRole:
    def test_it_adds_to_what_they_hold_and_says_by_whom(self, cast: Cast) -> None:
        given = give(cast, cast.fred)
        assert roles_of(fresh(cast.fred), at=NINE)[cast.facility.pk] == {Role.FRONT_DESK, Role.NURSE}
        assert (given.granted_by, given.granted_at, given.starts_at, given.ends_at) == (cast.ada, NINE, NINE, None)

    def test_it_takes_the_place_of_the_same_role_at_once(self, cast: Cast) -> None:
        before = the_role(cast, cast.nora)
        given = give(cast, cast.nora, ends_at=NINE + DAY)
        before.refresh_from_db()
        assert (before.ended_at, before.ended_by, given.starts_at) == (NINE, cast.ada, NINE)
        assert [bool(roles_of(fresh(cast.nora), at=at)) for at in (NINE, NINE + DAY)] == [True, False]

    def test_it_closes_one_whose_own_end_has_come_at_that_end(self, cast: Cast) -> None:
        first = give(cast, cast.fred, ends_at=NINE + DAY)
        give(cast, cast.fred, now=NINE + 3 * DAY)
        first.refresh_from_db()
        assert first.ended_at == NINE + DAY

    def test_it_is_not_planned_beside_one_that_goes_on(self, cast: Cast) -> None:
        with refused("FIELD", field="starts_date"):
            give(cast, cast.nora, starts_at=NINE + DAY)

    def test_it_is_for_whom_the_organisation_knows(self, cast: Cast, otto: User) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        give(cast, annex.nora)
        assert may(fresh(annex.nora), Permission.CHART, cast.facility.pk, at=NINE)
        wall = add_display(
            facility=cast.facility, username="wall", password=PASSWORD, entry=entry(), by=cast.ada, now=NINE
        )
        for stranger in (otto, make_person("nadia", "Nadia Noon"), wall):
            with denied():
                give(cast, stranger)

    def test_it_is_loud_to_oneself(self, cast: Cast) -> None:
        given = give(cast, cast.ada, Role.PRESCRIBER)
        assert given.granted_by == given.user == cast.ada
        assert '"to_themselves":true' in AuditEvent.objects.get(action="give_role").payload

    def test_it_is_not_given_to_whoever_is_closed_out(self, cast: Cast) -> None:
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        with refused("FIELD", field="role"):
            give(cast, cast.nora)

    def test_it_leaves_the_only_administrator_without_an_end(self, cast: Cast) -> None:
        with refused("LAST_ADMINISTRATOR"):
            give(cast, cast.ada, Role.ADMINISTRATOR, ends_at=NINE + DAY)
        give(cast, cast.fred, Role.ADMINISTRATOR)
        assert give(cast, cast.ada, Role.ADMINISTRATOR, ends_at=NINE + DAY).ends_at == NINE + DAY


class TestTheLastAdministrator:
    def test_it_is_one_who_has_begun_has_no_end_and_may_sign_in(self, cast: Cast) -> None:
        give(cast, cast.fred, Role.ADMINISTRATOR, ends_at=NINE + DAY)
        give(cast, cast.nora, Role.ADMINISTRATOR, starts_at=NINE + DAY)
        away = one_more(cast, Role.ADMINISTRATOR)
        User.objects.filter(pk=away.pk).update(is_active=False)
        with refused("LAST_ADMINISTRATOR"):
            end_role(assignment=the_role(cast, cast.ada), by=cast.ada, now=NINE)
        end_role(assignment=the_role(cast, cast.ada), by=cast.ada, now=NINE + DAY)

    def test_it_is_not_closed_out_either(self, cast: Cast) -> None:
        held = give(cast, cast.fred, Role.ADMINISTRATOR, ends_at=NINE + DAY)
        with refused("LAST_ADMINISTRATOR"):
            close_out_person(person=cast.ada, by=fresh(held.user), now=NINE)


class TestCloseOutPerson:
    def test_it_ends_roles_and_sign_ins_at_once_and_deletes_nobody(self, cast: Cast, client: Client) -> None:
        give(cast, cast.nora, Role.FRONT_DESK, starts_at=NINE + DAY)
        client.force_login(cast.nora)
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        assert not fresh(cast.nora).is_active
        ends = {(row.ended_at, row.ended_by) for row in RoleAssignment.objects.filter(user=cast.nora)}
        assert ends == {(NINE, cast.ada)}
        assert not SignIn.objects.filter(user=cast.nora).exists()
        assert client.get("/")["Location"].startswith("/accounts/login/")

    def test_it_leaves_what_they_hold_elsewhere(self, cast: Cast) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        employ(cast.nora, annex.facility, Role.NURSE)
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        assert list(roles_of(fresh(cast.nora), at=NINE)) == [annex.facility.pk]
        assert fresh(cast.nora).is_active

    def test_it_reaches_every_facility_that_one_runs(self, cast: Cast) -> None:
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        employ(cast.nora, annex.facility, Role.NURSE)
        employ(cast.ada, annex.facility, Role.ADMINISTRATOR)
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        assert not fresh(cast.nora).is_active
        chains = AuditEvent.objects.filter(action="close_out_person").values_list("chain__facility", flat=True)
        assert set(chains) == {cast.facility.pk, annex.facility.pk}

    def test_it_closes_the_sign_in_of_somebody_whose_roles_were_ended_before(self, cast: Cast) -> None:
        end_role(assignment=the_role(cast, cast.nora), by=cast.ada, now=NINE)
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        assert (fresh(cast.nora).is_active, audited("close_out_person")) == (False, 1)

    def test_it_has_one_effect_when_done_twice(self, cast: Cast) -> None:
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        with nothing_written():
            close_out_person(person=cast.nora, by=cast.ada, now=NINE + DAY)

    def test_it_is_for_an_administrator_of_theirs_and_never_for_oneself(self, cast: Cast, otto: User) -> None:
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        for by in (cast.nora, cast.nils, cast.paul, cast.fred, cast.ines, otto, elsewhere.ada):
            with denied():
                close_out_person(person=cast.nora, by=by, now=NINE)
        with denied():
            close_out_person(person=cast.ada, by=cast.ada, now=NINE)

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        with failing_audit():
            close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        assert fresh(cast.nora).is_active


class TestBringBackPerson:
    def closed(self, cast: Cast) -> User:
        close_out_person(person=cast.nora, by=cast.ada, now=NINE)
        return fresh(cast.nora)

    def test_it_opens_the_sign_in_and_gives_no_role(self, cast: Cast) -> None:
        nora = bring_back_person(person=self.closed(cast), facility=cast.facility, by=cast.ada, now=NINE)
        assert (fresh(nora).is_active, roles_of(fresh(nora), at=NINE)) == (True, {})
        give(cast, nora)
        assert may(fresh(nora), Permission.CHART, cast.facility.pk, at=NINE)

    def test_it_has_one_effect_when_done_twice(self, cast: Cast) -> None:
        bring_back_person(person=self.closed(cast), facility=cast.facility, by=cast.ada, now=NINE)
        with nothing_written():
            bring_back_person(person=fresh(cast.nora), facility=cast.facility, by=cast.ada, now=NINE)

    def test_it_is_for_an_administrator_of_a_place_they_worked_at(self, cast: Cast, otto: User) -> None:
        nora = self.closed(cast)
        for by in (cast.nils, cast.paul, cast.fred, cast.ines, otto):
            with denied():
                bring_back_person(person=nora, facility=cast.facility, by=by, now=NINE)
        elsewhere = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation)
        with denied():
            bring_back_person(person=nora, facility=elsewhere.facility, by=elsewhere.ada, now=NINE)

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        nora = self.closed(cast)
        with failing_audit():
            bring_back_person(person=nora, facility=cast.facility, by=cast.ada, now=NINE)


def test_what_the_system_gave_is_said_to_be_the_systems(cast: Cast) -> None:
    given = grant_role(person=cast.fred, facility=cast.facility, role=Role.NURSE, by=None, now=NINE)
    assert given.granted_by.username == "vigil"
    assert the_role(cast, cast.ada).starts_at == EMPLOYED


def test_an_administrator_of_nobodys_making_is_the_systems(cast: Cast) -> None:
    for by in (cast.ada, cast.nora):
        with denied():
            add_administrator(facility=cast.facility, username="nora", by=by, now=NINE)
