"""What holds of a session whatever was done to it, by an action or through a page; asked before and after each step."""

from collections import Counter
from datetime import datetime
from typing import Any

from clinic.models import AuditChain, AuditEvent, Entry
from clinic.verification import Checked, verify
from sessions_app.models import (
    Alarm,
    Clearance,
    DeviceAdministration,
    Discharge,
    DosingSession,
    GateException,
    Transition,
)
from sessions_app.models.chairs import sitting
from sessions_app.models.facts import session_facts
from sessions_app.rules.gates import gate_refusals
from tests.factories import Cast, Walk
from tests.sessions_app.gates.known import Known
from tests.sessions_app.gates.model import leaving
from tests.sessions_app.gates.model_start import dosing
from tests.sessions_app.gates.of_rows import Rows, known_of, until

# gate.md, "States".
WAYS = {
    "": {"SCHEDULED"},
    "SCHEDULED": {"CHECKED_IN", "CANCELLED"},
    "CHECKED_IN": {"CLEARED", "NOT_DOSED"},
    "CLEARED": {"DOSING", "NOT_DOSED"},
    "DOSING": {"MONITORING", "NOT_DOSED", "LEFT_EARLY", "TRANSFERRED"},
    "MONITORING": {"DISCHARGED", "NOT_DOSED", "LEFT_EARLY", "TRANSFERRED"},
    "DISCHARGED": {"MONITORING"},
    "LEFT_EARLY": {"MONITORING"},
}
OPEN = ("CHECKED_IN", "CLEARED", "DOSING", "MONITORING")
# What is asked of the device that is chosen, and of the words at the release.
OF_THE_DEVICE = {"DEVICE"}


class Watch:
    """One session, watched from now on."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.session = walk.refresh()
        self.wrong: set[str] = set()
        self.order = 0
        # By what the gates were asked last: the moment, and the rows.
        self.asked: tuple[datetime, int] | None = None

    @property
    def cast(self) -> Cast:
        return self.walk.cast

    def site_changed(self) -> None:
        self.asked = None

    def known(self, now: datetime, *, start: bool = False) -> Known:
        return known_of(self.session, now, start=start)

    def before(self, now: datetime) -> None:
        """What the page of the gates says against the next step; the list that is displayed says the same."""
        self.session = self.walk.refresh()
        self.order = self.session.last_order
        if self.asked == (now, self.order):
            return
        self.asked, self.wrong = (now, self.order), self.by_the_page(now)
        if self.session.state in OPEN:
            assert self.displayed(now) == self.wrong, (self.session.state, self.displayed(now) ^ self.wrong)

    def by_the_page(self, now: datetime) -> set[str]:
        state = self.session.state
        if state not in OPEN:
            return {"STATE"}
        if state == "MONITORING":
            return leaving(self.known(now), now)
        return dosing(self.known(now, start=True), now, clearing=state == "CHECKED_IN")

    def displayed(self, now: datetime) -> set[str]:
        facts = session_facts(self.session, at=now, start=self.session.state != "MONITORING")
        return {refusal.code for refusal in gate_refusals(facts, now=now)}

    # --- after ------------------------------------------------------------------------------------------

    def after(self, now: datetime) -> None:
        was = self.session
        self.session = self.walk.refresh()
        if self.session.last_order > self.order:
            self._passed_only_open_gates(was, now)
            self._is_one_line_of_states()
            self._has_each_device_once()
        self._was_judged_again()

    def _new(self, model: Any) -> list[Any]:
        return list(model.objects.filter(dosing_session=self.session, order__gt=self.order))

    def _passed_only_open_gates(self, was: DosingSession, now: datetime) -> None:
        excepted = {row.entry_id for row in self._new(GateException)}
        for row in (*self._new(DeviceAdministration), *self._new(Clearance)):
            assert row.entry_id in excepted or row.channel == "PAPER" or not self.wrong, (row, self.wrong)
        for row in self._new(Discharge):
            assert row.channel == "PAPER" or (was.state == "MONITORING" and not self.wrong), self.wrong
            assert self._wrong_at_release(row) == set()

    def _wrong_at_release(self, release: Discharge) -> set[str]:
        at = release.occurred_at
        return leaving(until(self.known(at), at), at)

    def _is_one_line_of_states(self) -> None:
        line = list(Transition.objects.filter(dosing_session=self.session).order_by("order"))
        assert [row.from_state for row in line][1:] == [row.to_state for row in line][:-1]
        assert line[-1].to_state == self.session.state
        assert line[-1].pk == self.session.transition_id
        for row in line:
            assert row.to_state in WAYS.get(row.from_state, set()) | {"ENTERED_IN_ERROR"}, row
        assert (self.session.discharge_id is not None) == (self.session.state == "DISCHARGED")

    def _has_each_device_once(self) -> None:
        used = Counter(row.device_id for row in Rows(self.session).of(DeviceAdministration))
        elsewhere = DeviceAdministration.objects.filter(device__in=used).exclude(dosing_session=self.session)
        assert max(used.values(), default=0) <= 1
        for row in elsewhere.select_related("dosing_session"):
            assert row.pk in Rows(row.dosing_session).struck

    def _was_judged_again(self) -> None:
        """Whoever would not have been released, of all that is known by now, has an alarm that says so."""
        if self.session.state != "DISCHARGED" or self.session.discharge_id is None:
            return
        release = Discharge.objects.get(pk=self.session.discharge_id)
        if self._wrong_at_release(release):
            alarms = Alarm.objects.filter(dosing_session=self.session, code="GATE_WOULD_HAVE_REFUSED")
            assert alarms.exists(), self._wrong_at_release(release)


def everything_is_in_its_chain(cast: Cast) -> None:
    """Gap-free, each event hanging on the one before it, each row in exactly one event, as it stands."""
    chain = AuditChain.objects.get(facility=cast.facility)
    assert list(verify(chain, Checked())) == []


def nobody_shares_a_chair(cast: Cast) -> None:
    open_here = DosingSession.objects.for_facility(cast.facility).open().exclude(chair="")
    assert len(sitting(cast.facility)) == open_here.count()


def written_so_far() -> tuple[int, int]:
    return AuditEvent.objects.count(), Entry.objects.count()
