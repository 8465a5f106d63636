"""A facility at a moment: certified or not, who is here, what works."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any, TypeGuard
from uuid import UUID

from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.expressions import Window
from django.db.models.functions import RowNumber

from clinic.models import AuthorizedRepresentative, Certification, CertificationReview, Facility, RoleAssignment, User
from clinic.models.credential import HeldWith, ever_held_at
from clinic.models.signature import Signatures
from clinic.prepared import Prepared
from clinic.rules.certification import CertificationFacts, CertificationStatus, ReviewFacts
from clinic.rules.local_time import day_span
from clinic.rules.roles import LICENSED, Role
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.on_site import ClosingTime, OximeterCheck, Presence
from sessions_app.rules.presence import LONGEST as LONGEST_PRESENCE
from sessions_app.rules.presence import Span, closes_at, on_site_until
from sessions_app.rules.program import ENTRY_GRACE
from sessions_app.rules.states import OPEN

_WITH_CONTEXT = Certification.objects.select_related(
    "authorized_representative", "performed_by", "document__performed_by"
)


def _latest_first(rows: QuerySet[Any], facility_id: UUID, program_code: str, at: datetime) -> QuerySet[Any]:
    scope = rows.filter(facility=facility_id, program_code=program_code, occurred_at__lte=at)
    return scope.order_by("-occurred_at", "-id")


def _last_step(facility_id: UUID, program_code: str, at: datetime) -> QuerySet[Any]:
    newest = _latest_first(CertificationReview.objects.all(), facility_id, program_code, at).values("pk")[:1]
    return _latest_first(_WITH_CONTEXT.annotate(review_id=Subquery(newest)), facility_id, program_code, at)[:1]


def _last_confirmation(facility_id: UUID, program_code: str, at: datetime) -> QuerySet[Any]:
    confirmed = _WITH_CONTEXT.filter(status=CertificationStatus.CERTIFIED)
    return _latest_first(confirmed, facility_id, program_code, at)[:1]


def _representative(facility_id: UUID, program_code: str, at: datetime) -> QuerySet[Any]:
    return _latest_first(AuthorizedRepresentative.objects.select_related("person"), facility_id, program_code, at)[:1]


def _lately(facility_id: UUID, since: datetime, at: datetime, until: datetime) -> QuerySet[Presence]:
    closing = ClosingTime.objects.filter(facility=facility_id, occurred_at__lte=at)
    lately = Presence.objects.filter(facility=facility_id, occurred_at__gt=since, occurred_at__lte=until).annotate(
        closing=Subquery(closing.order_by("-occurred_at", "-id").values("closes")[:1])
    )
    # The latest row first, then whether it is an arrival: in one WHERE the departures would not be seen.
    return lately.order_by("person_id", "-occurred_at", "-id").distinct("person_id").select_related("person")


def _oximeters(facility_id: UUID, until: datetime) -> QuerySet[OximeterCheck]:
    newest = Window(RowNumber(), partition_by="asset_tag", order_by=[F("occurred_at").desc(), F("id").desc()])
    checks = OximeterCheck.objects.filter(facility=facility_id, occurred_at__lte=until)
    return checks.annotate(newest=newest).filter(newest=1).order_by("asset_tag")


_OF_PROGRAM = {"facility_id": UUID, "program_code": str, "at": datetime}
_LAST_STEP = Prepared(_last_step, **_OF_PROGRAM)
_LAST_CONFIRMATION = Prepared(_last_confirmation, **_OF_PROGRAM)
_REPRESENTATIVE = Prepared(_representative, **_OF_PROGRAM)
_LATELY = Prepared(_lately, facility_id=UUID, since=datetime, at=datetime, until=datetime)
_OXIMETERS = Prepared(_oximeters, facility_id=UUID, until=datetime)


class Site:
    """Read once per page or action; each part when first asked for. ``grace``: by how much an entered time may lie
    ahead of ``at``; none where ``at`` has passed."""

    def __init__(self, facility: Facility, program_code: str, *, at: datetime, grace: timedelta = ENTRY_GRACE) -> None:
        self.facility, self.program_code, self.at, self.grace = facility, program_code, at, grace

    def _latest(self, asked: Prepared) -> Any:
        found = asked.instances(facility_id=self.facility.pk, program_code=self.program_code, at=self.at)
        return next(found, None)

    @cached_property
    def certification(self) -> Certification | None:
        """The last step, with the newest of the facility's own reviews."""
        return self._latest(_LAST_STEP)

    @cached_property
    def confirmation(self) -> Certification | None:
        """The last confirmation, whatever step came after it."""
        last = self.certification
        if last is None or last.status == CertificationStatus.CERTIFIED:
            return last
        return self._latest(_LAST_CONFIRMATION)

    @cached_property
    def representative(self) -> AuthorizedRepresentative | None:
        return self._latest(_REPRESENTATIVE)

    @cached_property
    def review(self) -> CertificationReview | None:
        """The newest of the facility's own reviews. Most keep none: no query then."""
        newest = getattr(self.certification, "review_id", None)
        return CertificationReview.objects.select_related("performed_by").get(pk=newest) if newest else None

    @cached_property
    def review_facts(self) -> ReviewFacts:
        review = self.review
        if review is None:
            return ReviewFacts()
        if not self.signatures.count(review):  # of what it says nothing counts: the stricter reading holds
            return ReviewFacts(stops=True, broken=True)
        return ReviewFacts(review.due_date, review.overdue_stops)

    @cached_property
    def certification_facts(self) -> CertificationFacts:
        last, confirmed, representative = self.certification, self.confirmation, self.representative
        return CertificationFacts(
            status=CertificationStatus(last.status) if self._counts(last) else None,
            representative_current=representative is not None
            and confirmed is not None
            and self._counts(confirmed)
            and confirmed.authorized_representative_id == representative.pk,
            review_overdue=self.review_facts.overdue(self.at.astimezone(self.facility.zone).date()),
            review_stops=self.review_facts.stops,
        )

    @cached_property
    def signatures(self) -> Signatures:
        """Those on the steps and reviews of this facility."""
        return Signatures.of_subject(self.facility.pk)

    def _counts(self, step: Certification | None) -> TypeGuard[Certification]:
        """The last step stands only as signed: one that was altered is none, and an earlier one does not replace it."""
        return step is not None and self.signatures.count(step)

    @cached_property
    def _latest_of_each(self) -> list[Presence]:
        """The latest arrival or departure of each person who may still count, with the closing time beside it."""
        span = {"since": self.at - LONGEST_PRESENCE, "until": self.at + self.grace}
        latest = _LATELY.instances(facility_id=self.facility.pk, at=self.at, **span)
        return sorted(latest, key=lambda row: row.occurred_at)

    @cached_property
    def _sessions(self) -> list[Span]:
        """Those that may keep somebody here after closing time."""
        of_late = DosingSession.objects.for_facility(self.facility).filter(
            Q(state__in=OPEN) | Q(transition__occurred_at__gt=self.at - LONGEST_PRESENCE),
            checked_in_at__lte=self.at,
        )
        rows = of_late.values_list("checked_in_at", "state", "transition__occurred_at")
        return [Span(began, None if state in OPEN else ended) for began, state, ended in rows if began]

    def _until(self, row: Any) -> datetime:
        """Sessions are read only where closing time alone would end it."""
        said: dict[str, Any] = {"closing": row.closing, "zone": self.facility.zone}
        closes = closes_at(row.occurred_at, **said)
        return closes if self.at < closes else on_site_until(row.occurred_at, **said, sessions=self._sessions)

    @cached_property
    def _prescribers(self) -> list[HeldWith]:
        """Who ever prescribed here, or will."""
        return ever_held_at(self.facility.pk, Role.PRESCRIBER)

    @cached_property
    def _prescriber_ids(self) -> set[UUID]:
        """Who prescribes here at that moment, with credentials in date."""
        return {row.user_id for row in self._prescribers if row.at(self.at) and row.licensed(self.at)}

    @cached_property
    def on_site(self) -> list[Presence]:
        """Who is here."""
        came = [row for row in self._latest_of_each if row.kind == Presence.Kind.ARRIVED]
        return [row for row in came if self.at < self._until(row)]

    @property
    def presence_turns(self) -> list[datetime]:
        """When somebody ceases to count as here by time alone, or as a prescriber; a credential that runs out does so
        at midnight."""
        terms = (at for row in self._prescribers for at in (row.starts_at, row.ends_at) if at)
        return [*(self._until(row) for row in self.on_site), *terms]

    @property
    def prescribers_on_site(self) -> list[Presence]:
        """Those on site who hold the prescriber's role here."""
        return [row for row in self.on_site if row.person_id in self._prescriber_ids]

    @property
    def last_prescriber_gone(self) -> Presence | None:
        """The last prescriber's departure today, where none is left."""
        midnight, _ends = day_span(self.at.astimezone(self.facility.zone).date(), self.facility.zone)
        left = [row for row in self._latest_of_each if row.kind == Presence.Kind.LEFT and row.occurred_at >= midnight]
        gone = [row for row in left if row.person_id in self._prescriber_ids]
        return gone[-1] if gone and not self.prescribers_on_site else None

    @cached_property
    def oximeters(self) -> list[OximeterCheck]:
        """The latest check of each oximeter."""
        return list(_OXIMETERS.instances(facility_id=self.facility.pk, until=self.at + self.grace))

    @property
    def working_oximeters(self) -> list[OximeterCheck]:
        return [check for check in self.oximeters if check.working]

    @property
    def last_oximeter_gone(self) -> OximeterCheck | None:
        """The last one that failed, where none works."""
        failed = None if self.working_oximeters else self.oximeters
        return max(failed, key=lambda check: check.occurred_at) if failed else None


def licensed_of(facility: Facility, *, at: datetime) -> QuerySet[User]:
    """The nurses and prescribers of this facility, by name: whether their credentials are in date is asked when they
    act."""
    return _holders(facility, LICENSED, at)


def staff_of(facility: Facility) -> QuerySet[User]:
    """Everybody who ever held a role at this facility."""
    return User.objects.filter(pk__in=facility.role_assignments.values("user_id"))


def ever_in(facility: Facility, roles: Iterable[Role]) -> QuerySet[User]:
    """Who holds or ever held one of these roles here, by name: the author of a sheet may have left since, and whether
    they held it on that day is the action's question."""
    held = facility.role_assignments.filter(role__in=[role.value for role in roles])
    return User.objects.filter(pk__in=held.values("user_id")).order_by("printed_name")


def prescribers_of(facility: Facility, *, at: datetime) -> QuerySet[User]:
    """Who prescribes here, as a form's choice: whether they are on site is the gate's question."""
    return _holders(facility, (Role.PRESCRIBER,), at)


def _holders(facility: Facility, roles: Iterable[Role], at: datetime) -> QuerySet[User]:
    held = RoleAssignment.objects.in_force(at).filter(facility=facility, role__in=[role.value for role in roles])
    return User.objects.filter(pk__in=held.values("user_id")).order_by("printed_name")


def closing_time_of(facility: Facility) -> time | None:
    """As entered last."""
    newest = ClosingTime.objects.filter(facility=facility).order_by("-occurred_at", "-id").first()
    return newest.closes if newest else None
