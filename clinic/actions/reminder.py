"""The clock's reminders: told once for each step, by the system's own person."""

from collections import defaultdict
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clinic.actions.entry import Submission, repeatable, row, write
from clinic.models import Facility, Reminder, User
from clinic.models.expiring import Expiring, expiring
from clinic.models.staff import SYSTEM
from clinic.rules.reminders import step_due

KEY = ("subject_id", "about", "last_day")


@repeatable
@transaction.atomic
def give_reminders(*, facility: Facility, by: User, now: datetime) -> list[Expiring]:
    """What has come near its last day and was not told yet: written down, and returned to be told. However often and by
    however many it is called, each step is told once. Raises PermissionDenied for anybody but the system itself."""
    if by.username != SYSTEM:
        raise PermissionDenied("reminders are given by the system")
    today = now.astimezone(facility.zone).date()
    told = defaultdict(set)
    for *key, step in Reminder.objects.filter(facility=facility).values_list(*KEY, "step"):
        told[tuple(key)].add(step)

    due = [
        (each, step)
        for each in expiring([facility], at=now)
        if (step := step_due(each.last_day, today=today, told=told[each.subject_id, each.about, each.last_day]))
    ]

    entry = Submission()
    rows = [
        row(
            Reminder,
            facility=facility,
            entry=entry,
            by=by,
            now=now,
            subject_id=each.subject_id,
            about=each.about,
            last_day=each.last_day,
            step=step,
        )
        for each, step in due
    ]
    if rows:
        write(action="give_reminders", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=rows)
    return [each for each, _step in due]
