"""What is written at one clinic: entries, rows and the audit events that cover them, with every number, key and link
as the actions make them (clinic/actions/entry.py, clinic/audit.py)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from json import JSONEncoder
from random import Random
from typing import Any

from clinic.rules.chain import link_of, start_of
from sessions_app.simulate.tables import Table

# As clinic.canonical writes it; rows hold nothing but text, numbers and lists of them.
ENCODE = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode

Row = dict[str, Any]


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


@dataclass(frozen=True)
class Person:
    """Somebody of the clinic, as a signature names them."""

    id: str
    printed_name: str
    credential: str


@dataclass
class Pending:
    """An event of which only its place in the chain is not known yet."""

    happened_at: datetime
    place: int
    columns: Row


@dataclass
class Ledger:
    """One facility's chain, and the tables that are filled. ``begin``: where the chain stood."""

    random: Random
    facility_id: str
    chain_id: str
    sequence: int
    link: str
    tables: dict[str, Table] = field(default_factory=dict)
    waiting: list[Pending] = field(default_factory=list)
    _count: int = 0

    def table(self, label: str) -> Table:
        found = self.tables.get(label)
        if found is None:
            found = self.tables[label] = Table(label)
        return found

    def new_id(self, at: datetime) -> str:
        """A version 7 key of that moment; what is made later sorts later, as clinic/identifiers.py has it."""
        self._count = (self._count + 1) % 4096
        made = int(at.timestamp() * 1000) << 80 | 7 << 76 | self._count << 64 | 2 << 62 | self.random.getrandbits(62)
        text = f"{made:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

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
        now, written = iso(at), list(rows)
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
        payload = ENCODE(
            {
                "action": action,
                "actor": by.id,
                "facility": self.facility_id,
                "happened_at": now,
                "entry": entry_id,
                "request": "",
                "subject": {"type": subject[0], "id": subject[1]},
                "rows": [{"table": label, "fields": row} for label, row in written],
                "details": details or {},
            }
        )
        columns = {
            "id": self.new_id(at),
            "chain_id": self.chain_id,
            "action": action,
            "actor_id": by.id,
            "subject_type": subject[0],
            "subject_id": subject[1],
            "entry_id": entry_id,
            "request_id": "",
            "happened_at": now,
            "payload": payload,
            "digest": sha256(payload.encode()).hexdigest(),
        }
        self.waiting.append(Pending(at, len(self.waiting), columns))

    def keep(self, label: str, row: Row, at: datetime) -> None:
        """A row whose columns moved, as it stands in the end."""
        self.table(label).add(row, iso(at))

    def chain(self) -> None:
        """Everything that waits takes its place, in the order in which it happened."""
        events = self.table("clinic.AuditEvent")
        for pending in sorted(self.waiting, key=lambda each: (each.happened_at, each.place)):
            previous = self.link or start_of(self.chain_id)  # type: ignore[arg-type]
            self.sequence += 1
            digest = pending.columns["digest"]
            self.link = link_of(previous=previous, sequence=self.sequence, digest=digest)
            said = events.row(**pending.columns, sequence=self.sequence, link=self.link)
            events.add(said, pending.columns["happened_at"])
        self.waiting = []

    def envelope(self, label: str, at: datetime, by: Person, entry_id: str, /, **said: Any) -> tuple[str, Row]:
        """A clinical row, in whole minutes unless said otherwise."""
        said.setdefault("occurred_at", iso(at.replace(second=0, microsecond=0)))
        made = self.table(label).row(
            id=said.pop("id", None) or self.new_id(at),
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
        content = ENCODE({"table": label, "fields": row})
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
            content=content,
            digest=sha256(content.encode()).hexdigest(),
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
