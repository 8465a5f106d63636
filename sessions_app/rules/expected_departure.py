"""When a patient usually leaves, for planning: from this patient's last stays and the clinic's. Never an input to a
gate: nothing that allows or refuses knows of this file (tests/test_architecture.py).

What is learned is how long others stayed *beyond* their own minimum, so that a longer minimum, by policy or by the
prescriber, moves the estimate with it, and none lies under the minimum."""

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

OWN_AT_MOST, CLINIC_AT_MOST = 8, 200  # the newest of the same phase [D]
FEWEST = 5  # below so many stays nothing is said [D]
AS_MANY_AS = 4  # what the clinic's stays weigh beside the patient's own, in stays [D]
USUAL = (0.1, 0.9)  # eight of ten leave between these [D]
STEP = 5  # minutes that a planner reckons in


@dataclass(frozen=True)
class Stay:
    """One that ended with a release. ``began_at``: where the minimum stay counts from."""

    session_id: UUID
    person_id: UUID
    facility_id: UUID
    phase: str
    began_at: datetime
    left_at: datetime
    minimum: timedelta

    @property
    def beyond(self) -> int:
        """Minutes stayed beyond its own minimum."""
        return max(0, (self.left_at - self.began_at - self.minimum) // timedelta(minutes=1))


@dataclass(frozen=True)
class ExpectedDeparture:
    """Usually between the two."""

    earliest: datetime
    latest: datetime

    def holds(self, left_at: datetime) -> bool:
        return self.earliest <= left_at <= self.latest


def expected_departure(
    own: Sequence[int], clinic: Sequence[int], *, stay_ends_at: datetime
) -> ExpectedDeparture | None:
    """From minutes beyond the minimum, of this patient's stays and the clinic's. ``stay_ends_at``: the end of this very
    stay's minimum, as tightened or lengthened. None where there are too few to say anything."""
    if len(own) + len(clinic) < FEWEST:
        return None
    low, high = (_usual(sorted(own), sorted(clinic), share) for share in USUAL)
    first, last = int(low // STEP) * STEP, -int(-high // STEP) * STEP
    return ExpectedDeparture(stay_ends_at + timedelta(minutes=first), stay_ends_at + timedelta(minutes=last))


def _usual(own: Sequence[int], clinic: Sequence[int], share: float) -> float:
    """The patient's own, drawn to the clinic's the more the fewer they are."""
    if not own or not clinic:
        return _quantile(own or clinic, share)
    weight = len(own) / (len(own) + AS_MANY_AS)
    return weight * _quantile(own, share) + (1 - weight) * _quantile(clinic, share)


def _quantile(ordered: Sequence[int], share: float) -> float:
    """Between the two stays that it falls between."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


class Past:
    """What was known at a time: of each person and each facility the newest stays of a phase."""

    def __init__(self) -> None:
        self._own: dict[tuple[UUID, str], deque[int]] = defaultdict(lambda: deque(maxlen=OWN_AT_MOST))
        self._clinic: dict[tuple[UUID, str], deque[int]] = defaultdict(lambda: deque(maxlen=CLINIC_AT_MOST))
        self._in_order: dict[tuple[UUID, str], list[int]] = defaultdict(list)

    def learn(self, stay: Stay) -> None:
        """In the order in which they left."""
        self._own[stay.person_id, stay.phase].append(stay.beyond)
        key = stay.facility_id, stay.phase
        clinic, ordered = self._clinic[key], self._in_order[key]
        if len(clinic) == CLINIC_AT_MOST:
            del ordered[bisect_left(ordered, clinic[0])]
        clinic.append(stay.beyond)
        insort(ordered, stay.beyond)

    def expects(
        self, *, person_id: UUID, facility_id: UUID, phase: str, stay_ends_at: datetime
    ) -> ExpectedDeparture | None:
        own = self._own.get((person_id, phase), ())
        clinic = self._in_order.get((facility_id, phase), ())
        return expected_departure(tuple(own), clinic, stay_ends_at=stay_ends_at)


def back_tested(stays: Iterable[Stay]) -> Iterator[tuple[Stay, ExpectedDeparture | None]]:
    """Each stay with what would have been said when its last device was given: of whoever had left before that."""
    stays = sorted(stays, key=lambda stay: stay.began_at)
    gone, past = deque(sorted(stays, key=lambda stay: stay.left_at)), Past()
    for stay in stays:
        while gone and gone[0].left_at < stay.began_at:
            past.learn(gone.popleft())
        ends_at = stay.began_at + stay.minimum
        yield (
            stay,
            past.expects(
                person_id=stay.person_id, facility_id=stay.facility_id, phase=stay.phase, stay_ends_at=ends_at
            ),
        )
