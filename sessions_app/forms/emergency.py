"""The emergency button, who was called, and back in monitoring."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.forms.entry import TimedEntryForm
from sessions_app.forms.fields import ReasonField
from sessions_app.models import Emergency, EmergencyCall

WHOM = [(whom.value, whom.label) for whom in EmergencyCall.Whom if whom != EmergencyCall.Whom.OTHER]


class EmergencyForm(TimedEntryForm):
    """What happens, who was called. The kinds are the page's buttons: one press says what, and raises it."""

    kind = forms.TypedChoiceField(
        choices=Emergency.Kind.choices, coerce=Emergency.Kind, widget=forms.HiddenInput, label=_("What")
    )
    calls = forms.TypedMultipleChoiceField(
        choices=WHOM,
        coerce=EmergencyCall.Whom,
        required=False,
        label=_("Called already"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-asked": "1"}),
    )
    what = forms.CharField(
        label=_("In words"), required=False, max_length=500, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_time"].help_text = _("Now, unless you say otherwise.")

    def called(self) -> dict[EmergencyCall.Whom, str]:
        return dict.fromkeys(self.cleaned_data["calls"], "")


class EmergencyCallForm(TimedEntryForm):
    """Somebody was called."""

    whom = forms.TypedChoiceField(
        choices=EmergencyCall.Whom.choices, coerce=EmergencyCall.Whom, widget=forms.RadioSelect, label=_("Called")
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("entry_id", "whom", "name", "occurred_time")


class EndEmergencyForm(TimedEntryForm):
    """It is over, and the patient is still here."""

    note = ReasonField(label=_("How the patient is now"))
    field_order = ("entry_id", "note", "occurred_time")
