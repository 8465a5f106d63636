"""What a clinic may ask of its own sessions, by the names of an address."""

import pytest

from sessions_app.rules.insight import CUTS, OWN, Own, condition_of, page_of
from sessions_app.rules.national import CONDITIONS, Condition
from sessions_app.rules.published import OLD_OVER, Measure


def test_it_is_asked_of_all_or_of_some() -> None:
    assert condition_of(Own.STAYED) == OWN[Own.STAYED]
    cut = Condition("stayed >= minimum_stay_minutes", f"(state = 'DISCHARGED') AND (age > {OLD_OVER})")
    assert condition_of(Own.STAYED, "OLD") == cut
    assert condition_of(Own.STAYED, "OLD", everybody=True) == Condition("true", cut.among)
    assert condition_of(Measure.FEMALE) == CONDITIONS[Measure.FEMALE]
    assert (CUTS["PHASE_1"].split()[:3], CUTS["OLD"]) == (["number", ">=", "1"], f"age > {OLD_OVER}")


@pytest.mark.parametrize(("figure", "cut"), [("NOTHING", ""), (Measure.FEMALE, "OLD"), (Own.ALL, "NOTHING")])
def test_what_there_is_not_is_none(figure: str, cut: str) -> None:
    assert condition_of(figure, cut) is None


@pytest.mark.parametrize(
    ("share", "total", "at_once", "page"),
    [
        (0.5, 0, 30, 1),
        (0.5, 1, 1, 1),
        (0.5, 60, 30, 1),
        (0.5, 61, 30, 2),
        (0.5, 62, 30, 2),
        (0.9, 100, 30, 3),
        (0.9, 101, 30, 4),
    ],
)
def test_a_share_of_a_list_is_on_a_page(share: float, total: int, at_once: int, page: int) -> None:
    assert page_of(share, total, at_once=at_once) == page
