"""The rows of dosing sessions: one session or a whole day at the same number of queries."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import prefetch_related_objects

from clinic.models import Allergy, Consent, Correction, Counselling, Enrolment, Facility, Signature
from clinic.models.lapse import Lapses
from clinic.models.signature import Signatures
from clinic.prepared import Prepared
from sessions_app.models.charted import ChartedRows, Tables
from sessions_app.models.course import Antidepressant, Course, CourseRow, OffLabelJustification
from sessions_app.models.course_record import BenefitReview
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome, DeviceTimeConfirmation
from sessions_app.models.dosing_session import DosingSession, SessionRow
from sessions_app.models.intake import Answer
from sessions_app.models.known import ALLERGIES, CONSENTS, COUNSELLINGS, COURSES, ENROLMENTS, dose_spans
from sessions_app.models.monitoring import Check, SignEvent, SignObservation
from sessions_app.models.score import SafetyAlert, SafetyPlan
from sessions_app.models.site import Site

Row = TypeVar("Row", bound=SessionRow)
OfCourse = TypeVar("OfCourse", bound=CourseRow)
Worked = TypeVar("Worked")
OfSigned = TypeVar("OfSigned", OffLabelJustification, Antidepressant, BenefitReview)


class Batch:
    """Several sessions read together: what is charted on them at once, as it is when first asked for; what else is
    known of their patients table by table. ``only``: of what is charted, these tables and what takes their rows out of
    force; another raises KeyError, and no row but a correction is known to be signed."""

    def __init__(self, sessions: Iterable[DosingSession], *, only: Tables = ()) -> None:
        self.sessions, self._only = list(sessions), only
        self._tables: dict[Any, dict[UUID, list[Any]]] = {}
        self._lapses: dict[UUID, Lapses] = {}
        self._sites: dict[tuple[UUID, str, datetime], Site] = {}
        self._worked_out: dict[Any, Any] = {}

    def records(self) -> list["Record"]:
        return [Record(dosing_session, self) for dosing_session in self.sessions]

    @cached_property
    def _persons(self) -> list[UUID]:
        """The people whose sessions these are: what is asked of a person is asked of every record of theirs."""
        return list({session.patient.person_id for session in self.sessions})

    def _known(self, asked: Prepared) -> dict[UUID, list[Any]]:
        return _by(asked.instances(persons=self._persons), "person")

    @cached_property
    def _charted(self) -> ChartedRows:
        return ChartedRows(self.sessions, only=self._only)

    def corrections(self, subject_id: UUID) -> list[Correction]:
        """The corrections of a session, or of a course."""
        if Correction not in self._tables:
            rows = self._charted.of(Correction)
            # One that is signed takes its row out of force only as it was signed.
            self._tables[Correction] = _by((row for row in rows if self.signatures.count(row)), "subject_id")
        return self._tables[Correction].get(subject_id, [])

    @cached_property
    def signatures(self) -> Signatures:
        """The signatures of these sessions and their courses."""
        return Signatures(self._charted.of(Signature))

    def of_session(self, model: type[Row], dosing_session: DosingSession) -> list[Row]:
        """Every row of a session, in order of time, then of entry; corrected ones too."""
        if model not in self._tables:
            self._tables[model] = _by(self._charted.of(model), "dosing_session_id")
        return self._tables[model].get(dosing_session.pk, [])

    def of_course(self, model: type[OfCourse], dosing_session: DosingSession) -> list[OfCourse]:
        if model not in self._tables:
            self._tables[model] = _by(self._charted.of(model), "course_id")
        return self._tables[model].get(dosing_session.course_id, [])

    def courses_of(self, dosing_session: DosingSession) -> set[UUID]:
        """Every course of this person in the organisation."""
        return self._charted.courses_of(dosing_session)

    def of_person(self, model: type[OfCourse], dosing_session: DosingSession) -> list[OfCourse]:
        """From every course of theirs: of what ``HOLDS_THE_PERSON``."""
        self.of_course(model, dosing_session)
        courses = self.courses_of(dosing_session)
        return [row for course_id in courses for row in self._tables[model].get(course_id, [])]

    def enrolments(self, dosing_session: DosingSession) -> list[Enrolment]:
        if Enrolment not in self._tables:
            self._tables[Enrolment] = self._known(ENROLMENTS)
        return [
            row
            for row in self._tables[Enrolment].get(dosing_session.patient.person_id, [])
            if row.facility_id == dosing_session.facility_id and row.program_code == dosing_session.program_code
        ]

    def counselled(self, dosing_session: DosingSession) -> bool:
        """Anywhere in the organisation: a patient belongs to one, and to no other."""
        if Counselling not in self._tables:
            self._tables[Counselling] = self._known(COUNSELLINGS)
        return bool(self._tables[Counselling].get(dosing_session.patient.person_id))

    def allergies(self, dosing_session: DosingSession) -> list[Allergy]:
        """Known of this person, on whichever record."""
        if Allergy not in self._tables:
            self._tables[Allergy] = self._known(ALLERGIES)
        return self._tables[Allergy].get(dosing_session.patient.person_id, [])

    def consent(self, kind: Consent.Kind, dosing_session: DosingSession) -> Consent | None:
        """The newest word of this person about it, on whichever record."""
        if Consent not in self._tables:
            self._tables[Consent] = self._known(CONSENTS)
        said = self._tables[Consent].get(dosing_session.patient.person_id, [])
        return next((row for row in reversed(said) if row.kind == kind), None)

    def other_courses(self, dosing_session: DosingSession) -> list[Any]:
        """This person's other courses under the programme, in the organisation, each with its contraindications
        ``answered_yes`` and not taken back."""
        if Course not in self._tables:
            self._tables[Course] = self._known(COURSES)
        return [
            row
            for row in self._tables[Course].get(dosing_session.patient.person_id, [])
            if row.pk != dosing_session.course_id and row.program_code == dosing_session.program_code
        ]

    def other_doses(
        self, dosing_session: DosingSession, *, before: datetime
    ) -> tuple[datetime | None, datetime | None]:
        """First and last spray of this person's other sessions under the programme, in the organisation, as far as
        they began before that moment: a dose given later says nothing about this one."""
        if "doses" not in self._tables:
            self._tables["doses"] = _by(dose_spans(self._persons), "person")
        spans = [
            row
            for row in self._tables["doses"].get(dosing_session.patient.person_id, [])
            if row["dosing_session"] != dosing_session.pk
            and row["dosing_session__program_code"] == dosing_session.program_code
            and row["first"] < before
        ]
        return min((row["first"] for row in spans), default=None), max((row["last"] for row in spans), default=None)

    def lapses(self, facility: Facility, *, at: datetime) -> Lapses:
        """Whose credentials had run out when they did something here."""
        if facility.pk not in self._lapses:
            self._lapses[facility.pk] = Lapses(facility, at=at)
        return self._lapses[facility.pk]

    def site(self, facility: Facility, program_code: str, *, at: datetime) -> Site:
        key = (facility.pk, program_code, at)
        if key not in self._sites:
            self._sites[key] = Site(facility, program_code, at=at)
        return self._sites[key]

    def once(self, key: Any, work_out: Callable[[], Worked]) -> Worked:
        """What follows from what was read, and so stays as it is; ``key`` says all that it depends on besides."""
        if key not in self._worked_out:
            self._worked_out[key] = work_out()
        worked: Worked = self._worked_out[key]
        return worked


def _by(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row[key] if isinstance(row, dict) else getattr(row, key), []).append(row)
    return found


# Whenever it was said, it says what an earlier row was worth.
_SAID_OF_EARLIER: tuple[type[SessionRow], ...] = (DeviceOutcome, DeviceTimeConfirmation)


class Record:
    """What is charted on one dosing session; ``until`` leaves out what happened after that moment."""

    def __init__(
        self, dosing_session: DosingSession, batch: Batch | None = None, *, until: datetime | None = None
    ) -> None:
        self.dosing_session, self.until = dosing_session, until
        self.batch = batch or Batch([dosing_session])
        subjects = (dosing_session.pk, *self.batch.courses_of(dosing_session))
        self.corrections = {row.row_id: row for subject in subjects for row in self.batch.corrections(subject)}

    def once(self, key: tuple[Any, ...], work_out: Callable[[], Worked]) -> Worked:
        """As of the batch, for this session."""
        return self.batch.once((self.dosing_session.pk, self.until, *key), work_out)

    def all(self, model: type[Row]) -> list[Row]:
        """Every row, corrected ones too: they stay visible."""
        return self.batch.of_session(model, self.dosing_session)

    def in_force(self, model: type[Row]) -> list[Row]:
        rows = [row for row in self.all(model) if row.pk not in self.corrections]
        if self.until is None or model in _SAID_OF_EARLIER:
            return rows
        return [row for row in rows if row.occurred_at <= self.until]

    def given(self) -> list[DeviceAdministration]:
        """Every device given, corrected ones too, with the device."""
        rows = self.all(DeviceAdministration)
        prefetch_related_objects(rows, "device")
        return rows

    def latest(self, model: type[Row]) -> Row | None:
        """The row entered last and still in force."""
        return max(self.in_force(model), key=lambda row: row.order, default=None)

    @property
    def signatures(self) -> Signatures:
        return self.batch.signatures

    def signed(self, model: type[Row]) -> list[Row]:
        """Rows in force that a gate may take: their signature covers what stands there."""
        return [row for row in self.in_force(model) if self.signatures.count(row)]

    def latest_signed(self, model: type[Row]) -> Row | None:
        """The row entered last and still in force, where it is signed: an earlier one does not stand in for it."""
        row = self.latest(model)
        return row if row is not None and self.signatures.count(row) else None

    def signs(self) -> list[SignObservation]:
        """What was charted with a voided check goes with it."""
        return [row for row in self.in_force(SignObservation) if row.check_row_id not in self.corrections]

    def sign_events(self) -> list[SignEvent]:
        return [row for row in self.in_force(SignEvent) if row.check_row_id not in self.corrections]

    def checks(self) -> list[Check]:
        return self.in_force(Check)

    def answers(self) -> list[Answer]:
        return [row for row in self.batch.of_course(Answer, self.dosing_session) if row.pk not in self.corrections]

    def course_rows(self, model: type[OfCourse]) -> list[OfCourse]:
        """Of the session's course, in force."""
        return [row for row in self.batch.of_course(model, self.dosing_session) if row.pk not in self.corrections]

    def signed_course_rows(self, model: type[OfSigned]) -> list[OfSigned]:
        return [row for row in self.course_rows(model) if self.signatures.count(row)]

    def alerts(self) -> list[SafetyAlert]:
        """Of this person, in force."""
        rows = self.batch.of_person(SafetyAlert, self.dosing_session)
        return [row for row in rows if row.pk not in self.corrections]

    def plans(self) -> list[SafetyPlan]:
        """What answers them: signed, and in force."""
        rows = self.batch.of_person(SafetyPlan, self.dosing_session)
        return [row for row in rows if row.pk not in self.corrections and self.signatures.count(row)]
