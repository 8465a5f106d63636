"""A session, or its end, that was entered from paper after an outage."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from clinic.models import Facility
from clinic.prepared import Prepared
from clinic.rules.local_time import day_span
from sessions_app.models.discharge import Deviation
from sessions_app.models.dosing_session import DosingSession, SessionRow, sessions_with_context
from sessions_app.models.record import Record
from sessions_app.rules.paper import FROM_PAPER
from sessions_app.rules.states import State


class PaperConfirmation(SessionRow):
    """A second licensed person compared the entries from paper, up to this one's order, with the paper. The rows
    keep the channel PAPER for ever."""

    note = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [*SessionRow.Meta.constraints]


def sheets_of(record: Record) -> list[Deviation]:
    """Every sheet that was entered from paper, in order; nothing takes one out of force."""
    return sorted((row for row in record.all(Deviation) if row.code == FROM_PAPER), key=lambda row: row.order)


def sheets_to_compare(record: Record) -> list[Deviation]:
    """Those that no second person has compared with the paper yet."""
    sheets = sheets_of(record)
    compared = max((row.order for row in record.all(PaperConfirmation)), default=0) if sheets else 0
    return [row for row in sheets if row.order > compared]


def _to_compare(facility_id: UUID) -> QuerySet[Deviation, Any]:
    after = PaperConfirmation.objects.filter(dosing_session=OuterRef("dosing_session"), order__gt=OuterRef("order"))
    sheets = Deviation.objects.filter(~Exists(after), facility=facility_id, code=FROM_PAPER)
    return sheets.order_by().values_list("dosing_session").distinct()


_TO_COMPARE = Prepared(_to_compare, facility_id=UUID)


def sessions_to_compare(facility: Facility) -> QuerySet[DosingSession]:
    """From paper, not yet compared; the oldest first."""
    rows = sessions_with_context().filter(pk__in=_to_compare(facility.pk))
    return rows.order_by("checked_in_at")


def how_many_to_compare(facility: Facility) -> int:
    """So many of them."""
    return len(_TO_COMPARE.rows(facility_id=facility.pk))


def forgotten_sessions(facility: Facility, *, at: datetime) -> QuerySet[DosingSession]:
    """Open, and begun on an earlier day at that clinic; the oldest first."""
    today, _ends = day_span(at.astimezone(facility.zone).date(), facility.zone)
    open_here = sessions_with_context().for_facility(facility).open()
    return open_here.filter(checked_in_at__lt=today).order_by("checked_in_at")


def same_day_sessions(dosing_session: DosingSession, *, since: datetime, until: datetime) -> QuerySet[DosingSession]:
    """Other sessions of this patient that began in this span and were dosed, or may have been."""
    nothing_given = (State.NOT_DOSED, State.CANCELLED, State.ENTERED_IN_ERROR, State.SCHEDULED)
    others = DosingSession.objects.of_patient(dosing_session.patient).exclude(pk=dosing_session.pk)
    return others.filter(checked_in_at__gte=since, checked_in_at__lt=until).exclude(state__in=nothing_given)


def booking_of(course_id: UUID, *, since: datetime, until: datetime) -> DosingSession | None:
    """What was booked for the day of the paper."""
    rows = sessions_with_context().filter(course=course_id, state=State.SCHEDULED)
    return rows.filter(scheduled_at__gte=since, scheduled_at__lt=until).order_by("scheduled_at").first()
