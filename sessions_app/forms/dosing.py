"""The order, the devices, and what a prescriber decides."""

from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import User
from clinic.rules.refusals import field_refusal
from sessions_app.forms.entry import EntryForm, TimedEntryForm
from sessions_app.forms.fields import ChoicesField, OfferedField, ReasonField
from sessions_app.forms.pack import PackCodeField, scan_layout
from sessions_app.models import DeviceAdministration
from sessions_app.presenters.pack import device_words
from sessions_app.rules.facts import Outcome
from sessions_app.rules.program import Program


class DoseOrderForm(EntryForm):
    """How many devices; a dose off the table, off-label or too soon says why."""

    devices = ChoicesField((), coerce=int, label=_("Dose"))
    reason = ReasonField(required=False, help_text=_("Needed off the label's table, off-label, or sooner than usual."))

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        doses = sorted({*program.doses_mg, program.mg_per_device})
        each = program.mg_per_device
        self.fields["devices"].choices = [  # type: ignore[attr-defined]
            (mg // each, _("%(mg)s mg, devices: %(n)s") % {"mg": mg, "n": mg // each}) for mg in doses
        ]


class ExceptionForm(EntryForm):
    """Base of the gate's forms: what happened all the same is recorded with a reason."""

    exception_reason = ReasonField(
        label=_("It happened all the same: reason"),
        required=False,
        help_text=_("Only for what has already happened, by a nurse or prescriber. Kept and counted as an exception."),
    )


class ClearanceForm(ExceptionForm):
    """The patient is cleared, with a prescriber on site named."""

    prescriber = forms.ModelChoiceField(queryset=User.objects.none(), label=_("Prescriber on site"), empty_label=None)
    field_order = ("entry_id", "prescriber", "exception_reason")

    def __init__(self, *args: Any, prescribers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["prescriber"]
        field.queryset = prescribers  # type: ignore[attr-defined]
        field.label_from_instance = User.__str__  # type: ignore[attr-defined]


class AdministrationForm(TimedEntryForm):
    """One device is handed over: chosen by scanning its pack, or by its number."""

    code = PackCodeField()
    device = OfferedField(label=_("Device number"))
    exception_reason = ExceptionForm.base_fields["exception_reason"]
    field_order = ("entry_id", "code", "device", "occurred_time", "exception_reason")

    def __init__(self, *args: Any, devices: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["device"]
        field.offer(devices, known=known)  # type: ignore[attr-defined]
        field.label_from_instance = device_words  # type: ignore[attr-defined]

    @property
    def helper(self) -> FormHelper:
        return scan_layout(self)

    def clean(self) -> dict[str, Any]:
        """A scan and a number that say two things are not handed over."""
        cleaned = super().clean()
        code, device = cleaned.get("code"), cleaned.get("device")
        if code and device and not device.is_of(code):
            self.refuse(field_refusal("device", "not_of_this_pack", number=device.number))
        return cleaned


class OutcomeForm(EntryForm):
    """What the device delivered."""

    outcome = ChoicesField(
        (
            (Outcome.FULL, _("Full: two sprays")),
            (Outcome.PARTIAL, _("One spray")),
            (Outcome.FAILED, _("Failed: none")),
        ),
        coerce=Outcome,
        label=_("Delivered"),
    )


class TimeConfirmationForm(EntryForm):
    """A second licensed person confirms a device time typed late."""

    administration = OfferedField(label=_("Device time"), empty_label=None)

    def __init__(self, *args: Any, administrations: list[DeviceAdministration], known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["administration"]
        field.offer(known.filter(pk__in=[row.pk for row in administrations]), known=known)  # type: ignore[attr-defined]
        field.label_from_instance = self._label  # type: ignore[attr-defined]

    def _label(self, row: DeviceAdministration) -> str:
        local = row.occurred_at.astimezone(self.facility.zone)
        return f"{local:%H:%M}"


class FinishDosingForm(EntryForm):
    """As ordered, or stopped early with a reason."""

    stopped_early_reason = ReasonField(
        label=_("Stopped early: reason"),
        required=False,
        help_text=_("Needed when fewer devices were given than ordered."),
    )


class ReasonForm(EntryForm):
    """Only a reason."""

    reason = ReasonField()


class DecisionForm(EntryForm):
    """A prescriber decides on one refusal, bound to the rows that were looked at."""

    code = forms.CharField(widget=forms.HiddenInput, max_length=40)
    measure = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    bound = forms.CharField(widget=forms.HiddenInput, max_length=2000)
    reason = ReasonField(label=_("Decision and reason"))
    examined = forms.BooleanField(label=_("I examined the patient"), required=False)

    def clean_bound(self) -> list[UUID]:
        try:
            return [UUID(part) for part in str(self.cleaned_data["bound"]).split(",") if part]
        except ValueError as error:
            raise forms.ValidationError(_("Open this page again from the session.")) from error
