"""What a clinic may ask of its own sessions, by the names of an address."""

import pytest

from sessions_app.rules.insight import CUTS, OWN, Own, condition_of
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
