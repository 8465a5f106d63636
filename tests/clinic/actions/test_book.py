"""That the book was taken away is written down."""

from datetime import date
from typing import Any

import pytest

from clinic.actions.book import export_book
from clinic.rules.book import Period
from tests.expect import audited, denied, failing_audit
from tests.factories import NINE, Cast

pytestmark = pytest.mark.paperwork


def taken(cast: Cast, person: str, *, names: bool) -> Any:
    said: dict[str, Any] = {"facility": cast.facility, "period": Period(date(2026, 4, 1), date(2026, 4, 2))}
    said |= {"what": "The book", "content": b"x", "roles": "any", "by": getattr(cast, person), "now": NINE}
    return export_book(names=names, **said)


def test_it_is_with_names_only_for_whoever_reads_the_chart_and_takes_records_away(cast: Cast) -> None:
    for person in ("nora", "paul", "ines"):
        assert taken(cast, person, names=True)
    assert taken(cast, "ada", names=False)
    assert audited("export_book") == 4
    for person, names in (("ada", True), ("fred", False)):
        with denied():
            taken(cast, person, names=names)


def test_it_is_taken_with_its_audit_event_or_not_at_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with failing_audit(monkeypatch):
        taken(cast, "nora", names=True)
