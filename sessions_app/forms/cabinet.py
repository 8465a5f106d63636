"""The cabinet: what is taken, put back, moved, wasted, returned, lost and found; and what is set up for it."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.actions.delivery import Arrival
from clinic.models import Cabinet, Supplier, User
from clinic.rules.cabinet import WITNESSED
from sessions_app.forms.document import DocumentField
from sessions_app.forms.entry import EntryForm
from sessions_app.forms.fields import ChoicesField, OfferedManyField, ReasonField
from sessions_app.forms.pack import PackCodeField, scan_layout
from sessions_app.presenters.cabinet import MOVES
from sessions_app.presenters.pack import device_label, device_words


class DevicesForm(EntryForm):
    """Some devices, each by its number."""

    devices = OfferedManyField(label=_("Devices"))

    def __init__(self, *args: Any, devices: Any, known: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["devices"]
        field.offer(devices, known=known)  # type: ignore[attr-defined]
        field.label_from_instance = device_label  # type: ignore[attr-defined]


class TakeDevicesForm(DevicesForm):
    """Out of the cabinet: scanned, or pressed."""

    code = PackCodeField(help_text=_("Each scan ticks what is still to be taken of its pack."))
    field_order = ("entry_id", "code", "devices")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["devices"].label_from_instance = device_words  # type: ignore[attr-defined]

    @property
    def helper(self) -> FormHelper:
        return scan_layout(self)


class WitnessedForm(EntryForm):
    """Asks for a second person where the clinic's policy does: ``witnesses`` are who may be it, None where nobody is
    asked for."""

    def __init__(self, *args: Any, witnesses: Any, pin: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if witnesses is None:
            return
        witness = forms.ModelChoiceField(
            queryset=witnesses, label=_("Seen by"), help_text=_("This clinic asks for a second nurse or prescriber.")
        )
        witness.label_from_instance = User.__str__  # type: ignore[method-assign, assignment]
        secret = forms.CharField(
            label=_("Their PIN, or their password") if pin else _("Their password"),
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            strip=False,
            max_length=128,
        )
        self.fields |= {"witness": witness, "witness_secret": secret}

    @property
    def witness(self) -> User | None:
        return self.cleaned_data.get("witness")


class WasteForm(WitnessedForm, DevicesForm):
    """Destroyed here."""

    reason = ReasonField(label=_("Why, and how"))


class LostForm(WitnessedForm, DevicesForm):
    """Not where the book has it."""

    stolen = ChoicesField((("lost", _("Lost")), ("stolen", _("Stolen"))), label=_("What it looks like"))
    reason = ReasonField(label=_("What is known"))


class SupplierChoice(forms.ModelChoiceField):
    """By name, with the number that tells two of a name apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("Somebody new is told to Vigil on the cabinet's page first."), **kwargs})

    def label_from_instance(self, supplier: Supplier) -> str:
        return f"{supplier.name}, {supplier.dea_number}"


class ReturnForm(WitnessedForm, DevicesForm):
    """To a reverse distributor."""

    supplier = SupplierChoice(queryset=Supplier.objects.none(), label=_("Reverse distributor"))
    invoice = forms.CharField(label=_("Number of the paper"), max_length=60)
    document = DocumentField(label=_("The paper itself"), required=False)

    def __init__(self, *args: Any, suppliers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"].queryset = suppliers  # type: ignore[attr-defined]
        self.fields["invoice"].widget.attrs["autocomplete"] = "off"

    def delivery(self) -> Arrival:
        said = self.cleaned_data
        return Arrival(said["supplier"], said["invoice"], said["document"])


class MoveForm(DevicesForm):
    """To another cabinet of this registered location."""

    cabinet = forms.ModelChoiceField(queryset=Cabinet.objects.none(), label=_("Into"))

    def __init__(self, *args: Any, cabinets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cabinet"].queryset = cabinets  # type: ignore[attr-defined]


class FoundForm(MoveForm):
    """What was lost is back."""

    reason = ReasonField(label=_("Where it was"))


class CorrectionForm(EntryForm):
    """What was recorded last was recorded wrongly."""

    reason = ReasonField(label=_("What was wrong"))


class SupplierForm(EntryForm):
    """Whom devices come from or go back to."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    dea_number = forms.CharField(
        label=_("DEA number"), max_length=20, help_text=_("Two letters and seven digits, as on the invoice.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dea_number"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "characters"}


class CabinetForm(EntryForm):
    """One more cabinet."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As it is called here: “Room 2”."))


class CabinetPolicyForm(EntryForm):
    """For what this clinic asks a witness."""

    witnessed = forms.MultipleChoiceField(
        choices=[(kind.value, MOVES[kind]) for kind in WITNESSED],
        required=False,
        label=_("A second person sees"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-asked": "1"}),
        help_text=_("State law and the clinic's own policy say for what; nothing is asked by default."),
    )
    reason = ReasonField(label=_("Why it changes"))
