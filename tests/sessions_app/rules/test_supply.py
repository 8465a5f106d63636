"""Who will find no device, whose own lapse unused, and what to order."""

from datetime import date, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.rules.supply import Booked, Reorder, Supply, Usable, reorder, supply

pytestmark = pytest.mark.paperwork
TODAY = date(2026, 4, 14)
ROSE, SAGE = UUID(int=1), UUID(int=2)


def on(day: int) -> date:
    return TODAY + timedelta(days=day)


def booked(number: int, day: int, devices: int = 2, person: UUID = ROSE) -> Booked:
    return Booked(UUID(int=100 + number), person, on(day), devices)


def bulk(number: int, last: int) -> Usable:
    return Usable(UUID(int=200 + number), on(last))


def own(number: int, last: int, person: UUID = ROSE) -> Usable:
    return Usable(UUID(int=300 + number), on(last), person)


class TestSupply:
    def test_it_is_enough_up_to_its_last_day(self) -> None:
        assert supply([booked(1, 5)], [bulk(1, 5), bulk(2, 5)]) == Supply((), ())
        short = supply([booked(1, 6)], [bulk(1, 5), bulk(2, 6)]).short
        assert short == ((booked(1, 6), 1),)

    def test_each_takes_their_own_first_and_of_bulk_what_is_over_first(self) -> None:
        devices = [bulk(1, 9), bulk(2, 3), own(1, 30), own(2, 30)]
        assert supply([booked(1, 1), booked(2, 2, person=SAGE)], devices) == Supply((), ())
        assert supply([booked(1, 1, 1, SAGE), booked(2, 8, 3)], devices).short == ()

    def test_anothers_is_no_help(self) -> None:
        found = supply([booked(1, 1)], [own(1, 30, SAGE), own(2, 30, SAGE)])
        assert found.short == ((booked(1, 1), 2),)
        assert found.lapsing == (own(1, 30, SAGE), own(2, 30, SAGE))

    def test_ones_own_lapses_before_the_next_booking(self) -> None:
        found = supply([booked(1, 10, 1)], [own(1, 9), own(2, 10)])
        assert found == Supply((), (own(1, 9),))

    def test_what_another_could_do_without_is_passed_on(self) -> None:
        sessions = [booked(1, 0, 1), booked(2, 0, 1), booked(3, 1, 1)]
        assert supply(sessions, [own(1, 0), own(2, 1), bulk(1, 0)]) == Supply((), ())

    def test_it_is_passed_on_to_whoever_passed_on_theirs(self) -> None:
        """The first of them has the early one in the end, and with it nothing that the third could have."""
        sessions = [booked(1, 0, 1), booked(2, 3, 1), booked(3, 3, 1)]
        assert supply(sessions, [own(1, 3), bulk(1, 1), bulk(2, 2)]).short == ((booked(3, 3, 1), 1),)
        assert supply(sessions, [own(1, 3), bulk(1, 1), bulk(2, 3)]) == Supply((), ())

    def test_each_on_the_way_has_what_the_next_passed_on(self) -> None:
        sages = [booked(1, 0, 1, SAGE), booked(2, 1, 1, SAGE), booked(4, 3, 1, SAGE), booked(5, 3, 1, SAGE)]
        devices = [own(1, 3), own(2, 2, SAGE), own(3, 3, SAGE), bulk(1, 0), bulk(2, 2), bulk(3, 3)]
        assert supply([*sages, booked(3, 2, 1), booked(6, 3, 1)], devices) == Supply((), ())

    def test_what_is_free_is_taken_before_anybody_is_asked(self) -> None:
        sessions = [booked(1, 1, 1), booked(2, 2, 1), booked(3, 4, 1)]
        assert supply(sessions, [own(1, 2), own(2, 4), bulk(1, 1)]) == Supply((), ())

    def test_what_is_alike_is_told_by_its_number(self) -> None:
        assert supply([], [own(2, 9), own(1, 9)]).lapsing == (own(1, 9), own(2, 9))
        assert supply([booked(2, 1), booked(1, 1)], []).short == ((booked(1, 1), 2), (booked(2, 1), 2))

    def test_one_that_takes_some_leaves_the_rest(self) -> None:
        found = supply([booked(1, 1, 3), booked(2, 2, 1)], [bulk(1, 5), bulk(2, 5)])
        assert found.short == ((booked(1, 1, 3), 1), (booked(2, 2, 1), 1))


class Day(date):
    """A day that may be looked at so often."""

    left = 0

    def __ge__(self, other: date) -> bool:
        Day.left -= 1
        assert Day.left >= 0
        return super().__ge__(other)


def test_it_looks_at_each_device_once_at_most_for_everything_wanted() -> None:
    """300 devices, 400 wanted: no way is gone twice."""
    Day.left = 300 * 400
    last = Day(2026, 6, 1)
    devices = [Usable(UUID(int=1000 + at), last, None if at % 3 else UUID(int=at % 40)) for at in range(300)]
    sessions = [booked(at, at % 40, 2, UUID(int=at % 40)) for at in range(200)]
    found = supply(sessions, devices)
    assert sum(wanting for _session, wanting in found.short) == 100


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([ROSE, SAGE])), max_size=4),
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from([ROSE, SAGE, None])), max_size=4),
)
@settings(max_examples=80, deadline=None)
def test_nobody_goes_short_who_need_not(
    sessions: list[tuple[int, UUID]], devices: list[tuple[int, UUID | None]]
) -> None:
    """Against every way of handing them out; one device for each session."""
    usable = [Usable(UUID(int=200 + at), on(day), person) for at, (day, person) in enumerate(devices)]
    wanted = [booked(at, day, 1, person) for at, (day, person) in enumerate(sessions)]

    def fits(session: Booked, device: Usable | None) -> bool:
        return device is not None and device.last_day >= session.day and device.person_id in (session.person_id, None)

    padded = [*usable, *[None] * len(wanted)]
    best = max(
        (sum(fits(*pair) for pair in zip(wanted, order, strict=False)) for order in permutations(padded, len(wanted))),
        default=0,
    )
    assert len(wanted) - len(supply(wanted, usable).short) == best


class TestReorder:
    @pytest.mark.parametrize(
        ("sessions", "devices", "numbers"),
        [
            pytest.param([], [], (0, 0, 6), id="the margin alone"),
            pytest.param([booked(1, 0), booked(2, 14, 3)], [bulk(1, 30)], (5, 1, 10), id="from today to the last day"),
            pytest.param([booked(1, 15)], [bulk(1, 30)], (0, 1, 5), id="after it"),
            pytest.param([booked(1, -1)], [bulk(1, 0), bulk(2, -1)], (0, 1, 5), id="what is over is over"),
            pytest.param([booked(1, 1)], [own(n, 30) for n in range(5)], (2, 2, 6), id="one's own meet one's own"),
            pytest.param([booked(1, 1)], [own(1, 30, SAGE)], (2, 0, 8), id="not another's"),
            pytest.param([booked(1, 1)], [bulk(n, 30) for n in range(9)], (2, 9, 0), id="never below nothing"),
        ],
    )
    def test_it_is_booked_and_margin_less_usable(
        self, sessions: list[Booked], devices: list[Usable], numbers: tuple[int, int, int]
    ) -> None:
        wanted, usable, order = numbers
        found = reorder(sessions, devices, today=TODAY, last_day=on(14), days=14, margin=6)
        assert found == Reorder(days=14, booked=wanted, margin=6, usable=usable)
        assert found.order == order
