"""Which records a request may see, and at which facility it works."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from clinic import clock
from clinic.access import could, demand, demand_anywhere, get_scoped_or_404, look_through, places_of, roles_of
from clinic.identifiers import read_id
from clinic.models import BreakGlass, Document, Facility, Finding, Patient, User
from clinic.models.break_glass import glass_of
from clinic.models.document import documents_with_context, patients_of_document
from clinic.models.requirement import findings_with_context
from clinic.models.staff import ever_of
from clinic.outbox import waited_of
from clinic.rules.roles import Permission
from sessions_app.actions.break_glass import read_through_glass
from sessions_app.models import Course, DosingSession, SafetyAlert
from sessions_app.models.course import courses_with_context
from sessions_app.models.dosing_session import session_with_context
from sessions_app.models.patient_search import patients_at, person_with
from sessions_app.models.score import alerts_with_context, session_answered
from sessions_app.views import opened
from sessions_app.views.live import is_refresh

Params = ParamSpec("Params")
View = Callable[[HttpRequest], HttpResponse]
SessionView = Callable[Concatenate[HttpRequest, DosingSession, Params], HttpResponse]
FacilityView = Callable[Concatenate[HttpRequest, Facility, Params], HttpResponse]
PatientView = Callable[Concatenate[HttpRequest, Patient, Facility, Params], HttpResponse]
PersonView = Callable[Concatenate[HttpRequest, User, Facility, Params], HttpResponse]
AlertView = Callable[[HttpRequest, SafetyAlert, DosingSession | None], HttpResponse]
CourseView = Callable[Concatenate[HttpRequest, Course, Params], HttpResponse]

FACILITY_KEY = "facility_id"


def of_session(
    permission: Permission, *, offline: bool = False
) -> Callable[[SessionView[Params]], Callable[..., HttpResponse]]:
    """The view works on one session: of another facility it is 404, without the permission 403. ``offline``: its form
    may have waited on a tablet; what counts is then what whoever typed it might do when they did."""

    def decorate(view: SessionView[Params]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, session_id: UUID, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            if waited := waited_of(request):
                dosing_session = _session_or_404(session_id)
                if not could(waited.author, permission, dosing_session.facility_id, at=waited.typed_at):
                    raise PermissionDenied(permission.value)
                return view(request, dosing_session, **kwargs)  # type: ignore[call-arg]
            dosing_session = _session_or_404(session_id)
            if dosing_session.facility_id not in roles_of(request.user, at=now):
                _through_glass(request, dosing_session.patient, permission, facility_id=dosing_session.facility_id)
            demand(request.user, permission, dosing_session.facility_id, at=now)
            opened.note(request, [dosing_session.patient_id], dosing_session.facility_id, at=now)
            return view(request, dosing_session, **kwargs)  # type: ignore[call-arg]

        run.permission = permission  # type: ignore[attr-defined]
        run.may_wait = offline  # type: ignore[attr-defined]
        run.offline = offline  # type: ignore[attr-defined]
        return run

    return decorate


def _session_or_404(session_id: UUID) -> DosingSession:
    dosing_session = session_with_context(session_id)
    if dosing_session is None:
        raise Http404("no such session")
    return dosing_session


def of_facility(permission: Permission) -> Callable[[FacilityView[Params]], Callable[..., HttpResponse]]:
    """The view works at the facility this person has chosen, or the first of theirs."""

    def decorate(view: FacilityView[Params]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            facility = current_facility(request, at=now)
            demand(request.user, permission, facility.pk, at=now)
            return view(request, facility, **kwargs)  # type: ignore[call-arg]

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_patient(permission: Permission) -> Callable[[PatientView[Params]], Callable[..., HttpResponse]]:
    """The view works on one patient whom a facility of this person knows, else it is 404, by the record that stands
    for them; at the chosen facility, or at one of the patient's organisation where the chosen one belongs to
    another."""

    def decorate(view: PatientView[Params]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, patient_id: UUID, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            known = patients_at(roles_of(request.user, at=now).keys())
            patient = known.filter(pk__in=person_with(patient_id)).first()
            if patient is None or "through" in request.GET:
                patient = get_object_or_404(Patient, pk__in=person_with(patient_id))
                facility = _through_glass(request, patient, permission).facility
            else:
                facility = current_facility(request, organisation_id=patient.organisation_id, at=now)
            demand(request.user, permission, facility.pk, at=now)
            opened.note(request, [patient.pk], facility.pk, at=now)
            return view(request, patient, facility, **kwargs)  # type: ignore[call-arg]

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_person(permission: Permission) -> Callable[[PersonView[Params]], Callable[..., HttpResponse]]:
    """The view works on somebody who ever held a role at the chosen facility, else it is 404."""

    def decorate(view: PersonView[Params]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, person_id: UUID, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            facility = current_facility(request, at=now)
            person = get_object_or_404(ever_of(facility), pk=person_id)
            demand(request.user, permission, facility.pk, at=now)
            return view(request, person, facility, **kwargs)  # type: ignore[call-arg]

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_course(permission: Permission) -> Callable[[CourseView[Params]], Callable[..., HttpResponse]]:
    """The view works on one course of a patient, at the course's own facility."""

    def decorate(view: CourseView[Params]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, patient_id: UUID, course_id: UUID, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            courses = courses_with_context()
            course = get_scoped_or_404(courses, request.user, at=now, pk=course_id, patient=patient_id)
            demand(request.user, permission, course.facility_id, at=now)
            opened.note(request, [course.patient_id], course.facility_id, at=now)
            return view(request, course, **kwargs)  # type: ignore[call-arg]

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def anywhere(permission: Permission) -> Callable[[View], View]:
    """The view is about every facility where this person may do it; without one it is 403."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def run(request: HttpRequest) -> HttpResponse:
            demand_anywhere(request.user, permission, at=clock.now())
            return view(request)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_document(view: Callable[[HttpRequest, Document], HttpResponse]) -> Callable[..., HttpResponse]:
    """The view works on one document of a facility of this person's, else it is 404; what it takes to open it, beside
    seeing anything there, stands in the document."""

    @login_required
    @wraps(view)
    def run(request: HttpRequest, document_id: UUID) -> HttpResponse:
        now = clock.now()
        document = get_scoped_or_404(documents_with_context(), request.user, at=now, pk=document_id)
        demand(request.user, document.permission, document.facility_id, at=now)
        opened.note(request, patients_of_document(document), document.facility_id, at=now)
        return view(request, document)

    run.permission = Permission.VIEW  # type: ignore[attr-defined]
    return run


def of_row(
    permission: Permission, rows: Callable[[], QuerySet[Any]], key: str
) -> Callable[[Callable[[HttpRequest, Any], HttpResponse]], Callable[..., HttpResponse]]:
    """The view works on one of these rows, which is of a facility of this person's, at that facility; ``key`` is what
    the address calls it."""

    def decorate(view: Callable[[HttpRequest, Any], HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            now = clock.now()
            found = get_scoped_or_404(rows(), request.user, at=now, pk=kwargs[key])
            demand(request.user, permission, found.facility_id, at=now)
            return view(request, found)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_alert(permission: Permission) -> Callable[[AlertView], Callable[..., HttpResponse]]:
    """The view works on one safety alert: on the session on which this person's facility answers it, or did by this
    very form, or at the facility where it arose; nobody else has anything to do with it, so that it is 404."""

    def decorate(view: AlertView) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, alert_id: UUID) -> HttpResponse:
            now = clock.now()
            alert = get_object_or_404(alerts_with_context(), pk=alert_id)
            places = roles_of(request.user, at=now)
            session = session_answered(alert, read_id(request.POST.get("entry_id", "")), facilities=places)
            facility_id = session.facility_id if session else alert.facility_id
            if facility_id not in places:
                raise Http404
            demand(request.user, permission, facility_id, at=now)
            opened.note(request, [alert.course.patient_id], facility_id, at=now)
            return view(request, alert, session)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def of_finding(permission: Permission) -> Callable[[Callable[[HttpRequest, Finding], HttpResponse]], Any]:
    """The view works on one finding of a facility of this person's, at that facility."""

    def decorate(view: Callable[[HttpRequest, Finding], HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def run(request: HttpRequest, program_code: str, finding_id: UUID) -> HttpResponse:
            now, raised = clock.now(), findings_with_context().filter(program_code=program_code)
            finding = get_scoped_or_404(raised, request.user, at=now, pk=finding_id)
            demand(request.user, permission, finding.facility_id, at=now)
            return view(request, finding)

        run.permission = permission  # type: ignore[attr-defined]
        return run

    return decorate


def _through_glass(
    request: HttpRequest, patient: Patient, permission: Permission, *, facility_id: UUID | None = None
) -> BreakGlass:
    """The glass that this person broke to read this patient, now and (of a session) there; every page opened through
    it is written down. Raises Http404 where there is none: then the record is not there."""
    person: Any = request.user
    now = clock.now()
    ids = [patient.pk, *filter(None, [patient.same_person_as_id])]
    glass = glass_of(person.pk, ids, facility_id=facility_id, at=now)
    if glass is None:
        raise Http404("not of their facilities")
    look_through(person, glass, at=now)
    demand(person, permission, glass.facility_id, at=now)
    if not is_refresh(request):
        read_through_glass(glass=glass, subject=patient, page=request.path, by=person, now=now)
    request.glass = glass  # type: ignore[attr-defined]
    return glass


def current_facility(request: HttpRequest, *, at: datetime, organisation_id: UUID | None = None) -> Facility:
    """The facility chosen in this sign-in, else the first; of this organisation, where one is given. Raises
    PermissionDenied for someone without any."""
    held = [
        facility
        for facility in places_of(request.user, at=at)
        if organisation_id is None or facility.organisation_id == organisation_id
    ]
    if not held:
        raise PermissionDenied("no role at any facility")
    chosen = str(request.session.get(FACILITY_KEY))
    return next((facility for facility in held if str(facility.pk) == chosen), held[0])
