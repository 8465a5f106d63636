"""From the rows of the database to what the model knows, read by itself: which row is in force is judged here again.
Who and what is on site is the site's own (test_site.py)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from clinic.models import Correction, Counselling, Enrolment, Entry, Patient
from sessions_app import models
from sessions_app.models import DosingSession
from sessions_app.models.site import Site
from tests.sessions_app.gates.known import MINUTE, OXYGEN, PRESSURE, Asked, Decided, Known, Reading, Said, Spray

INDUCTION, AFTER = (56,), (56, 84)


class Rows:
    """The rows of one session that nobody took out of force, in the order of entry; ``before`` the entry of that
    order, which is given out under the session's lock: what was committed before it, and nothing else."""

    def __init__(self, session: DosingSession, *, before: int | None = None) -> None:
        self.session, self.before = session, before
        patient = session.patient
        records = Patient.objects.filter(Q(pk=patient.person_id) | Q(same_person_as=patient.person_id))
        self.courses = list(models.Course.objects.filter(patient__in=records).values_list("pk", flat=True))
        struck = Correction.objects.filter(subject_id__in=(session.pk, *self.courses))
        if before is not None:
            earlier = Entry.objects.filter(subject_id=session.pk, order__lt=before)
            struck = struck.filter(entry_id__in=earlier.values("entry_id"))
        self.struck = set(struck.values_list("row_id", flat=True))

    def of(self, model: Any) -> list[Any]:
        rows = model.objects.filter(dosing_session=self.session).order_by("order", "id")
        rows = rows if self.before is None else rows.filter(order__lt=self.before)
        return [row for row in rows if row.pk not in self.struck and self._with(row) not in self.struck]

    def last(self, model: Any) -> Any:
        return next(reversed(self.of(model)), None)

    @staticmethod
    def _with(row: Any) -> UUID | None:
        """What was charted with a check goes with it."""
        return getattr(row, "check_row_id", None)


def known_of(session: DosingSession, now: datetime, *, start: bool = False, before: int | None = None) -> Known:
    assert session.policy is not None
    assert session.checked_in_at is not None
    rows, program = Rows(session, before=before), session.policy.program
    events = rows.of(models.SignEvent)
    home, back = rows.last(models.WayHomeArrangement), _back(rows)
    since = back[0] if back else 0
    extensions = [row.stay_minutes for row in rows.of(models.StayExtension)]
    return Known(
        numbers=program.values,
        checked_in=session.checked_in_at,
        sprays=_sprays(rows),
        readings=_readings(rows),
        began=[Said(row.pk, row.order, row.occurred_at, row.code) for row in events if row.kind == "ONSET"],
        gone=[Said(row.pk, row.order, row.occurred_at, row.code) for row in events if row.kind == "RESOLUTION"],
        serious=[Said(row.pk, row.order, row.occurred_at) for row in rows.of(models.SeriousEvent)],
        alerts=_alerts(rows, now),
        decided=_plans(rows)
        + [
            Decided(row.order, row.occurred_at, row.code, row.measure, frozenset(row.bound_ids), row.examined)
            for row in rows.of(models.PrescriberDecision)
        ],
        excused=[(row.code, frozenset(row.bound_ids), row.examined) for row in rows.of(models.Deviation)],
        assessed=[row.occurred_at for row in rows.of(models.ReadinessAssessment) if row.order > since],
        instructed=any(row.order > since for row in rows.of(models.InstructionsGiven)),
        way_home=(home.kind, home.name, home.phone, home.will_not_drive) if home else None,
        rides=program.ride_service_allowed,
        stay_ordered=max(extensions) * MINUTE if extensions else None,
        reopened=back,
        asked=_asked(rows, now) if start else None,
    )


def until(known: Known, at: datetime) -> Known:
    """Without what happened after that moment, as the gate is judged again for an ended session."""
    return replace(
        known,
        readings=[row for row in known.readings if row.at <= at],
        began=[row for row in known.began if row.at <= at],
        gone=[row for row in known.gone if row.at <= at],
        serious=[row for row in known.serious if row.at <= at],
        alerts=[row for row in known.alerts if row.at <= at],
    )


def _of_person(rows: Rows, model: Any) -> list[Any]:
    """What stands of the patient, whichever course and session it was entered on; of this one, what was entered
    before."""
    mine = model.objects.filter(course__in=rows.courses).order_by("pk")
    return [
        row
        for row in mine
        if row.pk not in rows.struck
        and (rows.before is None or row.dosing_session_id != rows.session.pk or row.order < rows.before)
    ]


def _alerts(rows: Rows, now: datetime) -> list[Said]:
    """Those that arose here, and wherever else; while the patient is here only those of before. Without what was
    answered elsewhere."""
    here, open_now = rows.session.pk, rows.session.state in ("CHECKED_IN", "CLEARED", "DOSING", "MONITORING")
    elsewhere = {plan.alert_id for plan in _of_person(rows, models.SafetyPlan) if plan.dosing_session_id != here}
    return [
        Said(row.pk, row.order or 0, row.occurred_at)
        for row in _of_person(rows, models.SafetyAlert)
        if row.pk not in elsewhere
        and (row.dosing_session_id == here or not open_now or row.occurred_at <= now + 2 * MINUTE)
    ]


def _plans(rows: Rows) -> list[Decided]:
    """The prescriber's plan is the decision on its alert."""
    mine = [plan for plan in _of_person(rows, models.SafetyPlan) if plan.dosing_session_id == rows.session.pk]
    return [Decided(p.order, p.occurred_at, "SAFETY_ALERT", "", frozenset({p.alert_id}), False) for p in mine]


def _back(rows: Rows) -> tuple[int, datetime] | None:
    """When it was last re-opened."""
    ended = ("DISCHARGED", "LEFT_EARLY")
    back = [row for row in rows.of(models.Transition) if row.from_state in ended and row.to_state == "MONITORING"]
    return (back[-1].order, back[-1].occurred_at) if back else None


def _sprays(rows: Rows) -> list[Spray]:
    outcomes = {row.administration_id: row.outcome for row in rows.of(models.DeviceOutcome)}
    confirmed = {row.administration_id for row in rows.of(models.DeviceTimeConfirmation)}
    return [
        Spray(
            row.pk,
            row.order,
            row.occurred_at,
            row.occurred_at if row.pk in confirmed else row.counted_at,
            outcomes.get(row.pk),
        )
        for row in rows.of(models.DeviceAdministration)
    ]


def _readings(rows: Rows) -> list[Reading]:
    signs: dict[UUID, dict[str, tuple[bool | None, int | None]]] = {}
    for row in rows.of(models.SignObservation):
        signs.setdefault(row.check_row_id, {})[row.code] = (row.present, row.score)
    return [
        Reading(
            key=row.pk,
            order=row.order,
            at=row.occurred_at,
            baseline=row.kind == "BASELINE",
            systolic=row.systolic_mmhg,
            diastolic=row.diastolic_mmhg,
            oxygen=row.spo2_percent,
            signs=(mine := signs.get(row.pk, {})),
            missing=frozenset(
                {
                    *({PRESSURE} if row.blood_pressure_not_obtained else ()),
                    *({OXYGEN} if row.spo2_not_obtained else ()),
                    *(code for code, (present, _score) in mine.items() if present is None),
                }
            ),
        )
        for row in rows.of(models.Check)
    ]


def _asked(rows: Rows, now: datetime) -> Asked:
    session, program = rows.session, rows.session.policy.program  # type: ignore[union-attr]
    zone, site = session.facility.zone, Site(session.facility, session.program_code, at=now)
    answers = [row for row in models.Answer.objects.filter(course=session.course_id) if row.pk not in rows.struck]
    answers.sort(key=lambda row: (row.recorded_at, row.order))
    mine = [row for row in answers if row.dosing_session_id == session.pk]
    news = [row for row in mine if row.topic == "ANYTHING_NEW"]
    verified, order = rows.last(models.EnrolmentVerification), rows.last(models.DoseOrder)
    enrolled = Enrolment.objects.filter(patient=session.patient, occurred_at__lte=now).order_by("occurred_at", "id")
    others = _other_doses(session, now)
    emergencies = {row.pk for row in rows.of(models.Emergency) if row.occurred_at <= now}
    over = {row.emergency_id for row in rows.of(models.EmergencyEnd) if row.occurred_at <= now}
    return Asked(
        certified=site.certification_facts.status is not None and str(site.certification_facts.status) == "CERTIFIED",
        representative=site.certification_facts.representative_current,
        enrolled=(newest := enrolled.last()) is not None and newest.status == "ENROLLED",
        verified_today=bool(verified) and _day(verified.occurred_at, zone) == _day(now, zone),
        contraindications=[
            _sticky(row.answer for row in answers if (row.topic, row.code) == ("CONTRAINDICATION", code))
            for code in program.contraindications
        ],
        asked_long_ago=_asked_long_ago(session, answers),
        anything_new=news[-1].answer if news else None,
        asked_again=bool(news)
        and any(row.topic == "CONTRAINDICATION" and row.order >= (news[-1].order or 0) for row in mine),
        medicines=[
            next((row.answer for row in reversed(mine) if (row.topic, row.code) == ("MEDICINE", code)), None)
            for code in program.medicines
        ],
        ordered=order.devices if order else None,
        order_open=bool(order) and not order.reason and _needs_a_reason(session, order.mg, others),
        prescriber_here=bool(site.prescribers_on_site),
        oximeter_here=bool(site.working_oximeters),
        intake={row.kind: (row.pk, row.answer, row.last_at) for row in rows.of(models.IntakeReport)},
        counselled=bool(others) or Counselling.objects.filter(patient=session.patient).exists(),
        emergency=bool(emergencies - over),
    )


def _asked_long_ago(session: DosingSession, answers: list[Any]) -> bool:
    """By the clinic's own number of days, to the day of check-in."""
    assert session.policy is not None
    days, zone = session.policy.contraindication_review_days, session.facility.zone
    latest = {row.code: _day(row.occurred_at, zone) for row in answers if row.topic == "CONTRAINDICATION"}
    today = _day(session.checked_in_at, zone)
    return days is not None and any((today - asked).days > days for asked in latest.values())


def _sticky(answers: Iterable[bool]) -> bool | None:
    """A yes stands until it is taken back: a later no does not answer it."""
    said = list(answers)
    return True if True in said else False if said else None


def _day(at: datetime, zone: Any) -> Any:
    return at.astimezone(zone).date()


def _other_doses(session: DosingSession, now: datetime) -> list[datetime]:
    """The sprays of this patient's other sessions, as far as they began by now."""
    found: list[datetime] = []
    for other in DosingSession.objects.filter(patient=session.patient).exclude(pk=session.pk):
        given = [spray.at for spray in _sprays(Rows(other)) if spray.delivered]
        found += given if given and min(given) < now else []
    return found


def _needs_a_reason(session: DosingSession, mg: int, others: list[datetime]) -> bool:
    """Treatment-resistant depression, in its first four weeks: 56 mg first, then 56 or 84, two days apart."""
    assert session.policy is not None
    zone, numbers = session.facility.zone, session.policy.program.values
    today = _day(session.checked_in_at or session.occurred_at, zone)
    first = not others or _day(min(others), zone) == today
    apart = timedelta(days=numbers["twice_weekly_interval_days"])
    too_soon = bool(others) and today - _day(max(others), zone) < apart
    return mg not in (INDUCTION if first else AFTER) or too_soon
