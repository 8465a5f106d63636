"""A demo of an earlier hour becomes a clinic now: what is open ends as a clinic would end it, then a new day begins.

Nothing is changed or taken away: all of it is legal steps by the same actions, at times between the last entry and
now, and what was charted to get there says so.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Max

from clinic.models import ClinicalRow, Facility, User
from clinic.rules.refusals import Refusal
from sessions_app.actions import booking, departure, discharge, dosing, intake, monitoring
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.seed import SHIFT, begin_day
from sessions_app.demo.signed import signed
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.demo.visit import CALM, reading
from sessions_app.models import DeviceAdministration, DosingSession, Transfer
from sessions_app.models.dosing_session import sessions_with_context
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.discharge import discharge_refusals
from sessions_app.rules.facts import Outcome, SessionFacts, WayHomeKind
from sessions_app.rules.recovery import unresolved_since
from sessions_app.rules.states import State

FRESH = timedelta(minutes=50)  # half an hour after a day was made, in which the last check-in is 22 minutes old
NOTE = "Charted by the demo when a new day was made."
# What the gate asks of the record; every other refusal asks for a measurement first.
PAPERS = ("PEAK_CHECK", "BASELINE_CHECK", "SAFE_WAY_HOME", "INSTRUCTIONS", "READINESS")


def is_fresh(now: datetime) -> bool:
    """Somebody was checked in not long ago: the clinic is as it was left."""
    last = DosingSession.objects.aggregate(last=Max("checked_in_at"))["last"]
    return last is not None and now - last <= FRESH


def roll_forward(*, now: datetime) -> None:
    """Ends what is open everywhere, and begins a day that has come to ``now``. As the application."""
    base = now.replace(second=0, microsecond=0)
    for facility in Facility.objects.filter(role_assignments__isnull=False).distinct().order_by("name"):
        Evening(Clinic.of(facility), until=base).end()
    morning = base - SHIFT
    begin_day(Timeline(), base=base, registered=morning, delivered=morning, history=0)


class Evening:
    """The end of a day at one clinic. ``at`` goes on from the last thing that was charted, and never past ``until``."""

    def __init__(self, clinic: Clinic, *, until: datetime) -> None:
        self.clinic, self.until = clinic, until
        self.at = min(self._last_charted().replace(second=0, microsecond=0) + minutes(1), until)

    def _last_charted(self) -> datetime:
        tables = (model._default_manager for model in apps.get_models() if issubclass(model, ClinicalRow))
        rows = (table.filter(facility=self.clinic.facility) for table in tables)
        times = (table.aggregate(last=Max("occurred_at"))["last"] for table in rows)
        return max((at for at in times if at is not None), default=self.until)

    def end(self) -> None:
        sessions = DosingSession.objects.for_facility(self.clinic.facility)
        for dosing_session in sorted(sessions.open(), key=self._leaves_at):
            self._end(dosing_session)
        for late in sessions.filter(state=State.SCHEDULED, scheduled_at__lt=self.until).order_by("scheduled_at"):
            self.at = max(self.at, late.scheduled_at)
            self._do(booking.cancel_booking, late, by=self.clinic.front_desk, reason="Did not come.")

    def _leaves_at(self, dosing_session: DosingSession) -> datetime:
        return self._facts(dosing_session).stay_ends_at or self.at

    def _facts(self, dosing_session: DosingSession) -> SessionFacts:
        """As it stands now, whatever was done since it was read."""
        return session_facts(sessions_with_context().get(pk=dosing_session.pk), at=self.at)

    def _do(self, action: Any, dosing_session: DosingSession, *, by: User | None = None, **said: Any) -> None:
        person = by or self.clinic.nurse
        action(dosing_session=dosing_session, entry=signed(person, self.at), by=person, now=self.at, **said)

    def _end(self, dosing_session: DosingSession) -> None:
        facts = self._facts(dosing_session)
        for device in facts.devices:
            if device.outcome is None:
                given = DeviceAdministration.objects.get(pk=device.id)
                self._do(dosing.record_outcome, dosing_session, administration=given, outcome=Outcome.FULL)
        if not facts.delivered:
            self._do(dosing.end_not_dosed, dosing_session, reason="The clinic closed before a dose was given.")
            return
        if facts.state is State.DOSING:
            self._do(dosing.finish_dosing, dosing_session, stopped_early_reason="The clinic closed.")
        self._send_home(dosing_session)

    def _send_home(self, dosing_session: DosingSession) -> None:
        """Through the gate once the stay is over; where it is not by now, or something else holds, to others."""
        ends_at = self._facts(dosing_session).stay_ends_at
        if ends_at is None or ends_at > self.until:
            self._hand_over(dosing_session, Transfer.Destination.OTHER_UNIT, "Wrenfield evening unit")
            return
        self.at = max(self.at, ends_at)
        if any(refusal.code not in PAPERS for refusal in self._refusals(dosing_session)):
            self._do(monitoring.record_check, dosing_session, check=self._final_check(dosing_session))
        for refusal in self._refusals(dosing_session):
            self._answer(dosing_session, refusal.code)
        if self._refusals(dosing_session):
            self._hand_over(dosing_session, Transfer.Destination.HOSPITAL, "Wrenfield General")
        else:
            self._do(discharge.discharge_patient, dosing_session, handed_over_to="Whoever came to fetch the patient")

    def _refusals(self, dosing_session: DosingSession) -> tuple[Refusal, ...]:
        return discharge_refusals(self._facts(dosing_session), now=self.at)

    def _final_check(self, dosing_session: DosingSession) -> CheckEntry:
        """Everything back to normal, and what had begun is gone."""
        facts, calm = self._facts(dosing_session), reading(*CALM)
        signs = {
            sign.code: replace(calm.signs[sign.code], gone=unresolved_since(facts, sign) is not None)
            for sign in facts.program.signs
        }
        return replace(calm, signs=signs, note=NOTE)

    def _answer(self, dosing_session: DosingSession, code: str) -> None:
        """What paper asks for; anything else is answered by handing the patient over."""
        prescriber = self.clinic.people.get("prescriber")
        excuse: dict[str, Any] = {"code": code, "reason": NOTE}
        home: dict[str, Any] = {"kind": WayHomeKind.PERSON, "name": "Basil Tamarack", "phone": "(555) 555-0134"}
        if code == "PEAK_CHECK":
            self._do(discharge.record_deviation, dosing_session, **excuse)
        elif code == "BASELINE_CHECK" and prescriber:
            self._do(discharge.record_deviation, dosing_session, by=prescriber, examined=True, **excuse)
        elif code == "SAFE_WAY_HOME":
            self._do(intake.arrange_way_home, dosing_session, will_not_drive=True, **home)
        elif code == "INSTRUCTIONS":
            self._do(discharge.give_instructions, dosing_session, how="PRINTED", language="en")
        elif code == "READINESS":
            self._do(discharge.assess_readiness, dosing_session, note=NOTE)

    def _hand_over(self, dosing_session: DosingSession, destination: Transfer.Destination, place: str) -> None:
        self._do(
            departure.transfer_patient,
            dosing_session,
            destination=destination,
            place=place,
            handed_over=f"The whole record. {NOTE}",
        )
