"""Roles and permissions as code, in one table. Assignments are data; what a role may do is not."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is at a facility."""

    FRONT_DESK = "front_desk"
    NURSE = "nurse"
    PRESCRIBER = "prescriber"
    ADMINISTRATOR = "administrator"
    INSPECTOR = "inspector"
    DISPLAY = "display"  # a television on the wall: nobody's name, no way to anything else


class Permission(StrEnum):
    """One thing a person may do at a facility. The words are those of the actions."""

    VIEW = "view"  # the floor: who sits where, which phase, what is due; who they are and how to reach them
    READ_CHART = "read_chart"  # what was measured, seen, asked, decided and given; why they are treated
    WALL = "wall"  # the board without patients, for a television
    CHECK_IN = "check_in"
    DOCUMENT = "document"  # food and drink, way home, enrolment verification, a call for help
    CHART = "chart"  # what is asked, seen and has happened: checks, outcomes, emergencies, left early, transfer
    ADMINISTER = "administer"  # clear for dosing, hand over a device, vouch for its time
    PRESCRIBE = "prescribe"  # dose order, decisions, a longer stay, examinations
    DISCHARGE = "discharge"  # readiness, release, deviation
    CORRECT = "correct"  # void a row
    MANAGE_SITE = "manage_site"  # on-site list, oximeters, how people and the clinic are reached
    BOOK = "book"  # read what the cabinet's book says; patients by name only with the chart
    MANAGE_FACILITY = "manage_facility"  # certification, policy, staff
    REGISTER = "register"  # patients, enrolment, courses, counselling
    LINK = "link"  # two records are one person: the gates then read both as one
    INSIGHT = "insight"  # how many sessions, and what was seen in how many of them; nothing of anybody
    REVIEW = "review"  # how the clinic is run: who may do what, who read from outside
    FOLLOW = "follow"  # which forms are due, late or back, and how many came in time; nothing of what they say
    FILE = "file"  # a form: what only a person can answer, that it was sent, what came back
    EXPORT = "export"  # a whole record leaves as a file
    STOCK = "stock"  # the cabinet: what comes in, goes out, is wasted, lost or counted, and what does not agree
    BREAK_GLASS = "break_glass"  # read one patient of another facility of the organisation, for an hour


class Audience(StrEnum):
    """Whom a page is for that asks for no permission."""

    EVERYBODY = "open to all"
    SIGNED_IN = "signed in"


# Whoever may do one of these proves at sign-in who they are by two components.
TWO_COMPONENTS = frozenset(
    {Permission.ADMINISTER, Permission.DISCHARGE, Permission.PRESCRIBE, Permission.MANAGE_FACILITY}
)

LICENSED = frozenset({Role.NURSE, Role.PRESCRIBER})

_CARE = frozenset(
    {
        Permission.VIEW,
        Permission.READ_CHART,
        Permission.WALL,
        Permission.CHECK_IN,
        Permission.DOCUMENT,
        Permission.CHART,
        Permission.ADMINISTER,
        Permission.DISCHARGE,
        Permission.CORRECT,
        Permission.MANAGE_SITE,
        Permission.BOOK,
        Permission.REGISTER,
        Permission.LINK,
        Permission.FOLLOW,
        Permission.INSIGHT,
        Permission.FILE,
        Permission.EXPORT,
        Permission.STOCK,
        Permission.BREAK_GLASS,
    }
)

# What it lets somebody do who broke the glass, with this one record.
THROUGH_GLASS = frozenset({Permission.VIEW, Permission.READ_CHART})

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.FRONT_DESK: frozenset(
        {
            Permission.VIEW,
            Permission.CHECK_IN,
            Permission.DOCUMENT,
            Permission.MANAGE_SITE,
            Permission.REGISTER,
        }
    ),
    Role.NURSE: _CARE,
    Role.PRESCRIBER: _CARE | {Permission.PRESCRIBE},
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.VIEW,
            Permission.MANAGE_SITE,
            Permission.BOOK,
            Permission.MANAGE_FACILITY,
            Permission.REGISTER,
            Permission.LINK,
            Permission.FOLLOW,
            Permission.INSIGHT,
            Permission.REVIEW,
            Permission.STOCK,
        }
    ),
    Role.INSPECTOR: frozenset(
        {
            Permission.VIEW,
            Permission.READ_CHART,
            Permission.WALL,
            Permission.FOLLOW,
            Permission.INSIGHT,
            Permission.REVIEW,
            Permission.EXPORT,
            Permission.BOOK,
        }
    ),
    Role.DISPLAY: frozenset({Permission.WALL}),
}
