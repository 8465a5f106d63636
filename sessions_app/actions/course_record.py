"""What is known of a course is written down: treatment tried before, treatment besides, the payer's authorisation, the
benefit at the end of induction. What was wrong is taken back with a reason, and stays visible."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction

from clinic.access import demand
from clinic.actions.entry import Submission, first_result, refuse, repeatable, row, write
from clinic.models import Correction, User
from clinic.rules.refusals import ActionRefused, Refusal, field_refusal, reason_refusals
from clinic.rules.roles import Permission
from sessions_app.models import Authorisation, BenefitReview, Course, Treatment, TreatmentEnd, Trial
from sessions_app.models.course import Antidepressant, CourseRow
from sessions_app.models.course_record import end_of_treatment
from sessions_app.models.program import programs_by_code
from sessions_app.rules.authorisation import authorisation_refusals
from sessions_app.rules.benefit_review import Benefit
from sessions_app.rules.treatment import TreatmentKind, day_refusals, kinds_offered
from sessions_app.rules.trial import Adequate, TrialClass, TrialResponse, trial_refusals

Made = TypeVar("Made", bound=CourseRow)

# Whoever may write such a row may take it back.
WRITTEN_BY: dict[type[CourseRow], Permission] = {
    Trial: Permission.CHART,
    Treatment: Permission.CHART,
    TreatmentEnd: Permission.CHART,
    BenefitReview: Permission.PRESCRIBE,
    Authorisation: Permission.REGISTER,
    Antidepressant: Permission.PRESCRIBE,
}


@repeatable
@transaction.atomic
def record_trial(
    *,
    course: Course,
    drug: str,
    drug_class: TrialClass,
    this_episode: bool,
    adequate: Adequate,
    response: TrialResponse,
    dose: str = "",
    weeks: int | None = None,
    why_stopped: str = "",
    entry: Submission,
    by: User,
    now: datetime,
) -> Trial:
    """A treatment tried before this course. Raises ActionRefused (FIELD)."""
    said = {
        "drug": drug.strip(),
        "drug_class": drug_class.value,
        "dose": dose.strip(),
        "weeks": weeks,
        "this_episode": this_episode,
        "adequate": adequate.value,
        "response": response.value,
        "why_stopped": why_stopped.strip(),
    }
    wrong = trial_refusals(drug, weeks)
    return _record(Trial, "record_trial", course, wrong, said, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def record_treatment(
    *,
    course: Course,
    kind: TreatmentKind,
    name: str,
    dose: str = "",
    from_date: date | None = None,
    to_date: date | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Treatment:
    """What the patient takes or does besides. Raises ActionRefused (FIELD), also for an antidepressant where the
    indication requires one: that one the prescriber records, signed."""
    program = programs_by_code().get(course.program_code)
    required = program is not None and course.indication in program.antidepressant_required
    wrong = [
        *(
            ()
            if kind in kinds_offered(antidepressant_required=required)
            else (field_refusal("kind", "prescriber_says"),)
        ),
        *reason_refusals(name, name="name"),
        *day_refusals(from_date, to_date, today=_today(course, now)),
    ]
    said = {
        "kind": kind.value,
        "name": name.strip(),
        "dose": dose.strip(),
        "from_date": from_date,
        "to_date": to_date,
    }
    return _record(Treatment, "record_treatment", course, wrong, said, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def end_treatment(
    *, treatment: Treatment, to_date: date, why: str = "", entry: Submission, by: User, now: datetime
) -> TreatmentEnd:
    """Its last day. Raises ActionRefused (FIELD), also where it has one."""
    ended = end_of_treatment(treatment)
    wrong = [
        *((field_refusal("to_date", "ended_already"),) if ended else ()),
        *day_refusals(treatment.from_date, to_date, today=_today(treatment.course, now)),
    ]
    said = {"treatment": treatment, "to_date": to_date, "why": why.strip()}
    return _record(TreatmentEnd, "end_treatment", treatment.course, wrong, said, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def review_benefit(
    *, course: Course, benefit: Benefit, plan: str, entry: Submission, by: User, now: datetime
) -> BenefitReview:
    """The prescriber evaluates the benefit, and says how it goes on. Signed."""
    wrong = reason_refusals(plan, name="plan")
    said = {"benefit": benefit.value, "plan": plan.strip()}
    return _record(BenefitReview, "review_benefit", course, wrong, said, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def record_authorisation(
    *,
    course: Course,
    payer: str,
    from_date: date,
    to_date: date,
    number: str = "",
    sessions: int | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Authorisation:
    """What a payer granted. Raises ActionRefused (FIELD)."""
    wrong = authorisation_refusals(payer, from_date, to_date, sessions)
    said = {
        "payer": payer.strip(),
        "number": number.strip(),
        "from_date": from_date,
        "to_date": to_date,
        "sessions": sessions,
    }
    return _record(Authorisation, "record_authorisation", course, wrong, said, entry=entry, by=by, now=now)


@repeatable
@transaction.atomic
def take_back_course_row(
    *, course_row: CourseRow, reason: str, entry: Submission, by: User, now: datetime
) -> Correction:
    """It is not so, or was charted wrongly. Raises ActionRefused (ALREADY_VOIDED, FIELD)."""
    course, action = course_row.course, "take_back_course_row"
    demand(by, WRITTEN_BY[type(course_row)], course.facility_id, at=now)
    if first := first_result(Correction, facility=course.facility, entry=entry, action=action, by=by, subject=course):
        return first

    if Correction.objects.filter(row_id=course_row.pk).exists():
        raise ActionRefused((Refusal("ALREADY_VOIDED"),))
    refuse(*reason_refusals(reason))

    taken_back = row(
        Correction,
        facility=course.facility,
        entry=entry,
        by=by,
        now=now,
        row_kind=type(course_row).__name__,
        row_id=course_row.pk,
        subject_id=course.pk,
        reason=reason.strip(),
    )
    write(action=action, facility=course.facility, entry=entry, by=by, now=now, subject=course, rows=(taken_back,))
    return taken_back


def _today(course: Course, now: datetime) -> date:
    return now.astimezone(course.facility.zone).date()


def _record(
    model: type[Made],
    action: str,
    course: Course,
    wrong: Iterable[Refusal],
    said: dict[str, Any],
    *,
    entry: Submission,
    by: User,
    now: datetime,
) -> Made:
    """One row about a course, once."""
    facility = course.facility
    demand(by, WRITTEN_BY[model], facility.pk, at=now)
    if first := first_result(model, facility=facility, entry=entry, action=action, by=by, subject=course):
        return first

    refuse(*wrong)

    made = row(model, facility=facility, entry=entry, by=by, now=now, course=course, **said)
    write(action=action, facility=facility, entry=entry, by=by, now=now, subject=course, rows=(made,))
    return made
