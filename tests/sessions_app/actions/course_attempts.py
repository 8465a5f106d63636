"""What is written down of a course, ready to be tried."""

from datetime import date
from typing import Any

from sessions_app.actions import course_record as actions
from sessions_app.rules.benefit_review import Benefit
from tests.attempts import CARE, PRESCRIBE, REGISTRY, Attempt
from tests.course_records import AUTHORISATION, TREATMENT, TRIAL, a_treatment, an_authorisation
from tests.factories import Cast, make_course


def besides(cast: Cast) -> dict[str, Any]:
    return {"treatment": a_treatment(cast, make_course(cast))}


COURSE_ATTEMPTS = (
    Attempt(actions.record_trial, CARE, make_course, lambda made: {"course": made, **TRIAL}),
    Attempt(actions.record_treatment, CARE, make_course, lambda made: {"course": made, **TREATMENT}),
    Attempt(actions.end_treatment, CARE, besides, lambda made: {**made, "to_date": date(2026, 4, 14)}),
    Attempt(
        actions.review_benefit,
        PRESCRIBE,
        make_course,
        lambda made: {"course": made, "benefit": Benefit.YES, "plan": "Once a week."},
    ),
    Attempt(actions.record_authorisation, REGISTRY, make_course, lambda made: {"course": made, **AUTHORISATION}),
    Attempt(
        actions.take_back_course_row,
        REGISTRY,
        lambda cast: an_authorisation(cast, make_course(cast)),
        lambda row: {"course_row": row, "reason": "The other payer."},
    ),
)
