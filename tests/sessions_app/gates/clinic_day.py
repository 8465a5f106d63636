"""A clinic's day around one chair, that anybody may do anything to: what one try is, and what is watched of it."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from clinic.actions.entry import Submission
from clinic.models import Channel, Device
from clinic.rules.refusals import ActionRefused
from sessions_app.actions import course, departure, discharge, dosing, intake, monitoring
from sessions_app.rules.charting import CheckEntry, SignEntry
from sessions_app.rules.checks import Vitals
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome, SignEventKind, WayHomeKind
from tests.factories import NINE, Cast, Walk, checked_in, entry, in_monitoring, make_course, minutes
from tests.kept import lines_say_the_record
from tests.sessions_app.gates.known import SIGNS
from tests.sessions_app.gates.watch import Watch, everything_is_in_its_chain, nobody_shares_a_chair, written_so_far
from tests.sessions_app.gates.way_out import every_way_out, leads_to_an_end
from tests.sessions_app.rules.builders import ESKETAMINE
from tests.sessions_app.rules.solver import policies

ANYBODY = st.sampled_from(("nora", "nils", "paul", "fred", "ada", "ines"))
AT_WORK = st.sampled_from(("nora", "nils", "paul", "nora", "nils", "paul", "fred"))
AGO = st.sampled_from((0, 0, 0, 0, 1, 5, 11, 30, 90, -1, -3))
NONE_TODAY = dict.fromkeys(Intake, intake.IntakeReportEntry(IntakeAnswer.NONE))
HOME = {"kind": WayHomeKind.PERSON, "name": "Basil Tamarack", "phone": "(555) 555-0134", "will_not_drive": True}
WELL = CheckEntry(
    Vitals(systolic_mmhg=118, diastolic_mmhg=74, pulse_bpm=70, spo2_percent=98),
    signs={sign: SignEntry(present=False) for sign in SIGNS},
)
NORMAL, ODD = {"sedation": 5, "dissociation": 0, "respiratory_depression": 14}, ("sedation", "respiratory_depression")
WORSE = {"sedation": 4, "dissociation": 5, "respiratory_depression": 9}
STAGES = ("at the door", "asked", "dosed", "dosed", "watched", "watched", "home")


@st.composite
def checks(draw: Callable[..., Any]) -> CheckEntry:
    """Mostly whole and well; each measure perhaps at a line, above it, not obtained or not asked."""
    if draw(st.integers(0, 3)) == 0:
        return WELL
    systolic = draw(st.sampled_from((118, 118, 128, 130, 131, 140, 141, 150, 160, None)))
    diastolic = draw(st.sampled_from((74, 80, 81, 90, 91))) if systolic else None
    spo2 = draw(st.sampled_from((98, 98, 97, 92, 91, None)))
    signs = {}
    for sign in SIGNS:
        kind = draw(st.sampled_from(("no", "no", "no", "scored", "yes", "worse", "not obtained", "gone", "not asked")))
        said = {
            "scored": SignEntry(present=False, score=NORMAL[sign]),
            "yes": SignEntry(present=True),
            "worse": SignEntry(present=draw(st.booleans()), score=WORSE[sign]),
            "not obtained": SignEntry(not_obtained="REFUSED"),
            "gone": SignEntry(present=False, gone=True),
            "not asked": SignEntry(),
        }
        signs[sign] = said.get(kind, SignEntry(present=False))
    return CheckEntry(
        Vitals(systolic, diastolic, 70, spo2),
        blood_pressure_not_obtained="" if systolic or draw(st.booleans()) else "REFUSED",
        spo2_not_obtained="" if spo2 or draw(st.booleans()) else "DEVICE_FAILED",
        signs=signs,
        symptoms={"headache": SignEventKind.ONSET} if draw(st.integers(0, 9)) == 0 else {},
    )


class Day(RuleBasedStateMachine):
    """One patient in a chair, another in the next. Time only goes on; times typed may lie back."""

    cast: Cast
    devices: list[Device]
    accepted: Counter[str]
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.watched, self.now, self.sent = True, NINE, list[tuple[Any, dict[str, Any], Any]]()

    def teardown(self) -> None:
        try:
            if hasattr(self, "watch"):
                self.reached[self.watch.session.state] += 1
                everything_is_in_its_chain(self.cast)
                nobody_shares_a_chair(self.cast)
                with transaction.atomic():
                    leads_to_an_end(self.watch.walk, self.now, lasting=self.lasting)
                    transaction.set_rollback(True)
                every_way_out(self.watch.walk, self.now)
        finally:
            transaction.savepoint_rollback(self.savepoint)

    # --- where it begins --------------------------------------------------------------------------------

    def open_the_doors(self, stage: str, policy: dict[str, int], lasting: bool) -> None:
        self.lasting = lasting
        self.beside = Watch(in_monitoring(self.cast))
        if policy:
            course.set_policy(
                facility=self.cast.facility,
                program_version=self.cast.program_version,
                overrides=policy,
                reason="Careful.",
                entry=entry(),
                by=self.cast.ada,
                now=NINE,
            )
        self.watch = Watch(checked_in(self.cast, of_course=make_course(self.cast), now=NINE))
        self.watched = False  # by steps that are watched later, in every order
        if stage != "at the door":
            self.everything_is_asked("nora")
        if stage in ("dosed", "watched", "home"):
            self.a_whole_dose("nora")
        if stage in ("watched", "home"):
            self.a_whole_watch("nora", short_by=0 if stage == "home" else 1)
        self.watched = True
        if stage == "home":
            self.goes_home("nora")

    # --- one try ----------------------------------------------------------------------------------------

    @property
    def walk(self) -> Walk:
        return self.watch.walk

    def person(self, name: str) -> Any:
        return getattr(self.cast, name)

    def form(self, ago: int = 0, **said: Any) -> Submission:
        """Typed now; ``ago``: what it says happened so many minutes before."""
        return entry(self.now - minutes(ago) if ago else None, **said)

    def waited(self, ago: int, typed: int) -> Submission:
        """Typed on a tablet some time ago, about a time before that, and sent now."""
        typed_at = self.now - minutes(typed)
        return entry(typed_at - minutes(ago), channel=Channel.OFFLINE, entered_at=typed_at, sent_by=self.cast.nils)

    def attempt(self, action: Any, by: str, form: Submission | None = None, **fields: Any) -> Any:
        """What the action gives back; None where it said no. Anything but a no is a fault."""
        said = {"dosing_session": self.walk.dosing_session, "entry": form or entry(), "by": self.person(by), **fields}
        if self.watched:
            self.watch.before(self.now)
        try:
            with transaction.atomic():
                done = action(**said, now=self.now)
        except (ActionRefused, PermissionDenied) as no:
            self.accepted[f"not {action.__name__}"] += 1
            if self.watched:
                self._is_the_list_displayed(action, no)
            return None
        self.accepted[action.__name__] += 1
        self.sent.append((action, said, done))
        lines_say_the_record(self.cast.facility)
        if self.watched:
            self.watch.after(self.now)
        return done

    def _is_the_list_displayed(self, action: Any, no: Exception) -> None:
        """At both gates: who is refused there is refused for what was shown, and for nothing else."""
        if not isinstance(no, ActionRefused) or {"STATE", "FIELD"} & {refusal.code for refusal in no.refusals}:
            return
        said = {refusal.code for refusal in no.refusals}
        if action is discharge.discharge_patient:
            assert said == self.watch.wrong, said ^ self.watch.wrong
        if action is dosing.clear_for_dosing:
            assert said - {"PRESCRIBER_ABSENT", "NOT_LICENSED"} == self.watch.wrong - {"PRESCRIBER_ABSENT"}

    def again(self, which: int, by: str) -> None:
        """The same form once more, by whoever (else by its own author): one effect, and the first answer."""
        action, said, first = self.sent[which % len(self.sent)]
        before, said = written_so_far(), {**said, **({"by": self.person(by)} if by else {})}
        try:
            with transaction.atomic():
                done = action(**said, now=self.now)
        except (ActionRefused, PermissionDenied):
            self.accepted["not again"] += 1
        else:
            self.accepted["again"] += 1
            assert getattr(done, "pk", done) == getattr(first, "pk", first)
        assert written_so_far() == before

    # --- what belongs together --------------------------------------------------------------------------

    def everything_is_asked(self, by: str) -> None:
        program = self.cast.program_version.program
        self.attempt(
            intake.answer_questions,
            by,
            anything_new=False,
            contraindications=dict.fromkeys(program.contraindications, False),
            medicines=dict.fromkeys(program.medicines, False),
        )
        self.attempt(intake.report_intake, by, reports=NONE_TODAY)
        self.attempt(intake.verify_enrolment, by, how="PORTAL")
        self.attempt(intake.counsel_patient, by)
        self.attempt(intake.arrange_way_home, "fred", **HOME)

    def a_whole_dose(self, by: str) -> None:
        """Everything a careful nurse does up to the end of dosing, if nothing stands in the way."""
        numbers = self.cast.program_version.program.numbers
        self.attempt(monitoring.record_check, by, check=WELL)
        self.attempt(dosing.order_dose, "paul", mg=56, devices=2, reason="As discussed.")
        self.attempt(dosing.clear_for_dosing, by, prescriber=self.cast.paul)
        for device in self.devices[:2]:
            given = self.attempt(dosing.administer_device, by, device=device)
            if given is not None:
                self.attempt(dosing.record_outcome, by, administration=given, outcome=Outcome.FULL)
            self.now += minutes(numbers["rest_between_devices_minutes"].bound)
        self.attempt(dosing.finish_dosing, by, stopped_early_reason="Had enough.")

    def a_whole_watch(self, by: str, *, short_by: int) -> None:
        """The check at 40 minutes, and the last one when the stay is over; perhaps a little too soon."""
        known = self.watch.known(self.now)
        if not known.given:
            return
        last = max(spray.at for spray in known.given)
        if self.now <= last + minutes(40):
            self.now = last + minutes(40)
            self.attempt(monitoring.record_check, by, check=WELL)
        else:
            self.attempt(discharge.record_deviation, by, code="PEAK_CHECK", reason="Missed.")
        self.now = max(self.now, (known.stay_ends or self.now) - minutes(short_by))
        for sign in SIGNS:
            self.attempt(monitoring.record_sign, by, code=sign, kind=SignEventKind.RESOLUTION)
        self.attempt(monitoring.record_check, by, check=WELL)
        self.attempt(discharge.assess_readiness, by)
        self.attempt(discharge.give_instructions, by, how="PRINTED", language="en")

    def goes_home(self, by: str) -> Any:
        return self.attempt(discharge.discharge_patient, by, handed_over_to="Basil Tamarack")

    def comes_back(self, by: str) -> Any:
        return self.attempt(departure.reopen_session, by, reason="The patient came back dizzy.")


POLICIES = st.one_of(st.just({}), policies(ESKETAMINE))
