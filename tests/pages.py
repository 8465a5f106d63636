"""Every address there is, and what stands in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from clinic.encrypted import encrypt
from clinic.matrix import Address, addresses
from clinic.models import BreakGlass, Count, Device, Discrepancy, Finding, Recall, Tablet
from clinic.models.document import documents_of
from clinic.rules.roles import Permission
from sessions_app.models import (
    AdverseEvent,
    Authorisation,
    Check,
    Closure,
    DeviceAdministration,
    DosingSession,
    FilingVersion,
    SafetyAlert,
    SafetyPlan,
    Score,
    SeriousEvent,
    SignEvent,
    Treatment,
    Waiting,
)
from sessions_app.views.patient_search import PURPOSE
from tests.course_records import a_treatment, an_authorisation
from tests.factories import Walk, make_tablet


@dataclass(frozen=True)
class Page(Address):
    """An address that can be asked."""

    def url(self, found: dict[str, Any]) -> str:
        """Raises KeyError for an argument nobody named in ``found``."""
        return reverse(
            f"{self.space}:{self.name}" if self.space else self.name, kwargs={a: found[a] for a in self.asks}
        )


def every_page() -> list[Page]:
    return [Page(**vars(each)) for each in addresses()]


def pages() -> list[Page]:
    """Those of ``sessions_app``; the project's other addresses are its health and one's own sign-in."""
    return [each for each in every_page() if each.space == "sessions_app"]


def searched(words: str) -> dict[str, str]:
    """In the address of a list: whom somebody searched for."""
    return {"found": encrypt(words, purpose=PURPOSE)}


def _of_course(model: Any, make: Callable[..., Any], walk: Walk) -> UUID:
    """The newest of the session's course, or one that is made."""
    course = walk.dosing_session.course
    row = model.objects.filter(course=course).order_by("pk").last()
    found: UUID = (row or make(walk.cast, course)).pk
    return found


def things_of(walk: Walk) -> dict[str, Any]:
    """What stands in an address, from this session: a row of each kind that a page is about."""
    session = DosingSession.objects.get(pk=walk.dosing_session.pk)

    def a(model: Any) -> UUID:
        """The newest, or one that does not exist."""
        row = model.objects.filter(dosing_session=session).order_by("order").last()
        return row.pk if row else UUID(int=0)

    def newest(model: Any) -> UUID:
        """Of the facility."""
        row = model.objects.filter(facility=session.facility_id).order_by("pk").last()
        return row.pk if row else UUID(int=0)

    def of_course(model: Any) -> UUID:
        row = model.objects.filter(course=session.course_id).order_by("pk").last()
        return row.pk if row else UUID(int=0)

    nora = walk.cast.nora.role_assignments.earliest("granted_at")

    return {
        "session_id": session.pk,
        "patient_id": session.patient_id,
        "course_id": session.course_id,
        "treatment_id": _of_course(Treatment, a_treatment, walk),
        "course_row_id": _of_course(Authorisation, an_authorisation, walk),
        "allergy_id": session.patient.allergies.values_list("pk", flat=True).first() or UUID(int=0),
        "transfer_id": session.patient.transfers.values_list("pk", flat=True).first() or UUID(int=0),
        "duplicate_id": session.patient.duplicates.values_list("pk", flat=True).first() or UUID(int=0),
        "administration_id": a(DeviceAdministration),
        "check_id": a(Check),
        "event_id": a(SignEvent),
        "serious_event_id": a(SeriousEvent),
        "adverse_event_id": a(AdverseEvent),
        "score_id": of_course(Score),
        "alert_id": of_course(SafetyAlert),
        "plan_id": of_course(SafetyPlan),
        "instrument_code": "phq9",
        "program_code": session.program_code,
        "person_id": nora.user_id,
        "assignment_id": nora.pk,
        "requirement_code": "DEA_REGISTRATION",
        "attestation_code": "MONITORING",
        "finding_id": getattr(Finding.objects.filter(facility=session.facility_id).first(), "pk", UUID(int=0)),
        "field_code": "ready_minutes",
        "version_id": getattr(FilingVersion.objects.filter(filing__dosing_session=session).first(), "pk", UUID(int=0)),
        "row_kind": "Check",
        "row_id": a(Check),
        "glass_id": getattr(BreakGlass.objects.filter(facility=session.facility).first(), "pk", UUID(int=0)),
        "token": "nobody's",
        "pk": 0,
        "document_id": getattr(documents_of(session.facility, opened_with=Permission).first(), "pk", UUID(int=0)),
        "device_id": getattr(Device.objects.filter(facility=session.facility).first(), "pk", UUID(int=0)),
        "cabinet_id": session.facility.cabinets.values_list("pk", flat=True).first() or UUID(int=0),
        "count_id": newest(Count),
        "discrepancy_id": newest(Discrepancy),
        "recall_id": newest(Recall),
        "closure_id": newest(Closure),
        "waiting_id": newest(Waiting),
        "tablet_id": (Tablet.objects.filter(facility=session.facility).first() or make_tablet(walk.cast)).pk,
    }
