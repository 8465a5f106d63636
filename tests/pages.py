"""Every page there is, found where Django finds them: a page added later is among them by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.models import Tablet
from clinic.models.document import documents_of
from clinic.rules.roles import Permission
from sessions_app.models import Check, DeviceAdministration, DosingSession, SignEvent
from tests.factories import Walk, make_tablet


@dataclass(frozen=True)
class Page:
    """One address. ``asks``: the names of what stands in it; ``permission``: what it takes, as its view says."""

    name: str
    asks: tuple[str, ...]
    permission: Permission | None

    @property
    def of_a_record(self) -> bool:
        """About something of one facility's; any other page is of whichever facility its reader works at."""
        return any(ask.endswith("_id") for ask in self.asks)

    def url(self, found: dict[str, Any]) -> str:
        """Raises KeyError for an argument nobody named in ``found``."""
        return reverse(f"sessions_app:{self.name}", kwargs={ask: found[ask] for ask in self.asks})


def pages() -> list[Page]:
    """Every page of ``sessions_app``; the project's other addresses are its health and allauth's."""
    (ours,) = [each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "sessions_app"]
    return list(_pages(ours, ()))


def _pages(resolver: URLResolver, before: tuple[str, ...]) -> Iterator[Page]:
    for each in resolver.url_patterns:
        asks = (*before, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from _pages(each, asks)
        elif isinstance(each, URLPattern):
            yield Page(str(each.name), asks, getattr(each.callback, "permission", None))


def things_of(walk: Walk) -> dict[str, Any]:
    """What stands in an address, from this session: a row of each kind that a page is about."""
    session = DosingSession.objects.get(pk=walk.dosing_session.pk)

    def a(model: Any) -> UUID:
        """The newest, or one that does not exist."""
        row = model.objects.filter(dosing_session=session).order_by("order").last()
        return row.pk if row else UUID(int=0)

    nora = walk.cast.nora.role_assignments.earliest("granted_at")

    return {
        "session_id": session.pk,
        "patient_id": session.patient_id,
        "course_id": session.course_id,
        "duplicate_id": session.patient.duplicates.values_list("pk", flat=True).first() or UUID(int=0),
        "administration_id": a(DeviceAdministration),
        "check_id": a(Check),
        "event_id": a(SignEvent),
        "program_code": session.program_code,
        "person_id": nora.user_id,
        "assignment_id": nora.pk,
        "row_kind": "Check",
        "row_id": a(Check),
        "document_id": getattr(documents_of(session.facility, opened_with=Permission).first(), "pk", UUID(int=0)),
        "tablet_id": (Tablet.objects.filter(facility=session.facility).first() or make_tablet(walk.cast)).pk,
    }
