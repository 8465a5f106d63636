"""What each role may do, in one table; the rows that safety rests on are said again here."""

import pytest

from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, Permission, Role


def holders(permission: Permission) -> set[Role]:
    return {role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions}


def test_knows_every_role_and_gives_every_permission_to_somebody() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert all(holders(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.PRESCRIBE, {Role.PRESCRIBER}),
        (Permission.ADMINISTER, {Role.NURSE, Role.PRESCRIBER}),
        (Permission.CHART, {Role.NURSE, Role.PRESCRIBER}),
        (Permission.DISCHARGE, {Role.NURSE, Role.PRESCRIBER}),
        (Permission.CORRECT, {Role.NURSE, Role.PRESCRIBER}),
        (Permission.MANAGE_FACILITY, {Role.ADMINISTRATOR}),
        (Permission.VIEW, set(Role) - {Role.DISPLAY}),
        (Permission.READ_CHART, {Role.NURSE, Role.PRESCRIBER, Role.INSPECTOR}),
        (Permission.WALL, set(Role) - {Role.FRONT_DESK, Role.ADMINISTRATOR}),
    ],
)
def test_keeps_clinical_work_with_the_licensed_and_decisions_with_the_prescriber(
    permission: Permission, roles: set[Role]
) -> None:
    assert holders(permission) == roles


def test_lets_a_nurse_and_a_prescriber_do_every_step_of_a_session() -> None:
    steps = set(Permission) - {Permission.MANAGE_FACILITY, Permission.LINK, Permission.REVIEW}

    assert steps <= ROLE_PERMISSIONS[Role.NURSE] | ROLE_PERMISSIONS[Role.PRESCRIBER]
    assert {Role.NURSE, Role.PRESCRIBER} == LICENSED


def test_lets_an_inspector_read_and_nothing_else() -> None:
    assert ROLE_PERMISSIONS[Role.INSPECTOR] == {
        Permission.VIEW,
        Permission.READ_CHART,
        Permission.WALL,
        Permission.FOLLOW,
        Permission.REVIEW,
        Permission.EXPORT,
    }


def test_lets_a_display_show_the_wall_and_nothing_else() -> None:
    assert ROLE_PERMISSIONS[Role.DISPLAY] == {Permission.WALL}
