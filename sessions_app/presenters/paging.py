"""A page of a longer list: which lines it has, and the way to the pages beside it."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext as _


def paging(page: Page[Any], url: Callable[[int], str]) -> dict[str, str] | None:
    """Context of ``nav.paging``; None where everything is on one page."""
    if not page.has_other_pages():
        return None
    said = {"first": page.start_index(), "last": page.end_index(), "total": page.paginator.count}
    return {
        "text": _("%(first)s to %(last)s of %(total)s") % said,
        "prev_url": url(page.previous_page_number()) if page.has_previous() else "",
        "next_url": url(page.next_page_number()) if page.has_next() else "",
    }
