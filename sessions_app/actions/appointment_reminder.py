"""A patient is written to about a booking: once for each time it is booked for, by the system's own person."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.actions.entry import Submission, repeatable
from clinic.models import User
from clinic.models.staff import SYSTEM
from sessions_app.actions.session_entry import lock
from sessions_app.models import AppointmentReminder, DosingSession
from sessions_app.models.diary import reminder_address, to_remind


@repeatable
@transaction.atomic
def give_appointment_reminder(*, dosing_session: DosingSession, by: User, now: datetime) -> AppointmentReminder | None:
    """Written down before it is sent, so that it is sent once whoever runs it beside; None where nobody is to be
    written to any more, or without the patient's e-mail and consent. Raises PermissionDenied for anybody but the
    system itself."""
    if by.username != SYSTEM:
        raise PermissionDenied("reminders are given by the system")
    opened = lock(dosing_session, action="give_appointment_reminder", entry=Submission(), by=by, now=now)

    booked = opened.dosing_session
    email = reminder_address(booked.patient)
    if not email or booked not in to_remind(booked.facility, at=now):
        return None

    reminder = opened.add(AppointmentReminder, scheduled_at=booked.scheduled_at, email=email)
    opened.write()
    return reminder
