"""What each role may do: the table is said again here, by permission."""

import pytest

from clinic.rules.roles import LICENSED, ROLE_PERMISSIONS, THROUGH_GLASS, TWO_COMPONENTS, Permission, Role


def holders(permission: Permission) -> set[Role]:
    return {role for role, permissions in ROLE_PERMISSIONS.items() if permission in permissions}


def test_knows_every_role() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


CARE = {Role.NURSE, Role.PRESCRIBER}
HOLDERS = {
    Permission.VIEW: set(Role) - {Role.DISPLAY},
    Permission.READ_CHART: CARE | {Role.INSPECTOR},
    Permission.WALL: set(Role) - {Role.FRONT_DESK, Role.ADMINISTRATOR},
    Permission.CHECK_IN: CARE | {Role.FRONT_DESK},
    Permission.DOCUMENT: CARE | {Role.FRONT_DESK},
    Permission.CHART: CARE,
    Permission.ADMINISTER: CARE,
    Permission.PRESCRIBE: {Role.PRESCRIBER},
    Permission.DISCHARGE: CARE,
    Permission.CORRECT: CARE,
    Permission.MANAGE_SITE: CARE | {Role.FRONT_DESK, Role.ADMINISTRATOR},
    Permission.MANAGE_FACILITY: {Role.ADMINISTRATOR},
    Permission.REGISTER: CARE | {Role.FRONT_DESK, Role.ADMINISTRATOR},
    Permission.LINK: CARE | {Role.ADMINISTRATOR},
    Permission.REVIEW: {Role.ADMINISTRATOR, Role.INSPECTOR},
    Permission.FOLLOW: CARE | {Role.ADMINISTRATOR, Role.INSPECTOR},
    Permission.INSIGHT: CARE | {Role.ADMINISTRATOR, Role.INSPECTOR},
    Permission.FILE: CARE,
    Permission.EXPORT: CARE | {Role.INSPECTOR},
    Permission.STOCK: CARE | {Role.ADMINISTRATOR},
    Permission.BOOK: CARE | {Role.ADMINISTRATOR, Role.INSPECTOR},
    Permission.BREAK_GLASS: CARE,
}


@pytest.mark.parametrize("permission", Permission)
def test_keeps_clinical_work_with_the_licensed_and_decisions_with_the_prescriber(permission: Permission) -> None:
    assert holders(permission) == HOLDERS[permission]


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
        Permission.INSIGHT,
        Permission.REVIEW,
        Permission.EXPORT,
        Permission.BOOK,
    }


def test_asks_for_two_components_and_opens_to_broken_glass() -> None:
    assert {
        Permission.ADMINISTER,
        Permission.DISCHARGE,
        Permission.PRESCRIBE,
        Permission.MANAGE_FACILITY,
    } == TWO_COMPONENTS
    assert {Permission.VIEW, Permission.READ_CHART} == THROUGH_GLASS


def test_lets_a_display_show_the_wall_and_nothing_else() -> None:
    assert ROLE_PERMISSIONS[Role.DISPLAY] == {Permission.WALL}
