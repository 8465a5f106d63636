"""Forms that the demo's made-up people signed. Nobody types a password here: the proof is made up as they are."""

from datetime import datetime
from typing import Any

from clinic.actions.entry import Proof, Submission
from clinic.models import User
from clinic.rules.signature import Factor
from sessions_app.actions.course_record import review_benefit
from sessions_app.actions.dosing import order_dose
from sessions_app.models import DosingSession
from sessions_app.models.facts import session_facts
from sessions_app.rules.benefit_review import Benefit

WEEKS_OF_INDUCTION = 4


def signed(by: User, now: datetime) -> Submission:
    """A form of this person, signed by password at that moment."""
    return Submission(proof=Proof(by.pk, Factor.PASSWORD, now))


def order(*, dosing_session: DosingSession, entry: Submission, by: User, now: datetime, **said: Any) -> None:
    """The first order after induction comes with the review of its benefit."""
    start = session_facts(dosing_session, at=now, start=True).start
    if start and start.course.first_dose_date and not start.course.benefit_reviewed:
        weeks = (now.date() - start.course.first_dose_date).days // 7
        if weeks >= WEEKS_OF_INDUCTION:
            plan = "Clearly better than before; once a week from now on."
            said_of_it: dict[str, Any] = {"course": dosing_session.course, "benefit": Benefit.YES, "plan": plan}
            review_benefit(**said_of_it, entry=signed(by, now), by=by, now=now)
    order_dose(dosing_session=dosing_session, entry=entry, by=by, now=now, **said)
