"""Forms that the demo's made-up people signed. Nobody types a password here: the proof is made up as they are."""

from datetime import datetime

from clinic.actions.entry import Proof, Submission
from clinic.models import User
from clinic.rules.signature import Factor


def signed(by: User, now: datetime) -> Submission:
    """A form of this person, signed by password at that moment."""
    return Submission(proof=Proof(by.pk, Factor.PASSWORD, now))
