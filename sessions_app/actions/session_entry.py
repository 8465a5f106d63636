"""One entry on one dosing session: lock, then write with envelope, order, transition and audit.

Lock order, everywhere: the organisation's links and the person (where a session opens), dosing session, device,
(entry), audit chain, which a draw and a recall take with their row. Lock waits end after 5 s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models.functions import Coalesce

from clinic.access import LAPSED, could, demand, is_licensed
from clinic.actions import entry as entries
from clinic.actions.discrepancy import discrepancy_rows
from clinic.actions.entry import Submission
from clinic.identifiers import new_id
from clinic.models import Channel, ClinicalRow, Device, Patient, StockMovement, User
from clinic.models.discrepancy import missed
from clinic.models.patient import records_of
from clinic.rules.cabinet import Place
from clinic.rules.credentials import TAKEN_AWAY
from clinic.rules.discrepancy import DiscrepancyCause
from clinic.rules.roles import Permission
from clinic.writing import update
from sessions_app.models import AlarmStep, DosingSession, EmergencyEnd, SessionRow, Transition
from sessions_app.models.alarm_state import gone_alarms
from sessions_app.models.dosing_session import DosingSessionQuerySet, lock_session, session_with_context
from sessions_app.models.emergency_record import open_emergency
from sessions_app.models.record import Record
from sessions_app.models.stock import session_steps, still_drawn
from sessions_app.rules.checks import occurred_refusals
from sessions_app.rules.states import ENDED, State

NOT_SAID = "Taken for a session that is over; nobody said what became of it."

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
    rows: list[Any] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    @property
    def occurred_at(self) -> datetime:
        return entries.whole_minute(self.entry.occurred_at or self.now)

    @property
    def entered_at(self) -> datetime:
        """When somebody typed it: a line of a sheet goes by the sheet's time, whoever types it by the clock."""
        return self.entry.entered_at or self.now

    def repeated(self, model: type[Row]) -> Row | None:
        """The first result, when this entry was submitted before."""
        return entries.first_result(
            model,
            facility=self.dosing_session.facility,
            entry=self.entry,
            action=self.action,
            by=self.by,
            subject=self.dosing_session,
        )

    def is_second_to(self, row: ClinicalRow) -> bool:
        """Whether nobody of this entry, neither who enters it nor who did it, had a hand in that row."""
        people = {self.by.pk, (self.entry.performed_by or self.by).pk}
        return not people & {row.recorded_by_id, row.performed_by_id}

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
        if to in ENDED:
            self._end_emergency(to)
            self.miss_devices()
        return transition

    def miss_devices(self) -> None:
        """What was taken for a session that is over, and nobody said what became of it, is a discrepancy from that
        moment on. It holds nobody."""
        steps = [*session_steps(self.dosing_session), *(row for row in self.rows if isinstance(row, StockMovement))]
        held = still_drawn(steps, self.dosing_session)
        self.rows += unaccounted(
            self.dosing_session, held, facility=self.dosing_session.facility, entry=self.entry, by=self.by, now=self.now
        )

    def _end_emergency(self, to: State) -> None:
        """An emergency never outlasts its session, however that ends."""
        how = EmergencyEnd.How.TRANSFERRED if to is State.TRANSFERRED else EmergencyEnd.How.WITH_SESSION
        if under_way := open_emergency(Record(self.dosing_session)):
            self.add(EmergencyEnd, emergency=under_way.emergency, how=how)

    def write(self, **details: object) -> None:
        """Everything at once, in the caller's transaction; alarms whose cause it takes away are cleared with it. Of a
        sheet no line says what holds now: the sheet clears, once it is all in."""
        self.insert(**details)
        if not self.entry.of_sheet:
            self.clear_alarms()

    def insert(self, **details: object) -> None:
        """As ``write``, for rows about alarms themselves."""
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
        update(self.dosing_session, sorted(self.changed))

    def following(self, action: str) -> "SessionEntry":
        """What this entry brings about by itself, as an entry of its own."""
        session, request = self.dosing_session, Submission(request_id=self.entry.request_id)
        return SessionEntry(session, action, request, self.by, self.now, session.last_order + 1)

    def clear_alarms(self) -> None:
        """Those whose cause is gone by now."""
        after = self.following("clear_alarms")
        for alarm in gone_alarms(self.dosing_session, at=self.now):
            after.add(AlarmStep, alarm=alarm, kind=AlarmStep.Kind.CLEARED)
        if after.rows:
            after.insert(caused_by=self.action)


def unaccounted(dosing_session: DosingSession, held: Sequence[Device], **said: Any) -> list[Any]:
    """The rows of a discrepancy of what this session had when it ended, as far as no open one says so."""
    known = missed(held) if held else set()
    missing = [device for device in held if (device.pk, dosing_session.pk) not in known]
    if not missing:
        return []
    said |= {"cause": DiscrepancyCause.UNACCOUNTED, "for_session_id": dosing_session.pk}
    return discrepancy_rows(text=NOT_SAID, devices=missing, **said)


def unaccounted_with(last: StockMovement, **said: Any) -> list[Any]:
    """As ``unaccounted``, where a step led back to a session, which may be over by now."""
    if last.place is not Place.DRAWN:
        return []
    session = DosingSession.objects.locked().get(pk=last.to_id)
    return unaccounted(session, [last.device], **said) if session.state in ENDED else []


# Of what only a prescriber may do, an order alone is copied from paper by somebody else.
_COPIED = ("order_dose",)


def _demand(
    entry: Submission, *, action: str, permission: Permission, by: User, facility_id: UUID, now: datetime
) -> None:
    """What waited on a tablet needed the permission when it was typed: what was taken from its author since takes no
    reading out of the record. From paper whoever did it needed it at that time; whoever types it needs now the one for
    putting right, and credentials in date for what those take away."""
    if entry.channel == Channel.OFFLINE:
        if not could(by, permission, facility_id, at=entry.entered_at or now):
            raise PermissionDenied(permission.value)
        return
    if entry.channel != Channel.PAPER:
        demand(by, permission, facility_id, at=now)
        return
    typed_at = entry.entered_at or now
    demand(by, Permission.CORRECT, facility_id, at=typed_at)
    if permission in TAKEN_AWAY and not is_licensed(by, facility_id, at=typed_at):
        raise PermissionDenied(LAPSED)
    if not could(entry.performed_by or by, permission, facility_id, at=min(entry.occurred_at or now, now)):
        raise PermissionDenied(permission.value)
    if permission is Permission.PRESCRIBE and action not in _COPIED:
        demand(by, permission, facility_id, at=typed_at)
        if entry.performed_by not in (None, by):
            raise PermissionDenied("a prescriber's decision is entered by that prescriber")


def begin(
    dosing_session: DosingSession, *, action: str, permission: Permission, entry: Submission, by: User, now: datetime
) -> SessionEntry:
    """Lock the session and open an entry on it. Raises PermissionDenied, and ActionRefused for an entered time that
    cannot be; must run in a transaction."""
    _demand(entry, action=action, permission=permission, by=by, facility_id=dosing_session.facility_id, now=now)
    opened = lock(dosing_session, action=action, entry=entry, by=by, now=now)
    if entry.occurred_at is not None:
        at = entries.whole_minute(entry.occurred_at)
        entries.refuse(*occurred_refusals(at, now=now, not_before=opened.dosing_session.checked_in_at))
    return opened


def lock(dosing_session: DosingSession, *, action: str, entry: Submission, by: User, now: datetime) -> SessionEntry:
    """As ``begin``, by whoever needs no permission: the system itself."""
    # Read again once the lock is held: rows joined while waiting for it would be those of before the wait.
    lock_session(dosing_session.pk)
    current = session_with_context(dosing_session.pk)
    if current is None:
        raise DosingSession.DoesNotExist
    return SessionEntry(current, action, entry, by, now, current.last_order + 1)


def beside(dosing_session: DosingSession, action: str, request_id: str, by: User, now: datetime) -> SessionEntry:
    """What one entry brings about on another session, which it holds locked."""
    request = Submission(request_id=request_id)
    return SessionEntry(dosing_session, action, request, by, now, dosing_session.last_order + 1)


def lock_person(*people: Patient, to_link: bool = False) -> list[Patient]:
    """Every record of these people, as they are now. Whoever links records of the organisation is alone with it,
    ``to_link``; whoever opens a session waits for that, and for the others of the same person."""
    mode = "" if to_link else "_shared"
    with connection.cursor() as cursor:
        for organisation_id in sorted({str(patient.organisation_id) for patient in people}):
            cursor.execute(f"SELECT pg_advisory_xact_lock{mode}(hashtextextended(%s, 0))", [organisation_id])
    ids = [patient.pk for patient in people]
    persons = Patient.objects.filter(pk__in=ids).values_list(Coalesce("same_person_as", "pk"), flat=True)
    # Not for their keys: a row that names one of them need not wait.
    return list(records_of(persons).select_for_update(no_key=True, of=("self",)).order_by("pk"))


def lock_watched(sessions: DosingSessionQuerySet) -> list[DosingSession]:
    """Those of them under watch."""
    return lock_all(sessions.under_watch())


def lock_watched_elsewhere(patient: Patient, *, but: DosingSession | None) -> list[DosingSession]:
    """Where this person sits under watch, on whichever course and at whichever facility, other than on that session."""
    found = lock_watched(DosingSession.objects.of_patient(patient))
    return [session for session in found if but is None or session.pk != but.pk]


def lock_released_since(patient: Patient, *, since: datetime, but: DosingSession | None) -> list[DosingSession]:
    """Where this person was released at that moment or after it, other than from that session. Asked after
    ``lock_watched_elsewhere``: a release that was waited for there is found here."""
    released = DosingSession.objects.of_patient(patient).filter(discharge__occurred_at__gte=since)
    found = lock_all(released.filter(state=State.DISCHARGED))
    return [session for session in found if but is None or session.pk != but.pk]


def lock_all(sessions: DosingSessionQuerySet) -> list[DosingSession]:
    """Locked in order of their keys and before anything is written: the audit chain is locked last by everybody."""
    return list(sessions.select_related("facility", "patient", "policy__program_version").locked().order_by("pk"))
