"""The forms of several facilities as lists, counts and shares: the same few questions however many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When

from clinic.models import Facility, RoleAssignment, User
from clinic.prepared import Prepared
from sessions_app.models.filing import Filing, versions_in_force
from sessions_app.rules.filing import NOT_SENT, TO_DO, FilingState, Share, due_at
from sessions_app.rules.states import OPEN

AT_ONCE = 50
_SECOND = timedelta(seconds=1)


class Pile(StrEnum):
    """Where a form lies on the desk."""

    TO_DO = "to-do"
    LATE = "late"
    TODAY = "today"
    COMING = "coming"
    RETURNED = "returned"
    AMEND = "amend"
    SENT = "sent"
    NOT_NEEDED = "not-needed"


_DONE = (Pile.SENT, Pile.NOT_NEEDED)
_OPEN = tuple(pile for pile in Pile if pile not in _DONE)


@dataclass(frozen=True)
class Asked:
    """Which forms: of one facility or person, on one pile; and the treatments whose share is counted, both days
    included."""

    pile: Pile
    since: date
    until: date
    facility_id: UUID | None = None
    person_id: UUID | None = None
    page: int = 1


class FilingList:
    """As it is at a moment, of these facilities."""

    def __init__(self, facilities: Iterable[Facility], asked: Asked, *, at: datetime) -> None:
        self.facilities, self.asked, self.at = list(facilities), asked, at

    @property
    def places(self) -> list[Facility]:
        """Those asked for."""
        chosen = self.asked.facility_id
        return [each for each in self.facilities if chosen in (None, each.pk)]

    @cached_property
    def _filings(self) -> QuerySet[Filing]:
        rows = Filing.objects.filter(facility__in=[each.pk for each in self.places])
        return rows.filter(person=self.asked.person_id) if self.asked.person_id else rows

    @cached_property
    def counts(self) -> dict[Pile, int]:
        """How many lie on each pile: those to do by their index, and of the others, which grow, how many there are."""
        found: dict[str, int] = {}
        for piles, rows in (
            (_OPEN, self._filings.filter(state__in=TO_DO)),
            (_DONE, self._filings.exclude(state__in=TO_DO)),
        ):
            on = {pile.name: Count("state", filter=on_pile(pile, self.places, at=self.at)) for pile in piles}
            found |= rows.aggregate(**on)
        return {pile: found[pile.name] for pile in Pile}

    @cached_property
    def rows(self) -> list[Filing]:
        """A page of the pile asked for, the earliest due first; with when it was sent first, ``sent_at``."""
        rows = self._filings.filter(on_pile(self.asked.pile, self.places, at=self.at))
        rows = rows.select_related("facility", "person", "step", "dosing_session__patient")
        begin = (self.asked.page - 1) * AT_ONCE
        latest_first = self.asked.pile in (Pile.SENT, Pile.NOT_NEEDED)
        order = ("-due_at", "-pk") if latest_first else ("due_at", "pk")
        return list(with_sent_at(rows).order_by(*order)[begin : begin + AT_ONCE])

    @cached_property
    def shares(self) -> list[tuple[Facility, User, Share]]:
        """Of the treatments of the period, by facility and by whoever monitored."""
        rows = self._filings.filter(treatment_date__range=(self.asked.since, self.asked.until))
        counted = rows.exclude(state=FilingState.WITHDRAWN)
        over = Q(due_at__lte=self.at - timedelta(seconds=1)) | Q(sent_at__isnull=False)
        found = (
            with_sent_at(counted)
            .values("facility", "person")
            .annotate(
                counted=Count("pk", filter=over),
                on_time=Count("pk", filter=Q(sent_at__lt=F("due_at") + timedelta(seconds=1))),
                to_come=Count("pk", filter=~over),
            )
        )
        people = User.objects.in_bulk({row["person"] for row in found})
        places = {each.pk: each for each in self.places}
        shares = [
            (
                places[row["facility"]],
                people[row["person"]],
                Share(row["counted"], row["on_time"], row["to_come"]),
            )
            for row in found
        ]
        return sorted(shares, key=lambda line: (line[0].name, line[1].printed_name))

    @property
    def share(self) -> Share:
        return total(share for _facility, _person, share in self.shares)

    @cached_property
    def people(self) -> list[User]:
        """Whoever monitored a treatment at these facilities, by name: of those who ever had a role there."""
        here = [each.pk for each in self.facilities]
        monitored = Filing.objects.filter(facility__in=here, person=OuterRef("pk"))
        employed = RoleAssignment.objects.filter(facility__in=here).values("user")
        return list(User.objects.filter(Exists(monitored), pk__in=employed).order_by("printed_name", "pk"))


def total(shares: Iterable[Share]) -> Share:
    found = Share()
    for share in shares:
        found = replace(
            found,
            counted=found.counted + share.counted,
            on_time=found.on_time + share.on_time,
            to_come=found.to_come + share.to_come,
        )
    return found


def with_sent_at(rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """With when it was sent first, of what was not taken back."""
    first = versions_in_force().filter(filing=OuterRef("pk")).order_by("filing").values("filing")
    return rows.annotate(sent_at=Subquery(first.annotate(first=Min("occurred_at")).values("first")))


def on_pile(pile: Pile, places: Sequence[Facility], *, at: datetime) -> Q:
    """Which forms lie there at that moment. A facility's today ends with its own day."""
    late = Q(due_at__lte=at - _SECOND)
    ends = {each.pk: due_at(at.astimezone(each.zone).date(), each.zone, days=0) for each in places}
    today = Q(pk__in=[])
    for end in set(ends.values()):
        today |= Q(due_at=end, facility__in=[key for key, value in ends.items() if value == end])
    return _pile(pile, late, today)


def _pile(pile: Pile, late: Q, today: Q) -> Q:
    not_sent = Q(state__in=NOT_SENT)
    return {
        Pile.TO_DO: Q(state__in=TO_DO),
        Pile.LATE: not_sent & late,
        Pile.TODAY: not_sent & today,
        Pile.COMING: not_sent & ~late & ~today,
        Pile.RETURNED: Q(state=FilingState.RETURNED),
        Pile.AMEND: Q(state=FilingState.AMENDMENT_DUE),
        Pile.SENT: Q(state__in=(FilingState.SUBMITTED, FilingState.ACKNOWLEDGED)),
        Pile.NOT_NEEDED: Q(state=FilingState.WITHDRAWN),
    }[pile]


def next_to_do(filing: Filing, *, at: datetime) -> Filing | None:
    """Of the same facility: behind this one in the list of those to do, or else its first. Whoever is still here may
    fill their form yet."""
    rows = Filing.objects.filter(on_pile(Pile.TO_DO, [filing.facility], at=at), facility=filing.facility_id)
    rows = rows.exclude(pk=filing.pk).exclude(dosing_session__state__in=OPEN)
    behind = Q(due_at__gt=filing.due_at) | Q(due_at=filing.due_at, pk__gt=filing.pk)
    turn = Case(When(behind, then=0), default=1)
    return rows.select_related("facility", "dosing_session__patient", "step").order_by(turn, "due_at", "pk").first()


_PRESSING = (Pile.LATE, Pile.TODAY, Pile.RETURNED, Pile.AMEND)


def _pressing(facility_id: UUID, late_at: datetime, today_ends: datetime) -> QuerySet[Filing, Any]:
    late, today = Q(due_at__lte=late_at), Q(due_at=today_ends)
    to_do = Filing.objects.filter(_pile(Pile.TO_DO, late, today), facility=facility_id).order_by()
    counts = {pile.name: Count("pk", filter=_pile(pile, late, today)) for pile in _PRESSING}
    return to_do.values("facility").annotate(**counts).values_list(*counts)


_PRESSING_HERE = Prepared(_pressing, facility_id=UUID, late_at=datetime, today_ends=datetime)


def pressing(facility: Facility, *, at: datetime) -> dict[Pile, int]:
    """What somebody at this facility must not leave lying today, in one query."""
    ends = due_at(at.astimezone(facility.zone).date(), facility.zone, days=0)
    found = _PRESSING_HERE.read(facility_id=facility.pk, late_at=at - _SECOND, today_ends=ends)
    return dict(zip(_PRESSING, found[0] if found else (0,) * len(_PRESSING), strict=True))
