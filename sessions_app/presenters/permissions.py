"""Who may do what, in words: the same tables for the page and for docs/permissions.md."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django.utils.translation import gettext_lazy

from clinic.matrix import Address, Takes, opens
from clinic.rules.roles import Audience, Permission, Role
from sessions_app.presenters.sentences import Text
from sessions_app.presenters.site import ROLE_WORDS

PERMISSION_WORDS: Mapping[Takes, Text] = {
    Permission.VIEW: gettext_lazy("See the floor: who sits where, which phase, what is due, how to reach them"),
    Permission.READ_CHART: gettext_lazy("Read the chart: readings, signs, answers, decisions, devices, indication"),
    Permission.WALL: gettext_lazy("Show the chairs on a television, with readings and without names"),
    Permission.CHECK_IN: gettext_lazy("Book, check in, cancel"),
    Permission.DOCUMENT: gettext_lazy("Food and drink, way home, today's verification, call for help"),
    Permission.CHART: gettext_lazy("Chart checks, signs, outcomes, medicines; answer the questions; emergencies"),
    Permission.ADMINISTER: gettext_lazy("Clear for the dose, hand over a device, vouch for its time"),
    Permission.PRESCRIBE: gettext_lazy("Order the dose, decide, lengthen a stay"),
    Permission.DISCHARGE: gettext_lazy("Assess readiness, record a deviation, release"),
    Permission.CORRECT: gettext_lazy("Take a row back, correct it, copy from paper"),
    Permission.MANAGE_SITE: gettext_lazy("On site, oximeters, chairs; how people and the clinic are reached"),
    Permission.MANAGE_FACILITY: gettext_lazy("Certification, numbers of the clinic, people, opening hours"),
    Permission.REGISTER: gettext_lazy("Register patients, enrolments, courses"),
    Permission.FOLLOW: gettext_lazy("See which forms are due, late or back, and how many came in time"),
    Permission.FILE: gettext_lazy("Fill in the monitoring form, record that it was sent and what came back"),
    Permission.LINK: gettext_lazy("Link two records of one person that look alike"),
    Permission.INSIGHT: gettext_lazy(
        "See how many sessions there were and what was seen in how many, of nobody by name"
    ),
    Permission.REVIEW: gettext_lazy("See who may do what, what was true at a past moment, who opened a record"),
    Permission.EXPORT: gettext_lazy("Take the whole record of a patient away as a file"),
    Permission.BOOK: gettext_lazy("Read the book of the cabinet: what came, went and is here; its counts and recalls"),
    Permission.STOCK: gettext_lazy(
        "The cabinet: what comes in, moves, is wasted, returned, lost or counted, and what does not agree"
    ),
    Permission.BREAK_GLASS: gettext_lazy("Read one patient of another facility for an hour, for a reason"),
    Audience.EVERYBODY: gettext_lazy("Open to all"),
    Audience.SIGNED_IN: gettext_lazy("One's own sign-in"),
}


def roles_table() -> list[dict[str, Any]]:
    """A line per permission: its words, and of every role whether it has it."""
    return [
        {"code": permission.value, "words": PERMISSION_WORDS[permission], "roles": _marks(permission)}
        for permission in Permission
    ]


def addresses_table(addresses: Iterable[Address]) -> list[dict[str, Any]]:
    """Every address under what it takes."""
    order = [*Permission, *Audience]
    said = sorted((each for each in addresses if each.takes), key=lambda each: order.index(each.takes or order[0]))
    return [
        {
            "code": takes.value,
            "words": PERMISSION_WORDS[takes],
            "roles": _marks(takes),
            "addresses": [{"name": _name(each), "route": each.route} for each in group],
        }
        for takes, group in groupby(said, key=lambda each: each.takes)
        if takes
    ]


def role_heads() -> list[Text]:
    return [ROLE_WORDS[role] for role in Role]


def _marks(takes: Takes) -> list[dict[str, Any]]:
    return [{"role": ROLE_WORDS[role], "may": opens(role, takes)} for role in Role]


def _name(address: Address) -> str:
    return address.name.replace("-", " ").replace("_", " ").capitalize()
