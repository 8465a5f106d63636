"""give_appointment_reminder, and the command that sends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command

from clinic.actions.patient_record import correct_details, record_consent, record_contact
from clinic.actions.staff import system_person
from clinic.models import Consent
from clinic.models.patient import IDENTITY
from sessions_app.actions.appointment_reminder import give_appointment_reminder
from sessions_app.actions.booking import book_session, cancel_booking
from sessions_app.actions.moving import move_booking
from sessions_app.models import AppointmentReminder, DosingSession
from tests.clock import clock_at
from tests.factories import NINE, Cast, entry, make_course
from tests.sessions_app.actions.diary_attempts import DAY, set_hours

HOUR = timedelta(hours=1)
TOLD_OF = ("esketamine", "spravato", "depress", "ketamin", "psych", "trd")


@pytest.fixture
def booked(cast: Cast) -> DosingSession:
    """At nine tomorrow, by somebody who agreed to be reminded, where reminders go out a day before."""
    set_hours(cast, reminder_hours=24)
    course = make_course(cast)
    said: dict[str, Any] = {"patient": course.patient, "facility": cast.facility, "by": cast.fred, "now": NINE}
    record_contact(**said, email="rosalind@example.org", entry=entry())
    agree(cast, course.patient, given=True)
    return book_session(course=course, scheduled_at=NINE + DAY, chair="1", entry=entry(), by=cast.fred, now=NINE - HOUR)


def agree(cast: Cast, patient: Any, *, given: bool) -> None:
    said: dict[str, Any] = {"patient": patient, "facility": cast.facility, "by": cast.fred, "now": NINE}
    record_consent(**said, kind=Consent.Kind.REMINDERS, given=given, on_date=NINE.date(), entry=entry())


def run(at: Any = NINE) -> list[Any]:
    """What this run sent."""
    before = len(mail.outbox)
    with clock_at(at):
        call_command("send_appointment_reminders")
    return mail.outbox[before:]


class TestAReminder:
    def test_it_goes_once_for_each_time_that_is_booked(self, cast: Cast, booked: DosingSession) -> None:
        assert run(NINE - HOUR) == []  # earlier than the clinic chose
        sent = run()
        assert [each.to for each in sent] == [["rosalind@example.org"]]
        assert run(NINE + HOUR) == []

        said: dict[str, Any] = {"dosing_session": booked, "scheduled_at": NINE + DAY + HOUR, "chair": "1"}
        move_booking(**said, entry=entry(), by=cast.fred, now=NINE)
        assert len(run(NINE + 2 * HOUR)) == 1
        assert run(NINE + 3 * HOUR) == []
        assert AppointmentReminder.objects.count() == 2

    def test_it_tells_how_to_prepare_and_neither_drug_nor_reason(self, cast: Cast, booked: DosingSession) -> None:
        (message,) = run()
        assert message.subject == "Your appointment on Wednesday, April 15, 2026"
        for words in ("Wrenfield Clinic", "9:00 a.m. EDT", "120 minutes before", "30 minutes before", "60 minutes"):
            assert words in message.body
        told = f"{message.subject} {message.body}".lower()
        assert not [word for word in TOLD_OF if word in told]

    def test_it_speaks_the_patients_language(self, cast: Cast, booked: DosingSession) -> None:
        patient = booked.patient
        who = {name: getattr(patient, name) for name in IDENTITY} | {"paper_language": "es", "reason": "Asked."}
        said: dict[str, Any] = {"patient": patient, "facility": cast.facility, "by": cast.fred, "now": NINE}
        correct_details(**said, **who, entry=entry())
        (message,) = run()
        assert message.subject == "Su cita del miércoles 15 de abril de 2026"
        assert "Antes de venir:" in message.body

    def test_it_is_off_until_the_clinic_chooses(self, cast: Cast, booked: DosingSession) -> None:
        set_hours(cast)
        assert run() == []

    def test_it_goes_to_nobody_who_took_back_or_is_not_booked_any_more(self, cast: Cast, booked: DosingSession) -> None:
        agree(cast, booked.patient, given=False)
        assert run() == []
        agree(cast, booked.patient, given=True)
        cancel_booking(dosing_session=booked, reason="Ill.", entry=entry(), by=cast.fred, now=NINE)
        assert run() == []

    def test_it_is_given_by_the_system_alone_and_once(self, cast: Cast, booked: DosingSession) -> None:
        with pytest.raises(PermissionDenied):
            give_appointment_reminder(dosing_session=booked, by=cast.fred, now=NINE)
        system = system_person(now=NINE)
        assert give_appointment_reminder(dosing_session=booked, by=system, now=NINE) is not None
        assert give_appointment_reminder(dosing_session=booked, by=system, now=NINE) is None
