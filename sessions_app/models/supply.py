"""What is booked and what is in the cabinets, read for the question whether it will do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from clinic.models import Device, Facility
from clinic.models.cabinet import devices_at
from clinic.models.count import stock_policy_of
from clinic.models.recall import is_recalled
from clinic.rules.cabinet import Place
from clinic.rules.local_time import day_span
from clinic.rules.stock import StockKind, last_day
from sessions_app.models.dosing import orders_before
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.program import policies_in_force, programs_by_code
from sessions_app.rules.program import Program
from sessions_app.rules.states import State
from sessions_app.rules.supply import Booked, Reorder, Supply, Usable, reorder, supply

AHEAD = timedelta(days=90)  # bookings that are looked at [D]


@dataclass(frozen=True)
class Demand:
    """What one programme's bookings take, and the devices there are for them."""

    program: Program
    booked: tuple[Booked, ...]
    usable: tuple[Usable, ...]
    supply: Supply
    reorder: Reorder


class Need:
    """Of one facility, at a moment."""

    def __init__(self, facility: Facility, *, at: datetime) -> None:
        self.facility, self.at = facility, at
        self.today = at.astimezone(facility.zone).date()
        self.policy = stock_policy_of(facility)

    @cached_property
    def _programs(self) -> dict[str, Program]:
        in_force = {code: policy.program for code, policy in policies_in_force(self.facility).items()}
        return {**programs_by_code(), **in_force}

    @cached_property
    def sessions(self) -> dict[UUID, DosingSession]:
        """What is booked from today on."""
        starts = day_span(self.today, self.facility.zone)[0]
        rows = DosingSession.objects.filter(
            facility=self.facility,
            state=State.SCHEDULED,
            scheduled_at__gte=starts,
            scheduled_at__lt=self.at + AHEAD,
        )
        return {row.pk: row for row in rows.select_related("patient", "course").order_by("scheduled_at", "pk")}

    @cached_property
    def devices(self) -> dict[UUID, Device]:
        """In the cabinets, and of no recalled lot."""
        rows = devices_at(Place.CABINET).filter(~is_recalled(), facility=self.facility)
        return {row.pk: row for row in rows.select_related("patient")}

    @cached_property
    def _last_orders(self) -> dict[UUID, int]:
        """By course, how many devices were ordered last."""
        return orders_before({session.course_id for session in self.sessions.values()})

    def _booked(self, session: DosingSession, program: Program) -> Booked:
        most = max(program.doses_mg) // program.mg_per_device
        day = self._day(session.scheduled_at)
        devices = self._last_orders.get(session.course_id, most)
        return Booked(session.pk, session.patient.person_id, day, devices)

    def _usable(self, device: Device, program: Program) -> Usable:
        last = last_day(
            StockKind(device.kind),
            expires_date=device.expires_date,
            received_date=self._day(device.occurred_at),
            patient_stock_days=program.value("patient_stock_days"),
        )
        return Usable(device.pk, last, device.patient.person_id if device.patient else None)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.facility.zone).date()

    def demands(self) -> list[Demand]:
        """Of each programme that anybody is booked for or that there are devices of."""
        found = []
        for code, program in self._programs.items():
            sessions = [each for each in self.sessions.values() if each.program_code == code]
            devices = [each for each in self.devices.values() if each.program_code == code]
            if not sessions and not devices:
                continue
            booked = tuple(self._booked(each, program) for each in sessions)
            usable = tuple(self._usable(each, program) for each in devices)
            days = self.policy.reorder_days
            order = reorder(
                booked,
                usable,
                today=self.today,
                last_day=self.today + timedelta(days=days),
                days=days,
                margin=self.policy.reorder_margin,
            )
            found.append(Demand(program, booked, usable, supply(booked, usable), order))
        return found
