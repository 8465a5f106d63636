"""One person as their facilities know them, on whichever record: enrolment, courses with what they need, and every
session."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef

from clinic.models import (
    Allergy,
    Consent,
    Correction,
    Enrolment,
    Facility,
    Patient,
    PatientContact,
    PatientDetails,
    PatientTransfer,
)
from clinic.models.enrolment import enrolments_in_force
from clinic.models.patient import records_of
from clinic.models.patient_record import allergies_of, consents_of, contact_of, earlier_details
from clinic.models.signature import Signatures
from sessions_app.models.course import Antidepressant, Course, CourseRow, OffLabelJustification
from sessions_app.models.course_record import (
    TAKEN_BACK_HERE,
    Authorisation,
    BenefitReview,
    Treatment,
    TreatmentEnd,
    Trial,
)
from sessions_app.models.discharge import Deviation, Discharge
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome, GateException
from sessions_app.models.dosing_session import DosingSession, sessions_with_context
from sessions_app.models.intake import Answer, Topic
from sessions_app.models.known import dose_spans
from sessions_app.models.monitoring import Check
from sessions_app.models.paper import PaperConfirmation
from sessions_app.models.patient_transfer import transfers_of
from sessions_app.models.record import Batch, Record
from sessions_app.models.score import SafetyAlert, SafetyPlan, Score, alerts_of_courses, scores_of
from sessions_app.rules.states import OPEN, State

AT_ONCE = 20  # sessions on a page
# What a line about a session is made of.
OF_A_LINE = (Check, DeviceAdministration, DeviceOutcome, Deviation, Discharge, GateException, PaperConfirmation)


class PatientHistory:
    """Read table by table, for all courses and sessions at once; each part when first asked for."""

    def __init__(
        self, patient: Patient, facilities: Iterable[Facility], *, at: datetime, page: str | None = None
    ) -> None:
        self.patient, self.at, self._page = patient, at, page
        self.facilities = {facility.pk: facility for facility in facilities}
        self._tables: dict[Any, list[Any]] = {}

    @cached_property
    def records_kept(self) -> list[Patient]:
        """Every record of this person, the one that stands for all first."""
        found = records_of([self.patient.person_id]).select_related("link__performed_by", "link__facility")
        return sorted(found, key=lambda record: (record.same_person_as_id is not None, record.mrn))

    def _here(self, rows: Any) -> Any:
        return rows.filter(facility__in=self.facilities.keys(), patient__in=self.records_kept)

    # --- sessions ---------------------------------------------------------------------------------

    @cached_property
    def sessions(self) -> Page[DosingSession]:
        """A page of them, newest first."""
        rows = self._here(sessions_with_context()).order_by("-scheduled_at", "-id")
        return Paginator(rows, AT_ONCE).get_page(self._page)

    @cached_property
    def records(self) -> dict[UUID, Record]:
        """Of the sessions on the page: what a line about each is made of."""
        batch = Batch(self.sessions, only=OF_A_LINE)
        return {record.dosing_session.pk: record for record in batch.records()}

    @cached_property
    def _not_over(self) -> list[DosingSession]:
        rows = self._here(sessions_with_context()).filter(state__in=(*OPEN, State.SCHEDULED))
        return list(rows.order_by("scheduled_at", "id"))

    @property
    def open_session(self) -> DosingSession | None:
        """The newest."""
        return next((session for session in reversed(self._not_over) if session.state in OPEN), None)

    @property
    def booked(self) -> list[DosingSession]:
        """What is still to come, the nearest first."""
        return [session for session in self._not_over if session.state == State.SCHEDULED]

    @cached_property
    def doses(self) -> list[dict[str, Any]]:
        """First and last spray of every session with a dose, in order of time, wherever in the organisation."""
        return sorted(dose_spans([self.patient.person_id]), key=lambda span: span["first"])

    def release_of(self, dosing_session: DosingSession) -> Discharge | None:
        rows = self.records[dosing_session.pk].all(Discharge)
        return next((row for row in rows if row.pk == dosing_session.discharge_id), None)

    # --- the person -------------------------------------------------------------------------------

    @cached_property
    def allergies(self) -> list[Allergy]:
        return allergies_of(self.patient)

    @cached_property
    def contact(self) -> PatientContact | None:
        return contact_of(self.patient)

    @cached_property
    def consents(self) -> list[Consent]:
        return consents_of(self.patient)

    def consent(self, kind: Consent.Kind) -> Consent | None:
        """The newest word about it."""
        return next((row for row in self.consents if row.kind == kind), None)

    @cached_property
    def details(self) -> list[PatientDetails]:
        return earlier_details(self.patient)

    @cached_property
    def transfers(self) -> list[PatientTransfer]:
        return transfers_of(self.patient, list(self.facilities))

    # --- courses ----------------------------------------------------------------------------------

    @cached_property
    def courses(self) -> list[Course]:
        """Newest first."""
        rows = self._here(Course.objects.select_related("facility", "performed_by"))
        return list(rows.order_by("-occurred_at", "-id"))

    @cached_property
    def corrections(self) -> dict[UUID, Correction]:
        """What takes a row of these courses out of force, by that row."""
        found = Correction.objects.filter(subject_id__in=[course.pk for course in self.courses])
        found = found.select_related("performed_by")
        return {correction.row_id: correction for correction in found}

    def _all_of_courses(self, model: Any) -> list[Any]:
        if model not in self._tables:
            rows = model.objects.filter(course__in=self.courses).select_related("performed_by")
            self._tables[model] = list(rows.order_by("occurred_at", "id"))
        return self._tables[model]

    def _of_courses(self, model: Any) -> list[Any]:
        return [row for row in self._all_of_courses(model) if row.pk not in self.corrections]

    @cached_property
    def signatures(self) -> Signatures:
        """Those on what was written for these courses."""
        return Signatures.of_subjects(course.pk for course in self.courses)

    @cached_property
    def justifications(self) -> dict[UUID, OffLabelJustification]:
        """The latest of each course."""
        return {row.course_id: row for row in self._of_courses(OffLabelJustification)}

    @cached_property
    def antidepressants(self) -> dict[UUID, list[Antidepressant]]:
        found: dict[UUID, list[Antidepressant]] = {}
        for row in self._of_courses(Antidepressant):
            found.setdefault(row.course_id, []).append(row)
        return found

    @cached_property
    def answers(self) -> list[Answer]:
        """The latest answer in force to each contraindication and each class of medicines, the oldest first: they are
        asked at every session, and only these are read."""
        asked = Answer.objects.filter(course__in=self.courses).exclude(topic=Topic.ANYTHING_NEW)
        in_force = asked.filter(~Exists(Correction.objects.filter(row_id=OuterRef("pk"))))
        newest = in_force.order_by("course", "topic", "code", "-occurred_at", "-id").distinct("course", "topic", "code")
        return sorted(newest, key=lambda row: (row.occurred_at, row.pk))

    @cached_property
    def scores(self) -> list[Score]:
        return scores_of(self.courses)

    @cached_property
    def alerts(self) -> list[SafetyAlert]:
        """That nobody answered."""
        return alerts_of_courses(course.pk for course in self.courses)

    @cached_property
    def plans(self) -> list[SafetyPlan]:
        """What prescribers planned for safety alerts."""
        return self._of_courses(SafetyPlan)

    @cached_property
    def benefit_reviews(self) -> list[BenefitReview]:
        """Those in force, the oldest first; whether they are signed, ``signatures`` says."""
        return self._of_courses(BenefitReview)

    @cached_property
    def authorisations(self) -> list[Authorisation]:
        return sorted(self._of_courses(Authorisation), key=lambda row: (row.from_date, row.to_date, row.pk))

    @cached_property
    def trials(self) -> list[Trial]:
        return self._of_courses(Trial)

    @cached_property
    def treatments(self) -> list[Treatment]:
        return self._of_courses(Treatment)

    @cached_property
    def treatment_ends(self) -> dict[UUID, TreatmentEnd]:
        """The newest in force, by treatment."""
        return {row.treatment_id: row for row in self._of_courses(TreatmentEnd)}

    def taken_back_of(self, course: Course) -> list[CourseRow]:
        """Rows of this course's record that no longer count."""
        rows = [row for model in TAKEN_BACK_HERE for row in self._all_of_courses(model)]
        return [row for row in rows if row.course_id == course.pk and row.pk in self.corrections]

    def dose_days(self, course: Course) -> list[date]:
        """The days of this person's doses under the course's programme in the organisation, the oldest first."""
        zone, code = course.facility.zone, course.program_code
        spans = [span for span in self.doses if span["dosing_session__program_code"] == code]
        return [span["first"].astimezone(zone).date() for span in spans]

    def first_dose_date(self, course: Course) -> date | None:
        """Wherever it was given, by any course of this person's under the programme, as the start gate counts it."""
        told = (row.first_dose_elsewhere_date for row in self.courses if row.program_code == course.program_code)
        return min((day for day in (*told, *self.dose_days(course)) if day), default=None)

    def last_dose_date(self, course: Course) -> date | None:
        told = (row.last_dose_elsewhere_date for row in self.courses if row.program_code == course.program_code)
        return max((day for day in (*told, *self.dose_days(course)) if day), default=None)

    @cached_property
    def enrolments(self) -> list[Enrolment]:
        """The latest word of each programme and facility, newest first."""
        rows = self._here(enrolments_in_force().filter(occurred_at__lte=self.at))
        ordered = rows.select_related("facility", "performed_by", "prescriber").order_by("occurred_at", "id")
        latest = {(row.facility_id, row.program_code): row for row in ordered}
        return list(reversed(latest.values()))
