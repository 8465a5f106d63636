"""What every address takes, as its view says, and which roles have it: read where Django finds the addresses, so that a
page added later is among them by itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from clinic.rules.roles import ROLE_PERMISSIONS, Audience, Permission, Role

Takes = Permission | Audience


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver. ``takes`` is None where its view says nothing, which a test refuses; ``asks``: the
    names of what stands in it; ``offline``: a tablet keeps it for when no server answers."""

    route: str
    space: str
    name: str
    asks: tuple[str, ...]
    takes: Takes | None
    offline: bool

    @property
    def of_a_record(self) -> bool:
        """About something of one facility's; any other page is of whichever facility its reader works at."""
        return isinstance(self.takes, Permission) and any(ask.endswith("_id") for ask in self.asks)


def addresses() -> list[Address]:
    """Every address there is, in the order of the resolver."""
    return list(_addresses(get_resolver(), "", "", ()))


def _addresses(resolver: URLResolver, before: str, space: str, asked: tuple[str, ...]) -> Iterator[Address]:
    for each in resolver.url_patterns:
        route, asks = before + str(each.pattern), (*asked, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from _addresses(each, route, each.namespace or space, asks)
        elif isinstance(each, URLPattern):
            takes, offline = (getattr(each.callback, said, None) for said in ("permission", "offline"))
            yield Address(f"/{route}", space, str(each.name), asks, takes, bool(offline))


def opens(role: Role, takes: Takes | None) -> bool:
    """Whether somebody in this role, with credentials in date, may do what takes this. A display has no sign-in of its
    own to see to (``keep_displays_to_the_wall``)."""
    if isinstance(takes, Permission):
        return takes in ROLE_PERMISSIONS[role]
    return takes is Audience.EVERYBODY or (takes is Audience.SIGNED_IN and role is not Role.DISPLAY)
