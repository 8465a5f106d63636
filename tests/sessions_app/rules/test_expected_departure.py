"""When a patient usually leaves: never under the minimum, nothing from too few, and judged by what was known before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.rules.expected_departure import (
    CLINIC_AT_MOST,
    FEWEST,
    OWN_AT_MOST,
    ExpectedDeparture,
    Past,
    Stay,
    back_tested,
    expected_departure,
)

ENDS = datetime(2026, 4, 14, 15, 0, tzinfo=UTC)
PERSON, OTHER, HERE, THERE = (UUID(int=number) for number in range(1, 5))
HOURS = timedelta(hours=2)


def minutes(own: list[int], clinic: list[int]) -> tuple[int, int] | None:
    """Of the band: from and to, in minutes after the minimum."""
    found = expected_departure(own, clinic, stay_ends_at=ENDS)
    if found is None:
        return None
    return tuple((at - ENDS) // timedelta(minutes=1) for at in (found.earliest, found.latest))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("own", "clinic", "band"),
    [
        ([], [], None),
        ([7] * (FEWEST - 1), [], None),
        ([], [7] * (FEWEST - 1), None),
        ([7], [7] * (FEWEST - 1), (5, 10)),
        ([7] * FEWEST, [], (5, 10)),
        ([], [0] * FEWEST, (0, 0)),
        ([], [5] * FEWEST, (5, 5)),
        ([], [4, 5, 5, 5, 5], (0, 5)),
        ([], list(range(0, 101, 10)), (10, 90)),
        ([], [0, 10, 40, 40, 100], (0, 80)),
        # One own stay weighs a fifth, four weigh half, eight two thirds.
        ([50], [0] * 20, (10, 10)),
        ([50] * 4, [0] * 20, (25, 25)),
        ([60] * 8, [0] * 20, (40, 40)),
        # The newest of many alone would say so; one long stay among many does not.
        ([], [*[5] * 30, 240], (5, 5)),
    ],
)
def test_the_band(own: list[int], clinic: list[int], band: tuple[int, int] | None) -> None:
    assert minutes(own, clinic) == band


_STAYS = st.lists(
    st.builds(
        lambda person, place, phase, began, stayed, minimum: Stay(
            UUID(int=began), person, place, phase, ENDS + timedelta(minutes=began), *_lasting(began, stayed, minimum)
        ),
        st.sampled_from([PERSON, OTHER]),
        st.sampled_from([HERE, THERE]),
        st.sampled_from(["a", "b"]),
        st.integers(0, 100_000),
        st.integers(-200, 600),
        st.integers(120, 240),
    ),
    max_size=30,
)


def _lasting(began: int, stayed: int, minimum: int) -> tuple[datetime, timedelta]:
    return ENDS + timedelta(minutes=began + stayed), timedelta(minutes=minimum)


@given(_STAYS)
def test_it_is_never_under_the_minimum_whatever_was(stays: list[Stay]) -> None:
    told = list(back_tested(stays))
    assert len(told) == len(stays)
    for stay, expected in told:
        if expected is not None:
            assert stay.began_at + stay.minimum <= expected.earliest <= expected.latest


def stay(day: int, beyond: int, *, person: UUID = PERSON, place: UUID = HERE, phase: str = "a") -> Stay:
    began = ENDS + timedelta(days=day)
    return Stay(UUID(int=day + 100), person, place, phase, began, began + HOURS + timedelta(minutes=beyond), HOURS)


def test_a_longer_minimum_moves_it_along() -> None:
    past = Past()
    for day in range(FEWEST):
        past.learn(stay(day, 10))
    found = past.expects(person_id=PERSON, facility_id=HERE, phase="a", stay_ends_at=ENDS + HOURS)
    assert found is not None
    assert found.earliest == ENDS + HOURS + timedelta(minutes=10)


@pytest.mark.parametrize("other", [{"phase": "b"}, {"person": OTHER, "place": THERE}])
def test_another_phase_and_another_clinic_say_nothing(other: dict[str, UUID]) -> None:
    past = Past()
    for day in range(FEWEST):
        past.learn(stay(day, 10, **other))  # type: ignore[arg-type]
    assert past.expects(person_id=PERSON, facility_id=HERE, phase="a", stay_ends_at=ENDS) is None


def test_the_clinic_forgets_what_is_long_ago() -> None:
    past = Past()
    for day in range(500):
        past.learn(stay(day, 200 if day < 300 else 10, person=UUID(int=1000 + day)))
    found = past.expects(person_id=OTHER, facility_id=HERE, phase="a", stay_ends_at=ENDS)
    assert found is not None
    assert found.latest == ENDS + timedelta(minutes=10)


def test_what_was_said_knew_only_who_had_left_before() -> None:
    together = [stay(0, 10, person=UUID(int=50 + number)) for number in range(FEWEST)]
    assert [expected for _stay, expected in back_tested(together)] == [None] * FEWEST
    (*_before, (_last, expected)) = back_tested([*together, stay(1, 90)])
    assert expected is not None
    assert not expected.holds(_last.left_at)


def test_the_oldest_goes_and_no_other() -> None:
    past, beyond = Past(), [0, 100, *[0] * 19, *[100] * (CLINIC_AT_MOST - 20)]
    for day, minutes_more in enumerate(beyond):
        past.learn(stay(day, minutes_more, person=UUID(int=1000 + day)))
    found = past.expects(person_id=PERSON, facility_id=HERE, phase="a", stay_ends_at=ENDS)
    assert found == ExpectedDeparture(ENDS + timedelta(minutes=100), ENDS + timedelta(minutes=100))


def test_of_the_patients_own_the_newest_count_wherever_they_were() -> None:
    own = [stay(day, 200 if day < 10 else 10, place=THERE) for day in range(10 + OWN_AT_MOST)]
    (*_before, (last, expected)) = back_tested([*own, stay(30, 10)])
    ends = last.began_at + HOURS + timedelta(minutes=10)
    assert expected == ExpectedDeparture(ends, ends)


def test_a_stay_is_beyond_its_minimum_by_whole_minutes() -> None:
    exact = stay(0, 0)
    assert exact.beyond == 0
    assert replace(exact, left_at=exact.left_at + timedelta(seconds=90)).beyond == 1


def test_who_leaves_as_another_begins_is_not_known_yet() -> None:
    gone = [stay(0, 10, person=UUID(int=50 + number)) for number in range(FEWEST)]
    following = replace(stay(1, 10), began_at=gone[0].left_at)
    (*_before, (_last, expected)) = back_tested([*gone, following])
    assert expected is None


def test_it_holds_from_its_first_minute_to_its_last() -> None:
    band, minute = ExpectedDeparture(ENDS, ENDS + timedelta(minutes=5)), timedelta(minutes=1)
    assert [band.holds(ENDS + number * minute) for number in (-1, 0, 5, 6)] == [False, True, True, False]
