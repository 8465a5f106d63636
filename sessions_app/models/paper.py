"""A session, or its end, that was entered from paper after an outage."""

from django.db import models

from sessions_app.models.dosing_session import SessionRow


class PaperConfirmation(SessionRow):
    """A second licensed person compared the entries from paper, up to this one's order, with the paper. The rows
    keep the channel PAPER for ever."""

    note = models.TextField(blank=True)

    class Meta(SessionRow.Meta):
        abstract = False
        constraints = [*SessionRow.Meta.constraints]
