"""A patient who left before the gate opened, and the calls afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.entry import ClockTimeField, EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import FollowUpCall, Impairment


class LeftEarlyForm(EntryForm):
    """The patient is gone before the gate opened."""

    last_seen_time = ClockTimeField(label=_("Last seen at"))
    found_gone_time = ClockTimeField(label=_("Found gone at"))
    impaired = ChoicesField(Impairment.choices, label=_("When last seen"))
    prescriber_told = forms.CharField(label=_("Prescriber told, or tried"), max_length=200)
    contact_told = forms.CharField(label=_("Contact told, or tried"), max_length=200)
    clock_fields = ("last_seen_time", "found_gone_time")


class FollowUpForm(TimedEntryForm):
    """One call after a patient who left early. It is about today, whenever the session was."""

    outcome = ChoicesField(
        ((FollowUpCall.Outcome.REACHED, _("Reached")), (FollowUpCall.Outcome.NOT_REACHED, _("Not reached"))),
        coerce=FollowUpCall.Outcome,
        label=_("The call"),
    )
    spoke_to = forms.CharField(label=_("Spoke to"), max_length=120, required=False)
    said = ReasonField(label=_("What was said"), required=False)
    field_order = ("entry_id", "outcome", "spoke_to", "said", "occurred_time")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("spoke_to", "said"):
            self.fields[name].help_text = _("If somebody was reached.")
            self.fields[name].widget.attrs["data-asked"] = "1"
        if "entry_day" in self.fields:
            self.fields["entry_day"].initial = self.now.astimezone(self.facility.zone).date().isoformat()
