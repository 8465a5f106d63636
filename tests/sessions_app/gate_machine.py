"""The machine of test_gate_machine.py: one session, and whatever anybody does to it, held against gate_model.py."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from clinic.rules.refusals import ActionRefused
from sessions_app.actions import decision, discharge, monitoring
from sessions_app.models import Check, DosingSession, Transition
from sessions_app.models.facts import session_facts
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Outcome, SignEventKind
from sessions_app.rules.gates import bound_ids_of, gate_refusals, measure_of
from sessions_app.rules.states import AT_START_GATE, OPEN, State
from tests.factories import NINE, Cast, checked_in, entry, in_monitoring, make_device, minutes
from tests.sessions_app.gate_model import SIGNS, Known, Reading, Spray

PEOPLE = st.sampled_from(("nora", "nils", "paul", "fred", "ada"))
WORK = st.sampled_from(("nora", "nils", "paul", "nora", "fred"))
AGO = st.sampled_from((0, 0, 0, 1, 5, 11, 30, 90))
SYSTOLIC, DIASTOLIC = st.sampled_from((110, 139, 140, 141, 160)), st.sampled_from((70, 89, 90, 91, 100))
SCORES = {"sedation": (None, 5, 4), "dissociation": (None, 4, 5), "respiratory_depression": (None, 14, 10, 9)}
ANSWERS = st.fixed_dictionaries(
    {
        sign: st.one_of(
            st.just(SignEntry(present=False, score=SCORES[sign][1])),
            st.builds(SignEntry, present=st.booleans(), score=st.sampled_from(SCORES[sign]), gone=st.just(False)),
            st.just(SignEntry(present=False, gone=True)),
            st.just(SignEntry()),
        )
        for sign in SIGNS
    }
)


class Clinic(RuleBasedStateMachine):
    """One session of one patient. Time only goes on."""

    cast: Cast
    accepted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.now, self.released = NINE, False

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    # --- where it begins --------------------------------------------------------------------------------

    @initialize(stage=st.sampled_from(("door", "asked", "dosed", "dosed", "nearly")))
    def begin(self, stage: str) -> None:
        if stage in ("door", "asked"):
            self.walk = checked_in(self.cast)
            self.known = Known(NINE)
            if stage == "asked":
                self.now = NINE + minutes(10)
                self.walk.answer(self.now)
                self.known.way_home = True
            return
        self.walk = in_monitoring(self.cast)
        self.known = Known(NINE, way_home=True)
        self.now = NINE + minutes(35)
        for row in self.walk.rows("DeviceAdministration"):
            self.known.sprays.append(Spray(row.pk, row.occurred_at, row.occurred_at, "FULL"))
        for row in self.walk.rows("Check"):
            self._read(row, {sign: SignEntry(present=False, score=None) for sign in SIGNS})
        if stage == "nearly":
            for minute in (75, 150):
                self.now = NINE + minutes(minute)
                row = self.walk.check(self.now)
                self._read(row, {sign: SignEntry(present=False, score=None) for sign in SIGNS})
            self.walk.instruct(self.now)
            self.known.instructed = True

    # --- one try ----------------------------------------------------------------------------------------

    def attempt(self, action: Any, by: str, **fields: Any) -> Any:
        """What the action gives back; None where it said no. Anything but a no is a fault."""
        try:
            with transaction.atomic():
                done = action(
                    dosing_session=self.walk.dosing_session, by=getattr(self.cast, by), now=self.now, **fields
                )
        except (ActionRefused, PermissionDenied):
            self.accepted[f"not {action.__name__}"] += 1
            return None
        self.accepted[action.__name__] += 1
        return done

    def _read(self, row: Check, signs: dict[str, SignEntry]) -> None:
        asked = {code: (bool(said.present), said.score) for code, said in signs.items() if said.present is not None}
        self.known.readings.append(
            Reading(
                row.pk,
                row.order,
                row.occurred_at,
                row.systolic_mmhg,
                row.diastolic_mmhg,
                row.spo2_percent,
                asked,
                frozenset(code for code, said in signs.items() if said.not_obtained),
            )
        )
        self.known.gone += [(code, row.occurred_at) for code, said in signs.items() if said.gone]

    @rule(passed=st.sampled_from((1, 2, 4, 5, 6, 10, 15, 16, 30, 45, 60, 119, 120, 240)))
    def time_goes_on(self, passed: int) -> None:
        self.now += timedelta(minutes=passed)

    @rule(by=PEOPLE)
    def everything_is_asked(self, by: str) -> None:
        with suppress(ActionRefused, PermissionDenied), transaction.atomic():
            self.walk.answer(self.now)
            self.known.way_home = True

    @rule(
        by=WORK,
        systolic=SYSTOLIC,
        diastolic=DIASTOLIC,
        spo2=st.sampled_from((98, 92, 91, None)),
        signs=ANSWERS,
        ago=AGO,
        whole=st.booleans(),
    )
    def check(
        self, by: str, systolic: int, diastolic: int, spo2: int | None, signs: Any, ago: int, whole: bool
    ) -> None:
        vitals = Vitals(systolic, diastolic, 72, 98 if whole else spo2)
        if whole:
            signs = {sign: SignEntry(present=False) for sign in SIGNS}
        said = entry(self.now - minutes(ago))
        row = self.attempt(monitoring.record_check, by, check=CheckEntry(vitals=vitals, signs=signs), entry=said)
        if row is not None:
            self._read(row, signs)

    @rule(by=WORK, sign=st.sampled_from(SIGNS), kind=st.sampled_from(SignEventKind), ago=AGO)
    def sign(self, by: str, sign: str, kind: SignEventKind, ago: int) -> None:
        row = self.attempt(monitoring.record_sign, by, code=sign, kind=kind, entry=entry(self.now - minutes(ago)))
        if row is not None:
            (self.known.onsets if kind is SignEventKind.ONSET else self.known.gone).append((sign, row.occurred_at))

    @rule(by=WORK)
    def serious_event(self, by: str) -> None:
        if self.attempt(monitoring.report_serious_event, by, what="Fell", entry=entry()) is not None:
            self.known.serious += 1

    @rule(devices=st.sampled_from((2, 3)))
    def order(self, devices: int) -> None:
        with suppress(ActionRefused), transaction.atomic():
            self.walk.order(self.now, devices, reason="As discussed.")

    @rule()
    def clear(self) -> None:
        with suppress(ActionRefused), transaction.atomic():
            self.walk.clear(self.now)

    @rule(
        ago=st.sampled_from((0, 0, 1, 4, 12)), outcome=st.sampled_from((Outcome.FULL, Outcome.PARTIAL, Outcome.FAILED))
    )
    def device(self, ago: int, outcome: Outcome) -> None:
        at = self.now - minutes(ago)
        wrong = self.known.wrong_to_dose(at)
        try:
            with transaction.atomic():
                given = self.walk.give(self.now, device=make_device(self.cast), at=at, outcome=None)
        except ActionRefused:
            self.accepted["not administer_device"] += 1
            return
        self.accepted["administer_device"] += 1
        assert wrong == [], wrong
        self.known.sprays.append(Spray(given.pk, given.occurred_at, self.now))
        with suppress(ActionRefused), transaction.atomic():
            self.walk.outcome(given, outcome, self.now)
            self.known.sprays[-1].outcome = outcome.name

    @rule()
    def finish(self) -> None:
        with suppress(ActionRefused), transaction.atomic():
            self.walk.finish(self.now, reason="The patient had enough.")

    @rule(by=WORK, code=st.sampled_from(("PEAK_CHECK", "BASELINE_CHECK")))
    def deviation(self, by: str, code: str) -> None:
        made = self.attempt(discharge.record_deviation, by, code=code, reason="Missed.", examined=False, entry=entry())
        if made is not None:
            self.known.deviations.add(code)

    @rule(by=WORK, which=st.integers(0, 9), examined=st.booleans())
    def decide(self, by: str, which: int, examined: bool) -> None:
        """Whatever refusal stands, somebody says it is all right."""
        session = self.walk.refresh()
        if session.state not in OPEN:
            return
        facts = session_facts(session, at=self.now, start=session.state in AT_START_GATE)
        standing = gate_refusals(facts, now=self.now)
        if not standing:
            return
        refusal = standing[which % len(standing)]
        made = self.attempt(
            decision.decide,
            by,
            code=refusal.code,
            measure=measure_of(refusal),
            bound_ids=bound_ids_of(refusal),
            reason="I looked.",
            examined=examined,
            entry=entry(),
        )
        if made is not None:
            self.known.decisions.append((refusal.code, made.order, made.occurred_at))
            if refusal.code == "SERIOUS_EVENT":
                self.known.serious -= 1

    @rule(by=WORK)
    def readiness(self, by: str) -> None:
        made = self.attempt(discharge.assess_readiness, by, entry=entry())
        if made is not None:
            self.known.assessed.append(made.occurred_at)

    @rule(by=WORK)
    def instructions(self, by: str) -> None:
        if self.attempt(discharge.give_instructions, by, how="PRINTED", language="en", entry=entry()) is not None:
            self.known.instructed = True

    @rule(by=WORK, longer=st.sampled_from((119, 120, 121, 180)))
    def longer_stay(self, by: str, longer: int) -> None:
        stay = minutes(longer)
        if self.attempt(discharge.extend_stay, by, stay=stay, reason="The liver.", entry=entry()) is not None:
            self.known.stay = max(self.known.stay, stay)

    @precondition(lambda self: not self.released)
    @rule(by=WORK)
    def release(self, by: str) -> None:
        wrong = self.known.wrong_to_leave(self.now)
        made = self.attempt(discharge.discharge_patient, by, handed_over_to="Basil Tamarack", entry=entry())
        if made is not None:
            assert wrong == [], wrong
            self.released = True

    @precondition(lambda self: not self.released)
    @rule(systolic=SYSTOLIC, early=st.sampled_from((0, 0, 1, 2)))
    def all_it_takes(self, systolic: int, early: int) -> None:
        """What a nurse does at the end of a stay, perhaps a little too soon: many of the others' doings stand in its
        way, and none may be passed over."""
        given = [spray.counts_from for spray in self.known.given]
        self.now = max([self.now, *(at + self.known.stay - minutes(early) for at in given)])
        if not any(75 <= (reading.at - NINE) / minutes(1) <= 85 for reading in self.known.readings):
            self.deviation("nora", "PEAK_CHECK")
        for sign in SIGNS:
            self.sign("nora", sign, SignEventKind.RESOLUTION, 0)
        self.check("nora", systolic, 80, 98, {}, 0, True)
        self.readiness("nora")
        self.instructions("nora")
        self.release("nora")

    @rule()
    def all_a_dose_takes(self) -> None:
        self.everything_is_asked("nora")
        self.check("nora", 120, 80, 98, {}, 0, True)
        self.order(2)
        self.clear()
        self.device(0, Outcome.FULL)

    # --- what always holds ------------------------------------------------------------------------------

    @invariant()
    def state_and_events_agree(self) -> None:
        session = DosingSession.objects.get(pk=self.walk.dosing_session.pk)
        line = Transition.objects.filter(dosing_session=session).order_by("order")
        assert [row.from_state for row in line][1:] == [row.to_state for row in line][:-1]
        assert line.last().to_state == session.state  # type: ignore[union-attr]
        assert (session.state == State.DISCHARGED) == self.released
        assert Check.objects.filter(dosing_session=session).count() == len(self.known.readings)
