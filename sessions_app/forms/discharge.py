"""Everything that leads to leaving, and the other ends."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import Language
from sessions_app.forms.entry import ClockTimeField, EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, ReasonField
from sessions_app.models import InstructionsGiven, Transfer


class DeviationForm(EntryForm):
    """Why a check was missed or late."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reason = ReasonField()
    examined = forms.BooleanField(
        label=_("I am the prescriber and examined the patient"),
        required=False,
        help_text=_("Needed when there is no check before the dose."),
    )


class StayForm(EntryForm):
    """The prescriber lengthens the stay."""

    stay_minutes = forms.IntegerField(label=_("Minimum stay in minutes"), min_value=1, max_value=1440)
    reason = ReasonField()

    def stay(self) -> timedelta:
        return timedelta(minutes=self.cleaned_data["stay_minutes"])


class ReadinessForm(TimedEntryForm):
    """A licensed monitor finds the patient ready."""

    ready = forms.BooleanField(label=_("I find this patient ready to leave: alert, steady, breathing easily"))
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("entry_id", "ready", "occurred_time", "note")


class InstructionsForm(EntryForm):
    """The instructions were gone through."""

    language = ChoicesField(Language.choices, label=_("Language"))
    how = ChoicesField(InstructionsGiven.How.choices, label=_("Given"))


class DischargeForm(EntryForm):
    """Who took the patient over, and when they left. ``seen_order`` is the newest entry its page knew of."""

    seen_order = forms.IntegerField(widget=forms.HiddenInput, required=False)
    taken_over = ChoicesField((), label=_("Taken over by"), required=False)
    handed_over_to = forms.CharField(label=_("Somebody else"), max_length=120, required=False)
    still_true = forms.BooleanField(label=_("The way home still holds, and the patient will not drive"))
    departed_time = ClockTimeField(label=_("Left at"), required=False, help_text=_("Leave empty for now."))
    clock_fields = ("departed_time",)

    def __init__(self, *args: Any, arranged: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if arranged:
            self.fields["taken_over"].choices = [(arranged, arranged)]  # type: ignore[attr-defined]
            self.fields["taken_over"].widget.attrs["data-asked"] = "1"
        else:
            del self.fields["taken_over"]
            self.fields["handed_over_to"].label = _("Taken over by")
            self.fields["handed_over_to"].widget.attrs["data-asked"] = "1"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.taken_over_by() and "taken_over" not in self.errors:
            self.add_error("handed_over_to", _("Say who takes the patient over."))
        return cleaned

    def taken_over_by(self) -> str:
        """Typed, or else pressed."""
        return str(self.cleaned_data.get("handed_over_to") or self.cleaned_data.get("taken_over") or "")


class TransferForm(EntryForm):
    """Somebody else took over."""

    destination = ChoicesField(Transfer.Destination.choices, label=_("To"))
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    handed_over = ReasonField(label=_("What was handed over"))


class VoidForm(EntryForm):
    """Take one entry out of force."""

    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The entry stays visible, struck through, with this reason.")


class AgreeForm(EntryForm):
    """A second person agrees."""

    agree = forms.BooleanField(label=_("I agree that this session was entered in error"))
