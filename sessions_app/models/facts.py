"""From rows in force to the facts that the rules read. The only reader of clinical rows for the gates."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from clinic.models import Consent
from clinic.rules.enrolment import EnrolmentFacts, Setting
from sessions_app.models.course import Antidepressant, OffLabelJustification
from sessions_app.models.course_record import BenefitReview
from sessions_app.models.discharge import Deviation, InstructionsGiven, ReadinessAssessment, StayExtension
from sessions_app.models.dosing import (
    Clearance,
    DeviceAdministration,
    DeviceOutcome,
    DeviceTimeConfirmation,
    DoseOrder,
    PrescriberDecision,
)
from sessions_app.models.dosing_session import DosingSession, Transition
from sessions_app.models.emergency_record import emergency_at
from sessions_app.models.intake import Answer, EnrolmentVerification, IntakeReport, Topic, WayHomeArrangement
from sessions_app.models.monitoring import SeriousEvent
from sessions_app.models.program import FacilityPolicy
from sessions_app.models.record import Record
from sessions_app.rules import facts as rules
from sessions_app.rules.benefit_review import is_reviewed, review_due_date
from sessions_app.rules.departure import REOPENABLE
from sessions_app.rules.program import ENTRY_GRACE
from sessions_app.rules.readings import Checks
from sessions_app.rules.states import OPEN, State


def session_facts(
    dosing_session: DosingSession, *, at: datetime, start: bool = False, record: Record | None = None
) -> rules.SessionFacts:
    """The facts of a checked-in session. ``start`` also reads what only the start gate asks, as it is at ``at``.

    Raises ValueError for a session that was never checked in: nothing is pinned for it yet.
    """
    policy, checked_in_at = dosing_session.policy, dosing_session.checked_in_at
    if policy is None or checked_in_at is None:
        raise ValueError("a session has facts from its check-in on")
    record = record or Record(dosing_session)
    return record.once(
        ("facts", at, start, dosing_session.state),
        partial(_facts, dosing_session, policy, checked_in_at, record, at=at, start=start),
    )


def _facts(
    dosing_session: DosingSession,
    policy: FacilityPolicy,
    checked_in_at: datetime,
    record: Record,
    *,
    at: datetime,
    start: bool,
) -> rules.SessionFacts:
    reopened = _reopening(record)
    since = reopened.order if reopened else 0
    alerts, plans = _alerts(record, at=at)
    return rules.SessionFacts(
        program=policy.program,
        state=State(dosing_session.state),
        setting=Setting(dosing_session.facility.setting),
        time_zone=dosing_session.facility.time_zone,
        checked_in_at=checked_in_at,
        checks=_checks(record),
        sign_events=tuple(
            rules.SignEvent(row.pk, row.order, row.code, rules.SignEventKind(row.kind), row.occurred_at)
            for row in record.sign_events()
        ),
        devices=_devices(record),
        decisions=tuple(
            rules.Decision(row.order, row.code, row.measure, frozenset(row.bound_ids), row.occurred_at, row.examined)
            for row in record.signed(PrescriberDecision)
        )
        + plans,
        deviations=tuple(
            rules.Deviation(row.code, frozenset(row.bound_ids), row.examined) for row in record.signed(Deviation)
        ),
        serious_events=tuple(
            rules.OpenConcern(row.pk, row.order, row.occurred_at) for row in record.in_force(SeriousEvent)
        ),
        safety_alerts=alerts,
        stay_ordered=_longest(row.stay_minutes for row in record.in_force(StayExtension)),
        assessed_at=tuple(row.occurred_at for row in record.signed(ReadinessAssessment) if row.order > since),
        way_home=_way_home(record),
        instructions_given=any(row.order > since for row in record.in_force(InstructionsGiven)),
        cleared_at=clearance.occurred_at if (clearance := record.latest(Clearance)) else None,
        reopened=reopened,
        start=_start_facts(record, at=at) if start else None,
    )


def _reopening(record: Record) -> rules.Reopening | None:
    """The latest way back from an end."""
    back = [row for row in record.all(Transition) if row.from_state in REOPENABLE and row.to_state == State.MONITORING]
    return rules.Reopening(back[-1].order, back[-1].occurred_at) if back else None


def _checks(record: Record) -> Checks:
    answers: dict[UUID | None, list[rules.SignAnswer]] = {}
    for row in record.signs():
        answers.setdefault(row.check_row_id, []).append(rules.SignAnswer(row.code, row.present, row.score))
    return Checks(
        rules.Check(
            id=row.pk,
            order=row.order,
            kind=rules.CheckKind(row.kind),
            occurred_at=row.occurred_at,
            systolic_mmhg=row.systolic_mmhg,
            diastolic_mmhg=row.diastolic_mmhg,
            blood_pressure_not_obtained=bool(row.blood_pressure_not_obtained),
            spo2_percent=row.spo2_percent,
            spo2_not_obtained=bool(row.spo2_not_obtained),
            signs=tuple(answers.get(row.pk, ())),
        )
        for row in record.checks()
    )


def _devices(record: Record) -> tuple[rules.GivenDevice, ...]:
    newest = sorted(record.in_force(DeviceOutcome), key=lambda row: row.order)
    outcomes = {row.administration_id: rules.Outcome(row.outcome) for row in newest}
    confirmed = {row.administration_id for row in record.in_force(DeviceTimeConfirmation)}
    return tuple(
        rules.GivenDevice(
            id=row.pk,
            order=row.order,
            occurred_at=row.occurred_at,
            counted_at=row.occurred_at if row.pk in confirmed else row.counted_at,
            outcome=outcomes.get(row.pk),
        )
        for row in record.in_force(DeviceAdministration)
    )


def _way_home(record: Record) -> rules.WayHome | None:
    row = record.latest(WayHomeArrangement)
    if row is None:
        return None
    return rules.WayHome(rules.WayHomeKind(row.kind), row.name, row.phone, row.will_not_drive)


def _alerts(record: Record, *, at: datetime) -> tuple[tuple[rules.OpenConcern, ...], tuple[rules.Decision, ...]]:
    """The alerts this session answers for, and the plans made on it, each of which is a decision on its alert. An alert
    of this session is one of its own for ever; another of this person is, whatever course it is of, as long as nobody
    answered it anywhere else. Once the session is over, how far they go is for whoever judges it again."""
    session = record.dosing_session
    plans = record.plans()
    answered = {plan.alert_id for plan in plans if plan.dosing_session_id != session.pk}
    over = session.state not in OPEN
    alerts = [
        alert
        for alert in record.alerts()
        if alert.pk not in answered
        and (over or alert.dosing_session_id == session.pk or alert.occurred_at <= at + ENTRY_GRACE)
    ]
    concerns = tuple(rules.OpenConcern(alert.pk, alert.order or 0, alert.occurred_at) for alert in alerts)
    decisions = tuple(
        rules.Decision(plan.order or 0, "SAFETY_ALERT", "", frozenset({plan.alert_id}), plan.occurred_at, False)
        for plan in plans
        if plan.dosing_session_id == session.pk
    )
    return concerns, decisions


def _longest(minutes: Iterable[int]) -> timedelta | None:
    longest = max(minutes, default=None)
    return timedelta(minutes=longest) if longest is not None else None


def _start_facts(record: Record, *, at: datetime) -> rules.StartFacts:
    session = record.dosing_session
    site = record.batch.site(session.facility, session.program_code, at=at)
    answers = record.answers()
    today = [row for row in answers if row.dosing_session_id == session.pk]
    news = [row for row in today if row.topic == Topic.ANYTHING_NEW]
    asked = [row for row in today if row.topic == Topic.CONTRAINDICATION]
    order = record.latest_signed(DoseOrder)
    verified = record.latest(EnrolmentVerification)
    enrolments = [row for row in record.batch.enrolments(session) if row.occurred_at <= at]
    reports = sorted(record.in_force(IntakeReport), key=lambda row: row.order)
    under_way = emergency_at(record, at)
    return rules.StartFacts(
        certification=site.certification_facts,
        enrolment=EnrolmentFacts(
            enrolled=bool(enrolments) and enrolments[-1].status == "ENROLLED",
            verified_date=local_date(session, verified.occurred_at) if verified else None,
        ),
        birth_date=session.patient.birth_date,
        course=_course_facts(record, at=at),
        contraindications=contraindications_said(
            (row for row in answers if row.topic == Topic.CONTRAINDICATION),
            elsewhere=[code for course in record.batch.other_courses(session) for code in course.answered_yes],
        ),
        contraindications_asked={
            row.code: local_date(session, row.occurred_at) for row in answers if row.topic == Topic.CONTRAINDICATION
        },
        anything_new=news[-1].answer if news else None,
        asked_again=bool(news) and any((row.order or 0) >= (news[-1].order or 0) for row in asked),
        medicines={row.code: row.answer for row in today if row.topic == Topic.MEDICINE},
        order=rules.DoseOrder(order.mg, order.devices, order.reason) if order else None,
        prescriber_on_site=bool(site.prescribers_on_site),
        oximeter_on_site=bool(site.working_oximeters),
        intake={
            rules.Intake(row.kind): rules.IntakeRow(row.pk, rules.IntakeAnswer(row.answer), row.last_at)
            for row in reports
        },
        emergency_since=under_way.emergency.occurred_at if under_way else None,
    )


def contraindications_said(answers: Iterable[Answer], *, elsewhere: Iterable[str]) -> dict[str, bool | None]:
    """A yes stands until a prescriber takes it out of force with a reason: a later no does not answer it, nor does
    one in another course of this person, on whichever record."""
    found: dict[str, bool | None] = dict.fromkeys(elsewhere, True)
    for row in answers:
        found[row.code] = bool(found.get(row.code)) or row.answer
    return found


def _course_facts(record: Record, *, at: datetime) -> rules.CourseFacts:
    session = record.dosing_session
    course, program = session.course, session.policy.program  # type: ignore[union-attr]
    first, last = record.batch.other_doses(session, before=at)
    first_dose_date, last_dose_date = _dose_dates(record, first, last)
    reviewed = [local_date(session, row.occurred_at) for row in record.signed_course_rows(BenefitReview)]
    off_label = course.indication in program.off_label
    needs_antidepressant = course.indication in program.antidepressant_required
    return rules.CourseFacts(
        indication=course.indication,
        off_label=off_label,
        off_label_documented=off_label and _off_label_documented(record),
        antidepressant_recorded=needs_antidepressant and bool(record.signed_course_rows(Antidepressant)),
        first_dose_date=first_dose_date,
        last_dose_date=last_dose_date,
        counselled=record.batch.counselled(session),
        dosed_here=first is not None,
        benefit_reviewed=not session.policy.asks_benefit_review  # type: ignore[union-attr]
        or is_reviewed(review_due_date(program, course.indication, first_dose_date), reviewed),
    )


def _dose_dates(record: Record, first: datetime | None, last: datetime | None) -> tuple[date | None, date | None]:
    """The first and the last day of a dose, with those that any course of this person's tells of elsewhere."""
    session = record.dosing_session
    courses = (session.course, *record.batch.other_courses(session))
    firsts = [*(each.first_dose_elsewhere_date for each in courses), local_date(session, first) if first else None]
    lasts = [*(each.last_dose_elsewhere_date for each in courses), local_date(session, last) if last else None]
    return min((day for day in firsts if day), default=None), max((day for day in lasts if day), default=None)


def course_dates_of(record: Record, *, at: datetime) -> tuple[date, date] | None:
    """First and last day of a dose with this session's own; None without any."""
    session = record.dosing_session
    own = [row.occurred_at for row in record.in_force(DeviceAdministration)]
    first, last = record.batch.other_doses(session, before=at)
    found = _dose_dates(
        record, min((*own, *filter(None, [first])), default=None), max((*own, *filter(None, [last])), default=None)
    )
    return (found[0], found[1]) if found[0] and found[1] else None


def _off_label_documented(record: Record) -> bool:
    """A rationale that is signed, and a consent not taken back since (domain.md section 1, [D])."""
    written, session = record.signed_course_rows(OffLabelJustification), record.dosing_session
    if not written:
        return False
    newest = record.batch.consent(Consent.Kind.OFF_LABEL, session)
    return any(row.consent_stands(newest, session.facility.zone) for row in written)


def local_date(dosing_session: DosingSession, at: datetime) -> date:
    """The facility's calendar day at a moment."""
    return at.astimezone(dosing_session.facility.zone).date()
