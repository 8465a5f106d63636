"""The chairs of a facility: which there are, who sits where, who watches whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clinic.models import Facility
from sessions_app.models.day import Day
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.floor import Watch, chairs_of
from sessions_app.models.record import Batch, Record


@dataclass(frozen=True)
class Seats:
    """``chairs`` in the order of the room, none where the facility keeps no list; ``taken``: whose session is open
    at which."""

    chairs: tuple[str, ...]
    taken: dict[str, str]


def seats(facility: Facility, *, but: DosingSession | None = None) -> Seats:
    """As they are now; ``but`` is the session that looks for one."""
    return Seats(tuple(chairs_of(facility)), sitting(facility, but=but))


def sitting(facility: Facility, *, but: DosingSession | None = None) -> dict[str, str]:
    """The chairs with an open session, ``but`` this one, and whose it is."""
    taken = DosingSession.objects.for_facility(facility).open().exclude(chair="").select_related("patient")
    return {session.chair: session.patient.full_name for session in taken if session != but}


@dataclass(frozen=True)
class Watched:
    """An open session and who watches it, if anybody does."""

    record: Record
    watch: Watch | None

    @property
    def session(self) -> DosingSession:
        return self.record.dosing_session

    def is_of(self, person: Any) -> bool:
        return self.watch is not None and self.watch.watcher_id == person.pk


def watched(day: Day) -> list[Watched]:
    """Every open session of the facility, by chair."""
    return [Watched(record, record.latest(Watch)) for record in day.open.records()]


def to_hand_over(day: Day, person: Any, *, asked: Iterable[UUID]) -> list[Watched]:
    """What this person may hand over: their own chairs, then those nobody watches. ``asked`` are the sessions of the
    form that was sent: they stay in it, whatever became of them."""
    ids = set(asked)
    found = [each for each in watched(day) if each.watch is None or each.is_of(person)]
    found.sort(key=lambda each: not each.is_of(person))
    gone = ids - {each.session.pk for each in found}
    rows = sessions_with_context().for_facility(day.facility).filter(pk__in=gone).order_by("chair") if gone else ()
    return found + [Watched(record, record.latest(Watch)) for record in Batch(rows).records()]
