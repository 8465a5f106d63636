"""What only the start gate asks, read as it is (or was) at a moment."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet
from django.db.models.expressions import Window
from django.db.models.functions import RowNumber

from clinic.models import AuthorizedRepresentative, Certification, Correction, Counselling, Enrolment, Facility, Patient
from clinic.rules.certification import CertificationFacts, CertificationStatus
from clinic.rules.enrolment import EnrolmentFacts
from clinic.rules.roles import Role
from sessions_app.models.course import Antidepressant, OffLabelJustification
from sessions_app.models.dosing import DeviceAdministration, DeviceOutcome, DoseOrder
from sessions_app.models.dosing_session import DosingSession
from sessions_app.models.intake import Answer, EnrolmentVerification, IntakeReport, Topic
from sessions_app.models.on_site import OximeterCheck, Presence
from sessions_app.rules import facts as rules
from sessions_app.rules.facts import Intake, IntakeAnswer, Outcome
from sessions_app.rules.program import ENTRY_GRACE


def _latest(rows: QuerySet[Any], *, at: datetime) -> Any:
    """The row that holds at a moment: the latest by its own time, then by its key."""
    return rows.filter(occurred_at__lte=at).order_by("-occurred_at", "-id").first()


def certification_facts(facility: Facility, program_code: str, *, at: datetime) -> CertificationFacts:
    """The REMS's last word on this facility at ``at``, and whether its representative is the one confirmed."""
    scope = {"facility": facility, "program_code": program_code}
    certification = _latest(Certification.objects.filter(**scope), at=at)
    representative = _latest(AuthorizedRepresentative.objects.filter(**scope), at=at)
    confirmed = _latest(Certification.objects.filter(**scope, status=CertificationStatus.CERTIFIED), at=at)
    return CertificationFacts(
        status=CertificationStatus(certification.status) if certification else None,
        representative_current=bool(
            representative and confirmed and confirmed.authorized_representative_id == representative.pk
        ),
    )


def on_site(facility: Facility, *, at: datetime) -> list[Presence]:
    """Who is here at ``at``: the latest arrival or departure of each person on the facility's calendar day."""
    midnight = datetime.combine(at.astimezone(facility.zone).date(), time.min, tzinfo=facility.zone)
    newest = Window(RowNumber(), partition_by="person_id", order_by=[F("occurred_at").desc(), F("id").desc()])
    rows = (
        Presence.objects.filter(facility=facility, occurred_at__gte=midnight, occurred_at__lte=at + ENTRY_GRACE)
        .annotate(newest=newest)
        .filter(newest=1, kind=Presence.Kind.ARRIVED)
        .select_related("person")
    )
    return list(rows.order_by("occurred_at"))


def prescribers_on_site(facility: Facility, *, at: datetime) -> list[Presence]:
    """Those on site who hold the prescriber's role here."""
    holders = set(
        facility.role_assignments.filter(role=Role.PRESCRIBER, ended_at__isnull=True).values_list("user_id", flat=True)
    )
    return [row for row in on_site(facility, at=at) if row.person_id in holders]


def working_oximeters(facility: Facility, *, at: datetime) -> list[OximeterCheck]:
    """Oximeters whose latest check says they work."""
    newest = Window(RowNumber(), partition_by="asset_tag", order_by=[F("occurred_at").desc(), F("id").desc()])
    rows = OximeterCheck.objects.filter(facility=facility, occurred_at__lte=at + ENTRY_GRACE)
    return list(rows.annotate(newest=newest).filter(newest=1, working=True).order_by("asset_tag"))


def is_enrolled(patient: Patient, program_code: str, facility: Facility, *, at: datetime) -> bool:
    scope = {"patient": patient, "program_code": program_code, "facility": facility}
    row = _latest(Enrolment.objects.filter(**scope), at=at)
    return row is not None and row.status == "ENROLLED"


def dose_dates(dosing_session: DosingSession) -> tuple[date | None, date | None]:
    """First and last day on which this patient's other sessions in the organisation delivered a spray."""
    in_force = ~Exists(Correction.objects.filter(row_id=OuterRef("pk")))
    failed = DeviceOutcome.objects.filter(in_force, administration=OuterRef("pk"), outcome=Outcome.FAILED)
    others = DeviceAdministration.objects.filter(
        in_force,
        ~Exists(failed),
        dosing_session__patient=dosing_session.patient_id,
        dosing_session__program_code=dosing_session.program_code,
    ).exclude(dosing_session=dosing_session)
    span = others.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    zone = dosing_session.facility.zone
    return (
        span["first"] and span["first"].astimezone(zone).date(),
        span["last"] and span["last"].astimezone(zone).date(),
    )


def course_facts(dosing_session: DosingSession, *, corrected: frozenset[UUID]) -> rules.CourseFacts:
    course, program = dosing_session.course, dosing_session.policy.program  # type: ignore[union-attr]
    first, last = dose_dates(dosing_session)
    elsewhere = course.first_dose_elsewhere_date
    counselled = Counselling.objects.filter(
        patient=dosing_session.patient_id, facility__organisation=dosing_session.facility.organisation_id
    ).exists()
    off_label = course.indication in program.off_label

    def kept(model: Any) -> bool:
        return any(pk not in corrected for pk in model.objects.filter(course=course).values_list("pk", flat=True))

    return rules.CourseFacts(
        indication=course.indication,
        off_label=off_label,
        off_label_documented=off_label and kept(OffLabelJustification),
        antidepressant_recorded=course.indication in program.antidepressant_required and kept(Antidepressant),
        first_dose_date=min((day for day in (first, elsewhere) if day), default=None),
        last_dose_date=last,
        counselled=counselled,
        dosed_here=first is not None,
    )


def start_facts(dosing_session: DosingSession, *, corrected: frozenset[UUID], at: datetime) -> rules.StartFacts:
    facility, code = dosing_session.facility, dosing_session.program_code
    of_session = {"dosing_session": dosing_session}
    answers = [
        row
        for row in Answer.objects.filter(course=dosing_session.course_id).order_by("occurred_at", "id")
        if row.pk not in corrected
    ]
    today = [row for row in answers if row.dosing_session_id == dosing_session.pk]
    anything_new = next((row for row in reversed(today) if row.topic == Topic.ANYTHING_NEW), None)
    orders = [row for row in DoseOrder.objects.filter(**of_session).order_by("order") if row.pk not in corrected]
    intake = {
        Intake(row.kind): rules.IntakeRow(row.pk, IntakeAnswer(row.answer), row.last_at)
        for row in IntakeReport.objects.filter(**of_session).order_by("order")
        if row.pk not in corrected
    }
    verified = [
        row for row in EnrolmentVerification.objects.filter(**of_session).order_by("order") if row.pk not in corrected
    ]
    return rules.StartFacts(
        certification=certification_facts(facility, code, at=at),
        enrolment=EnrolmentFacts(
            enrolled=is_enrolled(dosing_session.patient, code, facility, at=at),
            verified_date=verified[-1].occurred_at.astimezone(facility.zone).date() if verified else None,
        ),
        birth_date=dosing_session.patient.birth_date,
        course=course_facts(dosing_session, corrected=corrected),
        contraindications={row.code: row.answer for row in answers if row.topic == Topic.CONTRAINDICATION},
        anything_new=anything_new.answer if anything_new else None,
        asked_again=anything_new is not None
        and any(row.topic == Topic.CONTRAINDICATION and (row.order or 0) >= (anything_new.order or 0) for row in today),
        medicines={row.code: row.answer for row in today if row.topic == Topic.MEDICINE},
        order=rules.DoseOrder(orders[-1].mg, orders[-1].devices, orders[-1].reason) if orders else None,
        prescriber_on_site=bool(prescribers_on_site(facility, at=at)),
        oximeter_on_site=bool(working_oximeters(facility, at=at)),
        intake=intake,
    )
