"""Which filings somebody must look at again: what a form says follows not only from its own session, whose entries see
to it themselves, but from its patient's other records, and from how its clinic files and is reached."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Correction, Enrolment, FacilityContact, PatientDetails, PatientLink, PersonContact
from clinic.models.patient import person_of
from clinic.rules.enrolment import Setting
from sessions_app.models.course import Course
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome
from sessions_app.models.dosing_session import DosingSession, DosingSessionQuerySet
from sessions_app.models.edition import FacilityEdition, FormEdition
from sessions_app.models.filing import Filing
from sessions_app.rules.filing import NOT_SENT
from sessions_app.rules.states import ENDED

# A session's day by the clock of any zone is not before this much earlier than its UTC day.
ANY_ZONE = timedelta(days=1)


def sessions_to_keep(*, since: datetime | None) -> DosingSessionQuerySet:
    """Dosed and without a filing; and of the others those whose form may say something else by what was recorded
    ``since`` then. All of them where nobody ever looked."""
    taken_back = Correction.objects.filter(row_id=OuterRef("pk"))
    given = DeviceAdministration.objects.filter(~Exists(taken_back), dosing_session=OuterRef("pk"))
    forms = FormEdition.objects.filter(program_code=OuterRef("program_code"))
    none = Q(filing__isnull=True, facility__setting=Setting.OUTPATIENT) & Exists(given) & Exists(forms)
    filed = Q(filing__isnull=False, state__in=ENDED)
    if since is not None:
        filed &= Q(pk__in=_of_patients(since)) | (Q(filing__state__in=NOT_SENT) & _of_clinics(since))
    return DosingSession.objects.filter(none | filed).order_by("facility", "pk")


def _of_clinics(since: datetime) -> Q:
    """Forms there are filled in otherwise, or the clinic or whoever monitored is reached otherwise."""
    return (
        Q(facility__in=_recorded(FacilityEdition, since).values("facility"))
        | Q(facility__in=_recorded(FacilityContact, since).values("facility"))
        | Q(filing__person__in=_recorded(PersonContact, since).values("holder"))
    )


def _of_patients(since: datetime) -> list[UUID]:
    """Sessions of people of whom something was recorded or taken back that a form of theirs may follow from: a dose or
    an enrolment touches the forms of treatments from its day on."""
    from_day: dict[UUID, date] = {}
    for person, day in _touched(since):
        from_day[person] = min(day, from_day.get(person, day))
    filings = Filing.objects.annotate(of=person_of("dosing_session__patient")).filter(of__in=list(from_day))
    found = filings.values_list("dosing_session", "of", "treatment_date")
    return [session for session, person, treated in found if treated >= from_day[person]]


def _touched(since: datetime) -> list[tuple[UUID, date]]:
    """Whom, and from which day on."""
    corrected = _recorded(Correction, since)
    subjects, rows = corrected.values("subject_id"), corrected.values("row_id")
    links = PatientLink.objects.filter(Q(recorded_at__gt=since) | Q(pk__in=rows))
    always: list[QuerySet[Any]] = [
        _recorded(PatientDetails, since).values_list(person_of("patient")),
        Course.objects.filter(Q(recorded_at__gt=since) | Q(pk__in=subjects)).values_list(person_of("patient")),
        links.values_list(person_of("kept")),
        links.values_list(person_of("duplicate")),
    ]
    dosed = DosingSession.objects.filter(
        Q(pk__in=_recorded(DeviceAdministration, since).values("dosing_session"))
        | Q(pk__in=_recorded(DeviceOutcome, since).values("dosing_session"))
        | Q(pk__in=subjects)
    ).exclude(checked_in_at=None)
    enrolled = Enrolment.objects.filter(Q(recorded_at__gt=since) | Q(pk__in=rows))
    from_then = [
        *dosed.values_list(person_of("patient"), "checked_in_at"),
        *enrolled.values_list(person_of("patient"), "occurred_at"),
    ]
    touched = [(person, date.min) for rows in always for (person,) in rows]
    return touched + [(person, at.date() - ANY_ZONE) for person, at in from_then]


def _recorded(model: Any, since: datetime) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.filter(recorded_at__gt=since)
    return rows
