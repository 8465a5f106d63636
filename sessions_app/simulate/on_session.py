"""How an entry on a made-up session is written, as clinic/actions/entry.py and session_entry.py write it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sessions_app.simulate.courses import Visit
from sessions_app.simulate.ledger import Ledger, Person, Row
from sessions_app.simulate.place import Enrolled, Place

SESSION = "sessions_app.DosingSession"


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass
class OnSession:
    """``at``: the minute of the last device. What it was told is kept for its form."""

    ledger: Ledger
    place: Place
    patient: Enrolled
    visit: Visit
    at: datetime
    chair: str
    nurse: Person
    devices: list[str]
    row: Row = field(default_factory=dict)
    filing: Row = field(default_factory=dict)
    filing_step: Row = field(default_factory=dict)
    given: list[Row] = field(default_factory=list)
    checks: list[Row] = field(default_factory=list)
    ended_at: datetime = field(init=False)
    last: Row = field(default_factory=dict)
    version_id: str = ""

    @property
    def order(self) -> int:
        """Of the next entry."""
        return int(self.row["last_order"]) + 1

    def when(self, minute: float) -> datetime:
        return self.at + minutes(minute)

    # --- how an entry is written ---------------------------------------------------------------------

    def make(self, label: str, at: datetime, by: Person, entry_id: str, /, **said: Any) -> tuple[str, Row]:
        """A row of this session."""
        of = {"dosing_session_id": self.row["id"], "order": self.order}
        return self.ledger.envelope(f"sessions_app.{label}", at, by, entry_id, **of, **said)

    def write(
        self,
        action: str,
        at: datetime,
        rows: list[tuple[str, Row]],
        *,
        by: Person | None = None,
        changed: Row | None = None,
        **details: Any,
    ) -> None:
        """One entry on the session: its order moves with it."""
        order = self.order
        told = {name.removesuffix("_id"): value for name, value in (changed or {}).items()}
        subject, entry_id = (SESSION, self.row["id"]), rows[0][1]["entry_id"]
        said = {"by": by or self.nurse, "at": at, "entry_id": entry_id, "order": order}
        self.ledger.write(action, subject, rows, **said, details={"session": told, **details})
        self.row.update(changed or {}, last_order=order)

    def one(self, action: str, minute: float, label: str, /, *, by: Person | None = None, **said: Any) -> Row:
        """An entry of one row."""
        at, by = self.when(minute), by or self.nurse
        made = self.make(label, at, by, self.ledger.new_id(at), **said)
        self.write(action, at, [made], by=by)
        return made[1]

    def signed(self, action: str, minute: float, label: str, meaning: str, /, *, by: Person, **said: Any) -> Row:
        at = self.when(minute)
        made = self.make(label, at, by, self.ledger.new_id(at), **said)
        proof = self.ledger.signature(made, by=by, at=at, meaning=meaning, subject_id=self.row["id"])
        self.write(action, at, [made, proof], by=by)
        return made[1]

    def move(self, to: str, at: datetime, by: Person, entry_id: str, reason: str = "") -> tuple[tuple[str, Row], Row]:
        """The transition, and what it changes of the session."""
        made = self.make(
            "Transition",
            at,
            by,
            entry_id,
            previous_id=self.last["id"],
            from_state=self.row["state"],
            to_state=to,
            reason=reason,
        )
        self.last = made[1]
        return made, {"state": to, "transition_id": made[1]["id"]}
