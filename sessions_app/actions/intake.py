"""What is asked and arranged before the dose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.actions.entry import Submission, refuse
from clinic.models import Counselling, User
from clinic.rules.refusals import Refusal, field_refusal, in_state
from clinic.rules.roles import Permission
from sessions_app.actions.session_entry import SessionEntry, begin
from sessions_app.models import Answer, EnrolmentVerification, IntakeReport, Topic, WayHomeArrangement
from sessions_app.models.dosing_session import DosingSession
from sessions_app.rules.facts import Intake, IntakeAnswer, WayHomeKind
from sessions_app.rules.states import OPEN


def _begin(
    dosing_session: DosingSession,
    action: str,
    entry: Submission,
    by: User,
    now: datetime,
    permission: Permission = Permission.DOCUMENT,
) -> SessionEntry:
    return begin(dosing_session, action=action, permission=permission, entry=entry, by=by, now=now)


@dataclass(frozen=True)
class IntakeReportEntry:
    """Food, liquid or nasal spray as answered; ``last_at`` only with AT."""

    answer: IntakeAnswer
    last_at: datetime | None = None


@transaction.atomic
def report_intake(
    *,
    dosing_session: DosingSession,
    reports: Mapping[Intake, IntakeReportEntry],
    entry: Submission,
    by: User,
    now: datetime,
) -> IntakeReport:
    """When the patient last ate, drank and used a nasal spray. Raises ActionRefused (STATE, FIELD)."""
    opened = _begin(dosing_session, "report_intake", entry, by, now)
    if first := opened.repeated(IntakeReport):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="intake"))
    refuse(*intake_refusals(reports, now=now))

    rows = [
        opened.add(IntakeReport, kind=kind.value, answer=report.answer.value, last_at=report.last_at)
        for kind, report in reports.items()
    ]
    opened.write()
    return rows[0]


def intake_refusals(reports: Mapping[Intake, IntakeReportEntry], *, now: datetime) -> tuple[Refusal, ...]:
    """A time still to come, or a time and an answer that do not fit. Times before check-in are what is asked for
    here."""
    refusals = []
    for kind, report in reports.items():
        name = f"{kind.value.lower()}_last_time"
        if report.answer is IntakeAnswer.AT and report.last_at is None:
            refusals.append(field_refusal(name, "time_missing"))
        elif report.answer is not IntakeAnswer.AT and report.last_at is not None:
            refusals.append(field_refusal(name, "value_and_reason"))
        elif report.last_at is not None and report.last_at > now:
            refusals.append(field_refusal(name, "future", at=report.last_at, now=now))
    if not reports:
        refusals.append(field_refusal("food_answer", "nothing_entered"))
    return tuple(refusals)


@transaction.atomic
def answer_questions(
    *,
    dosing_session: DosingSession,
    anything_new: bool | None = None,
    contraindications: Mapping[str, bool] | None = None,
    medicines: Mapping[str, bool] | None = None,
    entry: Submission,
    by: User,
    now: datetime,
) -> Answer:
    """The yes/no questions of the day. What is not answered is not written, and the gate says *not asked*."""
    opened = _begin(dosing_session, "answer_questions", entry, by, now, Permission.CHART)
    if first := opened.repeated(Answer):
        return first

    given = [
        *((Topic.ANYTHING_NEW, "anything_new", anything_new),),
        *((Topic.CONTRAINDICATION, code, answer) for code, answer in (contraindications or {}).items()),
        *((Topic.MEDICINE, code, answer) for code, answer in (medicines or {}).items()),
    ]
    answered = [(topic, code, answer) for topic, code, answer in given if answer is not None]

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="intake"))
    refuse(*(() if answered else (field_refusal("anything_new", "nothing_entered"),)))

    course = opened.dosing_session.course
    rows = [
        opened.add(Answer, course=course, topic=topic.value, code=code, answer=answer)
        for topic, code, answer in answered
    ]
    opened.write()
    return rows[0]


@transaction.atomic
def verify_enrolment(
    *, dosing_session: DosingSession, how: str, entry: Submission, by: User, now: datetime
) -> EnrolmentVerification:
    """The enrolment was verified with the REMS for this dose, by portal or telephone."""
    opened = _begin(dosing_session, "verify_enrolment", entry, by, now)
    if first := opened.repeated(EnrolmentVerification):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="intake"))
    refuse(*(() if how in EnrolmentVerification.How.values else (field_refusal("how", "unknown"),)))

    verification = opened.add(EnrolmentVerification, how=how)
    opened.write()
    return verification


@transaction.atomic
def arrange_way_home(
    *,
    dosing_session: DosingSession,
    kind: WayHomeKind,
    name: str,
    phone: str,
    relation: str = "",
    will_not_drive: bool,
    entry: Submission,
    by: User,
    now: datetime,
) -> WayHomeArrangement:
    """Who takes the patient home; the newest arrangement counts."""
    opened = _begin(dosing_session, "arrange_way_home", entry, by, now)
    if first := opened.repeated(WayHomeArrangement):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="intake"))

    arrangement = opened.add(
        WayHomeArrangement,
        kind=kind.value,
        name=name.strip(),
        phone=phone.strip(),
        relation=relation.strip(),
        will_not_drive=will_not_drive,
    )
    opened.write()
    return arrangement


@transaction.atomic
def counsel_patient(*, dosing_session: DosingSession, entry: Submission, by: User, now: datetime) -> Counselling:
    """The patient was counselled, in this organisation, before the first dose here."""
    opened = begin(dosing_session, action="counsel_patient", permission=Permission.CHART, entry=entry, by=by, now=now)
    if first := opened.repeated(Counselling):
        return first

    refuse(*in_state(opened.dosing_session.state, *OPEN, wanted="intake"))

    counselling = opened.envelope(Counselling, patient=opened.dosing_session.patient)
    opened.rows.append(counselling)
    opened.write()
    return counselling
