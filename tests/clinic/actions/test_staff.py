"""People and their roles."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.access import is_display, may, permissions_at
from clinic.actions.staff import add_display, add_person, end_role, grant_role, system_person
from clinic.models import AuditEvent, RoleAssignment, User
from clinic.rules.roles import Permission, Role
from tests.clock import clock_at
from tests.expect import denied, failing_audit, held_by, nothing_written, refused
from tests.factories import NINE, Cast, entry, make_cast, make_person


def add(by: User | None, **fields: Any) -> User:
    said = {"username": "nadia", "password": "correct horse", "printed_name": "Nadia Noon", **fields}
    return add_person(by=by, now=NINE, **said)


def assignment(cast: Cast, person: User) -> RoleAssignment:
    return RoleAssignment.objects.get(facility=cast.facility, user=person)


def fresh(person: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=person.pk)


class TestAddPerson:
    def test_it_adds_somebody_who_may_nothing_yet(self, cast: Cast) -> None:
        nadia = add(cast.ada)
        assert (nadia.is_staff, nadia.is_superuser, nadia.check_password("correct horse")) == (False, False, True)
        assert not may(nadia, Permission.VIEW, cast.facility.pk, at=NINE)

    def test_it_keeps_the_password_out_of_the_audit(self, cast: Cast) -> None:
        event = AuditEvent.objects.get(subject_id=add(cast.ada).pk)
        assert "Nadia Noon" in event.payload
        assert "horse" not in event.payload
        assert "pbkdf2" not in event.payload

    @pytest.mark.parametrize("name", ["nora", "paul", "fred", "ines"])
    def test_it_denies_who_runs_no_facility(self, cast: Cast, name: str) -> None:
        person = getattr(cast, name)
        with denied():
            add(person)

    @pytest.mark.parametrize("name", ["nora", "NORA"])
    def test_it_refuses_a_name_in_use(self, cast: Cast, name: str) -> None:
        with refused("FIELD", field="username"):
            add(cast.ada, username=name)
        with held_by("user_username_in_any_case" if name != "nora" else "clinic_user_username_key"):
            User.objects.create_user(username=name, printed_name="Somebody else")

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        with failing_audit():
            add(cast.ada)
        assert not User.objects.filter(username="nadia").exists()


class TestGrantAndEndRole:
    def test_it_grants_for_one_facility_and_ends(self, cast: Cast) -> None:
        nadia = add(cast.ada)
        granted = grant_role(person=nadia, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        assert may(fresh(nadia), Permission.CHART, cast.facility.pk, at=NINE)

        ended = end_role(assignment=granted, by=cast.ada, now=NINE)

        assert (ended.ended_at, ended.ended_by) == (NINE, cast.ada)
        assert not may(fresh(nadia), Permission.VIEW, cast.facility.pk, at=NINE)

    def test_it_has_one_effect_when_done_twice(self, cast: Cast) -> None:
        granted = assignment(cast, cast.nora)
        with nothing_written():
            again = grant_role(person=cast.nora, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        assert again == granted

        end_role(assignment=granted, by=cast.ada, now=NINE)
        with nothing_written():
            assert end_role(assignment=granted, by=cast.ada, now=NINE).ended_at == NINE

    def test_it_grants_again_what_was_ended(self, cast: Cast) -> None:
        end_role(assignment=assignment(cast, cast.nora), by=cast.ada, now=NINE)
        grant_role(person=cast.nora, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        assert RoleAssignment.objects.filter(user=cast.nora).count() == 2

    @pytest.mark.parametrize("name", ["nora", "paul", "fred", "ines", "otto"])
    def test_it_denies_who_does_not_run_this_facility(self, cast: Cast, otto: User, name: str) -> None:
        person = otto if name == "otto" else getattr(cast, name)
        held = assignment(cast, cast.nora)
        with denied():
            grant_role(person=person, facility=cast.facility, role=Role.ADMINISTRATOR, by=person, now=NINE)
        with denied():
            end_role(assignment=held, by=person, now=NINE)

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast) -> None:
        held = assignment(cast, cast.nora)
        nadia = make_person("nadia", "Nadia Noon")
        with failing_audit():
            grant_role(person=nadia, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        with failing_audit():
            end_role(assignment=held, by=cast.ada, now=NINE)


class TestAnInspector:
    """Looks at one facility, for a time, and does nothing else anywhere."""

    def grant(self, cast: Cast, person: User, role: Role = Role.INSPECTOR, **fields: Any) -> RoleAssignment:
        said = {"facility": cast.facility, "ends_at": NINE + timedelta(days=30), "by": None, "now": NINE, **fields}
        return grant_role(person=person, role=role, **said)

    def test_it_sees_until_the_last_second_and_nothing_after(self, cast: Cast) -> None:
        ivan = make_person("ivan", "Ivan Ibis")
        ends_at = self.grant(cast, ivan).ends_at
        assert ends_at
        last = ends_at - timedelta(seconds=1)
        assert may(fresh(ivan), Permission.VIEW, cast.facility.pk, at=last)
        assert not may(fresh(ivan), Permission.VIEW, cast.facility.pk, at=ends_at)

    def test_it_is_told_until_when(self, cast: Cast, client: Client) -> None:
        client.force_login(cast.ines)
        with clock_at(NINE):
            assert "Inspector until 13 Jul 2026" in client.get("/patients/").content.decode()
            client.force_login(cast.nora)
            assert "Inspector until" not in client.get("/patients/").content.decode()

    def test_it_needs_a_last_day(self, cast: Cast) -> None:
        ivan = make_person("ivan", "Ivan Ibis")
        with refused("FIELD", field="ends_date"):
            self.grant(cast, ivan, ends_at=None)

    def test_it_is_at_one_facility(self, cast: Cast) -> None:
        ivan = make_person("ivan", "Ivan Ibis")
        self.grant(cast, ivan)
        annex = make_cast(facility_name="Annex", suffix="2", organisation=cast.facility.organisation).facility
        with refused("FIELD", field="role"):
            self.grant(cast, ivan, facility=annex)
        self.grant(cast, ivan, facility=annex, now=NINE + timedelta(days=31), ends_at=NINE + timedelta(days=40))

    def test_it_stands_beside_no_other_role(self, cast: Cast) -> None:
        with refused("FIELD", field="role"):
            self.grant(cast, cast.nora)
        with refused("FIELD", field="role"):
            self.grant(cast, cast.ines, Role.NURSE)


class TestTheSystemsOwnPerson:
    def test_it_is_made_once_and_audited(self, cast: Cast) -> None:
        vigil = system_person(now=NINE)
        with nothing_written():
            assert system_person(now=NINE) == vigil
        event = AuditEvent.objects.get(subject_id=vigil.pk)
        assert (event.action, event.actor) == ("add_person", None)

    def test_it_may_nothing_and_never_signs_in(self, cast: Cast, client: Client) -> None:
        vigil = system_person(now=NINE)
        assert (vigil.is_active, vigil.has_usable_password()) == (False, False)
        assert not RoleAssignment.objects.filter(user=vigil).exists()
        for password in ("", "!", vigil.password):
            answer = client.post("/accounts/login/", {"login": vigil.username, "password": password})
            assert answer.status_code == 200
        assert "_auth_user_id" not in client.session

    def test_it_has_a_name_that_nobody_else_takes(self, cast: Cast) -> None:
        with refused("FIELD", field="username"):
            add(cast.ada, username="vigil")

    def test_it_leaves_nothing_without_its_audit_event(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("clinic.actions.staff.SYSTEM", "not-made-yet")
        with failing_audit():
            system_person(now=NINE)


class TestAddDisplay:
    def add(self, cast: Cast, by: User | None = None, **fields: Any) -> User:
        said = {"username": "wall", "password": "correct horse battery", "entry": entry(), **fields}
        return add_display(facility=cast.facility, by=by or cast.ada, now=NINE, **said)

    def test_it_may_show_the_wall_and_do_nothing_else(self, cast: Cast) -> None:
        wall = fresh(self.add(cast))
        assert permissions_at(wall, cast.facility.pk, at=NINE) == {Permission.WALL}
        assert is_display(wall)
        assert not is_display(fresh(cast.ada))

    def test_it_is_no_display_any_more_with_another_role_or_none(self, cast: Cast) -> None:
        wall = self.add(cast)
        grant_role(person=wall, facility=cast.facility, role=Role.NURSE, by=cast.ada, now=NINE)
        assert not is_display(fresh(wall))
        for held in RoleAssignment.objects.filter(user=wall):
            end_role(assignment=held, by=cast.ada, now=NINE)
        assert not is_display(fresh(wall))

    def test_it_keeps_the_password_out_of_the_audit(self, cast: Cast) -> None:
        event = AuditEvent.objects.get(subject_id=self.add(cast).pk)
        assert '"username":"wall"' in event.payload
        assert "horse" not in event.payload
        assert "pbkdf2" not in event.payload

    def test_it_refuses_a_name_in_use(self, cast: Cast) -> None:
        with refused("FIELD", field="username"):
            self.add(cast, username="nora")
