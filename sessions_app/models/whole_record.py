"""Everything that is written of one session, or of one patient, at one facility: its events, where they hang in the
chain, and the rows they cover."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from clinic.models import AuditChain, AuditEvent, BreakGlass, Delivery, Document, Facility, Patient, Signature, User
from clinic.models.document import DocumentContent
from clinic.models.patient import records_of
from clinic.rules.chain import start_of
from sessions_app.models.cabinet_record import CabinetRecord
from sessions_app.models.course import Course
from sessions_app.models.dosing_session import DosingSession, sessions_with_context

AT_ONCE = 200
CHAIN_AT_ONCE = 2000


class Key(NamedTuple):
    table: str
    id: UUID


@dataclass(frozen=True)
class Anchor:
    """What the first event given hangs on."""

    sequence: int
    link: str


class WholeRecord:
    """Of ``patient`` at ``facility``: of one ``dosing_session`` with what it rests on, or of all. Everything up to the
    chain's end as it is when this is made; what comes later is not in it. Read in pieces: a long record needs little
    more memory than a short one."""

    def __init__(self, patient: Patient, facility: Facility, *, dosing_session: DosingSession | None = None) -> None:
        self.patient, self.facility, self.dosing_session = patient, facility, dosing_session
        self.chain = AuditChain.objects.get(facility=facility)

    @cached_property
    def _records(self) -> list[UUID]:
        return list(records_of([self.patient.person_id]).values_list("pk", flat=True))

    @cached_property
    def sessions(self) -> list[DosingSession]:
        """The oldest first."""
        if self.dosing_session:
            return [self.dosing_session]
        found = sessions_with_context().filter(facility=self.facility, patient__in=self._records)
        return list(found.order_by("scheduled_at", "id"))

    @cached_property
    def subjects(self) -> list[UUID]:
        """What its events are about: the sessions, their courses, the person, who read it from outside."""
        courses = Course.objects.filter(facility=self.facility, patient__in=self._records)
        if self.dosing_session:
            courses = courses.filter(pk=self.dosing_session.course_id)
        glasses = BreakGlass.objects.filter(facility=self.facility, patient__in=self._records)
        others = [*courses.values_list("pk", flat=True), *glasses.values_list("pk", flat=True)]
        return [*(session.pk for session in self.sessions), *others, *self._records]

    @cached_property
    def cabinet(self) -> CabinetRecord:
        return CabinetRecord(self.facility, self.sessions)

    @cached_property
    def _of_cabinet(self) -> list[UUID]:
        return list(self.cabinet.events().values_list("pk", flat=True))

    def events(self, of: Iterable[UUID] | None = None, *, cabinet: bool = True) -> QuerySet[AuditEvent]:
        """In the order of the chain; ``of``: of these subjects alone. ``cabinet``: and what it wrote of its devices."""
        about = Q(subject_id__in=self.subjects if of is None else list(of))
        about |= Q(pk__in=self._of_cabinet) if cabinet else Q()
        return AuditEvent.objects.filter(about, chain=self.chain, sequence__lte=self.chain.last_sequence).order_by(
            "sequence"
        )

    @cached_property
    def anchor(self) -> Anchor:
        first = self.events().values_list("sequence", flat=True).first() or 1
        before = AuditEvent.objects.filter(chain=self.chain, sequence=first - 1).values_list("link", flat=True).first()
        return Anchor(first - 1, before or start_of(self.chain.pk))

    def chain_of_events(self) -> Iterator[tuple[int, str, str, bool]]:
        """From its first event to the chain's end: sequence, payload, link; of what is about somebody else the digest
        stands for the payload, and the last says False."""
        span = AuditEvent.objects.filter(
            chain=self.chain, sequence__gt=self.anchor.sequence, sequence__lte=self.chain.last_sequence
        )
        own = self.events().values_list("sequence", "payload").iterator(AT_ONCE)
        mine = next(own, None)
        for sequence, digest, link in (
            span.order_by("sequence").values_list("sequence", "digest", "link").iterator(CHAIN_AT_ONCE)
        ):
            if mine and mine[0] == sequence:
                yield sequence, mine[1], link, True
                mine = next(own, None)
            else:
                yield sequence, digest, link, False

    def rows(self, keys: Iterable[Key]) -> Iterator[Model]:
        """These rows as they stand in the database now, table by table; one that is not there is left out."""
        by_table: dict[str, list[UUID]] = {}
        for key in keys:
            by_table.setdefault(key.table, []).append(key.id)
        for table in sorted(by_table):
            model, ids = apps.get_model(table), sorted(by_table[table])
            manager = model._default_manager.defer("content") if model is DocumentContent else model._default_manager
            for begin in range(0, len(ids), AT_ONCE):
                yield from manager.filter(pk__in=ids[begin : begin + AT_ONCE]).order_by("pk")

    def people(self) -> list[User]:
        """Whoever wrote one of its events, by name."""
        wrote = self.events().order_by().values("actor").distinct()
        return list(User.objects.filter(pk__in=wrote).order_by("printed_name", "pk"))

    def signatures(self, dosing_session: DosingSession) -> list[Signature]:
        """With those of whoever saw one of its devices go, or closed a discrepancy about it."""
        steps, found = self.cabinet.steps_of(dosing_session), self.cabinet.discrepancies_of(dosing_session)
        rows = [*(step.pk for step in steps), *(each.closure.pk for each in found if hasattr(each, "closure"))]
        about = Q(subject_id__in=[dosing_session.pk, dosing_session.course_id]) | Q(row_id__in=rows)
        return list(Signature.objects.filter(about, facility=self.facility).order_by("occurred_at", "id"))

    def papers(self, keys: Iterable[Key]) -> Iterator[tuple[Document, bytes]]:
        """The kept files among these rows, one at a time; none that came with a delivery, which may name others."""
        with_deliveries = Delivery.objects.filter(facility=self.facility).exclude(document=None).values("document")
        ids = [key.id for key in keys if key.table == Document._meta.label]
        for document in Document.objects.filter(pk__in=ids).exclude(pk__in=with_deliveries).order_by("pk"):
            yield document, bytes(DocumentContent.objects.get(pk=document.content_id).content)
