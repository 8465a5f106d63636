"""What is written at one clinic: entries, rows and the audit events that cover them, with every number, key and link
as the actions make them (clinic/actions/entry.py, clinic/audit.py)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Any

from clinic.rules.chain import link_of, start_of
from sessions_app.simulate.tables import Table, encoded

Row = dict[str, Any]
KEYS_AT_ONCE = 1024


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


@dataclass(frozen=True)
class Person:
    """Somebody of the clinic, as a signature names them."""

    id: str
    printed_name: str
    credential: str


@dataclass
class Ledger:
    """One facility's chain, and the tables that are filled. ``sequence``, ``link``: where the chain stands."""

    random: Random
    facility_id: str
    chain_id: str
    sequence: int
    link: str
    tables: dict[str, Table] = field(default_factory=dict)
    waiting: list[Row] = field(default_factory=list)  # events of which only the place in the chain is not known yet
    _made: int = 0
    _keys: list[str] = field(default_factory=list)
    _moments: dict[datetime, tuple[str, str]] = field(default_factory=dict)

    def table(self, label: str) -> Table:
        found = self.tables.get(label)
        if found is None:
            found = self.tables[label] = Table(label)
        return found

    def moment(self, at: datetime) -> tuple[str, str]:
        """As it is written, and how keys of that moment begin."""
        found = self._moments.get(at)
        if found is None:
            made = f"{int(at.timestamp() * 1000):012x}"
            found = self._moments[at] = iso(at), f"{made[:8]}-{made[8:]}-7"
        return found

    def new_id(self, at: datetime) -> str:
        """A version 7 key of that moment; what is made later sorts later, as clinic/identifiers.py has it."""
        if not self._keys:
            drawn = self.random.randbytes(8 * KEYS_AT_ONCE).hex()
            self._keys = [
                f"-{'89ab'[int(drawn[at], 16) % 4]}{drawn[at + 1 : at + 4]}-{drawn[at + 4 : at + 16]}"
                for at in range(0, len(drawn), 16)
            ]
        self._made = (self._made + 1) % 4096
        return f"{self.moment(at)[1]}{self._made:03x}{self._keys.pop()}"

    def write(
        self,
        action: str,
        subject: tuple[str, str],
        rows: Iterable[tuple[str, Row]],
        *,
        by: Person,
        at: datetime,
        entry_id: str,
        order: int | None = None,
        details: Row | None = None,
    ) -> None:
        """Entry, rows and event. The first row is the result. A row that will move is added by whoever moves it:
        ``Ledger.keep``."""
        now, written = self.moment(at)[0], list(rows)
        entry = self.table("clinic.Entry")
        told = entry.row(
            id=self.new_id(at),
            facility_id=self.facility_id,
            entry_id=entry_id,
            action=action,
            subject_id=subject[1],
            order=order,
            result_id=written[0][1]["id"],
            recorded_by_id=by.id,
        )
        entry.add(told, now)
        for label, row in written:
            if label not in MOVES:
                self.table(label).add(row, now)
        payload = encoded(
            {
                "action": action,
                "actor": by.id,
                "details": details or {},
                "entry": entry_id,
                "facility": self.facility_id,
                "happened_at": now,
                "request": "",
                "rows": [{"fields": row, "table": label} for label, row in written],
                "subject": {"id": subject[1], "type": subject[0]},
            }
        )
        event = self.table("clinic.AuditEvent").row(
            id=self.new_id(at),
            chain_id=self.chain_id,
            action=action,
            actor_id=by.id,
            subject_type=subject[0],
            subject_id=subject[1],
            entry_id=entry_id,
            request_id="",
            happened_at=now,
            payload=payload.decode(),
            digest=sha256(payload).hexdigest(),
        )
        self.waiting.append(event)

    def keep(self, label: str, row: Row, at: datetime) -> None:
        """A row whose columns moved, as it stands in the end."""
        self.table(label).add(row, self.moment(at)[0])

    def chain(self) -> None:
        """Everything that waits takes its place, in the order in which it happened."""
        events = self.table("clinic.AuditEvent")
        for event in sorted(self.waiting, key=lambda each: each["happened_at"]):
            previous = self.link or start_of(self.chain_id)  # type: ignore[arg-type]
            self.sequence += 1
            self.link = link_of(previous=previous, sequence=self.sequence, digest=event["digest"])
            event["sequence"], event["link"] = self.sequence, self.link
            events.add(event, event["happened_at"])
        self.waiting, self._moments = [], {}

    def envelope(self, label: str, at: datetime, by: Person, entry_id: str, /, **said: Any) -> tuple[str, Row]:
        """A clinical row. What happens here happens in whole minutes."""
        if "id" not in said:
            said["id"] = self.new_id(at)
        made = self.table(label).row(
            occurred_at=self.moment(at)[0],
            facility_id=self.facility_id,
            entry_id=entry_id,
            performed_by_id=by.id,
            recorded_by_id=by.id,
            **said,
        )
        return label, made

    def signature(
        self, signed: tuple[str, Row], *, by: Person, at: datetime, meaning: str, subject_id: str
    ) -> tuple[str, Row]:
        """Of the row as it stands, by password."""
        label, row = signed
        content = encoded({"fields": row, "table": label})
        return self.envelope(
            "clinic.Signature",
            at,
            by,
            row["entry_id"],
            row_kind=label.partition(".")[2],
            row_id=row["id"],
            subject_id=subject_id,
            meaning=meaning,
            printed_name=by.printed_name,
            credential=by.credential,
            factor="PASSWORD",
            content=content.decode(),
            digest=sha256(content).hexdigest(),
        )


# Rows with columns that move (clinic/grants.py): copied as they stand in the end.
MOVES = frozenset({"sessions_app.DosingSession", "sessions_app.Filing"})


def step_of(device: str, step: int, kind: str, start: tuple[str, str], end: tuple[str, str]) -> Row:
    """What a movement of the cabinet says of where a device came from and went."""
    return {
        "device_id": device,
        "step": step,
        "previous": step - 1,
        "kind": kind,
        "from_place": start[0],
        "from_id": start[1],
        "to_place": end[0],
        "to_id": end[1],
    }
