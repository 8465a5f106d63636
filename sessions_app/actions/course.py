"""A course of treatment begins, with what an off-label or MDSI course needs; and the facility's policy for it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from clinic.access import demand, demand_own_patient
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Facility, Patient, User
from clinic.rules.policy import policy_refusals
from clinic.rules.refusals import Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.models import Antidepressant, Course, FacilityPolicy, OffLabelJustification, ProgramVersion
from sessions_app.rules.adverse_event import days_refusals
from sessions_app.rules.alarms import alarm_minutes_refusals
from sessions_app.rules.contraindication import review_days_refusals
from sessions_app.rules.course import elsewhere_refusals
from sessions_app.rules.program import Program


@repeatable
@transaction.atomic
def start_course(
    *,
    patient: Patient,
    facility: Facility,
    program_version: ProgramVersion,
    indication: str,
    first_dose_elsewhere_date: date | None = None,
    last_dose_elsewhere_date: date | None = None,
    doses_elsewhere: int | None = None,
    treated_where: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Course:
    """Why this patient is treated here. Raises ActionRefused for an indication the programme does not know."""
    demand(by, Permission.REGISTER, facility.pk, at=now)
    demand_own_patient(patient, facility)
    action = "start_course"
    if first := first_result(Course, facility=facility, entry=entry, action=action, by=by, subject=patient):
        return first

    refuse(*(() if indication in program_version.program.indications else (field_refusal("indication", "unknown"),)))
    refuse(
        *elsewhere_refusals(
            first_dose_elsewhere_date,
            last_dose_elsewhere_date,
            told=bool(doses_elsewhere or treated_where.strip()),
            today=now.astimezone(facility.zone).date(),
        )
    )

    course = row(
        Course,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        patient=patient,
        program_code=program_version.code,
        indication=indication,
        first_dose_elsewhere_date=first_dose_elsewhere_date,
        last_dose_elsewhere_date=last_dose_elsewhere_date,
        doses_elsewhere=doses_elsewhere,
        treated_where=treated_where.strip(),
    )
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=patient, rows=(course,))
    return course


@repeatable
@transaction.atomic
def justify_off_label(
    *, course: Course, rationale: str, consented_at: datetime, entry: Submission, by: User, now: datetime
) -> OffLabelJustification:
    """The prescriber writes the rationale of an off-label course and when the patient consented."""
    demand(by, Permission.PRESCRIBE, course.facility_id, at=now)
    action = "justify_off_label"
    if first := first_result(
        OffLabelJustification, facility=course.facility, entry=entry, action=action, by=by, subject=course
    ):
        return first

    refuse(*reason_refusals(rationale, name="rationale"))
    refuse(*(() if consented_at <= now else (field_refusal("consented_date", "future_day"),)))

    justification = row(
        OffLabelJustification,
        facility=course.facility,
        entry=entry,
        by=by,
        now=now,
        course=course,
        rationale=rationale.strip(),
        consented_at=consented_at,
    )
    write(action=action, facility=course.facility, entry=entry, by=by, now=now, subject=course, rows=(justification,))
    return justification


@repeatable
@transaction.atomic
def record_antidepressant(*, course: Course, drug: str, entry: Submission, by: User, now: datetime) -> Antidepressant:
    """The prescriber records the oral antidepressant that an MDSI course requires."""
    demand(by, Permission.PRESCRIBE, course.facility_id, at=now)
    action = "record_antidepressant"
    if first := first_result(
        Antidepressant, facility=course.facility, entry=entry, action=action, by=by, subject=course
    ):
        return first

    refuse(*reason_refusals(drug, name="drug"))

    taken = row(Antidepressant, facility=course.facility, entry=entry, by=by, now=now, course=course, drug=drug.strip())
    write(action=action, facility=course.facility, entry=entry, by=by, now=now, subject=course, rows=(taken,))
    return taken


@repeatable
@transaction.atomic
def set_policy(
    *,
    facility: Facility,
    program_version: ProgramVersion,
    overrides: Mapping[str, int],
    ride_service_allowed: bool = True,
    extra_checks: Iterable[int] = (),
    due_soon_minutes: int = 5,
    escalation_minutes: int = 5,
    follow_up_minutes: int = 60,
    adverse_event_days: int | None = None,
    contraindication_review_days: int | None = None,
    reason: str,
    entry: Submission,
    by: User,
    now: datetime,
) -> FacilityPolicy:
    """A new version of the facility's policy, for sessions checked in from now on. Raises ActionRefused where it
    would loosen the programme or go past a bound."""
    demand(by, Permission.MANAGE_FACILITY, facility.pk, at=now)
    if first := first_result(FacilityPolicy, facility=facility, entry=entry, action="set_policy", by=by):
        return first
    program = program_version.program
    alarms = {
        "due_soon_minutes": due_soon_minutes,
        "escalation_minutes": escalation_minutes,
        "follow_up_minutes": follow_up_minutes,
    }

    checks = sorted(set(extra_checks))
    refuse(*policy_refusals(program.numbers, overrides), *_extra_check_refusals(program, checks))
    refuse(*alarm_minutes_refusals(alarms), *days_refusals(adverse_event_days))
    refuse(*review_days_refusals(contraindication_review_days))
    refuse(*reason_refusals(reason))

    values = program.under(overrides).values
    scope = FacilityPolicy.objects.filter(facility=facility, program_code=program.code)
    policy = row(
        FacilityPolicy,
        facility=facility,
        entry=entry,
        by=by,
        now=now,
        program_version=program_version,
        program_code=program.code,
        number=scope.count() + 1,
        overrides=dict(overrides),
        ride_service_allowed=ride_service_allowed,
        extra_checks=checks,
        **alarms,
        adverse_event_days=adverse_event_days,
        contraindication_review_days=contraindication_review_days,
        reason=reason.strip(),
        minimum_stay_minutes=values["minimum_stay_minutes"],
        final_check_window_minutes=values["final_check_window_minutes"],
        program_minimum_stay_minutes=program_version.minimum_stay_minutes,
        program_final_check_window_minutes=program_version.final_check_window_minutes,
    )
    write(action="set_policy", facility=facility, entry=entry, by=by, now=now, subject=facility, rows=(policy,))
    return policy


def _extra_check_refusals(program: Program, checks: Iterable[int]) -> tuple[Refusal, ...]:
    """A check of the clinic's own is at some minute of the longest stay a policy may ask."""
    longest = program.numbers["minimum_stay_minutes"].bound
    return tuple(
        field_refusal("extra_checks", "impossible", value=minute, low=1, high=longest)
        for minute in checks
        if not 1 <= minute <= longest
    )
