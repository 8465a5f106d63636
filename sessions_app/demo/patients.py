"""The made-up patients of the certified clinic: one in every phase of a day, and what happened on earlier days."""

from datetime import date, datetime, time, timedelta
from typing import Any

from clinic.actions.entry import Submission
from clinic.models import Sex
from sessions_app.actions import booking
from sessions_app.demo.clinic import Clinic, Somebody, month_end
from sessions_app.demo.timeline import Timeline, minutes
from sessions_app.demo.visit import AWAKE, CHECK_IN, DROWSY, Visit, reading
from sessions_app.models import Course, DosingSession

ROSALIND = Somebody("Rosalind", "Tamarack", date(1982, 9, 3), Sex.FEMALE, "W-004417")
HUGO = Somebody("Hugo", "Hawthorn", date(1975, 6, 14), Sex.MALE, "W-004502")
GRETA = Somebody("Greta", "Gentian", date(1990, 2, 27), Sex.FEMALE, "W-004519")
MAUD = Somebody("Maud", "Larkspur", date(1979, 1, 22), Sex.FEMALE, "W-004583", "GAD")
SILAS = Somebody("Silas", "Sorrel", date(1968, 11, 5), Sex.MALE, "W-004590")
FELIX = Somebody("Felix", "Fennel", date(1961, 4, 30), Sex.MALE, "W-004461")
OPAL = Somebody("Opal", "Plover", date(1987, 12, 9), Sex.FEMALE, "W-004318")
THEO = Somebody("Theo", "Teasel", date(1994, 8, 18), Sex.MALE, "W-004377")
WILMA = Somebody("Wilma", "Woodruff", date(1971, 3, 11), Sex.FEMALE, "W-004611", "SAD")
JUNO = Somebody("Juno", "Juniper", date(2001, 5, 2), Sex.OTHER, "W-004620", "MDSI", enrolled=False)
OTIS = Somebody("Otis", "Overland", date(1984, 7, 7), Sex.MALE, "H-000105")

RATIONALE = "Three adequate trials (sertraline, venlafaxine, buspirone) without response; severe impairment at work."
WHOLE_SESSIONS, NOT_DOSED, CANCELLED, LEFT_EARLY, ONCE_BEFORE = (24, 21, 17, 7, 3), 14, 12, 10, 4
DAYS_OF_PAST_SESSIONS = (*WHOLE_SESSIONS, NOT_DOSED, LEFT_EARLY, ONCE_BEFORE)


class Patients:
    """Puts each patient's story on the timeline."""

    def __init__(self, clinic: Clinic, timeline: Timeline, *, registered: datetime, base: datetime) -> None:
        self.clinic, self.timeline, self.registered, self.base = clinic, timeline, registered, base

    def course_of(self, somebody: Somebody) -> Course:
        return self.clinic.start_course(somebody, now=self.registered)

    def today(self, course: Course, last_device: int, chair: str, **said: Any) -> Visit:
        """A visit whose last device was, or will be, that many minutes from now."""
        return Visit(self.clinic, self.timeline, course, self.base + minutes(last_device), chair, **said)

    def past(self, course: Course, days_ago: int, *, first: bool = False, **said: Any) -> Visit:
        """A visit in the morning of an earlier day."""
        return Visit(self.clinic, self.timeline, course, self._day(days_ago, 11), "3", **said).prepare(first_here=first)

    def _day(self, days_ago: int, hour: int) -> datetime:
        return self.clinic.local(self.clinic.day_of(self.base) - timedelta(days=days_ago), time(hour))

    def later_today(self) -> datetime:
        """In about half an hour, on the quarter; before midnight."""
        at = self.base + minutes(30)
        at += minutes(-at.minute % 15)
        return min(at, self.clinic.local(self.clinic.day_of(self.base), time(23, 45)))

    def book(self, course: Course, scheduled_at: datetime, chair: str, *, days_before: int, reason: str = "") -> None:
        """A booking; with a reason it was cancelled the day before."""
        made: list[DosingSession] = []
        said: dict[str, Any] = {"by": self.clinic.front_desk}
        slot: dict[str, Any] = {"scheduled_at": scheduled_at, "chair": chair}

        def make(now: datetime) -> None:
            made.append(booking.book_session(course=course, **slot, entry=Submission(), now=now, **said))

        def cancel(now: datetime) -> None:
            booking.cancel_booking(dosing_session=made[0], reason=reason, entry=Submission(), now=now, **said)

        made_at = min(scheduled_at, self.base) - timedelta(days=days_before)
        self.timeline.at(made_at, make)
        if reason:
            self.timeline.at(made_at + timedelta(days=days_before - 1), cancel)

    # --- before the dose --------------------------------------------------------------------------

    def booked(self) -> None:
        """To be walked through by hand: nothing asked yet, never dosed before."""
        self.book(self.course_of(ROSALIND), self.later_today(), "6", days_before=2)

    def checked_in(self) -> None:
        visit = self.today(self.course_of(HUGO), 26, "1").check_in()
        visit.ask_intake(CHECK_IN + 4)
        visit.verify(CHECK_IN + 7)

    def dosing(self) -> None:
        """One device of two, the second in two minutes."""
        course = self.course_of(GRETA)
        self.past(course, ONCE_BEFORE, first=True).go_home_as_usual()
        self.today(course, 2, "2").prepare().clear((118, 76)).give(-5)

    # --- after it ---------------------------------------------------------------------------------

    def monitored(self) -> None:
        """Off-label, with its papers, and not yet awake."""
        course = self.course_of(MAUD)
        self.timeline.at(self.registered + minutes(60), lambda at: self.clinic.justify(course, RATIONALE, now=at))
        reason = "Off-label course; dose as on the label for a first session."
        visit = self.today(course, -50, "3", reason=reason, escort="Odette Larkspur").prepare(first_here=True)
        visit.clear((126, 81)).dose()
        visit.watch({20: reading(138, 86, spo2=97, **DROWSY), 40: reading(139, 88, spo2=97, **DROWSY)})

    def overdue(self) -> None:
        """The check at 40 minutes was due three minutes ago."""
        visit = self.today(self.course_of(SILAS), -43, "4", nurse=self.clinic.people["nils"]).prepare(first_here=True)
        visit.clear((131, 84)).dose().watch({20: reading(137, 88, **DROWSY)})

    def held(self) -> None:
        """Ten minutes past the stay: above the line, but falling, so that a prescriber may decide."""
        course = self.course_of(FELIX)
        self.past(course, ONCE_BEFORE, first=True, escort="Fay Fennel").go_home_as_usual((136, 85))
        visit = self.today(course, -130, "5", devices=3, escort="Fay Fennel").prepare().clear((137, 86)).dose()
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
        """Nothing blocks leaving. Many sessions before: one not dosed, one cancelled, one left early."""
        course = self.course_of(OPAL)
        for number, days_ago in enumerate(WHOLE_SESSIONS):
            self.past(course, days_ago, first=number == 0, devices=2 if number < 3 else 3).go_home_as_usual()
        self.past(course, NOT_DOSED).not_dosed(-10, "Blood pressure 168/102 before the dose; sent to her own doctor.")
        self.book(course, self._day(CANCELLED, 10), "2", days_before=9, reason="Ill at home.")
        self.past(course, LEFT_EARLY).clear().dose().watch({40: reading(138, 86)}).walk_out(75)
        visit = self.today(course, -126, "7", devices=3).prepare().clear().dose()
        visit.watch(
            {
                20: reading(129, 80, **DROWSY),
                40: reading(134, 84),
                60: reading(128, 80, **AWAKE),
                90: reading(126, 79),
                124: reading(122, 78),
            }
        ).get_ready(100, 125)

    def went_home(self) -> None:
        course = self.course_of(THEO)
        self.past(course, 7, first=True).go_home_as_usual()
        self.today(course, -242, "8").prepare().go_home_as_usual()

    # --- what is still missing --------------------------------------------------------------------

    def without_papers(self) -> None:
        """Off-label, its rationale and consent still to come, and booked already."""
        self.book(self.course_of(WILMA), self.later_today() + timedelta(days=2), "", days_before=1)

    def without_antidepressant(self) -> None:
        """Not enrolled, no antidepressant on record; the pharmacy has delivered."""
        patient = self.course_of(JUNO).patient
        expires = month_end(self.clinic.day_of(self.base) + timedelta(days=300))

        def deliver(now: datetime) -> None:
            for number in ("W-2001", "W-2002", "W-2003"):
                self.clinic.receive(number, "L-81", expires, now=now, patient=patient)

        self.timeline.at(self.base - timedelta(days=9), deliver)


def add_patients(clinic: Clinic, timeline: Timeline, *, registered: datetime, base: datetime) -> None:
    """Everybody, by what there is to see of them at ``base``."""
    patients = Patients(clinic, timeline, registered=registered, base=base)
    for story in (
        patients.booked,
        patients.checked_in,
        patients.dosing,
        patients.monitored,
        patients.overdue,
        patients.held,
        patients.ready,
        patients.went_home,
        patients.without_papers,
        patients.without_antidepressant,
    ):
        story()
