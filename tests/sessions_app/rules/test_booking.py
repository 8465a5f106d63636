"""Two identifiers, a policy to pin, and one open session per patient."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import Setting
from clinic.rules.refusals import Refusal, field_refusal
from sessions_app.rules.booking import BookingFacts, booking_refusals, check_in_refusals
from sessions_app.rules.states import State
from tests.sessions_app.rules.builders import ESKETAMINE, TODAY, codes

TWO = ("name", "birth_date")


def refused(state: State = State.SCHEDULED, identifiers: tuple[str, ...] = TWO, **changes: bool) -> tuple[str, ...]:
    asked = {"has_policy": True, "open_elsewhere": False, **changes}
    return codes(check_in_refusals(state=state, identifiers=identifiers, **asked))


@pytest.mark.parametrize("state", list(State))
def test_checks_in_from_a_booking_only(state: State) -> None:
    assert refused(state) == (() if state is State.SCHEDULED else ("STATE",))


@pytest.mark.parametrize(
    ("identifiers", "enough"),
    [
        (TWO, True),
        (("mrn", "photo"), True),
        (("name",), False),
        ((), False),
        (("name", "name"), False),
        (("name", "shoe size"), False),
    ],
)
def test_wants_two_different_identifiers(identifiers: tuple[str, ...], enough: bool) -> None:
    found = check_in_refusals(state=State.SCHEDULED, identifiers=identifiers, has_policy=True, open_elsewhere=False)
    assert found == (() if enough else (field_refusal("identifiers", "two_identifiers"),))


def test_wants_a_policy_and_no_other_open_session() -> None:
    assert refused(has_policy=False) == ("NO_POLICY",)
    assert refused(open_elsewhere=True) == ("ALREADY_OPEN",)


CERTIFIED = CertificationFacts(CertificationStatus.CERTIFIED, representative_current=True)
KNOWN = BookingFacts(ESKETAMINE, Setting.OUTPATIENT, CERTIFIED, True, date(1980, 5, 17), {"aneurysm": False})


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"certification": replace(CERTIFIED, representative_current=False)}, ("AUTHORIZED_REP",)),
        ({"enrolled": False}, ("ENROLMENT",)),
        ({"enrolled": False, "setting": Setting.INPATIENT}, ()),
        ({"birth_date": TODAY.replace(year=TODAY.year - 18)}, ()),
        ({"birth_date": TODAY.replace(year=TODAY.year - 18) + timedelta(days=1)}, ("AGE",)),
        ({"contraindications": {"aneurysm": True}}, ("CONTRAINDICATION",)),
        ({"contraindications": {"aneurysm": None}}, ()),
    ],
)
def test_books_nobody_for_whom_the_start_gate_will_be_shut(changes: dict[str, Any], found: tuple[str, ...]) -> None:
    refusals: tuple[Refusal, ...] = booking_refusals(replace(KNOWN, **changes), day=TODAY)
    assert codes(refusals) == found
