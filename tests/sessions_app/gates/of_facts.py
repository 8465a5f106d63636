"""From the facts that the rules read to what the model knows: for the rules alone, without a database."""

from datetime import datetime
from zoneinfo import ZoneInfo

from clinic.rules.certification import CertificationStatus
from clinic.rules.enrolment import Setting
from sessions_app.rules.course import dose_warnings, is_off_label
from sessions_app.rules.facts import Check, CheckKind, SessionFacts, SignEventKind
from tests.sessions_app.gates.known import OXYGEN, PRESSURE, Asked, Decided, Known, Reading, Said, Spray


def known_of(facts: SessionFacts, now: datetime) -> Known:
    """``now`` is the moment that is asked about: only the day of it matters here."""
    events = {
        kind: [Said(row.id, row.order, row.occurred_at, row.code) for row in facts.sign_events if row.kind is kind]
        for kind in SignEventKind
    }
    home = facts.way_home
    return Known(
        numbers=facts.program.values,
        checked_in=facts.checked_in_at,
        sprays=[
            Spray(row.id, row.order, row.occurred_at, row.counted_at, row.outcome and row.outcome.value)
            for row in facts.devices
        ],
        readings=[_reading(row) for row in facts.checks],
        began=events[SignEventKind.ONSET],
        gone=events[SignEventKind.RESOLUTION],
        serious=[Said(row.id, row.order, row.occurred_at) for row in facts.serious_events],
        alerts=[Said(row.id, row.order, row.occurred_at) for row in facts.safety_alerts],
        decided=[
            Decided(row.order, row.occurred_at, row.code, row.measure, row.bound_ids, row.examined)
            for row in facts.decisions
        ],
        excused=[(row.code, row.bound_ids, row.examined) for row in facts.deviations],
        assessed=list(facts.assessed_at),
        instructed=facts.instructions_given,
        way_home=(home.kind.value, home.name, home.phone, home.will_not_drive) if home else None,
        rides=facts.program.ride_service_allowed,
        inpatient=facts.setting is Setting.INPATIENT,
        stay_ordered=facts.stay_ordered,
        reopened=(facts.reopened.order, facts.reopened.occurred_at) if facts.reopened else None,
        asked=_asked(facts, now),
    )


def _reading(row: Check) -> Reading:
    missing = {answer.code for answer in row.signs if answer.present is None}
    missing |= {PRESSURE} if row.blood_pressure_not_obtained else set()
    missing |= {OXYGEN} if row.spo2_not_obtained else set()
    return Reading(
        row.id,
        row.order,
        row.occurred_at,
        row.kind is CheckKind.BASELINE,
        row.systolic_mmhg,
        row.diastolic_mmhg,
        row.spo2_percent,
        {answer.code: (answer.present, answer.score) for answer in row.signs},
        frozenset(missing),
    )


def _asked(facts: SessionFacts, now: datetime) -> Asked | None:
    """What the dosing table says of a dose is not the model's: test_course.py has it."""
    start, zone, program = facts.start, ZoneInfo(facts.time_zone), facts.program
    if start is None:
        return None
    today, order = now.astimezone(zone).date(), start.order
    day = facts.checked_in_at.astimezone(zone).date()
    years = program.value("minimum_age_years")
    born = start.birth_date
    return Asked(
        certified=start.certification.status is CertificationStatus.CERTIFIED,
        representative=start.certification.representative_current,
        enrolled=start.enrolment.enrolled,
        verified_today=start.enrolment.verified_date == today,
        of_age=(born.year + years, born.month, born.day) <= (today.year, today.month, today.day),
        contraindications=[start.contraindications.get(code) for code in program.contraindications],
        asked_long_ago=any(
            program.contraindication_review_days is not None
            and (day - start.contraindications_asked[code]).days > program.contraindication_review_days
            for code in start.contraindications
        ),
        anything_new=start.anything_new,
        asked_again=start.asked_again,
        medicines=[start.medicines.get(code) for code in program.medicines],
        off_label_open=is_off_label(start.course, program) and not start.course.off_label_documented,
        antidepressant_open=start.course.indication in program.antidepressant_required
        and not start.course.antidepressant_recorded,
        ordered=order.devices if order else None,
        order_open=bool(
            order and not order.reason and any(dose_warnings(start.course, order.mg, program=program, today=day))
        ),
        prescriber_here=start.prescriber_on_site,
        oximeter_here=start.oximeter_on_site,
        intake={kind.value: (row.id, row.answer.value, row.last_at) for kind, row in start.intake.items()},
        counselled=start.course.counselled or start.course.dosed_here,
        emergency=start.emergency_since is not None,
    )
