"""The papers of a facility, as a list."""

from collections.abc import Iterable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from clinic.models import Document, Facility
from clinic.presenters.time import calendar_day, clock_time
from clinic.rules.document import KIND_WORDS, MediaType
from clinic.rules.roles import Permission


def papers_page(
    documents: Iterable[Document], facility: Facility, permissions: frozenset[Permission]
) -> dict[str, Any]:
    """Context of ``clinic/papers.html``."""
    manages = Permission.MANAGE_FACILITY in permissions
    return {
        "papers": [paper(document, facility) for document in documents],
        "keep_url": reverse("sessions_app:keep-document") if manages else "",
    }


def paper(document: Document, facility: Facility) -> dict[str, Any]:
    """One document wherever it is listed: its name as a link, what it is, and who kept it when."""
    kept = document.occurred_at.astimezone(facility.zone)
    return {
        "url": reverse("sessions_app:document", args=[document.pk]),
        "name": document.name,
        "kind": KIND_WORDS[MediaType(document.media_type)],
        "size": filesizeformat(document.size_bytes),
        "kept": f"{calendar_day(kept.date())}, {clock_time(kept, facility.zone)}",
        "by": str(document.performed_by),
        "digest": document.digest,
    }
