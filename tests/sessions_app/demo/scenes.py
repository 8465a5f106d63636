"""What must be seen of the demo at any hour, on the first day and on later ones."""

from collections import Counter
from datetime import datetime

from clinic.models import AuditEvent
from clinic.rules.refusals import Refusal
from sessions_app.demo import people
from sessions_app.demo.people import Somebody
from sessions_app.models import DosingSession
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.models.site import Site
from sessions_app.rules.checks import CheckState, next_checkpoint
from sessions_app.rules.gates import gate_refusals
from sessions_app.rules.states import OPEN, State

STATES = {
    people.ROSALIND: State.SCHEDULED,
    people.HUGO: State.CHECKED_IN,
    people.LARS: State.CLEARED,
    people.GRETA: State.DOSING,
    people.MAUD: State.MONITORING,
    people.SILAS: State.MONITORING,
    people.FELIX: State.MONITORING,
    people.OPAL: State.MONITORING,
    people.IDA: State.MONITORING,
    people.DORA: State.MONITORING,
    people.THEO: State.DISCHARGED,
    people.NED: State.LEFT_EARLY,
    people.VERA: State.TRANSFERRED,
    people.BRUNO: State.NOT_DOSED,
    people.CLARA: State.CANCELLED,
    people.ELSE: State.ENTERED_IN_ERROR,
    people.OTIS: State.CHECKED_IN,
    people.WILMA: State.SCHEDULED,
}
# What stands between each of them and the next step.
GATES = {
    people.GRETA: {"DEVICE_INTERVAL"},
    people.FELIX: {"BP"},
    people.OPAL: set(),
    people.IDA: {"DISSOCIATION", "UNRESOLVED"},
    people.LARS: {"AUTHORIZED_REP"},
}


def latest(somebody: Somebody) -> DosingSession:
    """The newest session of whoever plays this part."""
    sessions = sessions_with_context().filter(patient__mrn__regex=somebody.family)
    session = sessions.order_by("-scheduled_at").first()
    assert session is not None, somebody
    return session


def refusals(somebody: Somebody, now: datetime) -> tuple[Refusal, ...]:
    return gate_refusals(session_facts(latest(somebody), at=now, start=True), now=now)


def codes(somebody: Somebody, now: datetime) -> set[str]:
    return {refusal.code for refusal in refusals(somebody, now)}


def assert_scenes(now: datetime) -> None:
    assert {somebody.mrn: latest(somebody).state for somebody in STATES} == {
        somebody.mrn: state for somebody, state in STATES.items()
    }
    assert {*DosingSession.objects.values_list("state", flat=True)} == {state.value for state in State}
    for somebody, expected in GATES.items():
        assert codes(somebody, now) == expected, somebody
    assert {"FACILITY", "AUTHORIZED_REP"} <= codes(people.OTIS, now)
    overdue = next_checkpoint(session_facts(latest(people.SILAS), at=now), now=now)
    assert overdue is not None
    assert (overdue.minute, overdue.state) == (40, CheckState.OVERDUE)
    assert_chairs()
    for somebody in (people.OPAL, people.DORA):
        assert Site(latest(somebody).facility, "esketamine", at=now).prescribers_on_site
    assert not AuditEvent.objects.filter(happened_at__gt=now).exists()


def assert_chairs() -> None:
    """Six to eight in use, each by one."""
    here = DosingSession.objects.filter(facility=latest(people.OPAL).facility, state__in=OPEN)
    chairs = Counter(here.values_list("chair", flat=True))
    assert 6 <= len(chairs) <= 8
    assert set(chairs.values()) == {1}


def assert_audit_in_order() -> None:
    """Sequences without a gap, times that never go back."""
    for chain in AuditEvent.objects.values_list("chain", flat=True).distinct():
        events = AuditEvent.objects.filter(chain=chain).order_by("sequence")
        rows = list(events.values_list("sequence", "happened_at"))
        assert [sequence for sequence, _ in rows] == list(range(1, len(rows) + 1))
        assert [at for _, at in rows] == sorted(at for _, at in rows)
