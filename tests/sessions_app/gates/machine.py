"""The machine of test_machine.py: anybody, any order, any time, any value, through the real actions."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from clinic.models import Channel
from sessions_app.actions import decision, discharge, dosing, emergency, intake, monitoring, safety_alert, score
from sessions_app.models import DeviceAdministration, Emergency, SafetyAlert
from sessions_app.models.facts import session_facts
from sessions_app.models.score import instruments
from sessions_app.rules.charting import CheckEntry
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind
from sessions_app.rules.gates import bound_ids_of, gate_refusals, measure_of
from sessions_app.rules.instrument import Timing
from tests.factories import Cast, arrive, make_course, minutes
from tests.sessions_app.gates.clinic_day import AGO, ANYBODY, AT_WORK, HOME, POLICIES, STAGES, WELL, checks
from tests.sessions_app.gates.known import SIGNS
from tests.sessions_app.gates.machine_puts_right import PutsRight
from tests.sessions_app.gates.of_rows import Rows


def answer_safety_alert(*, dosing_session: Any, **said: Any) -> Any:
    """On whichever session it belongs to."""
    return safety_alert.answer_safety_alert(**said)


def record_score_between(*, dosing_session: Any, **said: Any) -> Any:
    """Beside the session."""
    return score.record_score_between(**said)


PASSED = (1, 2, 4, 5, 6, 10, 15, 16, 30, 45, 60, 119, 120, 240, 600)
OPEN = ("CHECKED_IN", "CLEARED", "DOSING", "MONITORING")


class Clinic(PutsRight):
    """What is done for a patient who is here, in whatever order; what is put right, and what happens around it, is in
    machine_puts_right.py."""

    cast: Cast

    @initialize(stage=st.sampled_from(STAGES), policy=POLICIES, lasting=st.booleans())
    def begin(self, stage: str, policy: dict[str, int], lasting: bool) -> None:
        self.open_the_doors(stage, policy, lasting)

    @rule(passed=st.sampled_from(PASSED))
    def time_goes_on(self, passed: int) -> None:
        self.now += minutes(passed)

    @rule(by=st.one_of(st.just(""), ANYBODY), which=st.integers(0, 999))
    def the_same_form_again(self, by: str, which: int) -> None:
        if self.sent:
            self.again(which, by)

    # --- before the dose --------------------------------------------------------------------------------

    @rule(by=AT_WORK)
    def asked(self, by: str) -> None:
        self.everything_is_asked(by)

    @rule(by=AT_WORK, new=st.sampled_from((None, False, True)), yes=st.integers(0, 9))
    def answers(self, by: str, new: bool | None, yes: int) -> None:
        codes = list(self.cast.program_version.program.contraindications)
        said = {"contraindications": dict.fromkeys(codes[: 1 + yes % 3], yes == 0)}
        self.attempt(intake.answer_questions, by, anything_new=new, **said)

    @rule(by=AT_WORK, kind=st.sampled_from(Intake), answer=st.sampled_from(IntakeAnswer), ago=st.sampled_from((0, 40)))
    def ate(self, by: str, kind: Intake, answer: IntakeAnswer, ago: int) -> None:
        last = self.now - minutes(ago + 20) if answer is IntakeAnswer.AT else None
        self.attempt(intake.report_intake, by, reports={kind: intake.IntakeReportEntry(answer, last)})

    @rule(by=AT_WORK, drives=st.sampled_from((False, False, True)))
    def way_home(self, by: str, drives: bool) -> None:
        self.attempt(intake.arrange_way_home, by, **{**HOME, "will_not_drive": not drives})

    @rule(by=AT_WORK, devices=st.sampled_from((2, 3)), reason=st.sampled_from(("", "As discussed.")))
    def order(self, by: str, devices: int, reason: str) -> None:
        self.attempt(dosing.order_dose, by, mg=28 * devices, devices=devices, reason=reason)

    @rule(by=AT_WORK, excepted=st.sampled_from(("", "", "", "It was given on the ward.")))
    def clear(self, by: str, excepted: str) -> None:
        self.attempt(dosing.clear_for_dosing, by, prescriber=self.cast.paul, exception_reason=excepted)

    @rule(by=AT_WORK, which=st.integers(0, 9), ago=AGO, excepted=st.sampled_from(("", "", "", "It had begun.")))
    def device(self, by: str, which: int, ago: int, excepted: str) -> None:
        device = self.devices[which % len(self.devices)]
        said = {"device": device, "exception_reason": excepted}
        given = self.attempt(dosing.administer_device, by, self.form(ago), **said)
        if given is not None:
            late = self.now - given.occurred_at > self.watch.known(self.now).minutes("late_device_entry_minutes")
            assert given.counted_at == (self.now if late else given.occurred_at)

    @rule(by=AT_WORK, which=st.integers(0, 9), outcome=st.sampled_from(Outcome))
    def outcome(self, by: str, which: int, outcome: Outcome) -> None:
        if given := Rows(self.watch.session).of(DeviceAdministration):
            said = {"administration": given[which % len(given)], "outcome": outcome}
            self.attempt(dosing.record_outcome, by, **said)

    @rule(by=AT_WORK)
    def all_a_dose_takes(self, by: str) -> None:
        self.everything_is_asked(by)
        self.a_whole_dose(by)

    @rule(by=AT_WORK, reason=st.sampled_from(("", "The patient had enough.")))
    def finish(self, by: str, reason: str) -> None:
        self.attempt(dosing.finish_dosing, by, stopped_early_reason=reason)

    # --- what is seen -----------------------------------------------------------------------------------

    @rule(by=AT_WORK, check=checks(), ago=AGO, baseline=st.sampled_from((False, False, False, True)))
    def check(self, by: str, check: CheckEntry, ago: int, baseline: bool) -> None:
        said = {"check": check, "late_baseline": baseline}
        self._as_said(self.attempt(monitoring.record_check, by, self.form(ago), **said), check)

    @rule(by=AT_WORK, check=checks(), ago=st.sampled_from((0, 1, 20)), typed=st.sampled_from((1, 5, 40)))
    def check_that_waited(self, by: str, check: CheckEntry, ago: int, typed: int) -> None:
        row = self.attempt(monitoring.record_check, by, self.waited(ago, typed), check=check)
        self._as_said(row, check)
        assert row is None or row.channel == Channel.OFFLINE

    def _as_said(self, row: Any, check: CheckEntry) -> None:
        """No reading is lost, and none is another."""
        if row is None:
            return
        row.refresh_from_db()
        said = (check.vitals.systolic_mmhg, check.vitals.diastolic_mmhg, check.vitals.spo2_percent)
        assert (row.systolic_mmhg, row.diastolic_mmhg, row.spo2_percent) == said
        reading = next(each for each in self.watch.known(self.now).readings if each.key == row.pk)
        signs = {code: (sign.present, sign.score) for code, sign in check.signs.items() if sign.asked}
        assert reading.signs == signs

    @rule(by=AT_WORK, sign=st.sampled_from([*SIGNS, "headache"]), kind=st.sampled_from(SignEventKind), ago=AGO)
    def sign(self, by: str, sign: str, kind: SignEventKind, ago: int) -> None:
        self.attempt(monitoring.record_sign, by, self.form(ago), code=sign, kind=kind)

    @rule(by=AT_WORK, ago=AGO, typed=st.sampled_from((0, 0, 10)))
    def serious_event(self, by: str, ago: int, typed: int) -> None:
        form = self.waited(max(ago, 0), typed) if typed else self.form(ago)
        self.attempt(monitoring.report_serious_event, by, form, what="Fell")

    @rule(by=ANYBODY)
    def emergency_begins(self, by: str) -> None:
        self.attempt(emergency.raise_emergency, by, kind=Emergency.Kind.FALL)

    @rule(by=AT_WORK)
    def emergency_ends(self, by: str) -> None:
        self.attempt(emergency.end_emergency, by, note="Awake again.")

    @rule(by=AT_WORK, lately=st.sampled_from((0, 0, 3)), item=st.sampled_from((None, 0, 1)), ago=AGO)
    def questionnaire(self, by: str, lately: int, item: int | None, ago: int) -> None:
        """The last item of the PHQ-9, or the answers of a screener that say HIGH."""
        code, items = ("cssrs", [0, 0, 0, 0, 0, 0, 1]) if lately else ("phq9", [1] * 8 + [item])
        said = {"instrument": instruments()[code], "items": items, "timing": Timing.OTHER}
        self.attempt(score.record_score, by, self.form(ago), **said)

    @rule(by=AT_WORK, item=st.sampled_from((0, 1)))
    def questionnaire_of_another_course(self, by: str, item: int) -> None:
        """Of the same patient: whichever course an alert is of, it holds this release."""
        said = {"instrument": instruments()["phq9"], "items": [1] * 8 + [item], "timing": Timing.OTHER}
        course = make_course(self.cast, patient=self.walk.dosing_session.patient)
        self.attempt(record_score_between, by, course=course, **said)

    @rule(by=st.sampled_from(("paul", "paul", "nora")), which=st.integers(0, 9), ago=AGO)
    def plans(self, by: str, which: int, ago: int) -> None:
        if found := list(
            SafetyAlert.objects.filter(course__patient=self.walk.dosing_session.patient_id).order_by("pk")
        ):
            alert = found[which % len(found)]
            self.attempt(answer_safety_alert, by, self.form(ago), alert=alert, plan="Stays with her sister.")

    # --- what is decided --------------------------------------------------------------------------------

    @rule(by=AT_WORK, code=st.sampled_from(("PEAK_CHECK", "BASELINE_CHECK")), examined=st.booleans())
    def deviation(self, by: str, code: str, examined: bool) -> None:
        self.attempt(discharge.record_deviation, by, code=code, reason="Missed.", examined=examined)

    @rule(by=st.sampled_from(("paul", "paul", "nora")), which=st.integers(0, 99), examined=st.booleans(), ago=AGO)
    def decide(self, by: str, which: int, examined: bool, ago: int) -> None:
        """Whatever refusal stands, somebody says it is all right."""
        session = self.walk.refresh()
        if session.state not in OPEN:
            return
        standing = gate_refusals(session_facts(session, at=self.now, start=session.state != "MONITORING"), now=self.now)
        may_be = [refusal for refusal in standing if bound_ids_of(refusal)] or list(standing)
        if not may_be:
            return
        refusal = may_be[which % len(may_be)]
        self.attempt(
            decision.decide,
            by,
            self.form(ago),
            code=refusal.code,
            measure=measure_of(refusal),
            bound_ids=bound_ids_of(refusal),
            reason="I looked.",
            examined=examined,
        )

    @rule(by=AT_WORK, longer=st.sampled_from((119, 120, 121, 180, 250)))
    def longer_stay(self, by: str, longer: int) -> None:
        self.attempt(discharge.extend_stay, by, stay=minutes(longer), reason="The liver.")

    # --- the end ----------------------------------------------------------------------------------------

    @rule(by=AT_WORK, ago=AGO)
    def readiness(self, by: str, ago: int) -> None:
        self.attempt(discharge.assess_readiness, by, self.form(ago))

    @rule(by=AT_WORK)
    def instructions(self, by: str) -> None:
        self.attempt(discharge.give_instructions, by, how="PRINTED", language="en")

    @rule(by=AT_WORK)
    def release(self, by: str) -> None:
        self.goes_home(by)

    @rule(by=AT_WORK, short_by=st.sampled_from((0, 0, 0, 1, 2)))
    def all_it_takes(self, by: str, short_by: int) -> None:
        """What a nurse does at the end of a stay, perhaps a little too soon: many of the others' doings stand in its
        way, and none may be passed over."""
        self.a_whole_watch(by, short_by=short_by)
        self.goes_home(by)

    @rule(by=AT_WORK)
    def all_it_takes_and_back(self, by: str) -> None:
        """Out, and back the same day: what was looked at before says nothing about the next release."""
        self.all_it_takes(by=by, short_by=0)
        self.comes_back(by)
        self.goes_home(by)

    @rule(by=AT_WORK, systolic=st.sampled_from((141, 150, 160)), then=st.sampled_from((0, 0, 1)))
    def high_and_accepted(self, by: str, systolic: int, then: int) -> None:
        """A pressure above the line, and a prescriber's word on it; perhaps another reading since."""
        high = replace(WELL, vitals=replace(WELL.vitals, systolic_mmhg=systolic))
        self.check(by=by, check=high, ago=0, baseline=False)
        self.decide(by="paul", which=0, examined=True, ago=0)
        if then:
            self.now += minutes(then)
            self.check(by=by, check=high, ago=0, baseline=False)
        self.goes_home(by)

    @rule()
    def prescriber_arrives(self) -> None:
        arrive(self.cast, self.cast.paul, now=self.now)
        self.watch.site_changed()
