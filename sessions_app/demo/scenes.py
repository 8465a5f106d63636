"""One day at the certified clinic: who is in which chair at ``base`` and how they came to be there."""

from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from typing import Any

from django.db.models import Max

from clinic.actions.entry import Submission
from sessions_app.actions import booking
from sessions_app.demo import incidents, scored
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.filings import Desk
from sessions_app.demo.free_place import free_place
from sessions_app.demo.people import (
    FELIX,
    GRETA,
    HUGO,
    IDA,
    MAUD,
    OPAL,
    ROSALIND,
    SILAS,
    Somebody,
    next_of,
)
from sessions_app.demo.simulate import VisitPlan, plan_course
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.demo.visit import AWAKE, CHECK_IN, DROWSY, Case, SignEntry, Visit, reading
from sessions_app.models import Course, DeviceAdministration, DosingSession
from sessions_app.rules.states import OPEN

RATIONALE = "Three adequate trials (sertraline, venlafaxine, buspirone) without response; severe impairment at work."
OFF_LABEL = "Off-label course; dose as on the label."
SEED = 58_483
LONGEST = 30
RESTED = timedelta(days=7)
# Since the last review of the clinic's policy there are more checks than the programme asks.
REVIEWED = timedelta(days=30)
CHECKS_BEFORE, CHECKS_SINCE = (40,), (20, 40, 60, 90)


class Scenes:
    """Puts each patient's story on the timeline. ``history``: how many sessions the patient with the longest course
    had before; the others in proportion. On a later day nobody gets a past: they have one."""

    def __init__(self, clinic: Clinic, timeline: Timeline, *, base: datetime, registered: datetime, history: int):
        self.clinic, self.timeline, self.base, self.history = clinic, timeline, base, history
        self.registered = registered
        self.past_days: set[date] = set()
        self.devices_needed = 0
        self._pasts = 0
        self.desk = Desk(clinic, timeline, base=base)

    # --- who ----------------------------------------------------------------------------------------

    def case(self, somebody: Somebody, arrives: float) -> Case:
        """Whoever plays this part today: the first one who is rested by then, or somebody new."""
        at = self.base + minutes(arrives)
        for number in count():
            person = next_of(somebody, number) if number else somebody
            courses = Course.objects.filter(facility=self.clinic.facility, patient__mrn=person.mrn)
            course = courses.select_related("facility", "patient").first()
            if course is None:
                return self._new(person, at)
            if self._rested(course, at):
                case = Case(person, DeviceAdministration.objects.filter(dosing_session__course=course).exists())
                case.course = course
                return case
        raise AssertionError("unreachable")

    def _rested(self, course: Course, at: datetime) -> bool:
        """Nowhere in a chair at this time, and not dosed in the week before."""
        sessions = DosingSession.objects.of_patient(course.patient).exclude(state="SCHEDULED")
        if sessions.filter(state__in=OPEN).exists() or sessions.filter(transition__occurred_at__gt=at).exists():
            return False
        given = DeviceAdministration.objects.filter(dosing_session__patient=course.patient)
        last = given.aggregate(last=Max("occurred_at"))["last"]
        return last is None or self.clinic.day_of(at) - self.clinic.day_of(last) >= RESTED

    def _new(self, person: Somebody, at: datetime) -> Case:
        """Registered, with a course, and with the past that was planned for them."""
        plans = plan_course(Random(f"{SEED} {person.mrn}"), self._past_of(person) + 1)  # noqa: S311
        *earlier, today = plans
        case = Case(person, dosed_before=bool(earlier))
        first_day = self.clinic.day_of(at) - timedelta(days=today.day)
        registered = self.registered
        if earlier:
            registered = self.clinic.local(first_day - timedelta(days=5), time(10))

        def register(now: datetime) -> None:
            case.course = self.clinic.start_course(person, now=now)
            if case.course.indication in self.clinic.version.program.off_label and person.papers:
                self.clinic.justify(case.course, RATIONALE, now=now)

        self.timeline.at(registered, register)
        self._pasts += bool(earlier)
        for number, plan in enumerate(earlier):
            self._past(case, plan, first_day + timedelta(days=plan.day), number)
        return case

    def _past_of(self, person: Somebody) -> int:
        return round(person.past * self.history / LONGEST)

    def _past(self, case: Case, plan: VisitPlan, day: date, number: int) -> None:
        """A visit on an earlier day, at this patient's own hour and in their own chair."""
        last_device = self.clinic.local(day, time(9 + self._pasts, plan.ends_at % 60))
        checks = CHECKS_SINCE if last_device > self.base - REVIEWED else CHECKS_BEFORE
        self.past_days.add(day)
        self.devices_needed += plan.devices
        said: dict[str, Any] = {"devices": plan.devices, "first": plan.day == 0}
        visit = Visit(self.clinic, self.timeline, case, last_device, str(self._pasts), **said).follow(plan, checks)
        scored.past(visit, number)
        self.desk.plan(case.somebody.mrn, last_device)

    def today(self, somebody: Somebody, last_device: int, chair: str, **said: Any) -> Visit:
        """A visit whose last device was, or will be, that many minutes from now."""
        case = self.case(somebody, last_device + CHECK_IN)
        said["first"] = not case.dosed_before
        if said["first"]:
            said["devices"] = 2  # as the label's table asks of a first dose
        visit = Visit(self.clinic, self.timeline, case, self.base + minutes(last_device), chair, **said)
        self.devices_needed += visit.devices
        return visit

    # --- booked -------------------------------------------------------------------------------------

    def later_today(self) -> datetime:
        """In about half an hour, on the quarter; before midnight."""
        at = self.base + minutes(30)
        at += minutes(-at.minute % 15)
        return min(at, self.clinic.local(self.clinic.day_of(self.base), time(23, 45)))

    def book(self, somebody: Somebody, scheduled_at: datetime, chair: str, *, made: float, cancelled: str = "") -> None:
        """A booking, made that many minutes from now, there or where the diary lets; with a reason it was cancelled an
        hour later. Nobody is booked twice: a booking of an earlier day that still is to come stands."""
        standing = DosingSession.objects.filter(patient__mrn__regex=somebody.family, state="SCHEDULED")
        if standing.filter(facility=self.clinic.facility).exists():
            return
        case, booked = self.case(somebody, made), []

        def make(now: datetime) -> None:
            place = free_place(case.course, scheduled_at, chair, now=now)
            slot: dict[str, Any] = {"scheduled_at": place.scheduled_at, "chair": place.chair}
            slot |= {"by": self.clinic.front_desk, "now": now}
            booked.append(booking.book_session(course=case.course, **slot, entry=Submission()))

        def cancel(now: datetime) -> None:
            said: dict[str, Any] = {"dosing_session": booked[0], "reason": cancelled, "by": self.clinic.front_desk}
            booking.cancel_booking(**said, entry=Submission(), now=now)

        self.timeline.at(self.base + minutes(made), make)
        if cancelled:
            self.timeline.at(self.base + minutes(made + 60), cancel)

    # --- in the chairs ------------------------------------------------------------------------------

    def booked(self) -> None:
        """To be walked through by hand: nothing asked yet."""
        self.book(ROSALIND, self.later_today(), "6", made=-230)

    def checked_in(self) -> None:
        visit = self.today(HUGO, 26, "1").check_in()
        visit.ask_intake(CHECK_IN + 4)
        visit.verify(CHECK_IN + 7)
        scored.alert(visit)

    def dosing(self) -> None:
        """One device of two, the second in two minutes."""
        visit = self.today(GRETA, 2, "2").prepare()
        incidents.watched(visit, -4)
        visit.clear((118, 76)).give(-5).verified(-2)

    def monitored(self) -> None:
        """Off-label, with its papers, and not yet awake."""
        visit = self.today(MAUD, -50, "3", reason=OFF_LABEL, escort="Odette Larkspur").prepare().clear((126, 81)).dose()
        visit.watch({20: reading(138, 86, spo2=97, **DROWSY), 40: reading(139, 88, spo2=97, **DROWSY)})
        incidents.watched(visit, 3)
        incidents.wrong_chair(visit, 44, reading(121, 75))

    def overdue(self) -> None:
        """The check at 40 minutes was due three minutes ago."""
        visit = self.today(SILAS, -43, "4", nurse=self.clinic.people["nils"]).prepare()
        visit.clear((131, 84)).dose().watch({20: reading(137, 88, **DROWSY)})

    def held(self) -> None:
        """Ten minutes past the stay: above the line, but falling, so that a prescriber may decide."""
        visit = self.today(FELIX, -130, "5", devices=3, escort="Fay Fennel").prepare().clear((137, 86)).dose()
        incidents.watched(visit, 3)
        incidents.shift_change(visit, 95, "Awake since 60 min. BP above the line, falling; wife waits outside.")
        visit.watch(
            {
                20: reading(150, 90, **DROWSY),
                40: reading(164, 98, **DROWSY),
                60: reading(161, 96, **AWAKE),
                90: reading(157, 94),
                112: reading(154, 92),
                128: reading(149, 90),
            }
        ).get_ready(100, 129)

    def ready(self) -> None:
        """Nothing blocks leaving. On the first day: whoever had the longest course."""
        visit = self.today(OPAL, -126, "7", devices=3).prepare().clear().dose()
        visit.watch(
            {
                20: reading(129, 80, **DROWSY),
                40: reading(134, 84),
                60: reading(128, 80, **AWAKE),
                90: reading(126, 79),
                124: reading(122, 78),
            }
        ).get_ready(100, 125)

    def still_dissociated(self) -> None:
        """Two hours are over, and dissociation is not: time alone releases nobody."""
        visit = self.today(IDA, -123, "8", escort="Ivan Indigo").prepare().clear((119, 74)).dose()
        still: dict[str, Any] = {"dissociation": SignEntry(True, 9)}
        incidents.watched(visit, 3)
        incidents.by_telephone(visit, 119, "Go on watching; call again in half an hour.")
        incidents.mistyped(visit, 40, reading(163, 85, **DROWSY), reading(136, 85, **DROWSY))
        visit.watch(
            {
                20: reading(131, 82, **DROWSY),
                60: reading(130, 81, sedation=AWAKE["sedation"], dissociation=SignEntry(True, 14)),
                90: reading(127, 79, dissociation=SignEntry(True, 12)),
                118: reading(123, 77, **still),
            }
        ).get_ready(100, 119)

    def all(self) -> None:
        for story in (
            self.ready,
            self.held,
            self.still_dissociated,
            self.monitored,
            self.overdue,
            self.dosing,
            self.checked_in,
            self.booked,
        ):
            story()
