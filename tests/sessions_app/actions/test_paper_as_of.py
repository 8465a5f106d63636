"""A sheet is judged by what was in force at its own times: the policy, who did it, the emergency."""

from contextlib import nullcontext
from datetime import datetime

import pytest

from sessions_app.actions import course, emergency
from sessions_app.models import Emergency, FacilityPolicy
from tests.expect import refused
from tests.factories import NINE, OPENING, Cast, cleared, entry, minutes
from tests.sessions_app.actions.test_paper import walk_of
from tests.sessions_app.paper import Sheet, whole_sheet


def set_stay(cast: Cast, stay: int, at: datetime) -> FacilityPolicy:
    return course.set_policy(
        facility=cast.facility,
        program_version=cast.program_version,
        overrides={"minimum_stay_minutes": stay},
        reason="The stay.",
        entry=entry(),
        by=cast.ada,
        now=at,
    )


class TestAsOfThePaper:
    def test_it_was_checked_in_by_whoever_the_paper_says(self, cast: Cast) -> None:
        sheet = whole_sheet(cast).enter(by=cast.nils)
        assert walk_of(cast, sheet).refresh().checked_in_by == cast.nora

    def test_it_keeps_the_policy_of_its_own_check_in(self, cast: Cast) -> None:
        stay = set_stay(cast, 150, NINE - minutes(60))
        set_stay(cast, 120, NINE + minutes(190))

        session = walk_of(cast, Sheet(cast).check(NINE + minutes(20)).enter()).refresh()

        assert (session.policy, session.minimum_stay_minutes) == (stay, 150)

    def test_it_takes_the_first_policy_where_it_is_older_than_all(self, cast: Cast) -> None:
        set_stay(cast, 150, NINE)
        earlier = OPENING - minutes(30)
        session = walk_of(cast, Sheet(cast).check(earlier + minutes(5)).enter(checked_in_at=earlier)).refresh()
        assert session.policy is not None
        assert session.policy.number == 1

    def test_it_is_held_by_no_emergency_of_later(self, cast: Cast) -> None:
        """The power was back at 9:20 for a moment: an emergency of 9:33 says nothing about a device of 9:30."""
        walk = cleared(cast)
        raised = {**walk.envelope(NINE + minutes(40)), "entry": entry(NINE + minutes(33))}
        emergency.raise_emergency(kind=Emergency.Kind.FALL, **raised)

        Sheet(cast).device(NINE + minutes(30)).enter_on(walk.dosing_session)

        assert len(walk.rows("DeviceAdministration")) == 1

    @pytest.mark.parametrize(("ended", "held"), [(29, False), (30, False), (31, True)])
    def test_it_is_held_by_an_emergency_that_lasted_then(self, cast: Cast, ended: int, held: bool) -> None:
        walk = cleared(cast)
        emergency.raise_emergency(kind=Emergency.Kind.FALL, **walk.envelope(NINE + minutes(26)))
        emergency.end_emergency(note="Awake.", **walk.envelope(NINE + minutes(ended)))
        sheet = Sheet(cast).device(NINE + minutes(30))
        with refused("PAPER_LINE", "EMERGENCY") if held else nullcontext():
            sheet.enter_on(walk.dosing_session)
