"""After a patient left early: somebody calls until the patient is reached."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.constraints import state_known
from sessions_app.models.dosing_session import SessionRow


class FollowUpCall(SessionRow):
    """One call. The task of a session that ended LEFT_EARLY is open until a call reached somebody."""

    class Outcome(models.TextChoices):
        REACHED = "REACHED", _("reached")
        NOT_REACHED = "NOT_REACHED", _("not reached")

    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    spoke_to = models.CharField(max_length=120, blank=True)
    said = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [
            *SessionRow.Meta.constraints,
            state_known("outcome", ("REACHED", "NOT_REACHED"), name="follow_up_call_outcome_known"),
            models.CheckConstraint(
                condition=~Q(outcome="REACHED") | (~Q(spoke_to="") & ~Q(said="")),
                name="follow_up_call_reached_somebody",
            ),
        ]
