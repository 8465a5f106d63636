"""One entry on one dosing session: lock, then write with envelope, order, transition and audit.

Lock order, everywhere: dosing session, device, (entry), audit chain. Lock waits end after 5 s.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from clinic.access import demand
from clinic.actions import entry as entries
from clinic.actions.entry import Submission
from clinic.identifiers import new_id
from clinic.models import ClinicalRow, User
from clinic.rules.roles import Permission
from sessions_app.models import DosingSession, SessionRow, Transition
from sessions_app.rules.states import State

Row = TypeVar("Row", bound=ClinicalRow)
OnSession = TypeVar("OnSession", bound=SessionRow)


@dataclass
class SessionEntry:
    """An entry under way, holding the session's row lock. ``dosing_session`` is as locked: read it, not yours."""

    dosing_session: DosingSession
    action: str
    entry: Submission
    by: User
    now: datetime
    order: int
    rows: list[ClinicalRow] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    @property
    def occurred_at(self) -> datetime:
        return self.entry.occurred_at or entries.whole_minute(self.now)

    def repeated(self, model: type[Row]) -> Row | None:
        """The first result, when this entry was submitted before."""
        return entries.first_result(
            model, facility=self.dosing_session.facility, entry=self.entry, action=self.action, by=self.by
        )

    def add(self, model: type[Row], **fields: Any) -> Row:
        """A row of this session, to be written with the rest."""
        made = self.envelope(model, dosing_session=self.dosing_session, order=self.order, **fields)
        self.rows.append(made)
        return made

    def envelope(self, model: type[Row], **fields: Any) -> Row:
        return entries.row(
            model, facility=self.dosing_session.facility, entry=self.entry, by=self.by, now=self.now, **fields
        )

    def set(self, **fields: Any) -> None:
        """Change columns of the session itself."""
        for name, value in fields.items():
            setattr(self.dosing_session, name, value)
            self.changed.add(name)

    def move(self, to: State, *, reason: str = "", second_person: User | None = None) -> Transition:
        """Go to another state; the table was asked before by a rule, and is asked again by a constraint."""
        transition = self.add(
            Transition,
            id=new_id(),
            previous_id=self.dosing_session.transition_id,
            from_state=self.dosing_session.state,
            to_state=to.value,
            reason=reason,
            second_person=second_person,
        )
        self.set(state=to.value, transition=transition)
        return transition

    def write(self, **details: object) -> None:
        """Everything at once, in the caller's transaction."""
        entries.write(
            action=self.action,
            facility=self.dosing_session.facility,
            entry=self.entry,
            by=self.by,
            now=self.now,
            subject=self.dosing_session,
            rows=self.rows,
            order=self.order,
            details={
                "session": {
                    name: getattr(self.dosing_session, name + "_id", getattr(self.dosing_session, name))
                    for name in sorted(self.changed)
                },
                **details,
            },
        )
        self.set(last_order=self.order)
        self.dosing_session.save(update_fields=sorted(self.changed))


def begin(
    dosing_session: DosingSession, *, action: str, permission: Permission, entry: Submission, by: User, now: datetime
) -> SessionEntry:
    """Lock the session and open an entry on it. Raises PermissionDenied; must run in a transaction."""
    demand(by, permission, dosing_session.facility_id)
    locked = DosingSession.objects.select_related("facility", "patient", "course", "policy__program_version")
    current = locked.locked().get(pk=dosing_session.pk)
    return SessionEntry(current, action, entry, by, now, current.last_order + 1)
