"""Findings: raised with an owner and a day, closed once, kept."""

from datetime import date
from typing import Any

from clinic.actions.finding import close_finding, raise_finding
from clinic.models import Finding, FindingClosure
from clinic.models.requirement import findings_of, open_findings
from tests.certification import REMS
from tests.expect import refused
from tests.factories import NINE, Cast, entry, make_otto, minutes


def found(cast: Cast, **said: Any) -> Finding:
    given = {"facility": cast.facility, "program_code": REMS, "text": "No list.", "owner": cast.nora}
    return raise_finding(
        **{**given, "due_date": date(2026, 4, 20), "entry": entry(), "by": cast.ada, "now": NINE, **said}
    )


def close(cast: Cast, finding: Finding, **said: Any) -> FindingClosure:
    return close_finding(finding=finding, **{"note": "Written.", "entry": entry(), "by": cast.ada, "now": NINE, **said})


class TestRaising:
    def test_its_day_may_be_today(self, cast: Cast) -> None:
        assert found(cast, due_date=date(2026, 4, 14)).due_date == date(2026, 4, 14)

    def test_it_says_what_whose_and_by_when(self, cast: Cast) -> None:
        with refused("FIELD", field="text"):
            found(cast, text=" ")
        otto = make_otto()
        with refused("FIELD", field="owner"):
            found(cast, owner=otto)
        with refused("FIELD", field="due_date"):
            found(cast, due_date=date(2026, 4, 13))


class TestClosing:
    def test_it_stays_in_the_history_behind_the_open_ones(self, cast: Cast) -> None:
        first, second = found(cast), found(cast, due_date=date(2026, 4, 15))
        assert list(findings_of(cast.facility, REMS)) == [second, first]
        close(cast, second)
        assert list(findings_of(cast.facility, REMS)) == [first, second]
        assert list(open_findings(cast.facility, REMS)) == [first]

    def test_it_is_closed_once_with_a_note(self, cast: Cast) -> None:
        finding = found(cast)
        with refused("FIELD", field="note"):
            close(cast, finding, note=" ")
        close(cast, finding)
        with refused("FINDING_CLOSED"):
            close(cast, finding, note="Again.", now=NINE + minutes(1))
