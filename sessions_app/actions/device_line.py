"""The steps that a session has a device take in the cabinet's ledger, written with the entry that has it take them."""

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from clinic.models import Device, StockMovement
from clinic.models.cabinet import since_given, standing_of, step_after, step_back, story_of
from clinic.rules.cabinet import GIVEN, Move, Place
from sessions_app.actions.session_entry import SessionEntry, unaccounted_with
from sessions_app.models import DeviceAdministration
from sessions_app.rules.facts import Outcome

DELIVERED = "The device delivered."


class DeviceLine:
    """One device's steps, and those that this entry adds."""

    def __init__(self, opened: SessionEntry, story: Sequence[StockMovement]) -> None:
        self.opened, self.story = opened, list(story)

    @classmethod
    def of(cls, device: Device, opened: SessionEntry) -> Self:
        return cls(opened, story_of(device))

    @property
    def last(self) -> StockMovement:
        return self.story[-1]

    def standing(self) -> list[StockMovement]:
        """The steps that nobody took back."""
        return standing_of(self.story)

    def go(self, kind: Move, *, to: UUID | None = None, **fields: Any) -> None:
        self._add(step_after(self.last, kind, to=to, **fields))

    def back(self, undone: StockMovement, *, reason: str) -> None:
        self._add(step_back(self.last, undone, reason=reason))

    def _add(self, fields: dict[str, Any]) -> None:
        row = self.opened.envelope(StockMovement, **fields)
        self.opened.rows.append(row)
        self.story.append(row)

    def hand_over(self, administration_id: UUID, *, reason: str) -> None:
        """To the patient; out of the cabinet first, where it is still there, and back from another session's hands
        where it was taken for that one. ``reason``: why, although the gate would have refused the device."""
        session = self.opened.dosing_session.pk
        if self.last.place is Place.DRAWN and self.last.to_id != session:
            self.go(Move.PUT_BACK, to=self.standing()[-1].from_id, reason=reason)
        if self.last.place is Place.CABINET:
            self.go(Move.DRAWN, to=session, reason=reason)
        self.go(Move.ADMINISTERED, to=session, given_as=administration_id)


def follow_outcome(opened: SessionEntry, administration: DeviceAdministration, outcome: Outcome | None) -> None:
    """A device that delivered nothing is one that failed; said to have delivered after all, it is not. What was done
    with a failed one since stays as it is."""
    line = DeviceLine.of(administration.device, opened)
    *_, last = line.standing()
    if outcome is Outcome.FAILED and last.given_as == administration.pk:
        line.go(Move.FAILED, to=last.to_id)
    elif outcome is not Outcome.FAILED and last.kind == Move.FAILED and last.to_id == opened.dosing_session.pk:
        line.back(last, reason=DELIVERED)


def take_back(opened: SessionEntry, administration: DeviceAdministration, *, reason: str) -> None:
    """Not given after all: back to where it was before the entry that gave it. One that was wasted, returned or lost
    since stays so; taking that back takes it all the way."""
    line = DeviceLine.of(administration.device, opened)
    if line.last.place in GIVEN:
        for row in since_given(line.standing(), administration.pk):
            line.back(row, reason=reason)
        if line.last.to_id != opened.dosing_session.pk:
            said = {"entry": opened.entry, "by": opened.by, "now": opened.now}
            opened.rows += unaccounted_with(line.last, facility=opened.dosing_session.facility, **said)
