"""The diary of the coming two weeks: opening hours, a closure, who is booked, who did not come, and who waits."""

from datetime import date, datetime, time, timedelta
from typing import Any

from clinic.actions.entry import Submission
from clinic.actions.patient_record import record_consent, record_contact
from clinic.models import Consent, Sex
from sessions_app.actions.booking import book_session
from sessions_app.actions.diary import close_days, set_diary
from sessions_app.actions.moving import record_no_show
from sessions_app.actions.series import book_series
from sessions_app.actions.waiting import put_on_waiting_list
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.people import Somebody
from sessions_app.demo.timeline import Timeline
from sessions_app.models import Course, DosingSession
from sessions_app.models.diary import setting_of
from sessions_app.rules.diary import Wish

# Of the days Monday to Friday; who is booked at which time, in which chair, on which days of the week.
OPENS, CLOSES = time(7), time(19)
WEEKS = 2
SERIES: tuple[tuple[Somebody, time, str, tuple[int, ...]], ...] = (
    (Somebody("Alma", "Agrimony", date(1986, 2, 11), Sex.FEMALE, "W-004701"), time(8), "1", (0, 3)),
    (Somebody("Cyril", "Cowslip", date(1973, 9, 25), Sex.MALE, "W-004702"), time(8, 30), "2", (1, 4)),
    (Somebody("Edda", "Elecampane", date(1992, 12, 1), Sex.FEMALE, "W-004703"), time(9), "3", (0, 3)),
    (Somebody("Gus", "Goosefoot", date(1965, 6, 18), Sex.MALE, "W-004704"), time(10), "4", (1, 3)),
    (Somebody("Hattie", "Hellebore", date(1981, 4, 7), Sex.FEMALE, "W-004705"), time(11), "1", (0, 2)),
    (Somebody("Ike", "Ironweed", date(1978, 10, 30), Sex.MALE, "W-004706"), time(12), "2", (2, 4)),
    (Somebody("Jette", "Jasmine", date(1999, 1, 14), Sex.FEMALE, "W-004707"), time(13), "5", (1, 3)),
    (Somebody("Karl", "Knapweed", date(1969, 8, 3), Sex.MALE, "W-004708"), time(14), "1", (0, 2, 4)),
)
WAITS = Somebody("Lotte", "Lavender", date(1988, 5, 20), Sex.FEMALE, "W-004709")
ABSENT = Somebody("Moritz", "Mullein", date(1974, 7, 9), Sex.MALE, "W-004710")


def begin(clinic: Clinic, timeline: Timeline, *, registered: datetime, base: datetime) -> None:
    """Once, and after the day of the scenes was booked: that comes at any hour."""
    if setting_of(clinic.facility).recorded_at:
        return
    courses: dict[str, Course] = {}

    def register(now: datetime) -> None:
        people = (*(somebody for somebody, *_rest in SERIES), WAITS, ABSENT)
        courses.update({somebody.mrn: clinic.start_course(somebody, now=now) for somebody in people})
        _mail(clinic, courses[SERIES[0][0].mrn], now)

    timeline.at(registered, register)
    _absent(clinic, timeline, courses, registered)
    timeline.at(base, lambda now: _fill(clinic, courses, now))


def _fill(clinic: Clinic, courses: dict[str, Course], now: datetime) -> None:
    """What Fred did this morning."""
    today = clinic.day_of(now)
    clerk: dict[str, Any] = {"by": clinic.front_desk, "now": now}
    monday = today + timedelta(days=7 - today.weekday())
    _hours(clinic, now)
    holiday = monday + timedelta(days=8)
    closed: dict[str, Any] = {"first_date": holiday, "last_date": holiday, "reason": "Staff training"}
    close_days(facility=clinic.facility, **closed, entry=Submission(), **clerk)
    for somebody, clock, chair, weekdays in SERIES:
        days = [monday + timedelta(days=7 * week + day) for week in range(WEEKS) for day in weekdays]
        places = [(clinic.local(day, clock), chair) for day in days]
        book_series(course=courses[somebody.mrn], places=places, entry=Submission(), **clerk)
    wish = Wish(today, monday + timedelta(days=13), frozenset({1, 3}), time(9), time(12))
    note = "Comes by bus; rings back within the hour."
    put_on_waiting_list(course=courses[WAITS.mrn], wish=wish, note=note, entry=Submission(), **clerk)


def _hours(clinic: Clinic, base: datetime) -> None:
    week: tuple[list[time | None], list[time | None]] = [OPENS] * 5 + [None] * 2, [CLOSES] * 5 + [None] * 2
    numbers = {
        "preparation_minutes": 15,
        "margin_minutes": 15,
        "nurses": 2,
        "patients_per_nurse": 2,
        "prescribers": 1,
        "patients_per_prescriber": 6,
        "reminder_hours": 24,
    }
    said: dict[str, Any] = {"opens": week[0], "closes": week[1], "numbers": numbers}
    set_diary(facility=clinic.facility, **said, entry=Submission(), by=clinic.administrator, now=base)


def _absent(clinic: Clinic, timeline: Timeline, courses: dict[str, Course], registered: datetime) -> None:
    """Booked for two days after registering, and did not come."""
    at = clinic.local(clinic.day_of(registered) + timedelta(days=2), time(10))
    booked: list[DosingSession] = []

    def book(now: datetime) -> None:
        said: dict[str, Any] = {"scheduled_at": at, "chair": "6", "by": clinic.front_desk, "now": now}
        booked.append(book_session(course=courses[ABSENT.mrn], entry=Submission(), **said))

    def absent(now: datetime) -> None:
        said: dict[str, Any] = {"note": "No answer at 10:20.", "by": clinic.front_desk, "now": now}
        record_no_show(dosing_session=booked[0], entry=Submission(), **said)

    timeline.at(registered, book)
    timeline.at(at + timedelta(minutes=20), absent)


def _mail(clinic: Clinic, course: Course, registered: datetime) -> None:
    """Agreed to reminders by e-mail."""
    said: dict[str, Any] = {"patient": course.patient, "facility": clinic.facility, "by": clinic.front_desk}
    said |= {"now": registered}
    record_contact(**said, email="alma.agrimony@example.org", address="3 Heath Row, Wrenfield", entry=Submission())
    on_date = clinic.day_of(registered)
    record_consent(**said, kind=Consent.Kind.REMINDERS, given=True, on_date=on_date, entry=Submission())
