"""The diary of the coming two weeks: opening hours, a closure, who is booked, who did not come, and who waits."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Max

from clinic.actions.entry import Submission
from clinic.actions.patient_record import record_consent, record_contact
from clinic.models import Consent, Sex
from sessions_app.actions.booking import book_session
from sessions_app.actions.diary import close_days, set_diary, withdraw_closure
from sessions_app.actions.moving import record_no_show
from sessions_app.actions.series import book_series
from sessions_app.actions.waiting import put_on_waiting_list
from sessions_app.demo.clinic import Clinic
from sessions_app.demo.free_place import free_place
from sessions_app.demo.people import Somebody
from sessions_app.demo.timeline import Timeline
from sessions_app.models import Course, DosingSession
from sessions_app.models.diary import closures_of, setting_of
from sessions_app.models.waiting import waiting_at
from sessions_app.rules.diary import Wish

# Monday to Friday; who is booked at which time, in which chair, on which days of the week.
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


def begin(clinic: Clinic, timeline: Timeline, *, registered: datetime, morning: datetime, base: datetime) -> None:
    """The day of the scenes comes at any hour, also at night and on a Sunday: until ``base`` no hours are kept."""
    kept = setting_of(clinic.facility)
    if kept.recorded_at:
        _open(clinic, morning=max(morning, kept.occurred_at + timedelta(minutes=1)), base=base)
    else:
        timeline.at(registered, lambda now: _register(clinic, now))
        _absent(clinic, timeline, registered, base)
    timeline.at(base, lambda now: _fill(clinic, now))


def _open(clinic: Clinic, *, morning: datetime, base: datetime) -> None:
    """For the day of the scenes, which may reach over midnight."""
    _hours(clinic, None, None, now=morning)
    days = {"first_date__lte": clinic.day_of(base + timedelta(days=1)), "last_date__gte": clinic.day_of(morning)}
    for closure in closures_of(clinic.facility).filter(**days):
        why: dict[str, Any] = {"reason": "Training put off.", "by": clinic.front_desk, "now": morning}
        withdraw_closure(closure=closure, entry=Submission(), **why)


def _register(clinic: Clinic, now: datetime) -> None:
    for somebody in (*(somebody for somebody, *_rest in SERIES), WAITS, ABSENT):
        clinic.start_course(somebody, now=now)
    _mail(clinic, _course(clinic, SERIES[0][0]), now)


def _course(clinic: Clinic, somebody: Somebody) -> Course:
    courses = Course.objects.select_related("facility", "patient")
    return courses.get(facility=clinic.facility, patient__mrn=somebody.mrn)


def _fill(clinic: Clinic, now: datetime) -> None:
    """What Fred did this morning: the coming weeks, as far as they are not booked since an earlier day."""
    today = clinic.day_of(now)
    clerk: dict[str, Any] = {"by": clinic.front_desk, "now": now}
    monday = today + timedelta(days=7 - today.weekday())
    _hours(clinic, OPENS, CLOSES, now=now)
    if not closures_of(clinic.facility).filter(first_date__gt=today).exists():
        holiday = monday + timedelta(days=8)
        closed: dict[str, Any] = {"first_date": holiday, "last_date": holiday, "reason": "Staff training"}
        close_days(facility=clinic.facility, **closed, entry=Submission(), **clerk)
    for somebody, clock, chair, weekdays in SERIES:
        course = _course(clinic, somebody)
        booked = course.dosing_sessions.aggregate(last=Max("scheduled_at"))["last"] or now
        days = [monday + timedelta(days=7 * week + day) for week in range(WEEKS) for day in weekdays]
        wanted = [clinic.local(day, clock) for day in days if day > clinic.day_of(booked)]
        if wanted:
            free = [free_place(course, at, chair, now=now) for at in wanted]
            places = [(place.scheduled_at, place.chair) for place in free]
            book_series(course=course, places=places, entry=Submission(), **clerk)
    waits = _course(clinic, WAITS)
    if not waiting_at(clinic.facility).filter(course=waits).exists():
        wish = Wish(today, monday + timedelta(days=13), frozenset({1, 3}), time(9), time(12))
        note = "Comes by bus; rings back within the hour."
        put_on_waiting_list(course=waits, wish=wish, note=note, entry=Submission(), **clerk)


def _hours(clinic: Clinic, opens: time | None, closes: time | None, *, now: datetime) -> None:
    """Of Monday to Friday; on no day at all where they are None, which keeps none."""
    numbers = {
        "preparation_minutes": 15,
        "margin_minutes": 15,
        "nurses": 2,
        "patients_per_nurse": 2,
        "prescribers": 1,
        "patients_per_prescriber": 6,
        "reminder_hours": 24,
    }
    said: dict[str, Any] = {"opens": [opens] * 5 + [None] * 2, "closes": [closes] * 5 + [None] * 2}
    set_diary(facility=clinic.facility, numbers=numbers, **said, entry=Submission(), by=clinic.administrator, now=now)


def _absent(clinic: Clinic, timeline: Timeline, registered: datetime, base: datetime) -> None:
    """Booked for two days after registering, and did not come; of a demo that is older than its diary nobody yet."""
    at = clinic.local(clinic.day_of(registered) + timedelta(days=2), time(10))
    if at >= base - timedelta(hours=1):
        return
    booked: list[DosingSession] = []

    def book(now: datetime) -> None:
        said: dict[str, Any] = {"scheduled_at": at, "chair": "6", "by": clinic.front_desk, "now": now}
        booked.append(book_session(course=_course(clinic, ABSENT), entry=Submission(), **said))

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
