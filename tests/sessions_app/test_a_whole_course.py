"""A journey: prior trials, a series booked, eight sessions of induction with their scores, contraindications asked
again on the way, the benefit reviewed at its end, and the window of maintenance."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sessions_app.actions import booking, intake, series
from sessions_app.actions.course import set_policy
from sessions_app.actions.course_record import review_benefit
from sessions_app.actions.score import record_score
from sessions_app.models import DosingSession
from sessions_app.models.patient_history import PatientHistory
from sessions_app.models.picture import Picture
from sessions_app.models.score import instruments
from sessions_app.presenters.window import window_of
from sessions_app.rules.benefit_review import Benefit
from sessions_app.rules.facts import Intake, IntakeAnswer
from sessions_app.rules.instrument import Timing
from sessions_app.rules.states import State
from sessions_app.rules.trial import adequate_trials
from tests.course_records import a_trial
from tests.expect import refused
from tests.factories import NINE, Cast, Walk, arrive, entry, make_cast, make_course, minutes

pytestmark = pytest.mark.django_db
DAYS = (0, 2, 7, 9, 14, 16, 21, 23)  # Tuesdays and Thursdays of four weeks
PHQ9 = (20, 18, 17, 15, 13, 12, 10, 9)


def on(day: int) -> datetime:
    return NINE + timedelta(days=day)


def come(cast: Cast, session: DosingSession) -> Walk:
    """Checked in, asked what is asked of each day, measured."""
    at = session.scheduled_at
    for person in (cast.nora, cast.paul):
        arrive(cast, person, now=at)
    said: dict[str, Any] = {"course": session.course, "booked": session, "identifiers": ("name", "birth_date")}
    booking.check_in(**said, entry=entry(), by=cast.fred, now=at)
    walk, program = Walk(cast, session), cast.program_version.program
    here: dict[str, Any] = {"dosing_session": session, "by": cast.nora, "now": at + minutes(5)}
    medicines = dict.fromkeys(program.medicines, False)
    intake.answer_questions(anything_new=False, contraindications={}, medicines=medicines, entry=entry(), **here)
    none = intake.IntakeReportEntry(IntakeAnswer.NONE)
    intake.report_intake(reports=dict.fromkeys(Intake, none), entry=entry(), **here)
    intake.verify_enrolment(how="PORTAL", entry=entry(), **here)
    walk.way_home(at + minutes(5))
    walk.check(at + minutes(10))
    return walk


def ask_contraindications(walk: Walk) -> None:
    asked = dict.fromkeys(walk.cast.program_version.program.contraindications, False)
    said: dict[str, Any] = {"anything_new": None, "contraindications": asked, "medicines": {}}
    intake.answer_questions(**said, **walk.envelope(walk.dosing_session.scheduled_at + minutes(12)))


def dose_and_go(walk: Walk) -> None:
    at = walk.dosing_session.scheduled_at
    walk.clear(at + minutes(20))
    for after in (25, 30):
        walk.give(at + minutes(after))
    walk.finish(at + minutes(30))
    walk.check(at + minutes(70))
    walk.instruct(at + minutes(90))
    walk.check(at + minutes(145))
    walk.assess(at + minutes(146))
    walk.release(at + minutes(150))


def asked(walk: Walk, total: int) -> None:
    """Nine items that add up to it, the last one not at all."""
    items = [min(3, max(0, total - 3 * number)) for number in range(8)] + [0]
    said: dict[str, Any] = {"instrument": instruments()["phq9"], "items": items, "timing": Timing.BEFORE_DOSE}
    record_score(**said, **walk.envelope(walk.dosing_session.scheduled_at + minutes(8)))


def test_from_prior_trials_to_maintenance() -> None:
    # given somebody whom two adequate trials did not help, at a clinic that asks contraindications again after 14 days
    cast = make_cast()
    policy: dict[str, Any] = {"facility": cast.facility, "program_version": cast.program_version, "overrides": {}}
    set_policy(**policy, reason="Ours.", contraindication_review_days=14, entry=entry(), by=cast.ada, now=NINE)
    course = make_course(cast)
    for drug in ("Sertraline", "Venlafaxine"):
        a_trial(cast, course, drug=drug)
    history = PatientHistory(course.patient, [cast.facility], at=NINE)
    assert adequate_trials(trial.facts for trial in history.trials) == 2

    # when the series is booked
    places = [(on(day), "1") for day in DAYS]
    booked = series.book_series(course=course, places=places, entry=entry(), by=cast.fred, now=NINE - minutes(30))
    assert (len(booked.booked), booked.left_out) == (8, ())

    # then each session is taken through, and the questions are asked again when their days are over
    for day, total, session in zip(DAYS, PHQ9, booked.booked, strict=True):
        walk = come(cast, session)
        asked(walk, total)
        walk.order(session.scheduled_at + minutes(15))
        if day in (0, 16):
            if day == 0:
                intake.counsel_patient(**walk.envelope(session.scheduled_at + minutes(6)))
            with refused("CONTRAINDICATION") as caught:
                walk.clear(session.scheduled_at + minutes(20))
            assert caught.value.refusals[0].params["problem"] == ("expired" if day else "not_asked")
            ask_contraindications(walk)
        dose_and_go(walk)
    assert DosingSession.objects.filter(course=course, state=State.DISCHARGED).count() == 8

    # and the picture says how the patient responded
    picture = Picture(course, at=on(24))
    (phq9,) = picture.series
    assert [score.total for score in phq9.scores] == list(PHQ9)
    assert phq9.instrument.responded(PHQ9[0], PHQ9[-1])
    assert len(picture.dose_days) == 8

    # when induction is over, the next dose waits for the benefit's review
    here: dict[str, Any] = {"course": course, "entry": entry(), "by": cast.fred, "now": on(24)}
    ninth = booking.book_session(scheduled_at=on(30), chair="1", **here)
    walk = come(cast, ninth)
    walk.order(on(30) + minutes(15))
    ask_contraindications(walk)
    with refused("DOSE_ORDER") as caught:
        walk.clear(on(30) + minutes(20))
    assert caught.value.refusals[0].params["problems"] == ("not_reviewed",)
    evaluated: dict[str, Any] = {"course": course, "benefit": Benefit.YES, "plan": "Once a week."}
    review_benefit(**evaluated, entry=entry(), by=cast.paul, now=on(30) + minutes(18))
    dose_and_go(walk)

    # then it goes on once a week, by the table
    history = PatientHistory(course.patient, [cast.facility], at=on(30) + minutes(160))
    window = window_of(course, history, cast.program_version.program)
    assert window is not None
    assert (window.phase, window.interval) == ("maintenance", "weekly_interval_days")
    assert (window.earliest, window.latest) == (date(2026, 5, 19), date(2026, 5, 23))
