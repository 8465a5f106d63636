"""Nobody is trapped: from wherever a session stands, what its refusals say clears them leads to an end, by the real
actions of a nurse and a prescriber; and each of the other ends of gate.md can be reached at once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.actions.enrolment import record_enrolment
from clinic.rules.refusals import ClearedBy, Refusal
from sessions_app import models
from sessions_app.actions import (
    correction,
    decision,
    departure,
    discharge,
    dosing,
    emergency,
    intake,
    monitoring,
    safety_alert,
    site,
)
from sessions_app.models import Impairment, Transfer
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Outcome, SessionFacts, SignEventKind
from sessions_app.rules.gates import bound_ids_of, gate_refusals, measure_of
from sessions_app.rules.states import State
from tests.factories import OPENING, Walk, arrive, entry, make_device, minutes, signed_by
from tests.sessions_app.gates.known import SIGNS
from tests.sessions_app.gates.of_rows import Rows

PATIENCE = 30
OPEN = ("CHECKED_IN", "CLEARED", "DOSING", "MONITORING")


def leads_to_an_end(walk: Walk, now: datetime, *, lasting: bool) -> str:
    """Which. ``lasting``: this patient's pressure stays above every line, and nothing else is wrong."""
    way = Way(walk, now, lasting)
    for _round in range(PATIENCE):
        session = walk.refresh()
        if session.state not in OPEN:
            return session.state
        way.go_on(State(session.state))
    raise AssertionError(f"a trap: {walk.refresh().state} {way.refusals()}")


class Way:
    def __init__(self, walk: Walk, now: datetime, lasting: bool) -> None:
        self.walk, self.now, self.cast = walk, now, walk.cast
        pressure = (160, 76) if lasting else (118, 74)
        self.reading = CheckEntry(Vitals(*pressure, 70, 98), signs={sign: SignEntry(present=False) for sign in SIGNS})

    def facts(self) -> SessionFacts:
        session = self.walk.refresh()
        return session_facts(session, at=self.now, start=session.state != "MONITORING")

    def refusals(self) -> tuple[Refusal, ...]:
        return gate_refusals(self.facts(), now=self.now)

    def does(self, action: Any, by: str = "nora", **fields: Any) -> Any:
        """It is done: what a refusal says clears it is not refused itself."""
        who = getattr(self.cast, by)
        return action(dosing_session=self.walk.dosing_session, entry=entry(), by=who, now=self.now, **fields)

    def go_on(self, state: State) -> None:
        facts, refusals = self.facts(), self.refusals()
        pending = [row.id for row in facts.devices if row.outcome is None]
        if pending:
            rows = {row.pk: row for row in Rows(self.walk.refresh()).of(models.DeviceAdministration)}
            for key in pending:
                self.does(dosing.record_outcome, administration=rows[key], outcome=Outcome.FULL)
        elif state in (State.DOSING, State.MONITORING) and not facts.delivered:
            self.does(dosing.end_not_dosed, reason="No device delivered.")
        elif state is State.DOSING:
            self.does(dosing.finish_dosing, stopped_early_reason="Enough.")
        elif any(ClearedBy.NOBODY in refusal.cleared_by for refusal in refusals):
            self.does(dosing.end_not_dosed, reason="Not today.")
        elif refusals:
            self.answer(refusals)
        elif state is State.CHECKED_IN:
            self.does(dosing.clear_for_dosing, prescriber=self.cast.paul)
        elif state is State.CLEARED:
            self.does(dosing.administer_device, device=make_device(self.cast))
        else:
            self.does(discharge.discharge_patient, handed_over_to="Basil Tamarack")

    def answer(self, refusals: tuple[Refusal, ...]) -> None:
        """Wait first, then measure, then what else they name."""
        if waits := [refusal.clears_at for refusal in refusals if refusal.clears_at]:
            self.now = max(waits)
            return
        if over := [
            refusal.params["effect_over_at"]
            for refusal in refusals
            if refusal.params.get("ways") == () and refusal.params["effect_over_at"] > self.now
        ]:
            self.now = max(over)
            return
        if any(refusal.cleared_by[0] is ClearedBy.MEASUREMENT for refusal in refusals if not self._decidable(refusal)):
            self.now += minutes(1)
            self.does(monitoring.record_check, check=self.reading)
            refusals = self.refusals()
        for refusal in refusals:
            self.clear(refusal)

    def _decidable(self, refusal: Refusal) -> bool:
        """A prescriber may say it is all right, now."""
        return bool(bound_ids_of(refusal)) and refusal.params.get("ways") != ()

    def clear(self, refusal: Refusal) -> None:
        if ClearedBy.TIME in refusal.cleared_by:
            return
        if refusal.code == "SAFETY_ALERT":
            alert = models.SafetyAlert.objects.get(pk=min(bound_ids_of(refusal)))
            said = {"alert": alert, "plan": "Stays with her sister.", "by": self.cast.paul, "now": self.now}
            safety_alert.answer_safety_alert(**said, entry=entry())
        elif self._decidable(refusal):
            self.does(
                decision.decide,
                "paul",
                code=refusal.code,
                measure=measure_of(refusal),
                bound_ids=bound_ids_of(refusal),
                reason="I looked.",
                examined=True,
            )
        elif ClearedBy.DEVIATION in refusal.cleared_by:
            self.does(discharge.record_deviation, "paul", code=refusal.code, reason="Missed.", examined=True)
        elif refusal.cleared_by[0] is not ClearedBy.MEASUREMENT:
            self.write_down(refusal)

    def write_down(self, refusal: Refusal) -> None:
        program = self.cast.program_version.program
        match refusal.code:
            case "READINESS":
                self.does(discharge.assess_readiness)
            case "INSTRUCTIONS":
                self.does(discharge.give_instructions, how="PRINTED", language="en")
            case "SAFE_WAY_HOME":
                self.walk.way_home(self.now)
            case "UNRESOLVED":
                code = str(refusal.params["sign"])
                self.does(monitoring.record_sign, code=code, kind=SignEventKind.RESOLUTION)
            case "CONTRAINDICATION":
                said = {"contraindications": dict.fromkeys(program.contraindications, False)}
                self.does(intake.answer_questions, anything_new=False, **said)
            case "MEDICINES":
                self.does(intake.answer_questions, medicines=dict.fromkeys(program.medicines, False))
            case "FASTING" | "LIQUID" | "NASAL":
                self.walk.answer(self.now)
            case "COUNSELLING":
                self.does(intake.counsel_patient)
            case "EMERGENCY":
                self.does(emergency.end_emergency, note="Awake, in the chair.")
            case "ENROLMENT":
                self._enrol(refusal)
            case "DOSE_ORDER" | "DEVICE_COUNT":
                self.does(dosing.order_dose, "paul", mg=84, devices=3, reason="Weighed and wanted.")
            case "PRESCRIBER_ABSENT":
                arrive(self.cast, self.cast.paul, now=self.now)
            case "OXIMETER":
                said = {"facility": self.cast.facility, "asset_tag": "OX-9", "working": True}
                site.check_oximeter(**said, entry=entry(), by=self.cast.nora, now=self.now)
            case code:
                raise AssertionError(f"nobody knows how to clear {code} {refusal}")

    def _enrol(self, refusal: Refusal) -> None:
        if refusal.params["missing"] == "enrolment":
            record_enrolment(
                patient=self.walk.refresh().patient,
                facility=self.cast.facility,
                program_code=self.cast.program_version.code,
                rems_identifier="E-2",
                **signed_by(self.cast.paul),
                entry=entry(),
                by=self.cast.fred,
                now=max(self.now, OPENING),
            )
        self.does(intake.verify_enrolment, how="TELEPHONE")


# --- the other ends --------------------------------------------------------------------------------------------


def every_way_out(walk: Walk, now: datetime) -> None:
    """Each end that the table of states names from here, at once and by a nurse; taken back again."""
    way, state = Way(walk, now, lasting=False), walk.refresh().state
    ends: list[Any] = [_in_error]
    if state in ("DOSING", "MONITORING"):
        ends += [_left_early, _transferred]
    if state in OPEN and not way.facts().devices:
        ends.append(lambda way: way.does(dosing.end_not_dosed, reason="Not today."))
    for end in ends:
        with transaction.atomic():
            if state != "ENTERED_IN_ERROR":
                end(way)
                assert walk.refresh().state not in OPEN
            transaction.set_rollback(True)


def _left_early(way: Way) -> None:
    way.does(
        departure.record_left_early,
        last_seen_at=way.now,
        found_gone_at=way.now,
        impaired=Impairment.UNKNOWN,
        prescriber_told="Paul",
        contact_told="tried twice",
    )


def _transferred(way: Way) -> None:
    said = {"destination": Transfer.Destination.HOSPITAL, "place": "Wrenfield General", "handed_over": "By telephone."}
    way.does(departure.transfer_patient, **said)


def _in_error(way: Way) -> None:
    """Each device row voided by a second person, then two people."""
    for row in Rows(way.walk.refresh()).of(models.DeviceAdministration):
        hands = {row.recorded_by_id, row.performed_by_id}
        by = next(name for name in ("nora", "nils", "paul") if getattr(way.cast, name).pk not in hands)
        said = {"row_kind": "DeviceAdministration", "row_id": row.pk, "reason": "Another patient's."}
        way.does(correction.void_row, by, **said)
    way.does(correction.propose_in_error, "nora", reason="Another patient's.")
    way.does(correction.enter_in_error, "paul")
