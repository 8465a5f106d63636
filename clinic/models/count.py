"""Counts of a cabinet, the closing of its days, and the clinic's own numbers for both."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models import Count as Number
from django.db.models.functions import Concat, Upper

from clinic.constraints import CompositeForeignKey, ProtectedForeignKey, state_known
from clinic.models.cabinet import Cabinet, StockMovement
from clinic.models.discrepancy import Discrepancy
from clinic.models.entry import ClinicalRow, SignedRow
from clinic.models.facility import Facility
from clinic.models.stock import Device, ndc_in
from clinic.rules.cabinet import Place
from clinic.rules.count import (
    INVENTORIES,
    ClosingFacts,
    Counted,
    CountFacts,
    CountKind,
    CountMoment,
    HandedIn,
    Lot,
)
from clinic.rules.local_time import day_span
from clinic.rules.signature import Meaning
from clinic.rules.stock import StockKind

# A lot that was here lately is asked for though none may be left, so that a sheet does not tell what is. [D]
LATELY = timedelta(days=60)
LOT = ("device__program_code", Upper("device__lot"), "device__kind", "ndc")


class Count(SignedRow, ClinicalRow):
    """One person counted a cabinet, or again what differed. ``first``: the count that this goes on with; empty in one
    that begins, which says how many ``people`` count it."""

    MEANING = Meaning.RECORDED

    cabinet = ProtectedForeignKey(Cabinet, db_constraint=False, related_name="counts")
    kind = models.CharField(max_length=10)
    moment = models.CharField(max_length=10)
    first = ProtectedForeignKey("self", null=True, db_constraint=False, related_name="later")
    people = models.PositiveSmallIntegerField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", list(CountKind), name="count_kind_known"),
            state_known("moment", list(CountMoment), name="count_moment_known"),
            models.UniqueConstraint(fields=("id", "cabinet", "kind"), name="count_of_cabinet"),
            models.UniqueConstraint(fields=("id", "facility"), name="count_of_facility"),
            models.CheckConstraint(condition=Q(people__gt=0), name="count_by_somebody"),
            models.UniqueConstraint(
                fields=("cabinet",), condition=Q(kind=CountKind.INITIAL.value, first=None), name="count_initial_once"
            ),
            CompositeForeignKey(
                fields=("cabinet", "facility"),
                to="clinic.Cabinet",
                to_fields=("id", "facility"),
                name="count_cabinet_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("first", "cabinet", "kind"),
                to="clinic.Count",
                to_fields=("id", "cabinet", "kind"),
                name="count_goes_on_with_its_own",
            ),
        ]
        indexes = [models.Index(fields=("cabinet", "occurred_at"), name="count_of_day")]

    def needs_signature(self) -> bool:
        """An inventory is signed."""
        return self.kind in [kind.value for kind in INVENTORIES]


class CountLine(ClinicalRow):
    """How many of a lot were found, and what the book had when it was handed in; ``mark`` stands for what had moved
    until then."""

    count = ProtectedForeignKey(Count, db_constraint=False, related_name="lines")
    program_code = models.CharField(max_length=40)
    lot = models.CharField(max_length=30)
    kind = models.CharField(max_length=16)
    ndc = models.CharField(max_length=10, blank=True)
    counted = models.PositiveSmallIntegerField()
    expected = models.PositiveSmallIntegerField()
    mark = models.CharField(max_length=64, blank=True)

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            state_known("kind", list(StockKind), name="count_line_kind_known"),
            models.UniqueConstraint(
                fields=("count", "program_code", "lot", "kind", "ndc"), name="count_line_of_lot_once"
            ),
            CompositeForeignKey(
                fields=("count", "facility"),
                to="clinic.Count",
                to_fields=("id", "facility"),
                name="count_line_of_same_facility",
            ),
        ]

    @property
    def of(self) -> Lot:
        return Lot(self.program_code, self.lot, StockKind(self.kind), self.ndc)


class CabinetClosing(SignedRow, ClinicalRow):
    """The day of a cabinet is over: it was counted, and everything is accounted for."""

    MEANING = Meaning.RECORDED

    cabinet = ProtectedForeignKey(Cabinet, db_constraint=False, related_name="closings")
    day = models.DateField()
    count = ProtectedForeignKey(Count, db_constraint=False, related_name="+")

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.UniqueConstraint(fields=("cabinet", "day"), name="cabinet_closed_once_a_day"),
            CompositeForeignKey(
                fields=("cabinet", "facility"),
                to="clinic.Cabinet",
                to_fields=("id", "facility"),
                name="cabinet_closing_of_same_facility",
            ),
            CompositeForeignKey(
                fields=("count", "facility"),
                to="clinic.Count",
                to_fields=("id", "facility"),
                name="cabinet_closing_count_of_same_facility",
            ),
        ]


class StockPolicy(ClinicalRow):
    """The clinic's own numbers of its cabinets; the newest row counts. All are ours [D]: how many people count, and for
    how many days ahead and with which margin devices are ordered."""

    count_people = models.PositiveSmallIntegerField(default=1)
    reorder_days = models.PositiveSmallIntegerField(default=14)
    reorder_margin = models.PositiveSmallIntegerField(default=6)
    reason = models.TextField()

    class Meta(ClinicalRow.Meta):
        abstract = False
        constraints = [
            *ClinicalRow.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="stock_policy_has_reason"),
            models.CheckConstraint(condition=Q(count_people__range=(1, 3)), name="stock_policy_people_possible"),
        ]


def stock_policy_of(facility: Facility) -> StockPolicy:
    """The newest, or one that nobody saved."""
    return StockPolicy.objects.filter(facility=facility).order_by("-occurred_at", "-id").first() or StockPolicy()


# --- what the book has -----------------------------------------------------------------------------------------------


def _lot(code: str, lot: str, kind: str, ndc: str) -> Lot:
    return Lot(code, lot, StockKind(kind), ndc)


def expected_in(cabinet: Cabinet) -> dict[Lot, int]:
    """How many of each lot the book has in this cabinet now."""
    here = StockMovement.objects.newest().leading_to(Place.CABINET).filter(to_id=cabinet.pk)
    rows = _with_ndc(here, cabinet).order_by().values_list(*LOT).annotate(number=Number("pk"))
    return {_lot(*of): number for *of, number in rows}


def lots_to_count(cabinet: Cabinet, *, at: datetime) -> list[Lot]:
    """Lots that are in this cabinet, or were lately."""
    lately = _touching(cabinet).filter(occurred_at__gte=at - LATELY).order_by().values_list(*LOT).distinct()
    return sorted({*(_lot(*of) for of in lately), *expected_in(cabinet)})


def marks_of(cabinet: Cabinet, lots: Iterable[Lot]) -> dict[Lot, str]:
    """For each of these lots that ever was in this cabinet something that changes whenever one of it comes or goes, and
    tells nothing else."""
    ids: dict[Lot, list[str]] = {}
    steps = _touching(cabinet).alias(lot=Upper("device__lot")).filter(lot__in={lot.lot for lot in lots}).order_by("pk")
    for *of, row_id in steps.values_list(*LOT, "pk"):
        ids.setdefault(_lot(*of), []).append(str(row_id))
    return {lot: hashlib.sha256("".join(rows).encode()).hexdigest() for lot, rows in ids.items()}


def _touching(cabinet: Cabinet) -> QuerySet[StockMovement]:
    ways = Q(from_place=Place.CABINET, from_id=cabinet.pk) | Q(to_place=Place.CABINET, to_id=cabinet.pk)
    return _with_ndc(StockMovement.objects.filter(ways, facility=cabinet.facility_id), cabinet)


def _with_ndc(steps: QuerySet[StockMovement], cabinet: Cabinet) -> QuerySet[StockMovement]:
    """Of a lot of which each device came with its product: its National Drug Code. As one text, so that the lots of
    which some came without are found once, and not for each step."""
    without = Device.objects.filter(facility=cabinet.facility_id, gtin=None).order_by()
    some = without.values(as_one=_as_one("")).distinct()
    ndc = Case(When(as_one__in=some, then=Value("")), default=ndc_in("device__gtin"))
    return steps.alias(as_one=_as_one("device__")).annotate(ndc=ndc)


def _as_one(of: str) -> Concat:
    return Concat(f"{of}program_code", Value(" "), f"{of}kind", Value(" "), Upper(f"{of}lot"))


# --- what was counted ------------------------------------------------------------------------------------------------


def counts_with_context() -> QuerySet[Count]:
    """Counts that begin, with everything counted again since."""
    rows = Count.objects.filter(first=None).select_related("cabinet", "facility", "performed_by")
    return rows.prefetch_related("lines", "later__lines", "later__performed_by", "discrepancies__closure")


def counts_of(facility: Facility) -> QuerySet[Count]:
    return counts_with_context().filter(facility=facility).order_by("-occurred_at", "-id")


def all_of(count: Count) -> list[Count]:
    """The one that began, and those that went on with it."""
    return [count, *sorted(count.later.all(), key=lambda each: each.pk)]


def count_facts(count: Count) -> CountFacts:
    return CountFacts(
        counts=tuple(
            HandedIn(
                each.performed_by_id,
                each.occurred_at,
                tuple(Counted(line.of, line.counted, line.expected) for line in each.lines.all()),
            )
            for each in all_of(count)
        ),
        people=count.people,
        in_discrepancy=frozenset(each.of for each in count.discrepancies.all()),
    )


def last_inventory(cabinet: Cabinet) -> Count | None:
    """The newest initial or biennial one."""
    rows = Count.objects.filter(cabinet=cabinet, first=None, kind__in=[kind.value for kind in INVENTORIES])
    return rows.select_related("performed_by").order_by("-occurred_at", "-id").first()


def closing_facts(cabinet: Cabinet, *, day: date, facility: Facility) -> tuple[ClosingFacts, Count | None]:
    """As it stands, with the last count of that day."""
    starts, ends = day_span(day, facility.zone)
    counts = counts_with_context().filter(cabinet=cabinet, occurred_at__gte=starts, occurred_at__lt=ends)
    count = counts.order_by("-occurred_at", "-id").first()
    # Of one that came back into a session's hands, nobody knows any more from which cabinet it was taken.
    taken = Q(from_id=cabinet.pk) | ~Q(from_place=Place.CABINET)
    drawn = StockMovement.objects.newest().leading_to(Place.DRAWN).filter(taken, facility=facility)
    facts = ClosingFacts(
        count=count_facts(count) if count else None,
        moved_since=count is not None and _moved_since(count, cabinet),
        drawn=drawn.count(),
        open_discrepancies=open_discrepancies_at(cabinet).count(),
        closed=CabinetClosing.objects.filter(cabinet=cabinet, day=day).exists(),
    )
    return facts, count


def _moved_since(count: Count, cabinet: Cabinet) -> bool:
    """Something of a counted lot came or went after it was counted last, or another lot came."""
    counted = {line.of: line.mark for each in all_of(count) for line in each.lines.all()}
    standing = marks_of(cabinet, counted)
    moved = any(standing.get(lot, "") != mark for lot, mark in counted.items())
    return moved or not expected_in(cabinet).keys() <= counted.keys()


def open_discrepancies_at(cabinet: Cabinet) -> QuerySet[Discrepancy]:
    """Of this cabinet, or of nobody knows which."""
    rows = Discrepancy.objects.filter(facility=cabinet.facility_id, closure=None)
    return rows.filter(Q(cabinet=cabinet) | Q(cabinet=None))


def closings_of(cabinet: Cabinet) -> QuerySet[CabinetClosing]:
    return CabinetClosing.objects.filter(cabinet=cabinet).select_related("performed_by").order_by("-day")
